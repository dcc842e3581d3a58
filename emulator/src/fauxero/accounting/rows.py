"""What the books hold: plain frozen values, one class a table. No rules live here.

The rows that come by the thousand are frozen to the type checker only (`frozen=TYPE_CHECKING`):
a class that is frozen at run time takes more than twice as long to fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING


@dataclass(frozen=True, slots=True)
class Switches:
    """Readings of Xero where the evidence is unsure. The default is the safer one."""

    reuse_deleted_numbers: bool = False  # unsure: number of a DELETED sales invoice used again
    reuse_voided_numbers: bool = False  # reported: numbers of voided invoices stay taken
    drop_unknown_tracking: bool = False  # unsure: drop with a warning instead of refusing
    delete_reconciled_payments: bool = False  # unsure: deletion un-reconciles instead of refusing
    lock_payments_by_date: bool = True  # unsure: the lock dates apply to a payment's own date
    allow_payment_before_invoice: bool = True  # reported the other way by third parties only
    allocation_date_as_sent: bool = False  # documented: the later of both documents' dates
    balances_less_credits: bool = True  # unsure: a contact's Outstanding is less unused credit
    keep_reference_on_credits: bool = False  # unsure: on RECEIVE-OVERPAYMENT and the like
    delete_reconciled_bank_transactions: bool = False  # unsure, as for payments
    delete_credit_bank_transactions: bool = False  # documented: not through the API
    edit_posted_journals: bool = True  # unsure: a POSTED manual journal may be changed


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    name: str
    legal_name: str
    country: str
    version: str
    base_currency: str
    timezone: str  # IANA name; Xero's own spelling follows from the country
    xero_timezone: str
    short_code: str
    financial_year_end_day: int
    financial_year_end_month: int
    sales_tax_basis: str
    sales_tax_period: str
    tax_number: str
    pays_tax: bool
    default_sales_tax: str
    created_at: datetime
    branding_theme_id: str
    edition_class: str = "DEMO"
    is_demo: bool = True
    period_locked_on: date | None = None
    year_end_locked_on: date | None = None
    next_invoice_number: int = 1
    invoice_prefix: str = "INV-"
    next_credit_note_number: int = 1
    credit_note_prefix: str = "CN-"
    next_tax_type: int = 1
    sales_approvals_max: int | None = None  # a month, by invoice date; None: no cap
    bill_approvals_max: int | None = None
    phone_country_code: str = ""
    reminders_on: bool = False
    reminder_days: tuple[int, ...] = (7, 14, 21)  # after the due date
    reminded_on: date | None = None  # reminders up to this day are sent
    switches: Switches = Switches()


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    code: str | None
    name: str
    type: str
    tax_type: str
    status: str
    updated_at: datetime
    description: str | None = None
    system_account: str | None = None
    payments_enabled: bool = False
    in_expense_claims: bool = False
    bank_account_number: str | None = None
    bank_account_type: str | None = None
    currency: str | None = None
    on_watchlist: bool = False


@dataclass(frozen=True, slots=True)
class TaxComponent:
    name: str
    rate: Decimal
    is_compound: bool = False
    is_non_recoverable: bool = False


@dataclass(frozen=True, slots=True)
class TaxRate:
    id: str  # the TaxType
    name: str
    status: str
    report_tax_type: str
    components: tuple[TaxComponent, ...]
    applies_to: tuple[str, ...]  # of ASSET EQUITY EXPENSE LIABILITY REVENUE
    effective_rate: Decimal
    is_system: bool = True


@dataclass(frozen=True, slots=True)
class TrackingCategory:
    id: str
    name: str
    status: str
    position: int


@dataclass(frozen=True, slots=True)
class TrackingOption:
    id: str
    category_id: str
    name: str
    status: str
    position: int


@dataclass(frozen=True, slots=True)
class ItemPrice:
    unit_price: Decimal | None = None
    account_code: str | None = None
    tax_type: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    code: str
    updated_at: datetime
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool = True
    is_purchased: bool = True
    sales: ItemPrice = ItemPrice()
    purchases: ItemPrice = ItemPrice()


@dataclass(frozen=True, slots=True)
class Address:
    type: str
    line1: str = ""
    line2: str = ""
    line3: str = ""
    line4: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    attention_to: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    type: str
    number: str = ""
    area_code: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class ContactPerson:
    first_name: str
    last_name: str
    email: str
    in_emails: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    name: str
    status: str
    updated_at: datetime
    number: str | None = None
    account_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company_number: str | None = None
    tax_number: str | None = None
    bank_details: str | None = None
    website: str | None = None
    default_currency: str | None = None
    receivable_tax_type: str | None = None
    payable_tax_type: str | None = None
    sales_account_code: str | None = None
    purchases_account_code: str | None = None
    addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    persons: tuple[ContactPerson, ...] = ()
    sales_terms: tuple[int, str] | None = None  # day, kind
    bill_terms: tuple[int, str] | None = None
    sales_tracking: tuple[tuple[str, str], ...] = ()  # category name, option name
    purchases_tracking: tuple[tuple[str, str], ...] = ()
    sales_line_amount_type: str | None = None
    purchases_line_amount_type: str | None = None
    merged_to_id: str | None = None


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)
class Line:
    id: str
    description: str | None
    quantity: Decimal | None
    unit_amount: Decimal | None
    line_amount: Decimal
    tax_type: str | None
    tax_amount: Decimal
    account_id: str | None = None
    item_code: str | None = None
    discount_rate: Decimal | None = None
    discount_amount: Decimal | None = None
    discount: Decimal = Decimal("0.00")  # in money, whichever way it was given
    tracking: tuple[tuple[str, str], ...] = ()  # (category id, option id)


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)
class Invoice:
    id: str
    type: str
    status: str
    contact_id: str
    number: str | None
    on: date
    due_on: date | None
    line_amount_types: str
    lines: tuple[Line, ...]
    sub_total: Decimal
    total_tax: Decimal
    total: Decimal
    total_discount: Decimal
    currency: str
    branding_theme_id: str | None
    updated_at: datetime
    reference: str | None = None
    url: str | None = None
    amount_paid: Decimal = Decimal("0.00")
    amount_credited: Decimal = Decimal("0.00")
    rounding: Decimal = Decimal("0.00")  # in total, beside sub_total and total_tax
    sent_to_contact: bool = False
    expected_on: date | None = None
    planned_on: date | None = None
    fully_paid_on: date | None = None
    created_by_app: str | None = None

    @property
    def amount_due(self) -> Decimal:
        return self.total - self.amount_paid - self.amount_credited

    @property
    def is_sale(self) -> bool:
        return self.type == "ACCREC"

    @property
    def in_ledger(self) -> bool:
        return self.status in ("AUTHORISED", "PAID")


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)
class Payment:
    """Money for an invoice, or a credit paid back; then `invoice_id` is the credit's id.

    Xero's own answers name both Invoice.
    """

    id: str
    invoice_id: str
    account_id: str
    on: date
    amount: Decimal
    type: str
    status: str
    updated_at: datetime
    reference: str | None = None
    is_reconciled: bool = False
    created_by_app: str | None = None
    batch_id: str | None = None


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)
class Entry:
    account_id: str
    amount: Decimal  # net of tax, debit positive
    tax_type: str | None = None
    tracking: tuple[tuple[str, str], ...] = ()
    tax_amount: Decimal = Decimal("0.00")  # of this entry; posted to the tax account apart
    description: str | None = None


@dataclass(frozen=TYPE_CHECKING, slots=True, unsafe_hash=True)
class Journal:
    """One posting; its entries add up to nothing."""

    id: str  # the journal's number
    on: date
    source_type: str
    source_id: str
    contact_id: str | None
    created_at: datetime
    entries: tuple[Entry, ...]
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something Xero would have sent to a person."""

    id: str
    kind: str
    document_id: str
    contact_id: str
    at: datetime
    detail: str
