"""Rows of what stands beside the documents: groups, themes, files, history, bank lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.rows import Line


@dataclass(frozen=True, slots=True)
class ContactGroup:
    id: str
    name: str
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class GroupMember:
    id: str  # group id/contact id
    group_id: str
    contact_id: str


@dataclass(frozen=True, slots=True)
class Currency:
    id: str  # ISO 4217
    description: str


@dataclass(frozen=True, slots=True)
class BrandingTheme:
    id: str
    name: str
    sort_order: int  # 0: the default
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentService:
    id: str
    name: str
    url: str
    pay_now_text: str
    type: str = "Custom"
    theme_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    id: str
    email: str
    first_name: str
    last_name: str
    role: str
    is_subscriber: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RepeatingInvoice:
    id: str
    type: str
    status: str
    contact_id: str
    line_amount_types: str
    lines: tuple[Line, ...]
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    currency: str
    period: int
    unit: str  # WEEKLY or MONTHLY
    due_day: int
    due_type: str
    starts_on: date
    next_on: date
    ends_on: date | None = None
    reference: str | None = None
    branding_theme_id: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    id: str
    number: str
    status: str
    contact_id: str
    on: date
    line_amount_types: str
    lines: tuple[Line, ...]
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    total_discount: Decimal
    currency: str
    branding_theme_id: str | None
    updated_at: datetime
    expires_on: date | None = None
    reference: str | None = None
    terms: str | None = None
    title: str | None = None
    summary: str | None = None
    created_by_app: str | None = None


@dataclass(frozen=True, slots=True)
class LinkedTransaction:
    """A line of a bill or of money spent that is to be charged on to a customer."""

    id: str
    source_id: str
    source_line_id: str
    source_type: str  # ACCPAY or SPEND
    status: str
    updated_at: datetime
    contact_id: str | None = None
    target_id: str | None = None
    target_line_id: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    subject: str  # the collection, as Xero spells it
    subject_id: str
    file_name: str
    mime_type: str
    length: int
    include_online: bool


@dataclass(frozen=True, slots=True)
class FileContent:
    """An attachment's bytes, apart from it so that a change of the one leaves the other."""

    id: str
    content: bytes


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)  # see rows
class HistoryRecord:
    id: str  # counted up
    subject_id: str
    changes: str
    details: str
    at: datetime
    user: str = "System Generated"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a bank statement: what happened at the bank, matched or not."""

    id: str
    account_id: str
    on: date
    amount: Decimal  # received positive
    description: str = ""
    reference: str = ""
    matched_kind: str | None = None  # "payment", "bank_transaction", ...
    matched_id: str | None = None
