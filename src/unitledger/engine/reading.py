"""Reads of an organisation's books within its budget: the chart, and the one sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection as database
from django.db import transaction

from unitledger.core import chart_content
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.effects import Verdict
from unitledger.core.exchange import Access, BooksUnavailable, Held, HeldPage, Limits
from unitledger.engine import budget, crashpoints, holdings, lease, sql
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools

T = TypeVar("T")

CHART_AGE_MAX = timedelta(hours=1)
CHART_CALLS = 4
# If-Modified-Since is accurate to the second, and whether the second itself counts is not
# known; clocks of Xero's machines may differ. Rows seen twice are the same rows.
OVERLAP = timedelta(minutes=5)

# A read can always be repeated; these are the verdicts after which it may help.
_MAY_WORK_LATER = frozenset({Verdict.UNKNOWN, Verdict.NOT_SENT})
RESTS_BETWEEN_READS = (1.0, 4.0)

_CURSORS = {
    DocumentKind.CONTACT: "contacts_swept_at",
    DocumentKind.INVOICE: "invoices_swept_at",
    DocumentKind.PAYMENT: "payments_swept_at",
}


@dataclass(slots=True)
class Reader:
    """Reads for one holder of the lease. `paced` takes calls from the budget, waiting in the
    minute's limit; it raises `DayUsedUp`, and renews the lease while it waits."""

    held: Lease
    tools: Tools
    access: Callable[[], Access]
    paced: Callable[[int], None]

    def chart(self, *, age_max: timedelta = CHART_AGE_MAX) -> Chart:
        """The chart, read again where the kept one is older than `age_max`."""
        stored = self._stored_chart()
        now = self.tools.clock.now()
        if stored is not None and now - stored.read_at <= age_max:
            return stored
        self.paced(CHART_CALLS)
        chart, limits, size = self._guarded(
            lambda: self.tools.books.read_chart(self.access(), read_at=now)
        )
        self._learn(limits, size)
        self._store_chart(chart)
        return chart

    def sweep(
        self,
        kind: DocumentKind,
        *,
        from_start: bool = False,
        seen: Callable[[Sequence[Held]], None] | None = None,
    ) -> None:
        """Take in everything of a kind that changed since the last complete sweep, or all.

        Each page is committed by itself; the cursor moves, to Xero's own clock at the first
        page, only when the last page is in. `seen` is told of each page, inside its commit.
        """
        since = None if from_start else self._swept_at(kind)
        modified_since = None if since is None else since - OVERLAP
        page, page_count, books_at = 1, 1, None
        while page <= page_count:
            answer = self._read_page(kind, page=page, modified_since=modified_since)
            books_at = books_at or answer.books_at
            page_count = answer.page_count
            with transaction.atomic():
                lease.check(self.held)
                self._keep(answer.held)
                if seen is not None:
                    seen(answer.held)
                if page >= page_count:
                    self._move_cursor(kind, books_at)
                self.tools.reached(crashpoints.SWEPT)
            page += 1

    def _read_page(
        self, kind: DocumentKind, *, page: int, modified_since: datetime | None
    ) -> HeldPage:
        self.paced(1)
        answer = self._guarded(
            lambda: self.tools.books.read_held(
                kind, self.access(), page=page, modified_since=modified_since
            )
        )
        self._learn(answer.limits, answer.bytes_read)
        return answer

    def read_now(self, kind: DocumentKind, ids: Sequence[str]) -> list[Held]:
        """These objects as they are now, taken in on the way. A payment costs a call each:
        Xero lists payments by no ids."""
        if kind is DocumentKind.PAYMENT:
            found = [self._read_one(kind, each) for each in ids]
            shown = [each for each in found if each is not None]
        else:
            self.paced(1)
            answer = self._guarded(
                lambda: self.tools.books.read_held(kind, self.access(), page=1, ids=ids)
            )
            self._learn(answer.limits, answer.bytes_read)
            shown = list(answer.held)
        with transaction.atomic():
            lease.check(self.held)
            self._keep(shown)
        return shown

    def ask(self, read: Callable[[Access], tuple[T, Limits, int]]) -> T:
        """One call for something else that the organisation can tell."""
        self.paced(1)
        found, limits, size = self._guarded(lambda: read(self.access()))
        self._learn(limits, size)
        return found

    def has_swept(self, kind: DocumentKind) -> bool:
        return self._swept_at(kind) is not None

    def _read_one(self, kind: DocumentKind, xero_id: str) -> Held | None:
        self.paced(1)
        return self._guarded(lambda: self.tools.books.read_one(kind, self.access(), xero_id))

    def _guarded(self, read: Callable[[], T]) -> T:
        """Do a read whose call is taken already, again where it did not work but may."""
        for rest_seconds in RESTS_BETWEEN_READS:
            try:
                return read()
            except BooksUnavailable as unavailable:
                self._learn(unavailable.limits, 0)
                if unavailable.verdict not in _MAY_WORK_LATER:
                    raise
                self.tools.clock.sleep(rest_seconds)
                self.paced(1)
        return read()

    def _learn(self, limits: Limits, size: int) -> None:
        budget.learn(self.held.organisation_id, limits, now=self.tools.clock.now(), bytes_read=size)

    def _keep(self, held: Sequence[Held]) -> None:
        holdings.keep(
            operator_id=self.held.operator_id,
            organisation_id=self.held.organisation_id,
            held=held,
            documents={},
            now=self.tools.clock.now(),
        )

    def _swept_at(self, kind: DocumentKind) -> datetime | None:
        return sql.value(
            f"SELECT {_CURSORS[kind]} FROM organisation WHERE id = %s",
            [self.held.organisation_id],
        )

    def _move_cursor(self, kind: DocumentKind, books_at: datetime | None) -> None:
        with database.cursor() as cursor:
            cursor.execute(
                f"UPDATE organisation SET {_CURSORS[kind]} = %s WHERE id = %s",
                [books_at, self.held.organisation_id],
            )

    def _stored_chart(self) -> Chart | None:
        return stored_chart(self.held.organisation_id)

    def _store_chart(self, chart: Chart) -> None:
        with database.cursor() as cursor:
            cursor.execute(
                "UPDATE organisation SET chart = %s::jsonb, chart_read_at = %s, name = %s "
                "WHERE id = %s",
                [
                    chart_content.dumps(chart),
                    chart.read_at,
                    chart.facts.name,
                    self.held.organisation_id,
                ],
            )


def stored_chart(organisation_id: int) -> Chart | None:
    """The chart as last read, whatever its age; None where it was never read."""
    with database.cursor() as cursor:
        cursor.execute("SELECT chart::text FROM organisation WHERE id = %s", [organisation_id])
        row = cursor.fetchone()
    return None if row is None or row[0] is None else chart_content.loads(row[0])
