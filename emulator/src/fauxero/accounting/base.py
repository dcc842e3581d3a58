"""What the resources have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting.resource import (
    ZERO_ID,
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Xero: documented (OAuth 2.0 scopes; granular scopes since March 2026). The broad
# accounting.transactions scopes stay valid until 13 September 2027.
SETTINGS_READ = frozenset({"accounting.settings", "accounting.settings.read"})
SETTINGS_WRITE = frozenset({"accounting.settings"})
CONTACTS_READ = frozenset({"accounting.contacts", "accounting.contacts.read"})
CONTACTS_WRITE = frozenset({"accounting.contacts"})
_BROAD_READ = frozenset({"accounting.transactions", "accounting.transactions.read"})
_BROAD_WRITE = frozenset({"accounting.transactions"})
INVOICES_READ = frozenset({"accounting.invoices", "accounting.invoices.read"}) | _BROAD_READ
INVOICES_WRITE = frozenset({"accounting.invoices"}) | _BROAD_WRITE
BANKING_READ = (
    frozenset({"accounting.banktransactions", "accounting.banktransactions.read"}) | _BROAD_READ
)
BANKING_WRITE = frozenset({"accounting.banktransactions"}) | _BROAD_WRITE
MANUAL_JOURNALS_READ = (
    frozenset({"accounting.manualjournals", "accounting.manualjournals.read"}) | _BROAD_READ
)
MANUAL_JOURNALS_WRITE = frozenset({"accounting.manualjournals"}) | _BROAD_WRITE
# The general ledger is premium: its scope is never part of another (documented).
JOURNALS_READ = frozenset({"accounting.journals.read"})
PAYMENTS_READ = frozenset({"accounting.payments", "accounting.payments.read"}) | _BROAD_READ
PAYMENTS_WRITE = frozenset({"accounting.payments"}) | _BROAD_WRITE


class ElementRefused(Exception):
    """The element is refused; every text is one ValidationError."""

    def __init__(self, *errors: str, echo: Element | None = None) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors
        self.echo = echo


@dataclass(slots=True)
class Findings:
    """Errors and warnings of one element, collected so that Xero's whole list is given."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse_if_any(self, echo: Element | None = None) -> None:
        if self.errors:
            raise ElementRefused(*self.errors, echo=echo)

    def too_long(self, label: str, value: str | None, length_max: int) -> None:
        if value is not None and len(value) > length_max:
            # The limits are documented; the wording is unsure.
            self.errors.append(f"The {label} must not exceed {length_max} characters.")


class BaseResource:
    """Answers NotModelled to all that a resource does not define."""

    name = ""
    element_name = ""
    id_field = ""
    methods: frozenset[str] = frozenset({"GET"})
    summarizes_errors = True
    one_per_request = False
    read_scopes: frozenset[str] = SETTINGS_READ
    write_scopes: frozenset[str] = SETTINGS_WRITE
    date_companions: tuple[str, ...] = ()

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        raise NotModelled(f"Listing {self.name} is not modelled")

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        raise NotModelled(f"Reading one of {self.name} is not modelled")

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        raise NotModelled(f"Creating {self.name} is not modelled")

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        raise NotModelled(f"Updating {self.name} is not modelled")

    def delete(self, books: Books, key: str) -> Element | None:
        raise NotModelled(f"Deleting {self.name} is not modelled")


def attempt(
    books: Books,
    element: Element,
    work: Callable[[Findings], Element],
    *,
    id_field: str,
    key: str | None = None,
) -> Outcome:
    """Do one element's work in a transaction; a refusal leaves the books as they were.

    A refused create echoes the request with the zero id (recorded on the wire).
    """
    findings = Findings()
    try:
        with books.transaction():
            done = work(findings)
    except ElementRefused as refused:
        echo = dict(refused.echo if refused.echo is not None else element)
        if not echo.get(id_field):
            echo[id_field] = key or ZERO_ID
        return Outcome(echo, refused.errors, tuple(findings.warnings))
    return Outcome(done, (), tuple(findings.warnings))


def refuse_unmodelled(element: Element, *names: str) -> None:
    """Raise NotModelled for fields Xero has and fauxero lacks, unless they say nothing."""
    for name in names:
        if (value := element.get(name)) is not None and value not in ("", [], {}):
            raise NotModelled(f"The field {name} is not modelled")


def present(**values: Any) -> Element:
    """Leave out nulls, as Xero's JSON does (recorded on the wire)."""
    return without_nulls(values)


def without_nulls(values: Element) -> Element:
    return {name: value for name, value in values.items() if value is not None}


def required(value: Any) -> Any:
    if value is None:
        raise NotFound
    return value


def shown_number(value: Decimal | None, places: int) -> Decimal | None:
    """A number at `places` decimals; the codec trims zeros as it likes."""
    if value is None:
        return None
    return round(value, places)
