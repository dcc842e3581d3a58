"""Answer a list query over a table: narrow by index, test, order, cut a page.

A plain page, and a page narrowed by one index only (a status, a type, a moment of change),
costs the same however many rows the table holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from fauxero.accounting.resource import BadQuery, ListPage, ListQuery, Pagination
from fauxero.accounting.tables import Keyed, Ordered, Table
from fauxero.accounting.where import Fields, Filter, parse_order, parse_where

Row = TypeVar("Row", bound=Keyed)
Source = Ordered[Any] | Sequence[str]

# Xero: documented on each list's page; an unpaged answer larger than this is refused.
ROWS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Condition(Generic[Row]):
    """Something every row must meet, with the index that finds such rows, if there is one.

    `is_exact`: the index gives these rows and no others, so they need not be tested again.
    """

    test: Callable[[Row], bool]
    source: Source | None = None
    is_exact: bool = False


@dataclass(slots=True)
class Selection(Generic[Row]):
    """What a list is asked for, before paging."""

    table: Table[Row]
    in_order: Ordered[Row]  # all rows by (updated_at, id): the default order
    fields: Fields
    pins: Mapping[str, Callable[[Any], Source]]
    conditions: list[Condition[Row]] = field(default_factory=list)
    order: list[tuple[Callable[[Any], Any], bool]] = field(default_factory=list)
    since: datetime | None = None
    question: str = ""
    is_by_id: bool = False  # ordered by the rows' own ids, and by nothing else

    def narrow(self, source: Source, test: Callable[[Row], bool]) -> None:
        """Add a condition that an index answers exactly."""
        self.conditions.append(Condition(test, source, is_exact=True))

    def only(self, test: Callable[[Row], bool]) -> None:
        self.conditions.append(Condition(test))

    def apply(self, query: ListQuery) -> None:
        """Take in `where`, `order` and If-Modified-Since."""
        self.question = repr(replace(query, page=None, page_size=0))
        if query.where:
            self._where(parse_where(query.where, self.fields))
        if query.order:
            self.order = parse_order(query.order, self.fields)
            self.is_by_id = self._is_by_id()
        self.since = query.modified_since

    def _is_by_id(self) -> bool:
        row = next(iter(self.table), None)
        if row is None or len(self.order) != 1:
            return False
        read, descending = self.order[0]
        return read(row) == row.id and not descending

    def _where(self, found: Filter) -> None:
        sources = [
            self.pins[path](value)
            for path, value in found.pins.items()
            if path in self.pins and value is not None
        ]
        source = min(sources, key=len, default=None)
        self.conditions.append(Condition(found.test, source, is_exact=found.only_pin))

    def page(self, query: ListQuery) -> tuple[list[Row], Pagination]:
        start = (max(query.page or 1, 1) - 1) * query.page_size
        rows, count = self.rows(start, start + query.page_size)
        pages = -(-count // query.page_size)
        return rows, Pagination(max(query.page or 1, 1), query.page_size, pages, count)

    def all(self) -> list[Row]:
        rows, count = self.rows(0, ROWS_MAX)
        if count > ROWS_MAX:
            raise BadQuery(f"The request matches more than {ROWS_MAX} records. Use paging.")
        return rows

    def rows(self, start: int, stop: int) -> tuple[list[Row], int]:
        """Rows start..stop of the answer, and how many the whole answer has."""
        source, tests = self._plan()
        if isinstance(source, Ordered) and not tests and not self.order:
            skipped = self._skipped(source)
            ids: Sequence[str] = source.slice(skipped + start, skipped + stop)
            count = len(source) - skipped
        elif self.is_by_id and source is self.in_order and not tests and self.since is None:
            in_order = self.table.sorted_ids()
            ids, count = in_order[start:stop], len(in_order)
        else:
            found = self.table.remembered(self.question, lambda: self._search(source, tests))
            ids, count = found[start:stop], len(found)
        return [self.table[key] for key in ids], count

    def _plan(self) -> tuple[Source, list[Callable[[Row], bool]]]:
        """The smallest source, and the tests that remain after it."""
        sized = [condition for condition in self.conditions if condition.source is not None]
        best = min(sized, key=lambda condition: len(condition.source or ()), default=None)
        if best is None or best.source is None:
            return self.in_order, [condition.test for condition in self.conditions]
        tests = [
            condition.test
            for condition in self.conditions
            if condition is not best or not condition.is_exact
        ]
        return best.source, tests

    def _skipped(self, source: Ordered[Any]) -> int:
        return 0 if self.since is None else source.rank((self.since, ""))

    def _search(self, source: Source, tests: list[Callable[[Row], bool]]) -> list[str]:
        if isinstance(source, Ordered):
            rows = [self.table[key] for key in source.slice(self._skipped(source), len(source))]
        else:
            found = (self.table.get(key) for key in source)
            rows = [row for row in found if row is not None]
            rows.sort(key=self.in_order.key_of)
            if (since := self.since) is not None:
                rows = [row for row in rows if self.in_order.key_of(row)[0] >= since]
        for test in tests:
            rows = [row for row in rows if test(row)]
        # Sorting is stable: ties stay by when changed and id, so that pages do not overlap.
        for read, descending in reversed(self.order):
            rows.sort(key=lambda row: _nulls_first(read(row)), reverse=descending)
        return [row.id for row in rows]


def _nulls_first(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else 0)


def answer(
    selection: Selection[Row],
    query: ListQuery,
    *,
    paged: bool,
    full: Callable[[Row], dict[str, Any]],
    thin: Callable[[Row], dict[str, Any]],
) -> ListPage:
    """Give a page of full elements where the query is paged, else all of them, thin."""
    if paged:
        rows, pagination = selection.page(query)
        return ListPage([full(row) for row in rows], pagination)
    return ListPage([thin(row) for row in selection.all()])
