"""Double entry under the documents: every approved document posts, every undoing reverses.

Journals are only ever added. Balances are an index over the journals table, so a rolled back
transaction takes its postings with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.money import ZERO
from fauxero.accounting.money_rows import Credit
from fauxero.accounting.rows import Entry, Invoice, Journal, Line, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

DEBTORS, CREDITORS, TAX, ROUNDING = "DEBTORS", "CREDITORS", "GST", "ROUNDING"


class OutOfBalance(AssertionError):
    """The ledger does not follow from the documents: a bug in fauxero, never in a client."""


class Balances:
    """Debit-positive totals by account and day, kept as journals come (and are rolled back)."""

    def __init__(self) -> None:
        self._by_day: dict[str, dict[date, Decimal]] = defaultdict(dict)
        self._entries: dict[str, int] = defaultdict(int)

    def add(self, row: Journal) -> None:
        for entry in row.entries:
            days = self._by_day[entry.account_id]
            days[row.on] = days.get(row.on, ZERO) + entry.amount
            self._entries[entry.account_id] += 1

    def remove(self, row: Journal) -> None:
        for entry in row.entries:
            days = self._by_day[entry.account_id]
            days[row.on] = days.get(row.on, ZERO) - entry.amount
            self._entries[entry.account_id] -= 1
            if not days[row.on]:
                del days[row.on]

    def between(self, account_id: str, first: date | None, last: date) -> Decimal:
        """Movement from `first` (None: the beginning) to `last`, both included."""
        days = self._by_day.get(account_id)
        if not days:
            return ZERO
        low = first or date.min
        return sum((amount for on, amount in days.items() if low <= on <= last), ZERO)

    def total(self, account_id: str) -> Decimal:
        return sum(self._by_day.get(account_id, {}).values(), ZERO)

    def has_entries(self, account_id: str) -> bool:
        """Whether any journal names the account, one that was taken back included."""
        return self._entries.get(account_id, 0) > 0


def post_invoice(books: Books, invoice: Invoice) -> None:
    """Dr receivables, Cr accounts and tax; a bill the other way round."""
    _post_document(books, invoice)


def post_credit_note(books: Books, credit: Credit) -> None:
    """An invoice the other way round."""
    _post_document(books, credit)


def _post_document(books: Books, document: Invoice | Credit) -> None:
    entries = document_entries(books, document)
    post(books, document.on, document.type, document.id, document.contact_id, entries)


def document_entries(books: Books, document: Invoice | Credit) -> tuple[Entry, ...]:
    """What an invoice, bill or credit note posts: the control account first, then its lines."""
    sign = 1 if document.is_sale == isinstance(document, Invoice) else -1
    control = books.system_account_id(control_of(document))
    entries = (
        Entry(control, sign * document.total),
        *line_entries(books, document.lines, document.line_amount_types, -sign),
    )
    if isinstance(document, Invoice) and document.rounding:
        rounding = books.system_account_id(ROUNDING)
        entries += (Entry(rounding, -sign * document.rounding),)
    return entries


def line_entries(
    books: Books, lines: tuple[Line, ...], line_amount_types: str, sign: int
) -> tuple[Entry, ...]:
    """One entry a line, net of tax, and one for all their tax; `sign` 1 debits them."""
    inclusive = line_amount_types == "Inclusive"
    entries: list[Entry] = []
    total_tax = ZERO
    for line in lines:
        net = line.line_amount - line.tax_amount if inclusive else line.line_amount
        total_tax += line.tax_amount
        if net or line.tax_amount:
            assert line.account_id is not None, "an approved line has an account"
            entries.append(
                Entry(
                    line.account_id,
                    sign * net,
                    line.tax_type,
                    line.tracking,
                    sign * line.tax_amount,
                    line.description,
                )
            )
    if total_tax:
        entries.append(Entry(books.system_account_id(TAX), sign * total_tax))
    return tuple(entries)


def control_of(document: Invoice | Credit) -> str:
    return DEBTORS if document.is_sale else CREDITORS


def post_payment(books: Books, payment: Payment, invoice: Invoice) -> None:
    """Dr bank, Cr receivables; money paid for a bill the other way round."""
    sign = 1 if invoice.is_sale else -1
    entries = (
        Entry(payment.account_id, sign * payment.amount),
        Entry(books.system_account_id(control_of(invoice)), -sign * payment.amount),
    )
    post(books, payment.on, payment.type, payment.id, invoice.contact_id, entries)


def reverse(books: Books, source_id: str) -> None:
    """Take back what a document posted, on the day it was posted. Nothing posted: nothing done."""
    numbers = books.journals_by_source.ids(source_id)
    if not numbers:
        return
    last = books.journals[max(numbers, key=int)]
    if last.reverses is not None:
        return
    books.journals.put(
        replace(
            last,
            id=str(len(books.journals) + 1),
            created_at=books.now(),
            entries=tuple(
                replace(entry, amount=-entry.amount, tax_amount=-entry.tax_amount)
                for entry in last.entries
            ),
            reverses=last.id,
        )
    )


def post(
    books: Books,
    on: date,
    source_type: str,
    source_id: str,
    contact_id: str | None,
    entries: tuple[Entry, ...],
) -> None:
    """Write one journal. Raises OutOfBalance unless its entries add up to nothing."""
    if sum(entry.amount for entry in entries):
        raise OutOfBalance(f"{source_type} {source_id}: debits and credits differ: {entries}")
    books.journals.put(
        Journal(
            id=str(len(books.journals) + 1),
            on=on,
            source_type=source_type,
            source_id=source_id,
            contact_id=contact_id,
            created_at=books.now(),
            entries=entries,
        )
    )


def check(books: Books) -> None:
    """Prove the ledger from scratch. Raises OutOfBalance naming the first difference."""
    totals: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for journal in books.journals:
        if sum(entry.amount for entry in journal.entries):
            raise OutOfBalance(f"journal {journal.id}: debits and credits differ")
        for entry in journal.entries:
            totals[entry.account_id] += entry.amount
    for account_id, total in totals.items():
        if books.balances.total(account_id) != total:
            raise OutOfBalance(f"account {account_id}: running balance differs from its journals")
    for name, is_sale in ((DEBTORS, True), (CREDITORS, False)):
        _check_control(books, totals[books.system_account_id(name)], is_sale)
    _check_settled(books)


def _check_control(books: Books, balance: Decimal, is_sale: bool) -> None:
    """What documents owe, less the credits that sit in the same account."""
    due = sum(
        (inv.amount_due for inv in books.invoices if inv.is_sale == is_sale and inv.in_ledger), ZERO
    )
    unused = sum(
        (row.remaining for row in books.credits if row.is_sale == is_sale and row.in_control), ZERO
    )
    expected = (due - unused) * (1 if is_sale else -1)
    if balance != expected:
        side = "receivables" if is_sale else "payables"
        raise OutOfBalance(f"{side}: control account holds {balance}, documents say {expected}")


def _check_settled(books: Books) -> None:
    """Every document is paid, credited and used by exactly what says so."""
    paid: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for payment in books.payments:
        if payment.status == "AUTHORISED":
            paid[payment.invoice_id] += payment.amount
    allocated: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for allocation in books.allocations:
        if not allocation.is_deleted:
            allocated[allocation.invoice_id] += allocation.amount
            allocated[allocation.credit_id] += allocation.amount
    for invoice in books.invoices:
        if invoice.amount_paid != paid[invoice.id]:
            raise OutOfBalance(f"invoice {invoice.id}: AmountPaid differs from its payments")
        if invoice.amount_credited != allocated[invoice.id]:
            raise OutOfBalance(f"invoice {invoice.id}: AmountCredited differs from allocations")
        if invoice.amount_due < 0:
            raise OutOfBalance(f"invoice {invoice.id}: more was paid than is owed")
    for credit in books.credits:
        if (credit.refunded, credit.allocated) != (paid[credit.id], allocated[credit.id]):
            raise OutOfBalance(f"credit {credit.id}: what is left differs from its uses")
        if credit.remaining < 0:
            raise OutOfBalance(f"credit {credit.id}: more was used than there is")
