"""Import one file: chunk by chunk, each committed together with how far it came.

A killed import goes on behind the last committed row when the same file comes again with the
same profile. Two processes never import one file for one operator at the same time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import F

from unitledger.core.arrivals import Arrived, Outcome, RowResult
from unitledger.core.billing import RecordKey, RecordKind
from unitledger.core.refusals import SourceRefused
from unitledger.engine.intake.checks import Limits
from unitledger.engine.intake.identities import look_up
from unitledger.engine.intake.seen import Seen
from unitledger.engine.intake.taking import take_in
from unitledger.engine.ports import Clock
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.records import Arrival, ImportRun, ImportState

CHUNK_ROWS = 500
EXAMPLES_MAX = 1000  # kept to be listed; the rest is counted, and written with `refused`
LOCK_TRIES_MAX = 20
LOCK_WAIT_SECONDS = 0.25
HEADER_ROWS = 1  # rows are numbered as a spreadsheet does

Refused = tuple[Mapping[str, Any], int, str]  # the raw arrival, its row number, why
WriteRefused = Callable[[Iterable[Refused]], int]


class Source(Protocol):
    """A file as this use case needs it. Read again, it gives the same units and numbers."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> bytes: ...
    @property
    def profile_content(self) -> dict[str, Any]: ...
    @property
    def profile_digest(self) -> bytes: ...
    @property
    def zone(self) -> str: ...
    @property
    def amount_max(self) -> Decimal: ...
    def arrivals(self) -> Iterator[Arrived]: ...


class BeingImported(SourceRefused):
    def __init__(self, *, name: str) -> None:
        super().__init__(
            f"{name} is being imported by another process.", remedy="Wait until it is done."
        )


@dataclass
class Tally:
    """What one import came to so far."""

    rows_read: int = 0
    rows_refused: int = 0
    records: Counter[tuple[RecordKind, Outcome]] = field(
        default_factory=Counter[tuple[RecordKind, Outcome]]
    )
    refused: list[RowResult] = field(default_factory=list[RowResult])  # the first of them
    changed: list[RowResult] = field(default_factory=list[RowResult])

    def add(self, results: Iterable[RowResult], *, rows: int) -> None:
        self.rows_read += rows
        for result in results:
            outcomes = {record.outcome for record in result.records}
            self.records.update(
                (record.kind, record.outcome) for record in result.records if not record.is_repeat
            )
            self.rows_refused += result.is_refused
            if result.is_refused and len(self.refused) < EXAMPLES_MAX:
                self.refused.append(result)
            if Outcome.CHANGED in outcomes and len(self.changed) < EXAMPLES_MAX:
                self.changed.append(result)

    def count(self, outcome: Outcome) -> int:
        return sum(count for (_, each), count in self.records.items() if each is outcome)


@dataclass(frozen=True)
class ImportReport:
    tally: Tally  # of this time; of the whole import where it was not interrupted
    is_finished: bool
    resumed_behind_row: int | None = None
    refused_written: int | None = None


class Importing:
    """One import of one source. Use `import_source`."""

    def __init__(
        self, *, operator_id: int, source: Source, clock: Clock, limits: Limits, run: ImportRun
    ) -> None:
        self._operator_id = operator_id
        self._source = source
        self._clock = clock
        self._limits = limits
        self._run = run
        self.tally = Tally()

    def take_all(
        self, *, should_stop: Callable[[], bool], progress: Callable[[Tally], None]
    ) -> bool:
        """Take in what is not done yet; whether the end of the file was reached."""
        with Seen() as seen:
            for chunk in _chunks(self._source.arrivals()):
                todo = self._not_done(chunk, seen)
                if todo:
                    self._take(todo, seen)
                    progress(self.tally)
                if should_stop():
                    return False
        return True

    def _not_done(self, chunk: list[Arrived], seen: Seen) -> list[Arrived]:
        """What an earlier try did not do; what it did is remembered as seen in this file."""
        done = [each for each in chunk if _rows_behind(each) <= self._run.rows_done]
        if not done:
            return chunk
        refused = set(
            self._refused()
            .filter(row_number__in=[each.row_number for each in done])
            .values_list("row_number", flat=True)
        )
        taken = [each for each in done if each.row_number not in refused]
        with transaction.atomic():
            known = look_up(operator_id=self._operator_id, keys=_own_keys(taken))
            seen.remember(known.values())
        return chunk[len(done) :]

    def _take(self, arrivals: list[Arrived], seen: Seen) -> None:
        rows_done = _rows_behind(arrivals[-1])
        with transaction.atomic():
            results = take_in(
                self._operator_id,
                arrivals,
                now=self._clock.now(),
                zone=self._source.zone,
                limits=self._limits,
                import_run_id=self._run.pk,
                seen=seen,
            )
            self._save_progress(results, rows_done=rows_done)
            _check_constraints_now()
        self._run.rows_done = rows_done
        self.tally.add(results, rows=sum(map(_row_count, arrivals)))

    def _save_progress(self, results: list[RowResult], *, rows_done: int) -> None:
        tally = Tally()
        tally.add(results, rows=0)
        ImportRun.objects.filter(pk=self._run.pk).update(
            rows_done=rows_done,
            records_created=F("records_created") + tally.count(Outcome.CREATED),
            records_changed=F("records_changed") + tally.count(Outcome.CHANGED),
            records_unchanged=F("records_unchanged") + tally.count(Outcome.UNCHANGED),
            rows_refused=F("rows_refused") + tally.rows_refused,
        )

    def close(self, *, is_finished: bool) -> None:
        ImportRun.objects.filter(pk=self._run.pk).update(
            state=ImportState.FINISHED if is_finished else ImportState.STOPPED,
            finished_at=self._clock.now() if is_finished else None,
        )
        if self.tally.count(Outcome.CREATED) or self.tally.count(Outcome.CHANGED):
            wake_connections(self._operator_id, now=self._clock.now())

    def refused(self) -> Iterator[Refused]:
        """Every refused row of the import, also of the tries before, in the file's order."""
        rows = self._refused().order_by("row_number").values_list("raw", "row_number", "refusals")
        for raw, row_number, refusals in rows.iterator(chunk_size=CHUNK_ROWS):
            reasons = (f"{each['field']}: {each['message']} {each['remedy']}" for each in refusals)
            yield raw, row_number, " ".join(reasons)

    def _refused(self) -> Any:
        return Arrival.objects.filter(
            operator_id=self._operator_id, import_run_id=self._run.pk, refusals__isnull=False
        )


def import_source(
    *,
    operator_id: int,
    source: Source,
    clock: Clock,
    currencies: frozenset[str] | None = None,
    is_dry_run: bool = False,
    should_stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Tally], None] = lambda tally: None,
    write_refused: WriteRefused | None = None,
) -> ImportReport:
    """Import a file, or go on with it. Raises BeingImported.

    `should_stop` is asked after each chunk. A dry run decides everything and keeps nothing; it
    holds the operator's other intakes up while it lasts.
    """
    limits = Limits(amount_max=source.amount_max, currencies=currencies)
    with _alone(operator_id, source, clock), _kept(not is_dry_run):
        run = _run(operator_id, source, now=clock.now())
        behind = run.rows_done
        importing = Importing(
            operator_id=operator_id, source=source, clock=clock, limits=limits, run=run
        )
        is_finished = importing.take_all(should_stop=should_stop, progress=progress)
        importing.close(is_finished=is_finished)
        written = write_refused(importing.refused()) if write_refused else None
    return ImportReport(
        tally=importing.tally,
        is_finished=is_finished,
        resumed_behind_row=behind + HEADER_ROWS if behind else None,
        refused_written=written,
    )


def currencies_of_books(operator_id: int) -> frozenset[str] | None:
    """The currencies of the books this operator is connected to; None where none is known."""
    charts = Connection.objects.filter(
        operator_id=operator_id,
        state__in=(ConnectionState.ACTIVE, ConnectionState.PAUSED, ConnectionState.HELD),
    ).values_list("organisation__chart__facts__currency", flat=True)
    known = frozenset(charts)
    return known if known and None not in known else None


def wake_connections(operator_id: int, *, now: datetime) -> None:
    """Let the worker look at the operator's organisations now rather than at their next time."""
    Connection.objects.filter(operator_id=operator_id, state=ConnectionState.ACTIVE).exclude(
        due_at__lte=now
    ).update(due_at=now)


def _run(operator_id: int, source: Source, *, now: datetime) -> ImportRun:
    """The unfinished import of this file with this profile, or a new one."""
    unfinished = ImportRun.objects.filter(
        operator_id=operator_id,
        file_hash=source.digest,
        profile_hash=source.profile_digest,
        state__in=(ImportState.RUNNING, ImportState.STOPPED),
    )
    run = unfinished.order_by("-id").first()
    if run is not None:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportState.RUNNING)
        return run
    return ImportRun.objects.create(
        operator_id=operator_id,
        file_name=source.name,
        file_hash=source.digest,
        profile=source.profile_content,
        profile_hash=source.profile_digest,
        started_at=now,
    )


@contextmanager
def _alone(operator_id: int, source: Source, clock: Clock) -> Iterator[None]:
    """Hold this file's lock. The database lets go of it soon after its process died."""
    text = b"import" + operator_id.to_bytes(8, "big") + source.digest
    lock = int.from_bytes(hashlib.sha256(text).digest()[:8], "big", signed=True)
    for _ in range(LOCK_TRIES_MAX):
        if _try_lock(lock):
            break
        clock.sleep(LOCK_WAIT_SECONDS)
    else:
        raise BeingImported(name=source.name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])


def _try_lock(lock: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        row = cursor.fetchone()
    return bool(row and row[0])


@contextmanager
def _kept(is_kept: bool) -> Iterator[None]:
    """Keep what the block writes, or undo all of it at its end."""
    if is_kept:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _check_constraints_now() -> None:
    """Where many chunks are one transaction (a dry run), the checks that are put off to its end
    would pile up in memory; where each is one, they come here instead of a moment later."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _chunks(arrivals: Iterator[Arrived]) -> Iterator[list[Arrived]]:
    while chunk := list(islice(arrivals, CHUNK_ROWS)):
        yield chunk


def _rows_behind(arrived: Arrived) -> int:
    """How many rows of the file are done when this unit is."""
    number = arrived.last_row_number or arrived.row_number
    assert number is not None  # a file's units are numbered
    return number - HEADER_ROWS


def _row_count(arrived: Arrived) -> int:
    if arrived.row_number is None or arrived.last_row_number is None:
        return 1
    return arrived.last_row_number - arrived.row_number + 1


def _own_keys(arrivals: Iterable[Arrived]) -> Iterator[RecordKey]:
    for arrived in arrivals:
        for record in arrived.records:
            yield record.key
            yield from record.other_keys
