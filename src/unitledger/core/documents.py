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
