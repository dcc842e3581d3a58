"""Answer a list query over a table: narrow by index, test, order, cut a page.

A plain page, and a page narrowed by one index only (a status, a type, a moment of change),
costs the same however many rows the table holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from fauxero.accounting.resource import BadQuery, ListPage, ListQuery, Pagination
from fauxero.accounting.tables import Keyed, Ordered, Table
from fauxero.accounting.where import Fields, Filter, parse_order, parse_where

Row = TypeVar("Row", bound=Keyed)
Source = Ordered[Any] | Sequence[str]

# Xero: documented on each list's page; an unpaged answer larger than this is refused.
ROWS_MAX = 100_000


@dataclass(slots=True)
class Selection(Generic[Row]):
    """What a list is asked for, before paging. Sources narrow, tests decide."""

    table: Table[Row]
    in_order: Ordered[Row]  # all rows by (updated_at, id): the default order
    fields: Fields
    pins: Mapping[str, Callable[[Any], Source]]
    sources: list[Source] = field(default_factory=list)
    tests: list[Callable[[Row], bool]] = field(default_factory=list)
    order: list[tuple[Callable[[Any], Any], bool]] = field(default_factory=list)
    since: datetime | None = None

    def narrow(self, source: Source) -> None:
        """Use an index that answers one condition exactly."""
        self.sources.append(source)

    def only(self, test: Callable[[Row], bool]) -> None:
        self.tests.append(test)

    def apply(self, query: ListQuery) -> None:
        """Take in `where`, `order` and If-Modified-Since."""
        if query.where:
            self._where(parse_where(query.where, self.fields))
        if query.order:
            self.order = parse_order(query.order, self.fields)
        self.since = query.modified_since

    def _where(self, found: Filter) -> None:
        answered = False
        for path, value in found.pins.items():
            if path in self.pins and value is not None:
                self.sources.append(self.pins[path](value))
                answered = found.only_pin
        if not answered:
            self.tests.append(found.test)

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
        if len(self.sources) > 1 or self.tests or self.order:
            return self._searched(start, stop)
        source = self.sources[0] if self.sources else self.in_order
        if not isinstance(source, Ordered):
            return self._searched(start, stop)
        skipped = 0 if self.since is None else source.rank((self.since, ""))
        ids = source.slice(skipped + start, skipped + stop)
        return [self.table[key] for key in ids], len(source) - skipped

    def _searched(self, start: int, stop: int) -> tuple[list[Row], int]:
        rows = self._candidates()
        for test in self.tests:
            rows = [row for row in rows if test(row)]
        rows = self._sorted(rows)
        return rows[start:stop], len(rows)

    def _candidates(self) -> list[Row]:
        sources = sorted(self.sources, key=len) or [self.in_order]
        smallest = sources[0]
        ids = self._ids(smallest)
        for other in sources[1:]:
            wanted = set(self._ids(other))
            ids = [key for key in ids if key in wanted]
        table = self.table
        rows = [row for key in ids if (row := table.get(key)) is not None]
        since = self.since
        if since is not None and not isinstance(smallest, Ordered):
            rows = [row for row in rows if self.in_order.key_of(row)[0] >= since]
        return rows

    def _ids(self, source: Source) -> Sequence[str]:
        if not isinstance(source, Ordered):
            return source
        skipped = 0 if self.since is None else source.rank((self.since, ""))
        return source.slice(skipped, len(source))

    def _sorted(self, rows: list[Row]) -> list[Row]:
        """Order as asked; ties by when changed and id, so that pages do not overlap."""
        rows = sorted(rows, key=self.in_order.key_of)
        for read, descending in reversed(self.order):
            rows.sort(key=lambda row: _nulls_first(read(row)), reverse=descending)
        return rows


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
