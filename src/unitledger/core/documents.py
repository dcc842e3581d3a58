"""What the books should hold for one source record: the wanted documents.

They say what, not how: names and shapes of Xero's wire live in the adapter that renders them.
A document that hangs on another (an invoice on its contact, a payment on its invoice) does
not carry the other's Xero id; the dispatcher puts it in when the other exists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class DocumentKind(StrEnum):
    CONTACT = "contact"
    INVOICE = "invoice"
    PAYMENT = "payment"


class DocumentState(StrEnum):
    """Where a document stands; each but SYNCED carries a reason, who acts next and how."""

    NEW = "new"  # arrived, not yet planned
    QUEUED = "queued"  # planned, goes with the next run
    WAITING = "waiting"  # for its contact, its invoice, an outcome, the day's limit
    CHANGED = "changed"  # changed at the source since it was sent; goes again
    SYNCED = "synced"
    FAILED = "failed"  # refused by the books
    NEEDS_ATTENTION = "needs_attention"  # cannot go on until a person does something
    DRIFTED = "drifted"  # the books' copy was changed since; a person decides
    SKIPPED = "skipped"  # a person said no, with a reason
    OUT_OF_SCOPE = "out_of_scope"  # before the start date


@dataclass(frozen=True, slots=True)
class WantedContact:
    contact_number: str  # the handle
    account_number: str  # for people
    name: str
    email: str | None = None  # only where a person chose to send it
    phone: str | None = None

    kind = DocumentKind.CONTACT


@dataclass(frozen=True, slots=True)
class WantedLine:
    description: str
    quantity: Decimal
    unit_amount: Decimal
    account_code: str
    tax_type: str
    line_amount: Decimal  # as priced
    tax_amount: Decimal  # as we expect Xero to compute it, or as overridden
    overrides_tax: bool = False  # send tax_amount: Xero's own rounding would differ
    tracking: Mapping[str, str] | None = None  # category name → option name
    item_code: str | None = None


@dataclass(frozen=True, slots=True)
class WantedInvoice:
    number: str  # the handle
    contact: str  # whose it is, by `handles.contact_number` without a prefix
    issued_on: date
    due_on: date
    currency: str
    prices_include_tax: bool
    lines: Sequence[WantedLine]
    total: Decimal
    reference: str
    url: str | None  # back to our record; also how we know an invoice is ours
    status: str = "AUTHORISED"

    kind = DocumentKind.INVOICE


@dataclass(frozen=True, slots=True)
class WantedPayment:
    account_id: str  # paid-to account in the books
    paid_on: date
    amount: Decimal
    reference: str  # carries the handle: a token at its end

    kind = DocumentKind.PAYMENT


Wanted = WantedContact | WantedInvoice | WantedPayment


def amount_of(wanted: Wanted) -> Decimal | None:
    """The money of a wanted document; None for a contact."""
    match wanted:
        case WantedInvoice():
            return wanted.total
        case WantedPayment():
            return wanted.amount
        case WantedContact():
            return None


def dated_on(wanted: Wanted) -> date | None:
    """The accounting date of a wanted document; None for a contact."""
    match wanted:
        case WantedInvoice():
            return wanted.issued_on
        case WantedPayment():
            return wanted.paid_on
        case WantedContact():
            return None


def wanted_to_content(wanted: Wanted) -> dict[str, Any]:
    """The stored form: plain JSON values, amounts and dates as strings.

    Written out by hand: `dataclasses.asdict` costs as much as sending the document.
    """
    match wanted:
        case WantedContact():
            content: dict[str, Any] = {
                "kind": "contact",
                "contact_number": wanted.contact_number,
                "account_number": wanted.account_number,
                "name": wanted.name,
            }
            for name, value in (("email", wanted.email), ("phone", wanted.phone)):
                if value is not None:
                    content[name] = value
            return content
        case WantedInvoice():
            return _invoice_to_content(wanted)
        case WantedPayment():
            return {
                "kind": "payment",
                "account_id": wanted.account_id,
                "paid_on": wanted.paid_on.isoformat(),
                "amount": format(wanted.amount, "f"),
                "reference": wanted.reference,
            }


def wanted_from_content(content: Mapping[str, Any]) -> Wanted:
    """The wanted document a stored form holds; the inverse of `wanted_to_content`."""
    fields = dict(content)
    match DocumentKind(fields.pop("kind")):
        case DocumentKind.CONTACT:
            return WantedContact(**fields)
        case DocumentKind.INVOICE:
            return _invoice_from_content(fields)
        case DocumentKind.PAYMENT:
            fields["paid_on"] = date.fromisoformat(fields["paid_on"])
            fields["amount"] = Decimal(fields["amount"])
            return WantedPayment(**fields)


def _invoice_to_content(wanted: WantedInvoice) -> dict[str, Any]:
    return {
        "kind": "invoice",
        "number": wanted.number,
        "contact": wanted.contact,
        "issued_on": wanted.issued_on.isoformat(),
        "due_on": wanted.due_on.isoformat(),
        "currency": wanted.currency,
        "prices_include_tax": wanted.prices_include_tax,
        "lines": [_line_to_content(line) for line in wanted.lines],
        "total": format(wanted.total, "f"),
        "reference": wanted.reference,
        "url": wanted.url,
        "status": wanted.status,
    }


def _line_to_content(line: WantedLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "quantity": format(line.quantity, "f"),
        "unit_amount": format(line.unit_amount, "f"),
        "account_code": line.account_code,
        "tax_type": line.tax_type,
        "line_amount": format(line.line_amount, "f"),
        "tax_amount": format(line.tax_amount, "f"),
        "overrides_tax": line.overrides_tax,
        "tracking": None if line.tracking is None else dict(line.tracking),
        "item_code": line.item_code,
    }


def _invoice_from_content(fields: dict[str, Any]) -> WantedInvoice:
    fields["issued_on"] = date.fromisoformat(fields["issued_on"])
    fields["due_on"] = date.fromisoformat(fields["due_on"])
    fields["total"] = Decimal(fields["total"])
    fields["lines"] = tuple(_line_from_content(line) for line in fields["lines"])
    return WantedInvoice(**fields)


def _line_from_content(content: Mapping[str, Any]) -> WantedLine:
    fields = dict(content)
    for name in ("quantity", "unit_amount", "line_amount", "tax_amount"):
        fields[name] = Decimal(fields[name])
    return WantedLine(**fields)
