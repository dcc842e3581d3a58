"""Sub-resources and reports, dressed as resources so that a call treats all alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    Outcome,
    Resource,
    WriteOptions,
)
from fauxero.accounting.resources import REPORT_SCOPES, REPORTS

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


@dataclass(frozen=True, slots=True)
class _Nested:
    """A sub-resource below one parent."""

    resource: Any
    parent_key: str

    one_per_request = False
    date_companions = ()

    @property
    def summarizes_errors(self) -> bool:
        return getattr(self.resource, "summarizes_errors", False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resource, name)

    def read_list(self, books: Books, _: ListQuery) -> ListPage:
        return self.resource.read_list(books, self.parent_key)

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return self.resource.create(books, self.parent_key, element, options)

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        return self.resource.create_or_update(books, self.parent_key, element, options, key=key)

    def delete(self, books: Books, key: str) -> Element | None:
        return self.resource.delete(books, self.parent_key, key)


@dataclass(frozen=True, slots=True)
class _Report:
    """One report: read like a list, with its own parameters."""

    key: str
    read_scopes: frozenset[str]

    name = "Reports"
    element_name = "Report"
    id_field = "ReportID"
    methods = frozenset({"GET"})
    write_scopes: frozenset[str] = frozenset()
    date_companions = ()

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return ListPage([REPORTS[self.key](books, query.other)])


def nested(resource: Any, parent_key: str) -> Resource:
    return cast(Resource, _Nested(resource, parent_key))


def report(name: str) -> Resource:
    return cast(Resource, _Report(name, REPORT_SCOPES[name]))
