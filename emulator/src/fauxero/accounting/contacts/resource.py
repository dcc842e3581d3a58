"""The Contacts resource: which contact an element means, and listing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import CONTACTS_READ, CONTACTS_WRITE, BaseResource, Findings, attempt
from fauxero.accounting.contacts import rules, wire
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Contact
from fauxero.accounting.where import FLAG, GUID, INSTANT, TEXT, Field, Fields, folded_text

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_SEARCHED = ("name", "first_name", "last_name", "number", "company_number", "email")


def _fields(books: Books) -> Fields:
    return {
        "contactid": Field(GUID, lambda row: row.id),
        "contactnumber": Field(TEXT, lambda row: row.number),
        "accountnumber": Field(TEXT, lambda row: row.account_number),
        "contactstatus": Field(TEXT, lambda row: row.status),
        "name": Field(TEXT, lambda row: row.name),
        "firstname": Field(TEXT, lambda row: row.first_name),
        "lastname": Field(TEXT, lambda row: row.last_name),
        "emailaddress": Field(TEXT, lambda row: row.email),
        "companynumber": Field(TEXT, lambda row: row.company_number),
        "taxnumber": Field(TEXT, lambda row: row.tax_number),
        "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
        "iscustomer": Field(FLAG, lambda row: books.has_documents(row.id, "ACCREC")),
        "issupplier": Field(FLAG, lambda row: books.has_documents(row.id, "ACCPAY")),
    }


class ContactsResource(BaseResource):
    name = "Contacts"
    element_name = "Contact"
    id_field = "ContactID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = CONTACTS_READ
    write_scopes = CONTACTS_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        selection = Selection(
            books.contacts,
            books.contacts_in_order,
            _fields(books),
            {
                "contactid": lambda value: (value,) if value in books.contacts else (),
                "name": books.contacts_by_name.ids,
            },
        )
        selection.apply(query)
        if query.ids:
            wanted = dict.fromkeys(key.lower() for key in query.ids)
            selection.narrow(list(wanted), lambda row: row.id in wanted)
        if not query.include_archived:
            active = books.contacts_by_status.of("ACTIVE")
            selection.narrow(active, lambda row: row.status == "ACTIVE")
        if query.search_term:
            selection.only(_search(query.search_term))
        full = wire.summary if query.summary_only else wire.paged
        return answer(
            selection,
            query,
            paged=query.page is not None or query.summary_only,
            full=lambda row: full(books, row),
            thin=lambda row: wire.unpaged(books, row),
        )

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        contact = books.contacts.get(key.lower()) or books.contact_by_number(key)
        return wire.one(books, contact) if contact else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "ContactID"):
            raise NotModelled("PUT of a contact with a ContactID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: wire.full(books, save(books, element, None, found)),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        contact = _target(books, element, key)
        return attempt(
            books,
            element,
            lambda found: wire.full(books, save(books, element, contact, found)),
            id_field=self.id_field,
            key=contact.id if contact else None,
        )


def _search(term: str) -> Callable[[Contact], bool]:
    wanted = folded_text(term)

    def matches(contact: Contact) -> bool:
        values = (getattr(contact, name) for name in _SEARCHED)
        return any(value and wanted in folded_text(value) for value in values)

    return matches


def _target(books: Books, element: Element, key: str | None) -> Contact | None:
    """Which contact a POST means: by id, else by number, else by name among the active."""
    if key is not None:
        found = books.contacts.get(key.lower()) or books.contact_by_number(key)
        if found is None:
            raise NotFound
        return found
    contact_id = fields.guid(element, "ContactID")
    if contact_id is not None:
        found = books.contacts.get(contact_id)
        if found is None:
            raise NotFound
        return found
    return match(books, element)


def match(books: Books, element: Element) -> Contact | None:
    """By ContactNumber, else by Name; a name's holder with another number does not match."""
    number = fields.text(element, "ContactNumber")
    if number:
        found = books.contact_by_number(number)
        if found is not None:
            return found
    named = books.active_contact_named(fields.text(element, "Name") or "")
    if named is None or (number and named.number not in (None, number)):
        return None
    return named


def save(books: Books, element: Element, existing: Contact | None, findings: Findings) -> Contact:
    if existing is not None:
        rules.refuse_archived(existing, findings)
        findings.refuse_if_any()
    contact = rules.build(books, element, existing, findings)
    findings.refuse_if_any()
    return books.contacts.put(contact)
