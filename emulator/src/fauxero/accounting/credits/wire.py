"""How credits and allocations look in each kind of answer.

Shapes: the OpenAPI examples; that a credit's allocations carry AllocationID since 2023 is in
the OpenAPI file's history.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.base import present
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.line_wire import line_element
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, Allocation, Credit
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Invoice, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_ONE = Decimal("1.0")


def full(books: Books, credit: Credit, unit_decimals: int) -> Element:
    """A read of one, and the answer to a write: lines and the whole contact."""
    return _head(books, credit) | {
        "Contact": contact_wire.shared(books, books.contacts[credit.contact_id]),
        **_foot(credit),
        "LineItems": _lines(books, credit, unit_decimals),
    }


def paged(books: Books, credit: Credit, unit_decimals: int) -> Element:
    """A row of a paged list: lines, but a thin contact."""
    return unpaged(books, credit) | {"LineItems": _lines(books, credit, unit_decimals)}


def unpaged(books: Books, credit: Credit) -> Element:
    """A row of an unpaged list: no lines (documented)."""
    return _head(books, credit) | {
        "Contact": contact_wire.on_document(books.contacts[credit.contact_id]),
        **_foot(credit),
        "LineItems": [],
    }


def refused(books: Books, credit: Credit, element: Element, *, is_new: bool) -> Element:
    """A refused element: the request with computed totals, no id of its own if new."""
    echo = present(
        CreditNoteID=None if is_new else credit.id,
        CreditNoteNumber=credit.number or "",
        Type=credit.type,
        Reference=credit.reference or "",
        RemainingCredit=credit.remaining,
        Allocations=[],
        Payments=[],
        HasErrors=True,
        Contact=element.get("Contact") or present(ContactID=credit.contact_id or None),
        **_foot(credit),
        LineItems=_lines(books, credit, 4),
    )
    for name in ("UpdatedDateUTC", "BrandingThemeID"):
        echo.pop(name, None)
    return echo


def remaining_now(credit: Credit) -> Decimal:
    return credit.remaining if credit.status not in _GONE else Decimal("0.00")


def _lines(books: Books, credit: Credit, unit_decimals: int) -> list[Element]:
    return [line_element(books, line, unit_decimals) for line in credit.lines]


def _head(books: Books, credit: Credit) -> Element:
    return present(
        **_names(credit),
        ID=credit.id,
        CurrencyRate=_ONE,
        Type=credit.type,
        RemainingCredit=remaining_now(credit),
        Allocations=[on_credit(books, row) for row in books.allocations.of_credit(credit.id)],
        Payments=[
            refund(row) for row in books.payments_of(credit.id) if row.status == "AUTHORISED"
        ],
        HasErrors=False if credit.kind == CREDIT_NOTE else None,
        HasAttachments=books.side.has_attachments(credit.id),
    )


_GONE = ("VOIDED", "DELETED")


def _names(credit: Credit) -> Element:
    """Id, number and reference, which each kind calls its own way."""
    if credit.kind == CREDIT_NOTE:
        number = credit.number or ""
        return {
            "CreditNoteID": credit.id,
            "CreditNoteNumber": number,
            "Reference": credit.reference or "",
        }
    if credit.kind == OVERPAYMENT:
        return present(OverpaymentID=credit.id, Reference=credit.reference)
    # Documented: a prepayment's Reference returns its invoice number.
    return present(
        PrepaymentID=credit.id, Reference=credit.number or "", InvoiceNumber=credit.number
    )


def _foot(credit: Credit) -> Element:
    return present(
        Date=credit.on,
        DueDate=credit.due_on,
        BrandingThemeID=credit.branding_theme_id,
        Status=credit.status,
        LineAmountTypes=credit.line_amount_types,
        SubTotal=credit.sub_total,
        TotalTax=credit.total_tax,
        Total=credit.total,
        UpdatedDateUTC=credit.updated_at,
        CurrencyCode=credit.currency,
        FullyPaidOnDate=credit.fully_paid_on,
    )


def refund(payment: Payment) -> Element:
    return present(
        PaymentID=payment.id,
        Date=payment.on,
        Amount=payment.amount,
        Reference=payment.reference,
        CurrencyRate=_ONE,
        HasAccount=False,
        HasValidationErrors=False,
    )


# ---- allocations


def on_credit(books: Books, allocation: Allocation) -> Element:
    """An allocation in its credit's answer."""
    invoice = books.invoices[allocation.invoice_id]
    return {
        "AllocationID": allocation.id,
        "Amount": allocation.amount,
        "Date": allocation.on,
        "Invoice": _invoice(invoice, with_number=True),
    }


def allocated(books: Books, allocation: Allocation) -> Element:
    """The answer to making an allocation."""
    credit = books.credits[allocation.credit_id]
    name = f"{credit.kind}ID"
    return {
        "AllocationID": allocation.id,
        "Amount": allocation.amount,
        "Date": allocation.on,
        "Invoice": _invoice(books.invoices[allocation.invoice_id], with_number=False),
        credit.kind: {name: credit.id, "ID": credit.id, "LineItems": []},
    }


def deleted(allocation: Allocation) -> Element:
    """The answer to removing one. That it comes in an envelope is reported."""
    return {
        "AllocationID": allocation.id,
        "Date": allocation.on,
        "Invoice": {"InvoiceID": allocation.invoice_id},
        "IsDeleted": True,
    }


def _invoice(invoice: Invoice, *, with_number: bool) -> Element:
    return present(
        InvoiceID=invoice.id,
        InvoiceNumber=(invoice.number or "") if with_number else None,
        Payments=[],
        CreditNotes=[],
        Prepayments=[],
        Overpayments=[],
        HasErrors=False,
        IsDiscounted=False,
        LineItems=[],
    )


def on_invoice(books: Books, invoice: Invoice) -> Element:
    """The CreditNotes, Prepayments and Overpayments of an invoice."""
    found: dict[str, list[Element]] = {"CreditNotes": [], "Prepayments": [], "Overpayments": []}
    if invoice.amount_credited:
        for allocation in books.allocations.of_invoice(invoice.id):
            credit = books.credits[allocation.credit_id]
            found[f"{credit.kind}s"].append(_applied(credit, allocation))
    return dict(found)


def _applied(credit: Credit, allocation: Allocation) -> Element:
    return _names(credit) | {
        "ID": credit.id,
        "HasErrors": False,
        "AppliedAmount": allocation.amount,
        "Date": credit.on,
        "LineItems": [],
        "Total": credit.total,
    }
