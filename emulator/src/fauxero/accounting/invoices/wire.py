"""How an invoice looks in each kind of answer (shapes as recorded on the wire)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.base import present
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.credits import wire as credit_wire
from fauxero.accounting.line_wire import line_element
from fauxero.accounting.money import ZERO
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Invoice, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_ONE = Decimal("1.0")


def written(books: Books, invoice: Invoice, unit_decimals: int) -> Element:
    """The answer to a write: the full contact, no payments unless there are any.

    Recorded: a void's answer still shows AmountDue as before it.
    """
    element = _head(invoice, invoice.amount_due)
    payments = _payments(books, invoice)
    if payments or invoice.amount_credited:
        element["Payments"] = payments
        element |= credit_wire.on_invoice(books, invoice)
        element["AmountCredited"] = invoice.amount_credited
    element["Contact"] = contact_wire.shared(books, books.contacts[invoice.contact_id])
    element |= _body(books, invoice, unit_decimals)
    for line in element["LineItems"]:
        line["ValidationErrors"] = []
    return element


def one(books: Books, invoice: Invoice, unit_decimals: int) -> Element:
    """GET /Invoices/{id}: everything, with the full contact."""
    element = _read_head(books, invoice)
    element["Contact"] = contact_wire.shared(books, books.contacts[invoice.contact_id])
    return element | _body(books, invoice, unit_decimals)


def paged(books: Books, invoice: Invoice, unit_decimals: int) -> Element:
    """A row of a paged list: lines, but a thin contact."""
    element = _read_head(books, invoice)
    element["Contact"] = contact_wire.on_document(books.contacts[invoice.contact_id])
    return element | _body(books, invoice, unit_decimals)


def unpaged(books: Books, invoice: Invoice) -> Element:
    """A row of an unpaged list: no lines (Xero: documented)."""
    element = _read_head(books, invoice)
    element["Contact"] = contact_wire.on_document(books.contacts[invoice.contact_id])
    return element | _foot(invoice) | {"LineItems": []}


def summary(books: Books, invoice: Invoice) -> Element:
    """A row with summaryOnly=true (Xero: documented what it leaves out)."""
    element = _head(invoice, due_now(invoice)) | {"AmountCredited": invoice.amount_credited}
    element["Contact"] = contact_wire.on_document(books.contacts[invoice.contact_id])
    return element | _foot(invoice)


def refused(books: Books, invoice: Invoice, element: Element, *, is_new: bool) -> Element:
    """A refused element: the request with computed totals (recorded), no id of its own if new."""
    echo = _head(invoice, invoice.amount_due) | {
        "Payments": [],
        "CreditNotes": [],
        "HasErrors": True,
        "Contact": element.get("Contact") or present(ContactID=invoice.contact_id or None),
        **_foot(invoice),
        "LineItems": [line_element(books, line, 4) for line in invoice.lines],
    }
    for name in ("UpdatedDateUTC", "BrandingThemeID"):
        echo.pop(name, None)
    if is_new:
        echo.pop("InvoiceID")
        for line in echo["LineItems"]:
            line.pop("LineItemID")
    return echo


def due_now(invoice: Invoice) -> Decimal:
    return invoice.amount_due if invoice.status not in ("VOIDED", "DELETED") else ZERO


def _head(invoice: Invoice, due: Decimal) -> Element:
    return present(
        Type=invoice.type,
        InvoiceID=invoice.id,
        InvoiceNumber=invoice.number or ("" if not invoice.is_sale else None),
        Reference=(invoice.reference or "") if invoice.is_sale else None,
        Url=invoice.url,
        Prepayments=[],
        Overpayments=[],
        AmountDue=due,
        AmountPaid=invoice.amount_paid,
        SentToContact=invoice.sent_to_contact,
        CurrencyRate=_ONE,
        IsDiscounted=bool(invoice.total_discount),
        TotalDiscount=invoice.total_discount or None,
        HasErrors=False,
        InvoicePaymentServices=[],
    )


def _read_head(books: Books, invoice: Invoice) -> Element:
    return _head(invoice, due_now(invoice)) | {
        "Payments": _payments(books, invoice),
        **credit_wire.on_invoice(books, invoice),
        "AmountCredited": invoice.amount_credited,
        "HasAttachments": books.side.has_attachments(invoice.id),
        "InvoiceAddresses": [],
    }


def _foot(invoice: Invoice) -> Element:
    return present(
        Date=invoice.on,
        DueDate=invoice.due_on,
        ExpectedPaymentDate=invoice.expected_on,
        PlannedPaymentDate=invoice.planned_on,
        BrandingThemeID=invoice.branding_theme_id,
        Status=invoice.status,
        LineAmountTypes=invoice.line_amount_types,
        SubTotal=invoice.sub_total,
        TotalTax=invoice.total_tax,
        Total=invoice.total,
        RoundingAmount=invoice.rounding or None,
        UpdatedDateUTC=invoice.updated_at,
        CurrencyCode=invoice.currency,
        FullyPaidOnDate=invoice.fully_paid_on,
    )


def _body(books: Books, invoice: Invoice, unit_decimals: int) -> Element:
    return _foot(invoice) | {
        "LineItems": [line_element(books, line, unit_decimals) for line in invoice.lines]
    }


def _payments(books: Books, invoice: Invoice) -> list[Element]:
    if not invoice.amount_paid:
        return []
    return [
        _payment(payment)
        for payment in books.payments_of(invoice.id)
        if payment.status == "AUTHORISED"
    ]


def _payment(payment: Payment) -> Element:
    return present(
        PaymentID=payment.id,
        Date=payment.on,
        Amount=payment.amount,
        Reference=payment.reference,
        CurrencyRate=_ONE,
        HasAccount=False,
        HasValidationErrors=False,
    )
