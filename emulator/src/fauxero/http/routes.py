"""Which resource a path below the API root means. Paths are read in any case, as Xero does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    Resource,
    WriteOptions,
)
from fauxero.accounting.resources import RESOURCES, SUB_RESOURCES

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

ROOT = ("api.xro", "2.0")

# Collections that Xero has and fauxero does not: answered 501, never 404.
UNMODELLED = frozenset(
    "attachments bankTransactions bankTransfers batchPayments brandingThemes budgets "
    "contactGroups creditNotes currencies employees expenseClaims invoiceReminders journals "
    "linkedTransactions manualJournals overpayments paymentServices prepayments purchaseOrders "
    "quotes receipts repeatingInvoices reports setup taxRates users".lower().split()
)


@dataclass(frozen=True, slots=True)
class Route:
    """A resource, and the key of one element where the path ends in one."""

    resource: Resource
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Nested:
    """A sub-resource under one parent, seen as a resource of its own."""

    resource: Any
    parent_key: str

    summarizes_errors = False
    one_per_request = False
    date_companions = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.resource, name)

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return self.resource.read_list(books, self.parent_key)

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return self.resource.create(books, self.parent_key, element, options)

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        return self.resource.create_or_update(books, self.parent_key, element, options, key=key)

    def delete(self, books: Books, key: str) -> None:
        self.resource.delete(books, self.parent_key, key)


def is_api(segments: tuple[str, ...]) -> bool:
    return tuple(part.lower() for part in segments[:2]) == ROOT


def find(segments: tuple[str, ...], method: str) -> Route:
    """Return the route of a path. Raises NotFound or NotModelled."""
    parts = segments[2:]
    route = _route(parts)
    if method not in route.resource.methods:
        raise NotModelled(f"{method} {'/'.join(parts)}")
    return route


def _route(parts: tuple[str, ...]) -> Route:
    lower = tuple(part.lower() for part in parts)
    match lower:
        case ("organisation" | "organisations", "actions"):
            return Route(_nested(SUB_RESOURCES["organisation/actions"], ""))
        case (name,) if name in RESOURCES:
            return Route(RESOURCES[name])
        case (name, _) if name in RESOURCES:
            return Route(RESOURCES[name], parts[1])
        case (name, _, sub) if f"{name}/{sub}" in SUB_RESOURCES:
            return Route(_nested(SUB_RESOURCES[f"{name}/{sub}"], parts[1]))
        case (name, _, sub, _) if f"{name}/{sub}" in SUB_RESOURCES:
            return Route(_nested(SUB_RESOURCES[f"{name}/{sub}"], parts[1]), parts[3])
        case (name, *_) if name in RESOURCES or name in UNMODELLED:
            raise NotModelled("/".join(parts))
    raise NotFound("/".join(parts))


def _nested(resource: Any, parent_key: str) -> Resource:
    return cast(Resource, Nested(resource, parent_key))
