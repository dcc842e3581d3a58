"""Xero's contacts, invoices and payments → `Held`. Pure.

Missing optional fields and words we have not seen before pass through; a field we rely on
that is missing or spelled in an unknown way raises UnexpectedAnswer, which names it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from unitledger.books.xero.wire import (
    Row,
    UnexpectedAnswer,
    day,
    instant,
    items,
    money,
    nested,
    required_id,
    required_money,
    required_text,
    text,
)
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held, Posting

COLLECTIONS = {
    DocumentKind.CONTACT: "Contacts",
    DocumentKind.INVOICE: "Invoices",
    DocumentKind.PAYMENT: "Payments",
}
ID_FIELDS = {
    DocumentKind.CONTACT: "ContactID",
    DocumentKind.INVOICE: "InvoiceID",
    DocumentKind.PAYMENT: "PaymentID",
}

_ZERO = Decimal(0)
_INCLUDES_TAX = {"Inclusive": True, "Exclusive": False}


def read_held(kind: DocumentKind, row: Row) -> Held:
    """Read one object as the books hold it. Raises UnexpectedAnswer."""
    return _READERS[kind](row)


def read_books_at(data: Any) -> datetime | None:
    """Xero's own clock, from the envelope; None where the answer does not tell."""
    if not isinstance(data, Mapping):
        return None
    try:
        return instant(data, "DateTimeUTC")
    except UnexpectedAnswer:
        return None


def read_page_count(data: Any, *, page: int, rows_read: int, page_size: int) -> int:
    """The number of pages. Without the (documented) `pagination`, a full page has a next one."""
    pagination = data.get("pagination") if isinstance(data, Mapping) else None
    count = pagination.get("pageCount") if isinstance(pagination, Mapping) else None
    if isinstance(count, int) and not isinstance(count, bool):
        return count
    return page + 1 if rows_read >= page_size else page


def _contact(row: Row) -> Held:
    return Held(
        kind=DocumentKind.CONTACT,
        xero_id=required_id(row, "ContactID"),
        status=required_text(row, "ContactStatus"),
        updated_at=instant(row, "UpdatedDateUTC"),
        number=text(row, "ContactNumber"),
        name=text(row, "Name"),
        account_number=text(row, "AccountNumber"),
        merged_to=text(row, "MergedToContactID"),
        email=text(row, "EmailAddress"),
    )


def _invoice(row: Row) -> Held:
    """A sales invoice, or a bill: Xero lists both together."""
    return Held(
        kind=DocumentKind.INVOICE,
        xero_id=required_id(row, "InvoiceID"),
        status=required_text(row, "Status"),
        updated_at=instant(row, "UpdatedDateUTC"),
        number=text(row, "InvoiceNumber"),
        reference=text(row, "Reference"),
        url=text(row, "Url"),
        contact_id=text(nested(row, "Contact"), "ContactID"),
        dated_on=day(row, "Date"),
        due_on=day(row, "DueDate"),
        currency=text(row, "CurrencyCode"),
        total=required_money(row, "Total"),
        total_tax=money(row, "TotalTax"),
        amount_due=money(row, "AmountDue"),
        amount_paid=money(row, "AmountPaid"),
        is_receivable=required_text(row, "Type") == "ACCREC",
        prices_include_tax=_INCLUDES_TAX.get(row.get("LineAmountTypes", "")),
        postings=tuple(map(_posting, items(row, "LineItems"))),
    )


def _posting(row: Row) -> Posting:
    return Posting(
        account_code=text(row, "AccountCode"),
        # A line that is only a text has no amounts.
        line_amount=money(row, "LineAmount") or _ZERO,
        tax_amount=money(row, "TaxAmount") or _ZERO,
        tax_type=text(row, "TaxType"),
        description=text(row, "Description"),
        # An option without a name is kept as such: it will differ from any that we sent.
        tracking={
            text(each, "Name") or "": text(each, "Option") or "" for each in items(row, "Tracking")
        },
    )


def _payment(row: Row) -> Held:
    invoice = nested(row, "Invoice")
    return Held(
        kind=DocumentKind.PAYMENT,
        xero_id=required_id(row, "PaymentID"),
        status=required_text(row, "Status"),
        updated_at=instant(row, "UpdatedDateUTC"),
        reference=text(row, "Reference"),
        contact_id=text(nested(invoice, "Contact"), "ContactID"),
        invoice_id=text(invoice, "InvoiceID"),
        account_id=text(nested(row, "Account"), "AccountID"),
        dated_on=day(row, "Date"),
        currency=text(invoice, "CurrencyCode"),
        total=required_money(row, "Amount"),
        is_receivable=_is_received(row, invoice),
        is_reconciled=row.get("IsReconciled") is True,
    )


def _is_received(row: Row, invoice: Row) -> bool:
    """Whether it pays a sales invoice. Refunds and payments of bills have other types."""
    payment_type = text(row, "PaymentType")
    if payment_type is not None:
        return payment_type == "ACCRECPAYMENT"
    return text(invoice, "Type") == "ACCREC"


_READERS: Mapping[DocumentKind, Callable[[Row], Held]] = {
    DocumentKind.CONTACT: _contact,
    DocumentKind.INVOICE: _invoice,
    DocumentKind.PAYMENT: _payment,
}
