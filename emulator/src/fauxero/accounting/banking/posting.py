"""Store bank transactions and let the ledger follow: the one place that writes their rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import ledger
from fauxero.accounting.credits import posting as credit_posting
from fauxero.accounting.invoices.resource import next_number
from fauxero.accounting.money_rows import BankTransaction, Credit
from fauxero.accounting.rows import Entry

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def store(books: Books, row: BankTransaction, before: BankTransaction | None) -> BankTransaction:
    """Put a RECEIVE or SPEND row; it posts at once and again whenever what it posts changes."""
    if before is not None and not _posts_differ(before, row):
        return books.bank_transactions.put(row)
    if before is not None:
        ledger.reverse(books, before.id)
    books.bank_transactions.put(row)
    if row.status == "AUTHORISED":
        sign = 1 if row.is_received else -1
        others = ledger.line_entries(books, row.lines, row.line_amount_types, -sign)
        entries = (Entry(row.account_id, sign * row.total), *others)
        source = "CASHREC" if row.is_received else "CASHPAID"
        ledger.post(books, row.on, source, row.id, row.contact_id, entries)
    return row


def _posts_differ(before: BankTransaction, row: BankTransaction) -> bool:
    return (
        before.on,
        before.lines,
        before.contact_id,
        before.line_amount_types,
        before.status,
    ) != (
        row.on,
        row.lines,
        row.contact_id,
        row.line_amount_types,
        row.status,
    )


def store_with_credit(books: Books, row: BankTransaction) -> BankTransaction:
    """Store the money and the overpayment or prepayment that it is."""
    assert row.contact_id is not None
    # Documented in Xero's help: prepayments received are numbered in line with sales invoices.
    is_numbered = row.type == "RECEIVE-PREPAYMENT"
    credit = Credit(
        id=books.ids.uuid(),
        type=row.type,
        status="AUTHORISED",
        contact_id=row.contact_id,
        number=next_number(books) if is_numbered else None,
        on=row.on,
        line_amount_types=row.line_amount_types,
        lines=row.lines,
        sub_total=row.sub_total,
        total_tax=row.total_tax,
        total=row.total,
        currency=row.currency,
        updated_at=books.now(),
        reference=row.reference,
        branding_theme_id=books.organisation.branding_theme_id if is_numbered else None,
        created_by_app=row.created_by_app,
    )
    credit_posting.receive(books, credit, row.account_id)
    return books.bank_transactions.put(replace(row, credit_id=credit.id))


def delete(books: Books, row: BankTransaction) -> BankTransaction:
    """Take back what was posted. The caller has seen to it that a credit is unused."""
    if row.credit_id is not None:
        credit_posting.void(books, books.credits[row.credit_id])
        return books.bank_transactions.put(replace(row, status="VOIDED", updated_at=books.now()))
    ledger.reverse(books, row.id)
    return books.bank_transactions.put(replace(row, status="DELETED", updated_at=books.now()))
