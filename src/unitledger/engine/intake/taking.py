"""Take in one chunk of arrivals, in one transaction and a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction

from unitledger.core.arrivals import Arrived, RowResult
from unitledger.core.billing import Invoice, Payment, RecordKey
from unitledger.engine.intake.catalogue import make_catalogue
from unitledger.engine.intake.checks import Limits
from unitledger.engine.intake.copying import allocate_ids, as_json, copy_rows
from unitledger.engine.intake.decide import Chunk, Row
from unitledger.engine.intake.documents import write_documents
from unitledger.engine.intake.identities import Known, contents, look_up
from unitledger.engine.intake.rows import Ids, write_records, write_typed_rows
from unitledger.engine.intake.seen import Seen
from unitledger.store.records import Arrival

INTAKE_LOCK = 7_305_811_403  # any number; with the operator's, every intake asks for the same


def take_in(
    operator_id: int,
    arrivals: Iterable[Arrived],
    *,
    now: datetime,
    zone: str,
    limits: Limits | None = None,
    import_run_id: int | None = None,
    seen: Seen | None = None,
) -> list[RowResult]:
    """Take in a chunk (some hundreds) of arrivals, in order; one result each, in that order.

    Raw arrivals are kept whatever becomes of them. A refused arrival stores nothing else and
    does not hinder its neighbours; the same arrival again changes nothing. `zone` is the IANA
    zone of locations that are not known yet. With `seen` (one file's memory), a key that comes
    again with other content is refused; without it, it is the record's next version.
    """
    chunk_arrivals = list(arrivals)
    with transaction.atomic():
        one_at_a_time(operator_id)
        known = look_up(operator_id=operator_id, keys=keys_of(chunk_arrivals))
        if seen is not None:
            seen.mark(known.values())
        chunk = Chunk(known=known, limits=limits or Limits(), one_file=seen is not None)
        for arrived in chunk_arrivals:
            chunk.decide(arrived)
        results = chunk.results(contents(operator_id=operator_id, versions=chunk.reading()))
        arrival_ids = _keep(operator_id, import_run_id, chunk.rows, now=now)
        _write(operator_id, chunk, known, arrival_ids, now=now, zone=zone)
        if seen is not None:
            seen.remember(each.known for row in chunk.rows for each in row.decided)
    return results


def keys_of(arrivals: Iterable[Arrived]) -> Iterator[RecordKey]:
    """Every key the arrivals mention, as their own or to point at another record."""
    for arrived in arrivals:
        for record in arrived.records:
            yield record.key
            yield from record.other_keys
            if isinstance(record, Invoice | Payment):
                yield record.tenant
            if isinstance(record, Payment):
                yield from (each.invoice for each in record.allocations)


def one_at_a_time(operator_id: int) -> None:
    """Two intakes of one operator could both find a key new; the second waits instead of
    failing on the index that guards it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [INTAKE_LOCK % 2**31, operator_id])


def _keep(
    operator_id: int, import_run_id: int | None, rows: Sequence[Row], *, now: datetime
) -> list[int]:
    ids = allocate_ids(Arrival, len(rows))
    copy_rows(
        Arrival,
        ("id", "operator_id", "import_run_id", "row_number", "raw", "refusals", "received_at"),
        (
            (
                arrival_id,
                operator_id,
                import_run_id,
                row.arrived.row_number,
                _raw(row),
                _refusals(row),
                now,
            )
            for arrival_id, row in zip(ids, rows, strict=True)
        ),
    )
    return ids


def _raw(row: Row) -> str:
    text = as_json(row.arrived.raw)
    # PostgreSQL keeps no NUL in JSON; what was refused for one is kept without it.
    return text.replace("\\u0000", "\\ufffd") if "\\u0000" in text else text


def _refusals(row: Row) -> str | None:
    return as_json([each.as_content() for each in row.refusals]) if row.refusals else None


def _write(
    operator_id: int,
    chunk: Chunk,
    known: dict[RecordKey, Known],
    arrival_ids: Sequence[int],
    *,
    now: datetime,
    zone: str,
) -> None:
    touched = {id(each): each for each in known.values() if each.new_keys}.values()
    if not chunk.versions and not touched:
        return
    write_records(
        operator_id=operator_id,
        versions=chunk.versions,
        touched=touched,
        arrival_ids=arrival_ids,
        now=now,
    )
    catalogue = make_catalogue(
        operator_id=operator_id, records=[each.record for each in chunk.versions], zone=zone
    )
    ids = Ids(known.values())
    write_typed_rows(operator_id=operator_id, versions=chunk.versions, ids=ids, catalogue=catalogue)
    write_documents(operator_id=operator_id, versions=chunk.versions, ids=ids, catalogue=catalogue)
