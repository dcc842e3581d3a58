"""Sums of the ledger for reports and tax returns, on accrual and on cash basis.

Cash basis is the accrual ledger less the share of each document that is not settled yet (Xero:
documented: `paymentsOnly` shows cash transactions only). A part payment is spread over the
document's lines and tax in proportion, rounded so that the parts always add up to it. What Xero
does with the odd cent is unsure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import ledger
from fauxero.accounting.money import ZERO, cents, per, times
from fauxero.accounting.money_rows import CREDIT_NOTE, Credit
from fauxero.accounting.rows import Entry, Invoice

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Tracking = tuple[tuple[str, str], ...]
Chosen = Callable[[Tracking], bool]


@dataclass(frozen=True, slots=True)
class Slot:
    """What entries are summed by."""

    account_id: str
    tax_type: str | None
    tracking: Tracking


@dataclass(slots=True)
class Sums:
    """Debit positive: the entries themselves, and the tax that belongs to them."""

    net: Decimal = ZERO
    tax: Decimal = ZERO


class Figures(defaultdict[Slot, Sums]):
    def __init__(self) -> None:
        super().__init__(Sums)

    def add(self, entry: Entry, sign: int) -> None:
        found = self[Slot(entry.account_id, entry.tax_type, entry.tracking)]
        found.net += sign * entry.amount
        found.tax += sign * entry.tax_amount


def movement(books: Books, first: date | None, last: date, *, cash: bool) -> Figures:
    """All that moved from `first` (None: the beginning) to `last`, both included."""
    figures = Figures()
    low = first or date.min
    for journal in books.journals:
        if low <= journal.on <= last:
            for entry in journal.entries:
                figures.add(entry, 1)
    if cash:
        for entry in unsettled(books, last):
            figures.add(entry, -1)
        for entry in unsettled(books, first - timedelta(days=1)) if first else ():
            figures.add(entry, 1)
    return figures


def by_account(
    books: Books,
    first: date | None,
    last: date,
    *,
    cash: bool = False,
    chosen: Chosen | None = None,
) -> dict[str, Decimal]:
    """Movement by account id; with `chosen`, of entries with such tracking only."""
    if not cash and chosen is None:
        return {
            account.id: books.balances.between(account.id, first, last)
            for account in books.accounts
        }
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for slot, found in movement(books, first, last, cash=cash).items():
        if chosen is None or chosen(slot.tracking):
            sums[slot.account_id] += found.net
    return sums


# ---- what cash basis leaves out


def unsettled(books: Books, on: date) -> Iterator[Entry]:
    """The entries, at the close of `on`, of the share of documents that is not settled."""
    for document in _documents(books, on):
        settled = settled_by(books, document, on)
        if settled < document.total:
            yield from _unsettled_part(books, document, settled)
    for left_out in books.manual_journals:
        if not left_out.on_cash_basis:
            for number in books.journals_by_source.ids(left_out.id):
                if books.journals[number].on <= on:
                    yield from books.journals[number].entries


def _documents(books: Books, on: date) -> Iterator[Invoice | Credit]:
    for invoice in books.invoices:
        if invoice.in_ledger and invoice.on <= on:
            yield invoice
    for credit in books.credits:
        if credit.in_ledger and credit.kind == CREDIT_NOTE and credit.on <= on:
            yield credit


def settled_by(books: Books, document: Invoice | Credit, on: date) -> Decimal:
    """How much of a document was paid, credited, refunded or used up by the close of `on`."""
    if isinstance(document, Invoice):
        allocations = books.allocations.of_invoice(document.id)
    else:
        allocations = books.allocations.of_credit(document.id)
    live = [row for row in books.payments_of(document.id) if row.status == "AUTHORISED"]
    return sum((row.amount for row in (*live, *allocations) if row.on <= on), ZERO)


def _unsettled_part(books: Books, document: Invoice | Credit, settled: Decimal) -> Iterator[Entry]:
    """Each entry less its settled share. Shares are cut from one running sum: none is lost."""
    control, *others = ledger.document_entries(books, document)
    tax_account = books.system_account_id(ledger.TAX)
    running, shared = ZERO, ZERO

    def rest(amount: Decimal) -> Decimal:
        nonlocal running, shared
        running += amount
        share = cents(per(times(running, settled), document.total)) - shared
        shared += share
        return amount - share

    tax = ZERO
    for entry in others:
        if entry.account_id == tax_account and entry.tax_type is None:
            continue  # the lines' tax, taken with each line
        net, own_tax = rest(entry.amount), rest(entry.tax_amount)
        tax += own_tax
        yield Entry(entry.account_id, net, entry.tax_type, entry.tracking, own_tax)
    yield Entry(tax_account, tax)
    sign = 1 if control.amount > 0 else -1
    yield Entry(control.account_id, sign * (document.total - settled))
