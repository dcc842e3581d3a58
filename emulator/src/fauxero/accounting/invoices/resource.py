"""The Invoices resource: which document an element means, writing it, listing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import INVOICES_READ, INVOICES_WRITE, BaseResource, Findings, attempt
from fauxero.accounting.invoices import posting, rules, wire
from fauxero.accounting.invoices.draft import Draft, draft
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
from fauxero.accounting.rows import Invoice
from fauxero.accounting.where import DAY, FLAG, GUID, INSTANT, NUMBER, TEXT, Field, Fields
from fauxero.accounting.where import folded_text as folded

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

NOT_SENT = "Only AUTHORISED invoices may have SentToContact updated."


class InvoicesResource(BaseResource):
    name = "Invoices"
    element_name = "Invoice"
    id_field = "InvoiceID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = INVOICES_READ
    write_scopes = INVOICES_WRITE
    date_companions: tuple[str, ...] = ("Date", "DueDate", "UpdatedDateUTC")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        selection = _selection(books, query)
        decimals = query.unit_decimals
        if query.summary_only:
            return answer(
                selection,
                query,
                paged=True,
                full=lambda row: wire.summary(books, row),
                thin=lambda row: wire.summary(books, row),
            )
        return answer(
            selection,
            query,
            paged=query.page is not None or bool(query.statuses),
            full=lambda row: wire.paged(books, row, decimals),
            thin=lambda row: wire.unpaged(books, row),
        )

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        invoice = books.invoices.get(key.lower()) or _by_number(books, key)
        return wire.one(books, invoice, unit_decimals) if invoice else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "InvoiceID"):
            raise NotModelled("PUT of an invoice with an InvoiceID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _create(books, element, options, found),
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
            lambda found: _update(books, before, element, options, found),
            id_field=self.id_field,
            key=before.id,
        )


def _by_number(books: Books, number: str) -> Invoice | None:
    """The sales invoice of this number; a live one before a voided or deleted one."""
    sales = [invoice for invoice in books.invoices_numbered(number) if invoice.is_sale]
    live = [invoice for invoice in sales if invoice.status not in ("VOIDED", "DELETED")]
    return next(iter(live or sales), None)


def _target(books: Books, element: Element, key: str | None) -> Invoice | None:
    """Which invoice a POST means. By number only for sales: bills' numbers are not unique.

    An id that was never issued refuses the whole request with 404 (reported).
    """
    if key is not None:
        found = books.invoices.get(key.lower()) or _by_number(books, key)
        if found is None:
            raise NotFound
        return found
    invoice_id = fields.guid(element, "InvoiceID")
    if invoice_id is not None:
        found = books.invoices.get(invoice_id)
        if found is None:
            raise NotFound
        return found
    number = fields.text(element, "InvoiceNumber")
    if not number or fields.text(element, "Type") == "ACCPAY":
        return None
    found = _by_number(books, number)
    if found is None or rules.number_holder(books, number) is None:
        return None
    return found


def _create(books: Books, element: Element, options: WriteOptions, findings: Findings) -> Element:
    asked = draft(books, element, None, options, findings)
    rules.check_create(books, asked, findings)
    if findings.errors:
        findings.refuse_if_any(wire.refused(books, asked.invoice, element, is_new=True))
    invoice = asked.invoice
    if invoice.number is None and invoice.is_sale:
        invoice = replace(invoice, number=next_number(books))
    invoice = _sent(books, invoice, asked, findings)
    stored = posting.store(books, invoice, None)
    return wire.written(books, stored, options.unit_decimals)


def _update(
    books: Books, before: Invoice, element: Element, options: WriteOptions, findings: Findings
) -> Element:
    asked = draft(books, element, before, options, findings)
    rules.check_update(books, before, asked, findings)
    if findings.errors:
        findings.refuse_if_any(wire.refused(books, asked.invoice, element, is_new=False))
    invoice = _sent(books, asked.invoice, asked, findings)
    if not rules.is_seen_by_polling(before, invoice):
        invoice = replace(invoice, updated_at=before.updated_at)
    stored = posting.store(books, invoice, before)
    return wire.written(books, stored, options.unit_decimals)


def next_number(books: Books) -> str:
    """The organisation's next number, leaving out those that are taken."""
    organisation = books.organisation
    count = organisation.next_invoice_number
    while True:
        number = f"{organisation.invoice_prefix}{count:04d}"
        count += 1
        if rules.number_holder(books, number) is None:
            books.set_organisation(replace(organisation, next_invoice_number=count))
            return number


def _sent(books: Books, invoice: Invoice, asked: Draft, findings: Findings) -> Invoice:
    if asked.wants_sent is None or asked.wants_sent == invoice.sent_to_contact:
        return invoice
    if not (invoice.in_ledger and invoice.is_sale):
        findings.warnings.append(NOT_SENT)
        return invoice
    if asked.wants_sent:
        return posting.mark_sent(books, invoice)
    return replace(invoice, sent_to_contact=False)


# ---- listing


def _fields(books: Books) -> Fields:
    contacts = books.contacts
    return {
        "invoiceid": Field(GUID, lambda row: row.id),
        "invoicenumber": Field(TEXT, lambda row: row.number),
        "type": Field(TEXT, lambda row: row.type),
        "status": Field(TEXT, lambda row: row.status),
        "reference": Field(TEXT, lambda row: row.reference),
        "date": Field(DAY, lambda row: row.on),
        "duedate": Field(DAY, lambda row: row.due_on),
        "expectedpaymentdate": Field(DAY, lambda row: row.expected_on),
        "plannedpaymentdate": Field(DAY, lambda row: row.planned_on),
        "fullypaidondate": Field(DAY, lambda row: row.fully_paid_on),
        "amountdue": Field(NUMBER, wire.due_now),
        "amountpaid": Field(NUMBER, lambda row: row.amount_paid),
        "amountcredited": Field(NUMBER, lambda row: row.amount_credited),
        "subtotal": Field(NUMBER, lambda row: row.sub_total),
        "totaltax": Field(NUMBER, lambda row: row.total_tax),
        "total": Field(NUMBER, lambda row: row.total),
        "currencycode": Field(TEXT, lambda row: row.currency),
        "lineamounttypes": Field(TEXT, lambda row: row.line_amount_types),
        "senttocontact": Field(FLAG, lambda row: row.sent_to_contact),
        "brandingthemeid": Field(GUID, lambda row: row.branding_theme_id),
        "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
        "contact.contactid": Field(GUID, lambda row: row.contact_id),
        "contact.name": Field(TEXT, lambda row: contacts[row.contact_id].name),
        "contact.contactnumber": Field(TEXT, lambda row: contacts[row.contact_id].number),
    }


def _selection(books: Books, query: ListQuery) -> Selection[Invoice]:
    selection = Selection(
        books.invoices,
        books.invoices_in_order,
        _fields(books),
        {
            "status": lambda value: books.invoices_by_status.of(value.upper()),
            "type": lambda value: books.invoices_by_type.of(value.upper()),
            "invoiceid": lambda value: (value,) if value in books.invoices else (),
            "contact.contactid": books.invoices_by_contact.ids,
            "reference": books.invoices_by_reference.ids,
            "invoicenumber": books.invoices_by_number.ids,
            "date": books.invoices_by_day.ids,
        },
    )
    selection.apply(query)
    _given(books, query, selection)
    if query.search_term:
        term = folded(query.search_term)
        selection.only(lambda row: term in folded(f"{row.number or ''}\n{row.reference or ''}"))
    if query.created_by_app is not None:
        selection.only(lambda row: row.created_by_app == query.created_by_app)
    return selection


def _given(books: Books, query: ListQuery, selection: Selection[Invoice]) -> None:
    """The lists of ids, numbers, contacts and statuses."""
    if query.ids:
        ids = dict.fromkeys(key.lower() for key in query.ids)
        selection.narrow(list(ids), lambda row: row.id in ids)
    if query.numbers:
        numbers = dict.fromkeys(query.numbers)
        found = [row.id for number in numbers for row in books.invoices_numbered(number)]
        selection.narrow(found, lambda row: row.number in numbers)
    if query.contact_ids:
        contact_ids = dict.fromkeys(key.lower() for key in query.contact_ids)
        found = [key for one in contact_ids for key in books.invoices_by_contact.ids(one)]
        selection.narrow(found, lambda row: row.contact_id in contact_ids)
    statuses = {status.upper() for status in query.statuses}
    if len(statuses) == 1:
        source = books.invoices_by_status.of(next(iter(statuses)))
        selection.narrow(source, lambda row: row.status in statuses)
    elif statuses:
        selection.only(lambda row: row.status in statuses)
