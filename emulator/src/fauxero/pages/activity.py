"""What happened to a contact or an account, and where a business stands: read from the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.money import ZERO
from fauxero.accounting.rows import Account, Journal

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a contact's activity. `amount`: owed more by it if positive."""

    on: date
    what: str
    name: str
    status: str
    amount: Decimal
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry of an account; `balance` is the account's after it."""

    on: date
    what: str
    name: str
    contact: str
    amount: Decimal
    balance: Decimal
    invoice_id: str | None


@dataclass(frozen=True, slots=True)
class Bank:
    account: Account
    balance: Decimal
    unreconciled: int


@dataclass(frozen=True, slots=True)
class Receivables:
    count: int
    total: Decimal
    overdue_count: int
    overdue: Decimal
    drafts: int


def bank_balances(books: Books) -> list[Bank]:
    waiting: dict[str, int] = {}
    for key in books.payments_by_status.of("AUTHORISED").slice(0, len(books.payments)):
        payment = books.payments[key]
        if not payment.is_reconciled:
            waiting[payment.account_id] = waiting.get(payment.account_id, 0) + 1
    for row in books.bank_transactions:
        if row.status == "AUTHORISED" and not row.is_reconciled:
            waiting[row.account_id] = waiting.get(row.account_id, 0) + 1
    banks = [row for row in books.accounts if row.type == "BANK" and row.status == "ACTIVE"]
    return [Bank(row, books.balances.total(row.id), waiting.get(row.id, 0)) for row in banks]


def receivables(books: Books) -> Receivables:
    today = books.today()
    order = books.invoices_by_status.of("AUTHORISED")
    open_ = [books.invoices[key] for key in order.slice(0, len(order))]
    owed = [row for row in open_ if row.is_sale]
    late = [row for row in owed if row.due_on is not None and row.due_on < today]
    return Receivables(
        count=len(owed),
        total=sum((row.amount_due for row in owed), ZERO),
        overdue_count=len(late),
        overdue=sum((row.amount_due for row in late), ZERO),
        drafts=len(books.invoices_by_status.of("DRAFT")),
    )


def owed_by(books: Books, contact_id: str) -> Decimal:
    rows = (books.invoices[key] for key in books.unpaid_by_contact.ids(contact_id))
    return sum((row.amount_due for row in rows if row.is_sale), ZERO)


def of_contact(books: Books, contact_id: str) -> list[Event]:
    """Everything of a contact, newest first."""
    return sorted(_events(books, contact_id), key=lambda event: event.on, reverse=True)


def _events(books: Books, contact_id: str) -> Iterator[Event]:
    for key in books.invoices_by_contact.ids(contact_id):
        row = books.invoices[key]
        what, sign = ("Invoice", 1) if row.is_sale else ("Bill", -1)
        name = row.number or row.reference or "(no number)"
        yield Event(row.on, what, name, row.status, sign * row.total, row.id)
        for payment in books.payments_of(key):
            called = payment.reference or name
            yield Event(
                payment.on, "Payment", called, payment.status, -sign * payment.amount, row.id
            )
    for key in books.credits.by_contact.ids(contact_id):
        credit = books.credits[key]
        sign = -1 if credit.is_sale else 1
        name = credit.number or credit.reference or ""
        yield Event(credit.on, credit.kind, name, credit.status, sign * credit.total)
    for key in books.bank_transactions.by_contact.ids(contact_id):
        money = books.bank_transactions[key]
        if money.credit_id is None:
            sign = -1 if money.is_received else 1
            what = "Money received" if money.is_received else "Money spent"
            yield Event(money.on, what, money.reference or "", money.status, sign * money.total)


def of_account(
    books: Books, account_id: str, *, page: int, size: int
) -> tuple[list[LedgerLine], int]:
    """One page of an account's entries, newest first, and how many there are."""
    found = [
        (journal, sum((part.amount for part in entries), ZERO))
        for journal in books.journals
        if (entries := [part for part in journal.entries if part.account_id == account_id])
    ]
    found.sort(key=lambda pair: (pair[0].on, int(pair[0].id)))
    lines: list[LedgerLine] = []
    balance = ZERO
    for journal, amount in found:
        balance += amount
        lines.append(_ledger_line(books, journal, amount, balance))
    lines.reverse()
    return lines[(page - 1) * size : page * size], len(lines)


def _ledger_line(books: Books, journal: Journal, amount: Decimal, balance: Decimal) -> LedgerLine:
    invoice = books.invoices.get(journal.source_id)
    payment = books.payments.get(journal.source_id)
    if invoice is None and payment is not None:
        invoice = books.invoices.get(payment.invoice_id)
    contact = books.contacts.get(journal.contact_id or "")
    what = journal.source_type + (" (reversed)" if journal.reverses else "")
    return LedgerLine(
        on=journal.on,
        what=what,
        name=(invoice.number or "") if invoice else "",
        contact=contact.name if contact else "",
        amount=amount,
        balance=balance,
        invoice_id=invoice.id if invoice else None,
    )
