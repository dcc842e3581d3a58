"""What every act of a bookkeeper needs: refusing, amounts, lines, and finding things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.money_rows import Credit
from fauxero.accounting.resource import (
    BadPostData,
    Element,
    NotFound,
    Outcome,
    RequestRefused,
    WriteOptions,
)
from fauxero.accounting.rows import Contact, Invoice, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

OPTIONS = WriteOptions(unit_decimals=4)


class ActRefused(RequestRefused):
    """Xero's pages would not let the bookkeeper do this either."""


def done(outcome: Outcome) -> Element:
    if outcome.errors:
        raise ActRefused("; ".join(outcome.errors))
    return outcome.element


def exact_amount(value: Any) -> Decimal:
    """A number from JSON or Python, exact where it was text. Raises BadPostData."""
    try:
        found = fields.number({"amount": str(value)}, "amount")
    except BadPostData:
        found = None
    if found is None:
        raise BadPostData(f"{value!r} is not a number")
    return found


# ---- lines

_LINE_FIELDS = {
    "line_id": "LineItemID",
    "description": "Description",
    "account_code": "AccountCode",
    "item_code": "ItemCode",
    "tax_type": "TaxType",
    "tracking": "Tracking",
}
_LINE_NUMBERS = {
    "quantity": "Quantity",
    "unit_amount": "UnitAmount",
    "line_amount": "LineAmount",
    "tax_amount": "TaxAmount",
    "discount_rate": "DiscountRate",
}


_LINE_NAMES = frozenset(
    {*_LINE_FIELDS.values(), *_LINE_NUMBERS.values(), "AccountID", "DiscountAmount", "IsBlank"}
)


def refuse_unknown(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise BadPostData naming what no act reads: passing it over would look like success."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadPostData(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def line_element(line: Mapping[str, Any]) -> Element:
    """A line in snake_case or in Xero's own names."""
    if not isinstance(line, Mapping):
        raise BadPostData("lines: a list of objects is needed")
    refuse_unknown(line, _LINE_FIELDS.keys() | _LINE_NUMBERS.keys() | _LINE_NAMES)
    element: Element = {}
    for name, value in line.items():
        if name in _LINE_NUMBERS:
            element[_LINE_NUMBERS[name]] = exact_amount(value)
        else:
            element[_LINE_FIELDS.get(name, name)] = (
                Decimal(str(value)) if isinstance(value, float) else value
            )
    return element


# ---- finding things


def find_contact(books: Books, contact_id: str) -> Contact:
    found = books.contacts.get(contact_id.lower())
    if found is None:
        raise NotFound(f"no contact {contact_id}")
    return found


def find_invoice(books: Books, invoice_id: str) -> Invoice:
    """By id, or by number."""
    found = books.invoices.get(invoice_id.lower())
    if found is None:
        found = next(iter(books.invoices_numbered(invoice_id)), None)
    if found is None:
        raise NotFound(f"no invoice {invoice_id}")
    return found


def find_payment(books: Books, payment_id: str) -> Payment:
    found = books.payments.get(payment_id.lower())
    if found is None:
        raise NotFound(f"no payment {payment_id}")
    return found


def find_credit(books: Books, credit_id: str) -> Credit:
    """By id, or a credit note or prepayment by its number."""
    found = books.credits.get(credit_id.lower())
    if found is None:
        found = next(iter(books.credits.numbered(credit_id)), None)
    if found is None:
        raise NotFound(f"no credit note, overpayment or prepayment {credit_id}")
    return found
