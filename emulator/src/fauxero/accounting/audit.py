"""Prove from scratch that the journals say what the documents say, document by document.

Beside ledger.check, which proves the balances: here every document's own journals are summed
up and held against what the document should have posted, voided ones against nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import ledger
from fauxero.accounting.credits.posting import taken_entries, uses_of
from fauxero.accounting.general_ledger.manual import manual_entries
from fauxero.accounting.ledger import OutOfBalance
from fauxero.accounting.money import ZERO
from fauxero.accounting.money_rows import CREDIT_NOTE, PREPAYMENT, BankTransaction, Credit
from fauxero.accounting.rows import Entry, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Sums = dict[str, Decimal]  # by account, debit positive, without accounts that come to nothing


def check(books: Books) -> None:
    """Raise OutOfBalance naming the first document whose journals differ from it."""
    _check_tax(books)
    posted = _posted(books)
    for kind, source_id, entries in _expected(books):
        found, wanted = posted.pop(source_id, {}), _sums(entries)
        if found != wanted:
            raise OutOfBalance(f"{kind} {source_id}: journals hold {found}, it says {wanted}")
    _check_prepayments(books, posted)
    for source_id, found in posted.items():
        if found:
            raise OutOfBalance(f"journals of {source_id} hold {found}, but nothing says so")
    _check_batches(books)


def _check_tax(books: Books) -> None:
    """The tax account gets what the lines of the same journal say their tax is."""
    tax_account = books.system_account_id(ledger.TAX)
    for journal in books.journals:
        said = sum((entry.tax_amount for entry in journal.entries), ZERO)
        taxed = [row for row in journal.entries if row.account_id == tax_account]
        booked = sum((row.amount for row in taxed if row.tax_type is None), ZERO)
        if said != booked:
            raise OutOfBalance(f"journal {journal.id}: lines say {said} of tax, it has {booked}")


def _posted(books: Books) -> dict[str, Sums]:
    sums: dict[str, Sums] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for journal in books.journals:
        for entry in journal.entries:
            sums[journal.source_id][entry.account_id] += entry.amount
    return {source_id: _filled(found) for source_id, found in sums.items()}


def _sums(entries: Iterable[Entry]) -> Sums:
    sums: Sums = defaultdict(lambda: ZERO)
    for entry in entries:
        sums[entry.account_id] += entry.amount
    return _filled(sums)


def _filled(sums: Sums) -> Sums:
    return {account_id: amount for account_id, amount in sums.items() if amount}


def _expected(books: Books) -> Iterator[tuple[str, str, Iterable[Entry]]]:
    """(what it is, its id, what it should have posted) for all but uses of prepayments."""
    for invoice in books.invoices:
        entries = ledger.document_entries(books, invoice) if invoice.in_ledger else ()
        yield "invoice", invoice.id, entries
    for credit in books.credits:
        yield credit.kind, credit.id, _credit(books, credit) if credit.in_ledger else ()
    for payment in books.payments:
        if not _is_use_of_prepayment(books, payment.invoice_id):
            entries = _payment(books, payment) if payment.status == "AUTHORISED" else ()
            yield "payment", payment.id, entries
    for row in books.bank_transactions:
        if row.credit_id is None and row.transfer_id is None:
            entries = _money(books, row) if row.status == "AUTHORISED" else ()
            yield "bank transaction", row.id, entries
    yield from _moved(books)


def _credit(books: Books, credit: Credit) -> tuple[Entry, ...]:
    if credit.kind == CREDIT_NOTE:
        return ledger.document_entries(books, credit)
    row_id = books.bank_transactions.by_credit.first(credit.id)
    if row_id is not None:
        account_id = books.bank_transactions[row_id].account_id
    else:  # overpaid at the invoice: the journal alone knows which bank
        number = min(books.journals_by_source.ids(credit.id), key=int)
        account_id = books.journals[number].entries[0].account_id
    sign = 1 if credit.is_sale else -1
    others = ledger.line_entries(books, credit.lines, credit.line_amount_types, -sign)
    return (Entry(account_id, sign * credit.total), *others)


def _is_use_of_prepayment(books: Books, document_id: str) -> bool:
    credit = books.credits.get(document_id)
    return credit is not None and credit.kind == PREPAYMENT


def _payment(books: Books, payment: Payment) -> tuple[Entry, ...]:
    document = books.payable(payment.invoice_id)
    comes_in = document.is_sale != isinstance(document, Credit)
    sign = 1 if comes_in else -1
    control = books.system_account_id(ledger.control_of(document))
    return (
        Entry(payment.account_id, sign * payment.amount),
        Entry(control, -sign * payment.amount),
    )


def _money(books: Books, row: BankTransaction) -> tuple[Entry, ...]:
    sign = 1 if row.is_received else -1
    others = ledger.line_entries(books, row.lines, row.line_amount_types, -sign)
    return (Entry(row.account_id, sign * row.total), *others)


def _moved(books: Books) -> Iterator[tuple[str, str, Iterable[Entry]]]:
    for transfer in books.bank_transfers:
        entries: tuple[Entry, ...] = (
            Entry(transfer.to_account_id, transfer.amount),
            Entry(transfer.from_account_id, -transfer.amount),
        )
        yield "transfer", transfer.id, entries if transfer.status == "AUTHORISED" else ()
    for journal in books.manual_journals:
        entries = manual_entries(books, journal) if journal.status == "POSTED" else ()
        yield "manual journal", journal.id, entries


def _check_prepayments(books: Books, posted: dict[str, Sums]) -> None:
    """What uses took off a prepayment's accounts is what was used, and all once it is used up."""
    for credit in books.credits:
        if credit.kind != PREPAYMENT or not credit.in_ledger:
            continue
        sign = 1 if credit.is_sale else -1
        coded = ledger.line_entries(books, credit.lines, credit.line_amount_types, -sign)
        left = _sums([*coded, *taken_entries(books, credit)])
        for use_id in uses_of(books, credit):
            posted.pop(use_id, None)
        if sum(left.values(), ZERO) != -sign * credit.remaining or (left and not credit.remaining):
            raise OutOfBalance(f"prepayment {credit.id}: its accounts hold {left}")


def _check_batches(books: Books) -> None:
    for batch in books.batch_payments:
        parts = [books.payments[key] for key in books.payments_by_batch.ids(batch.id)]
        if sum((part.amount for part in parts), ZERO) != batch.total:
            raise OutOfBalance(f"batch {batch.id}: its total differs from its payments")
        if any(part.status != batch.status for part in parts):
            raise OutOfBalance(f"batch {batch.id}: a payment has another status")
