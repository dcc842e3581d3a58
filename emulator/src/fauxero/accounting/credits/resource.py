"""The CreditNotes resource: which note an element means, writing it, listing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import INVOICES_READ, INVOICES_WRITE, BaseResource, Findings, attempt
from fauxero.accounting.credits import draft as rules
from fauxero.accounting.credits import posting, wire
from fauxero.accounting.credits.listing import read_list, read_one
from fauxero.accounting.money_rows import CREDIT_NOTE, Credit
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


class CreditNotesResource(BaseResource):
    name = "CreditNotes"
    element_name = "CreditNote"
    id_field = "CreditNoteID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = INVOICES_READ
    write_scopes = INVOICES_WRITE
    date_companions: tuple[str, ...] = ("Date", "DueDate", "UpdatedDateUTC")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return read_list(books, query, CREDIT_NOTE)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        credit = _by_number(books, key)
        if credit is not None:
            return wire.full(books, credit, unit_decimals)
        return read_one(books, key, CREDIT_NOTE, unit_decimals)

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "CreditNoteID"):
            raise NotModelled("PUT of a credit note with a CreditNoteID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _save(books, element, None, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        before = _target(books, element, key)
        if before is None:
            return self.create(books, element, options)
        return attempt(
            books,
            element,
            lambda found: _save(books, element, before, options, found),
            id_field=self.id_field,
            key=before.id,
        )


def find(books: Books, key: str, kind: str) -> Credit | None:
    """A credit of one kind by its id."""
    found = books.credits.get(key.lower())
    return found if found is not None and found.kind == kind else None


def _by_number(books: Books, number: str) -> Credit | None:
    """The sales credit note of this number; a live one before a voided or deleted one."""
    notes = [row for row in books.credits.numbered(number) if row.kind == CREDIT_NOTE]
    sales = [row for row in notes if row.is_sale]
    live = [row for row in sales if row.status not in ("VOIDED", "DELETED")]
    return next(iter(live or sales), None)


def _target(books: Books, element: Element, key: str | None) -> Credit | None:
    """Which note a POST means; by number only for sales, as for invoices."""
    if key is not None:
        found = find(books, key, CREDIT_NOTE) or _by_number(books, key)
        if found is None:
            raise NotFound
        return found
    credit_id = fields.guid(element, "CreditNoteID")
    if credit_id is not None:
        found = find(books, credit_id, CREDIT_NOTE)
        if found is None:
            raise NotFound
        return found
    number = fields.text(element, "CreditNoteNumber")
    if not number or fields.text(element, "Type") == "ACCPAYCREDIT":
        return None
    return rules.number_holder(books, number)


def _save(
    books: Books,
    element: Element,
    before: Credit | None,
    options: WriteOptions,
    findings: Findings,
) -> Element:
    credit = rules.draft(books, element, before, options, findings)
    if before is None:
        rules.check_create(books, credit, findings)
    else:
        rules.check_update(books, before, credit, findings)
    if findings.errors:
        findings.refuse_if_any(wire.refused(books, credit, element, is_new=before is None))
    if credit.number is None and credit.is_sale:
        credit = replace(credit, number=rules.next_number(books))
    stored = posting.store_credit_note(books, credit, before)
    return wire.full(books, stored, options.unit_decimals)
