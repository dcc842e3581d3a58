"""Rows of the money resources: credits, their use, batches, bank transactions, journals.

Beside rows.py, which holds settings, contacts, invoices and the ledger. No rules live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.rows import Line

CREDIT_NOTE, OVERPAYMENT, PREPAYMENT = "CreditNote", "Overpayment", "Prepayment"

_KINDS = {
    "ACCRECCREDIT": CREDIT_NOTE,
    "ACCPAYCREDIT": CREDIT_NOTE,
    "RECEIVE-OVERPAYMENT": OVERPAYMENT,
    "SPEND-OVERPAYMENT": OVERPAYMENT,
    "AROVERPAYMENT": OVERPAYMENT,
    "RECEIVE-PREPAYMENT": PREPAYMENT,
    "SPEND-PREPAYMENT": PREPAYMENT,
}
_SALES = frozenset({"ACCRECCREDIT", "RECEIVE-OVERPAYMENT", "AROVERPAYMENT", "RECEIVE-PREPAYMENT"})


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)  # see rows
class Credit:
    """What can be set against invoices or paid back: a credit note, overpayment or prepayment."""

    id: str
    type: str
    status: str
    contact_id: str
    number: str | None
    on: date
    line_amount_types: str
    lines: tuple[Line, ...]
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    currency: str
    updated_at: datetime
    due_on: date | None = None
    reference: str | None = None
    branding_theme_id: str | None = None
    allocated: Decimal = Decimal("0.00")
    refunded: Decimal = Decimal("0.00")
    fully_paid_on: date | None = None
    created_by_app: str | None = None

    @property
    def kind(self) -> str:
        return _KINDS[self.type]

    @property
    def is_sale(self) -> bool:
        """On the receivables side: the organisation owes it to a customer."""
        return self.type in _SALES

    @property
    def remaining(self) -> Decimal:
        return self.total - self.allocated - self.refunded

    @property
    def in_ledger(self) -> bool:
        return self.status in ("AUTHORISED", "PAID")

    @property
    def in_control(self) -> bool:
        """Whether what remains sits in the receivables or payables control account."""
        return self.in_ledger and self.kind != PREPAYMENT


@dataclass(frozen=True, slots=True)
class Allocation:
    """An amount of a credit set against an invoice."""

    id: str
    credit_id: str
    invoice_id: str
    amount: Decimal
    on: date
    updated_at: datetime
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class BatchPayment:
    id: str
    type: str  # RECBATCH or PAYBATCH
    status: str
    account_id: str
    on: date
    total: Decimal
    updated_at: datetime
    reference: str | None = None
    particulars: str | None = None
    code: str | None = None
    details: str | None = None
    narrative: str | None = None
    is_reconciled: bool = False


@dataclass(frozen=True, slots=True)
class BankTransaction:
    id: str
    type: str
    status: str
    contact_id: str | None  # None only for the two sides of a transfer
    account_id: str
    on: date
    line_amount_types: str
    lines: tuple[Line, ...]
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    currency: str
    updated_at: datetime
    reference: str | None = None
    url: str | None = None
    is_reconciled: bool = False
    credit_id: str | None = None  # the overpayment or prepayment that it made
    transfer_id: str | None = None
    created_by_app: str | None = None

    @property
    def is_received(self) -> bool:
        return self.type.startswith("RECEIVE")


@dataclass(frozen=True, slots=True)
class BankTransfer:
    id: str
    status: str
    from_account_id: str
    to_account_id: str
    from_transaction_id: str
    to_transaction_id: str
    amount: Decimal
    on: date
    created_at: datetime
    reference: str | None = None
    from_tracking: tuple[tuple[str, str], ...] = ()
    to_tracking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ManualJournalLine:
    amount: Decimal  # debit positive
    tax_amount: Decimal
    account_id: str | None
    description: str | None = None
    tax_type: str | None = None
    tracking: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ManualJournal:
    id: str
    status: str
    narration: str
    on: date
    line_amount_types: str
    lines: tuple[ManualJournalLine, ...]
    updated_at: datetime
    url: str | None = None
    on_cash_basis: bool = True
    created_by_app: str | None = None
