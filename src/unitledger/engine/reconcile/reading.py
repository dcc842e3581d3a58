"""Reading an organisation's books afresh, call by call, within Xero's limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.effects import Verdict
from unitledger.core.exchange import (
    Access,
    BooksUnavailable,
    HeldPage,
    Limits,
    TrialBalanceRow,
)
from unitledger.engine import budget
from unitledger.engine.access import access
from unitledger.engine.tools import Tools

T = TypeVar("T")
# A read changes nothing and may be repeated; three times tells a hiccup from a failure.
TRIES_MAX = 3
REST_SECONDS = (1.0, 5.0)
_WORTH_REPEATING = frozenset({Verdict.NOT_SENT, Verdict.UNKNOWN})
CHART_CALLS = 4


@dataclass(slots=True)
class BooksReader:
    """Reads for a person who waits: it sleeps within the minute's limit, never for the day's.

    Raises `BooksUnavailable`, `budget.DayUsedUp` and what `access` raises.
    """

    connection_id: int
    organisation_id: int
    tools: Tools
    calls: int = field(default=0)
    bytes_read: int = field(default=0)

    def chart(self) -> Chart:
        def read(permission: Access) -> tuple[Chart, Limits, int]:
            return self.tools.books.read_chart(permission, read_at=self.tools.clock.now())

        return self._exchange(read, calls=CHART_CALLS)

    def once(self, read: Callable[[Access], tuple[T, Limits, int]]) -> T:
        """Any other read of one call."""
        return self._exchange(read)

    def pages(self, kind: DocumentKind) -> Iterator[HeldPage]:
        """Every object of a kind in every status, a thousand at a time."""
        number = 1
        while True:
            page = self._page(kind, number)
            yield page
            if number >= page.page_count:
                return
            number += 1

    def trial_balance(self, on: date) -> Sequence[TrialBalanceRow]:
        def read(permission: Access) -> tuple[Sequence[TrialBalanceRow], Limits, int]:
            rows, limits = self.tools.books.read_trial_balance(permission, on=on)
            return rows, limits, 0

        return self._exchange(read)

    def _page(self, kind: DocumentKind, number: int) -> HeldPage:
        def read(permission: Access) -> tuple[HeldPage, Limits, int]:
            page = self.tools.books.read_held(kind, permission, page=number)
            return page, page.limits, page.bytes_read

        return self._exchange(read)

    def _exchange(self, read: Callable[[Access], tuple[T, Limits, int]], *, calls: int = 1) -> T:
        for rest in (*REST_SECONDS, None):
            for _ in range(calls):
                budget.wait_and_spend(self.organisation_id, tools=self.tools, for_person=True)
            self.calls += calls
            try:
                result, limits, size = read(access(self.connection_id, tools=self.tools))
            except BooksUnavailable as failure:
                self._learn(failure.limits)
                if rest is None or failure.verdict not in _WORTH_REPEATING:
                    raise
                self.tools.clock.sleep(rest)
                continue
            self._learn(limits, size)
            return result
        raise AssertionError("the last try returns or raises")

    def _learn(self, limits: Limits, size: int = 0) -> None:
        self.bytes_read += size
        now = self.tools.clock.now()
        budget.learn(self.organisation_id, limits, now=now, bytes_read=size)
