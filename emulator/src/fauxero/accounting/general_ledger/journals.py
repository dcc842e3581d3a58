"""The Journals resource: the general ledger, read only.

Evidence: JournalNumber ascending, `offset` as a number to go on after, 100 a call, source types
and ids, debits positive, GrossAmount as net and tax are documented (Journals; OpenAPI
description). A scope of its own that few apps have is documented too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting import tracking
from fauxero.accounting.base import JOURNALS_READ, BaseResource, present
from fauxero.accounting.fields import parse_guid
from fauxero.accounting.resource import BadQuery, Element, ListPage, ListQuery, NotModelled
from fauxero.accounting.rows import Entry, Journal

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PAGE_SIZE = 100


class JournalsResource(BaseResource):
    name = "Journals"
    element_name = "Journal"
    id_field = "JournalID"
    methods = frozenset({"GET"})
    read_scopes = JOURNALS_READ
    write_scopes = JOURNALS_READ

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        if query.other.get("paymentsonly", "").lower() == "true":
            raise NotModelled("Journals on a cash basis (paymentsOnly=true) are not modelled")
        if query.where or query.order:
            raise BadQuery("Journals take neither where nor order")
        number = _offset(query.other.get("offset")) + 1
        rows: list[Element] = []
        while len(rows) < PAGE_SIZE and (journal := books.journals.get(str(number))):
            if query.modified_since is None or journal.created_at >= query.modified_since:
                rows.append(element_of(books, journal))
            number += 1
        return ListPage(rows)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        """By JournalID or JournalNumber."""
        guid = parse_guid(key)
        if guid is None:
            number = key
        else:
            prefix, _, last = guid.rpartition("-")
            number = str(int(last, 16)) if prefix == _prefix(books) else ""
        journal = books.journals.get(number)
        return element_of(books, journal) if journal else None


def _offset(text: str | None) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadQuery(f"The offset '{text:.40}' is not a journal number")
    return int(text)


def _prefix(books: Books) -> str:
    return books.organisation_id.rpartition("-")[0]


def journal_id(books: Books, journal: Journal) -> str:
    """A uuid that carries the number, so that a journal is found without an index of its own."""
    return f"{_prefix(books)}-{int(journal.id):012x}"


def _line_id(books: Books, journal: Journal, position: int) -> str:
    middle = books.organisation_id[9:23]
    return f"{position:08x}-{middle}-{int(journal.id):012x}"


def element_of(books: Books, journal: Journal) -> Element:
    return present(
        JournalID=journal_id(books, journal),
        JournalDate=journal.on,
        JournalNumber=int(journal.id),
        CreatedDateUTC=journal.created_at,
        Reference=_reference(books, journal),
        SourceID=journal.source_id,
        SourceType=journal.source_type,
        JournalLines=[
            _line(books, entry, _line_id(books, journal, position))
            for position, entry in enumerate(journal.entries, 1)
        ],
    )


def _reference(books: Books, journal: Journal) -> str | None:
    for table in (books.invoices, books.credits, books.payments, books.bank_transactions):
        row = table.get(journal.source_id)
        if row is not None:
            return row.reference or ""
    return None


def _line(books: Books, entry: Entry, line_id: str) -> Element:
    account = books.accounts[entry.account_id]
    rate = books.tax_rates.get(entry.tax_type or "")
    return present(
        JournalLineID=line_id,
        AccountID=account.id,
        AccountCode=account.code,
        AccountType=account.type,
        AccountName=account.name,
        Description=entry.description or "",
        NetAmount=entry.amount,
        GrossAmount=entry.amount + entry.tax_amount,
        TaxAmount=entry.tax_amount,
        TaxType=entry.tax_type,
        TaxName=rate.name if rate else None,
        TrackingCategories=tracking.line_tracking(books, entry.tracking),
    )
