"""Store credits and their use, and let the ledger follow: the one place that writes their rows.

A credit note and an overpayment sit in the control account (documented for overpayments: Xero
returns that account's code), so setting them against an invoice moves nothing. A prepayment
sits on the accounts and the tax it was coded to; used, that share of them moves to the control
account. That Xero posts it so follows from its help pages, where a prepayment acts as a credit
note for its lines; the exact journals are unsure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import ledger
from fauxero.accounting.invoices import posting as invoice_posting
from fauxero.accounting.money import ZERO, cents, per, times
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, PREPAYMENT, Allocation, Credit
from fauxero.accounting.rows import Entry, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Part = tuple[str, str | None, tuple[tuple[str, str], ...]]  # account, tax type, tracking


def store_credit_note(books: Books, credit: Credit, before: Credit | None) -> Credit:
    """Put a credit note's row; it posts when it is approved and is taken back when voided."""
    if credit.in_ledger and credit.remaining == 0:
        credit = replace(credit, status="PAID", fully_paid_on=credit.on)
    was_in = before is not None and before.in_ledger
    if was_in and (not credit.in_ledger or _posts_differ(before, credit)):
        ledger.reverse(books, credit.id)
        was_in = False
    books.credits.put(credit)
    if credit.in_ledger and not was_in:
        ledger.post_credit_note(books, credit)
    return credit


def _posts_differ(before: Credit | None, credit: Credit) -> bool:
    return before is None or (
        (before.on, before.lines, before.contact_id, before.line_amount_types)
        != (credit.on, credit.lines, credit.contact_id, credit.line_amount_types)
    )


def receive(books: Books, credit: Credit, account_id: str) -> Credit:
    """Store an overpayment or prepayment made by money into (or out of) a bank account."""
    sign = 1 if credit.is_sale else -1
    if credit.kind == OVERPAYMENT:
        control = books.system_account_id(_control(credit))
        others: tuple[Entry, ...] = (Entry(control, -sign * credit.total),)
    else:
        others = ledger.line_entries(books, credit.lines, credit.line_amount_types, -sign)
    entries = (Entry(account_id, sign * credit.total), *others)
    books.credits.put(credit)
    ledger.post(books, credit.on, source_type(credit), credit.id, credit.contact_id, entries)
    return credit


def void(books: Books, credit: Credit) -> Credit:
    ledger.reverse(books, credit.id)
    return books.credits.put(replace(credit, status="VOIDED", updated_at=books.now()))


def source_type(credit: Credit) -> str:
    """The journal's SourceType (documented: the list of journal source types)."""
    if credit.kind == CREDIT_NOTE:
        return credit.type
    side = "AR" if credit.is_sale else "AP"
    return f"{side}{credit.kind.upper()}"


def _control(credit: Credit) -> str:
    return ledger.control_of(credit)


# ---- using a credit up


def allocate(books: Books, allocation: Allocation) -> None:
    """Set an amount against an invoice: less due there, less left here."""
    credit = books.credits[allocation.credit_id]
    if credit.kind == PREPAYMENT:
        control = books.system_account_id(_control(credit))
        _post_use(books, credit, allocation, control)
    books.allocations.put(allocation)
    invoice_posting.settle(books, allocation.invoice_id)
    settle(books, credit.id)


def remove_allocation(books: Books, allocation: Allocation) -> Allocation:
    removed = replace(allocation, is_deleted=True, updated_at=books.now())
    books.allocations.put(removed)
    ledger.reverse(books, allocation.id)
    invoice_posting.settle(books, allocation.invoice_id)
    settle(books, allocation.credit_id)
    return removed


def refund(books: Books, payment: Payment) -> None:
    """Pay (part of) a credit back from the payment's account."""
    credit = books.credits[payment.invoice_id]
    if credit.kind == PREPAYMENT:
        _post_use(books, credit, payment, payment.account_id)
    else:
        sign = -1 if credit.is_sale else 1
        entries = (
            Entry(payment.account_id, sign * payment.amount),
            Entry(books.system_account_id(_control(credit)), -sign * payment.amount),
        )
        kind = payment.type if credit.kind == CREDIT_NOTE else source_type(credit)
        ledger.post(books, payment.on, kind, payment.id, credit.contact_id, entries)
    books.payments.put(payment)
    settle(books, credit.id)


def remove_refund(books: Books, payment: Payment) -> None:
    books.payments.put(replace(payment, status="DELETED", updated_at=books.now()))
    ledger.reverse(books, payment.id)
    settle(books, payment.invoice_id)


def settle(books: Books, credit_id: str) -> Credit:
    """Work out anew what is left; with nothing left the credit is PAID."""
    credit = books.credits[credit_id]
    allocations = books.allocations.of_credit(credit_id)
    refunds = [row for row in books.payments_of(credit_id) if row.status == "AUTHORISED"]
    changed = replace(
        credit,
        allocated=sum((row.amount for row in allocations), ZERO),
        refunded=sum((row.amount for row in refunds), ZERO),
        updated_at=books.now(),
    )
    is_used_up = changed.remaining == 0
    last = max((row.on for row in (*allocations, *refunds)), default=credit.on)
    return books.credits.put(
        replace(
            changed,
            status="PAID" if is_used_up else "AUTHORISED",
            fully_paid_on=last if is_used_up else None,
        )
    )


# ---- a prepayment's share of its accounts


def _post_use(books: Books, credit: Credit, use: Allocation | Payment, account_id: str) -> None:
    """Move the used share from the coded accounts and tax to `account_id`.

    What is taken is the share of all that is used so far, less what was taken before, so that
    rounding never leaves a cent behind once the prepayment is used up.
    """
    sign = 1 if credit.is_sale else -1
    taken = taken_parts(books, credit)
    wanted = _share(books, credit, credit.allocated + credit.refunded + use.amount)
    others = tuple(
        Entry(account, net - before[0], tax_type, tracking, tax - before[1])
        for (account, tax_type, tracking), (net, tax) in wanted.items()
        if (before := taken.get((account, tax_type, tracking), (ZERO, ZERO))) != (net, tax)
    )
    entries = (Entry(account_id, -sign * use.amount), *others)
    ledger.post(books, use.on, source_type(credit), use.id, credit.contact_id, entries)


def taken_parts(books: Books, credit: Credit) -> dict[Part, tuple[Decimal, Decimal]]:
    """(net, tax) that the uses in force took off each coded account, debit positive."""
    taken: dict[Part, tuple[Decimal, Decimal]] = {}
    for entry in taken_entries(books, credit):
        part = (entry.account_id, entry.tax_type, entry.tracking)
        net, tax = taken.get(part, (ZERO, ZERO))
        taken[part] = (net + entry.amount, tax + entry.tax_amount)
    return taken


def uses_of(books: Books, credit: Credit) -> list[str]:
    """Ids of the allocations and refunds in force."""
    allocations = [row.id for row in books.allocations.of_credit(credit.id)]
    refunds = [row.id for row in books.payments_of(credit.id) if row.status == "AUTHORISED"]
    return allocations + refunds


def taken_entries(books: Books, credit: Credit) -> Iterator[Entry]:
    """What the uses in force posted to the coded accounts; a use's first entry is the other."""
    for use_id in uses_of(books, credit):
        for number in books.journals_by_source.ids(use_id):
            yield from books.journals[number].entries[1:]


def _share(books: Books, credit: Credit, used: Decimal) -> dict[Part, tuple[Decimal, Decimal]]:
    """(net, tax) of each coded account when `used` of the prepayment is used.

    Rounding differences stay on the first line's account.
    """
    sign = 1 if credit.is_sale else -1
    whole: dict[Part, tuple[Decimal, Decimal]] = {}
    for entry in ledger.line_entries(books, credit.lines, credit.line_amount_types, sign):
        part = (entry.account_id, entry.tax_type, entry.tracking)
        net, tax = whole.get(part, (ZERO, ZERO))
        whole[part] = (net + entry.amount, tax + entry.tax_amount)
    share = {
        part: (_scaled(net, used, credit), _scaled(tax, used, credit))
        for part, (net, tax) in whole.items()
    }
    tax_part: Part = (books.system_account_id(ledger.TAX), None, ())
    if tax_part in share:  # the tax account takes what the lines' rounded taxes come to
        share[tax_part] = (sum((tax for _, tax in share.values()), ZERO), ZERO)
    first = next(iter(share))
    difference = sign * used - sum((net for net, _ in share.values()), ZERO)
    share[first] = (share[first][0] + difference, share[first][1])
    return share


def _scaled(amount: Decimal, used: Decimal, credit: Credit) -> Decimal:
    return cents(per(times(amount, used), credit.total))
