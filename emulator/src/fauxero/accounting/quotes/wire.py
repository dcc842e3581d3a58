"""How quotes, repeating invoices and linked transactions look (OpenAPI examples)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.base import present
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.line_wire import line_element
from fauxero.accounting.resource import Element
from fauxero.accounting.side_rows import LinkedTransaction, Quote, RepeatingInvoice

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_ONE = Decimal("1.0")


def quote_element(books: Books, quote: Quote) -> Element:
    """The contact is thin, and the kind of line amounts in capitals, unlike an invoice's."""
    contact = books.contacts[quote.contact_id]
    return present(
        QuoteID=quote.id,
        QuoteNumber=quote.number,
        Reference=quote.reference,
        Terms=quote.terms or "",
        Title=quote.title,
        Summary=quote.summary,
        Contact=present(ContactID=contact.id, Name=contact.name, EmailAddress=contact.email or ""),
        LineItems=[line_element(books, line, 4) for line in quote.lines],
        Date=quote.on,
        ExpiryDate=quote.expires_on,
        Status=quote.status,
        CurrencyRate=_ONE,
        CurrencyCode=quote.currency,
        SubTotal=quote.sub_total,
        TotalTax=quote.total_tax,
        Total=quote.total,
        TotalDiscount=quote.total_discount or None,
        BrandingThemeID=quote.branding_theme_id,
        UpdatedDateUTC=quote.updated_at,
        LineAmountTypes=quote.line_amount_types.upper(),
    )


def repeating_element(books: Books, row: RepeatingInvoice) -> Element:
    schedule = present(
        Period=row.period,
        Unit=row.unit,
        DueDate=row.due_day,
        DueDateType=row.due_type,
        StartDate=row.starts_on,
        NextScheduledDate=row.next_on,
        EndDate=row.ends_on,
    )
    return present(
        Schedule=schedule,
        RepeatingInvoiceID=row.id,
        ID=row.id,
        Type=row.type,
        Reference=row.reference,
        HasAttachments=books.side.has_attachments(row.id),
        ApprovedForSending=False,
        SendCopy=False,
        MarkAsSent=False,
        IncludePDF=False,
        Contact=contact_wire.on_document(books.contacts[row.contact_id]),
        Status=row.status,
        LineAmountTypes=row.line_amount_types,
        LineItems=[line_element(books, line, 4) for line in row.lines],
        SubTotal=row.sub_total,
        TotalTax=row.total_tax,
        Total=row.total,
        CurrencyCode=row.currency,
        BrandingThemeID=row.branding_theme_id,
    )


def linked_element(row: LinkedTransaction) -> Element:
    return present(
        LinkedTransactionID=row.id,
        SourceTransactionID=row.source_id,
        SourceLineItemID=row.source_line_id,
        ContactID=row.contact_id,
        TargetTransactionID=row.target_id,
        TargetLineItemID=row.target_line_id,
        Status=row.status,
        Type="BILLABLEEXPENSE",
        UpdatedDateUTC=row.updated_at,
        SourceTransactionTypeCode=row.source_type,
    )
