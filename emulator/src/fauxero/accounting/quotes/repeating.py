"""RepeatingInvoices and LinkedTransactions: apps read them here, a bookkeeper makes them.

Evidence: fields and filters are the OpenAPI file's. No repeating invoice ever raises an invoice
in fauxero: an operator's own billing has no place there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, tax
from fauxero.accounting.base import INVOICES_READ, INVOICES_WRITE, BaseResource, Findings
from fauxero.accounting.invoices import lines as invoice_lines
from fauxero.accounting.invoices.draft import totals
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.quotes.wire import linked_element, repeating_element
from fauxero.accounting.resource import (
    BadPostData,
    Element,
    ListPage,
    ListQuery,
    NotFound,
    RequestRefused,
)
from fauxero.accounting.side_rows import LinkedTransaction, RepeatingInvoice
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import GUID, INSTANT, NUMBER, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_REPEATING_FIELDS = {
    "repeatinginvoiceid": Field(GUID, lambda row: row.id),
    "type": Field(TEXT, lambda row: row.type),
    "status": Field(TEXT, lambda row: row.status),
    "reference": Field(TEXT, lambda row: row.reference),
    "total": Field(NUMBER, lambda row: row.total),
    "contact.contactid": Field(GUID, lambda row: row.contact_id),
}
_LINKED_FIELDS = {
    "linkedtransactionid": Field(GUID, lambda row: row.id),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}
# Query parameters of LinkedTransactions, in lower case, and the column each compares.
_LINKED_FILTERS = {
    "linkedtransactionid": "id",
    "sourcetransactionid": "source_id",
    "contactid": "contact_id",
    "status": "status",
    "targettransactionid": "target_id",
}


class RepeatingInvoicesResource(BaseResource):
    name = "RepeatingInvoices"
    element_name = "RepeatingInvoice"
    id_field = "RepeatingInvoiceID"
    read_scopes = INVOICES_READ
    write_scopes = INVOICES_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        table = books.side.repeating_invoices
        in_order: Ordered[RepeatingInvoice] = Ordered(lambda row: (row.next_on, row.id))
        for row in table:
            in_order.add(row)
        selection = Selection(table, in_order, _REPEATING_FIELDS, {})
        # Xero: documented; RepeatingInvoices take no If-Modified-Since.
        selection.apply(replace(query, modified_since=None))

        def show(row: RepeatingInvoice) -> Element:
            return repeating_element(books, row)

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.side.repeating_invoices.get(key.lower())
        return repeating_element(books, row) if row else None


class LinkedTransactionsResource(BaseResource):
    name = "LinkedTransactions"
    element_name = "LinkedTransaction"
    id_field = "LinkedTransactionID"
    read_scopes = INVOICES_READ
    write_scopes = INVOICES_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        table = books.side.linked
        in_order: Ordered[LinkedTransaction] = Ordered(lambda row: (row.updated_at, row.id))
        for row in table:
            in_order.add(row)
        selection = Selection(table, in_order, _LINKED_FIELDS, {})
        selection.apply(replace(query, modified_since=None))
        for name, column in _LINKED_FILTERS.items():
            wanted = query.other.get(name)
            if wanted:
                selection.only(lambda row, at=column, want=wanted: _same(row, at, want))
        return answer(selection, query, paged=False, full=linked_element, thin=linked_element)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.side.linked.get(key.lower())
        return linked_element(row) if row else None


def _same(row: LinkedTransaction, column: str, wanted: str) -> bool:
    return (getattr(row, column) or "").lower() == wanted.lower()


# ---- what a bookkeeper does in Xero's pages


def add_repeating_invoice(
    books: Books,
    *,
    contact_id: str,
    lines: Sequence[Mapping[str, Any]],
    unit: str = "MONTHLY",
    period: int = 1,
    starts_on: str | None = None,
    ends_on: str | None = None,
    status: str = "DRAFT",
    type: str = "ACCREC",
    line_amount_types: str = tax.EXCLUSIVE,
    reference: str | None = None,
) -> Element:
    """A template of an invoice or bill; `lines` in Xero's field names. It raises nothing."""
    contact = books.contacts.get(contact_id.lower())
    if contact is None:
        raise NotFound(f"no contact {contact_id}")
    if unit not in ("WEEKLY", "MONTHLY") or type not in ("ACCREC", "ACCPAY"):
        raise BadPostData("unit may be WEEKLY or MONTHLY, type ACCREC or ACCPAY")
    findings = Findings()
    setting = invoice_lines.LineSetting(
        books=books,
        is_sale=type == "ACCREC",
        is_draft=status == "DRAFT",
        line_amount_types=line_amount_types,
        unit_decimals=4,
        contact=contact,
        findings=findings,
    )
    rows = invoice_lines.merge(setting, [dict(line) for line in lines], ())
    if findings.errors:
        raise RequestRefused("; ".join(findings.errors))
    sums = totals(rows, line_amount_types)
    del sums["total_discount"]
    first = _day(starts_on) or books.today()
    repeating = RepeatingInvoice(
        id=books.ids.uuid(),
        type=type,
        status=status,
        contact_id=contact.id,
        line_amount_types=line_amount_types,
        lines=rows,
        currency=books.organisation.base_currency,
        period=period,
        unit=unit,
        due_day=14,
        due_type="DAYSAFTERBILLDATE" if type == "ACCPAY" else "DAYSAFTERINVOICEDATE",
        starts_on=first,
        next_on=first,
        ends_on=_day(ends_on),
        reference=reference,
        branding_theme_id=books.organisation.branding_theme_id if type == "ACCREC" else None,
        **sums,
    )
    with books.transaction():
        return repeating_element(books, books.side.repeating_invoices.put(repeating))


def _day(text: str | None) -> date | None:
    return fields.day({"date": text}, "date")


def bill_on(books: Books, *, bill_id: str, line_id: str, contact_id: str) -> Element:
    """Mark a line of a bill to be charged on to a customer (a billable expense)."""
    bill = books.invoices.get(bill_id.lower())
    if bill is None or bill.is_sale:
        raise NotFound(f"no bill {bill_id}")
    if all(line.id != line_id.lower() for line in bill.lines):
        raise RequestRefused("The SourceLineItemID and SourceTransactionID do not match")
    if contact_id.lower() not in books.contacts:
        raise NotFound(f"no contact {contact_id}")
    linked = LinkedTransaction(
        id=books.ids.uuid(),
        source_id=bill.id,
        source_line_id=line_id.lower(),
        source_type=bill.type,
        status="APPROVED" if bill.in_ledger else "DRAFT",
        updated_at=books.now(),
        contact_id=contact_id.lower(),
    )
    with books.transaction():
        return linked_element(books.side.linked.put(linked))
