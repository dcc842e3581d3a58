"""How bank transactions look in each kind of answer (shapes: the OpenAPI examples)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.base import present
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.line_wire import line_element
from fauxero.accounting.money_rows import OVERPAYMENT, PREPAYMENT, BankTransaction
from fauxero.accounting.resource import Element

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_ONE = Decimal("1.0")


def full(books: Books, row: BankTransaction, unit_decimals: int) -> Element:
    """A read of one, and the answer to a write."""
    contact = books.contacts.get(row.contact_id or "")
    block = {"Contact": contact_wire.full(books, contact)} if contact else {}
    return _head(books, row) | block | _foot(row) | {"LineItems": _lines(books, row, unit_decimals)}


def paged(books: Books, row: BankTransaction, unit_decimals: int) -> Element:
    """A row of a paged list: lines, but a thin contact."""
    return unpaged(books, row) | {"LineItems": _lines(books, row, unit_decimals)}


def unpaged(books: Books, row: BankTransaction) -> Element:
    """A row of an unpaged list: no lines (documented, and reported)."""
    contact = books.contacts.get(row.contact_id or "")
    block = {"Contact": contact_wire.on_document(contact)} if contact else {}
    return _head(books, row) | block | _foot(row) | {"LineItems": []}


def account_block(books: Books, account_id: str) -> Element:
    account = books.accounts[account_id]
    return present(AccountID=account.id, Code=account.code, Name=account.name)


def _lines(books: Books, row: BankTransaction, unit_decimals: int) -> list[Element]:
    return [line_element(books, line, unit_decimals) for line in row.lines]


def _head(books: Books, row: BankTransaction) -> Element:
    kind = books.credits[row.credit_id].kind if row.credit_id else None
    return present(
        BankTransactionID=row.id,
        BankAccount=account_block(books, row.account_id),
        Type=row.type,
        Reference=row.reference or ("" if row.type in ("RECEIVE", "SPEND") else None),
        Url=row.url,
        IsReconciled=row.is_reconciled,
        CurrencyRate=_ONE,
        PrepaymentID=row.credit_id if kind == PREPAYMENT else None,
        OverpaymentID=row.credit_id if kind == OVERPAYMENT else None,
        HasAttachments=books.side.has_attachments(row.id),
    )


def _foot(row: BankTransaction) -> Element:
    return {
        "Date": row.on,
        "Status": row.status,
        "LineAmountTypes": row.line_amount_types,
        "SubTotal": row.sub_total,
        "TotalTax": row.total_tax,
        "Total": row.total,
        "UpdatedDateUTC": row.updated_at,
        "CurrencyCode": row.currency,
    }
