"""What a bookkeeper changes by hand in credit notes, bank transactions and journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fauxero.accounting.banking.resource import BankTransactionsResource
from fauxero.accounting.bookkeeping import (
    OPTIONS,
    ActRefused,
    done,
    exact_amount,
    find_credit,
    line_element,
)
from fauxero.accounting.credits.resource import CreditNotesResource
from fauxero.accounting.general_ledger.manual import ManualJournalsResource
from fauxero.accounting.money_rows import CREDIT_NOTE
from fauxero.accounting.resource import Element, NotFound
from fauxero.accounting.rows import Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Lines = Sequence[Mapping[str, Any]]


def edit_credit_note(
    books: Books,
    *,
    credit_id: str,
    reference: str | None = None,
    date: str | None = None,
    status: str | None = None,
    amount: Any = None,
    lines: Lines | None = None,
) -> Element:
    """Change what is named; `status` AUTHORISED approves, `amount` is a single line's price."""
    credit = find_credit(books, credit_id)
    if credit.kind != CREDIT_NOTE:
        raise ActRefused("Only a credit note can be edited; this is made by its bank transaction")
    element = _named(Reference=reference, Date=date, Status=status)
    _lines(element, credit.lines, amount, lines)
    return done(CreditNotesResource().create_or_update(books, element, OPTIONS, key=credit.id))


def edit_bank_transaction(
    books: Books,
    *,
    bank_transaction_id: str,
    reference: str | None = None,
    date: str | None = None,
    amount: Any = None,
    lines: Lines | None = None,
) -> Element:
    """Change money received or spent; a reconciled one is refused, as by the API."""
    row = books.bank_transactions.get(bank_transaction_id.lower())
    if row is None:
        raise NotFound(f"no bank transaction {bank_transaction_id}")
    element = _named(Reference=reference, Date=date)
    _lines(element, row.lines, amount, lines)
    return done(BankTransactionsResource().create_or_update(books, element, OPTIONS, key=row.id))


def edit_journal(
    books: Books,
    *,
    manual_journal_id: str,
    narration: str | None = None,
    date: str | None = None,
    status: str | None = None,
    lines: Lines | None = None,
) -> Element:
    """Change a manual journal; `status` POSTED posts a draft, DELETED removes it."""
    row = books.manual_journals.get(manual_journal_id.lower())
    if row is None:
        raise NotFound(f"no manual journal {manual_journal_id}")
    element = _named(Narration=narration, Date=date, Status=status)
    if lines is not None:
        element["JournalLines"] = [line_element(line) for line in lines]
    return done(ManualJournalsResource().create_or_update(books, element, OPTIONS, key=row.id))


def _named(**values: str | None) -> Element:
    return {name: value for name, value in values.items() if value is not None}


def _lines(element: Element, before: tuple[Line, ...], amount: Any, lines: Lines | None) -> None:
    if lines is not None:
        element["LineItems"] = [line_element(line) for line in lines]
    if amount is None:
        return
    if lines is not None or len(before) != 1:
        raise ActRefused("amount: only where there is a single line; give lines instead")
    line = {"LineItemID": before[0].id, "UnitAmount": exact_amount(amount)}
    element["LineItems"] = [line]


EDITS: dict[str, Callable[..., Element]] = {
    act.__name__: act for act in (edit_credit_note, edit_bank_transaction, edit_journal)
}
