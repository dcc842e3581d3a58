"""Credits, bank transactions and manual journals as a bookkeeper sees and changes them."""

from __future__ import annotations

from typing import Any

from fauxero.http.exchange import Answer
from fauxero.pages.books import (
    PAGE_SIZE,
    account_name,
    host_of,
    newest_of,
    page_number,
    payable_into,
    show_book,
)
from fauxero.pages.visit import Gone, Visit


def _listed(visit: Visit, template: str, table: Any, **context: Any) -> Answer:
    page = page_number(visit)
    books = host_of(visit).books
    rows = newest_of(table.in_order, table, page - 1, PAGE_SIZE)
    named = [(row, _contact_name(visit, getattr(row, "contact_id", None))) for row in rows]
    return show_book(
        visit,
        template,
        rows=named,
        count=len(table),
        page=page,
        pages=max(1, -(-len(table) // PAGE_SIZE)),
        accounts=payable_into(books.accounts),
        today=books.today(),
        **context,
    )


def _contact_name(visit: Visit, contact_id: str | None) -> str:
    contact = host_of(visit).books.contacts.get(contact_id or "")
    return contact.name if contact else ""


def _found(visit: Visit, table: Any, what: str) -> Any:
    row = table.get(visit.words[1].lower())
    if row is None:
        raise Gone(f"{what} {visit.words[1]}")
    return row


def _lines(visit: Visit, row: Any) -> list[tuple[Any, str]]:
    return [(line, account_name(visit, line.account_id)) for line in row.lines]


# ---- credit notes, overpayments, prepayments


def credits_list(visit: Visit) -> Answer:
    return _listed(visit, "credits.html", host_of(visit).books.credits)


def credit(visit: Visit) -> Answer:
    books = host_of(visit).books
    row = _found(visit, books.credits, "credit")
    open_ids = books.unpaid_by_contact.ids(row.contact_id)
    return show_book(
        visit,
        "credit.html",
        row=row,
        contact=books.contacts[row.contact_id],
        lines=_lines(visit, row),
        allocations=[
            (part, books.invoices[part.invoice_id]) for part in books.allocations.of_credit(row.id)
        ],
        refunds=[
            (part, account_name(visit, part.account_id)) for part in books.payments_of(row.id)
        ],
        open_invoices=[books.invoices[key] for key in open_ids],
        accounts=payable_into(books.accounts),
        today=books.today(),
    )


# ---- the bank


def bank_transactions(visit: Visit) -> Answer:
    return _listed(visit, "bank.html", host_of(visit).books.bank_transactions)


def bank_transaction(visit: Visit) -> Answer:
    books = host_of(visit).books
    row = _found(visit, books.bank_transactions, "bank transaction")
    return show_book(
        visit,
        "bank_transaction.html",
        row=row,
        contact=books.contacts.get(row.contact_id or ""),
        account=account_name(visit, row.account_id),
        lines=_lines(visit, row),
    )


# ---- manual journals


def journals(visit: Visit) -> Answer:
    return _listed(visit, "journals.html", host_of(visit).books.manual_journals)


def journal(visit: Visit) -> Answer:
    books = host_of(visit).books
    row = _found(visit, books.manual_journals, "journal")
    return show_book(visit, "journal.html", row=row, lines=_lines(visit, row))
