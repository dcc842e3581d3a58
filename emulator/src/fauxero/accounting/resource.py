"""What a resource of the accounting API is, seen from the HTTP side.

A resource knows the books and nothing of HTTP: it takes elements as plain dicts with canonical
key spelling, and gives back plain dicts whose values are str, bool, int, Decimal, `date` (a
calendar day), `datetime` (an aware UTC instant), lists and dicts. How those look on the wire
(`/Date()/`, fixed decimals) is the codec's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Element = dict[str, Any]

ZERO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The list parameters Xero documents, parsed but not yet applied."""

    where: str | None = None
    order: str | None = None
    page: int | None = None
    page_size: int = 100
    ids: Sequence[str] = ()
    numbers: Sequence[str] = ()
    contact_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    modified_since: datetime | None = None
    include_archived: bool = False
    summary_only: bool = False
    search_term: str | None = None
    created_by_app: str | None = None
    unit_decimals: int = 2
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pagination:
    page: int
    page_size: int
    page_count: int
    item_count: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of one answer; `pagination` is None where Xero would not page."""

    rows: Sequence[Element]
    pagination: Pagination | None = None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a write carries besides its element."""

    unit_decimals: int = 2
    app_id: str | None = None  # the app that writes, for createdByMyApp


@dataclass(frozen=True, slots=True)
class Outcome:
    """One element's fate. With errors the books are as they were before the element."""

    element: Element
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()


class Resource(Protocol):
    name: str  # path segment and envelope key, e.g. "Invoices"
    element_name: str  # singular, the bare-object form, e.g. "Invoice"
    id_field: str  # e.g. "InvoiceID"
    methods: frozenset[str]  # what the collection and the element answer at all
    summarizes_errors: bool  # honours ?summarizeErrors
    one_per_request: bool
    read_scopes: frozenset[str]  # any one of them suffices
    write_scopes: frozenset[str]
    date_companions: tuple[str, ...]  # date fields that also travel as <Field>String

    def read_list(self, books: Books, query: ListQuery) -> ListPage: ...

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None: ...

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome: ...

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome: ...

    def delete(self, books: Books, key: str) -> Element | None:
        """Returns what the answer shows of it; with None the answer is empty (204)."""
        ...


class RequestRefused(Exception):
    """The whole request is answered with an error; no element was touched."""


class NotFound(RequestRefused):
    """Nothing has this id: Xero answers 404 as text/html."""


class BadPostData(RequestRefused):
    """The body does not deserialise: ErrorNumber 14, PostDataInvalidException."""


class BadQuery(RequestRefused):
    """The where or order expression cannot be parsed: ErrorNumber 16, QueryParseException."""


class NotModelled(RequestRefused):
    """Xero may do this; fauxero does not and says so with 501."""
