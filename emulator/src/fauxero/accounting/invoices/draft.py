"""Make the invoice an element asks for: what was there, changed by what was sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from fauxero.accounting import fields, tax
from fauxero.accounting.base import Findings, refuse_unmodelled
from fauxero.accounting.currencies import is_subscribed
from fauxero.accounting.document_contact import contact_of
from fauxero.accounting.invoices import lines as invoice_lines
from fauxero.accounting.invoices.rounding import rounding_sent
from fauxero.accounting.money import ZERO, cents, shown
from fauxero.accounting.resource import Element, NotModelled, WriteOptions
from fauxero.accounting.rows import Invoice, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
TYPES = (
    "ACCREC",
    "ACCPAY",
    "ACCRECCREDIT",
    "ACCPAYCREDIT",
    "AROVERPAYMENT",
    "APOVERPAYMENT",
    "ARPREPAYMENT",
    "APPREPAYMENT",
)


@dataclass(slots=True)
class Draft:
    """The invoice as it would be, and what the request said that the row does not show."""

    invoice: Invoice
    lines_given: bool
    line_ids_given: bool
    wants_sent: bool | None


def draft(
    books: Books,
    element: Element,
    before: Invoice | None,
    options: WriteOptions,
    findings: Findings,
) -> Draft:
    """Merge `element` over `before`. Problems go to `findings`; the books may get a contact."""
    refuse_unmodelled(element, "EnteredTotal", "RepeatingInvoiceID", "CISRate", "CISDeduction")
    type_ = _type(element, before, findings)
    status = fields.choice(element, "Status", STATUSES) or (before.status if before else "DRAFT")
    types = _line_amount_types(element, before)
    contact = contact_of(books, element, before, findings)
    setting = invoice_lines.LineSetting(
        books=books,
        is_sale=type_ == "ACCREC",
        is_draft=status in ("DRAFT", "DELETED"),
        line_amount_types=types,
        unit_decimals=options.unit_decimals,
        contact=contact,
        findings=findings,
    )
    given = fields.many(element, "LineItems")
    lines = _lines(setting, given, before)
    check_currency(books, element, before.currency if before else None, findings)
    values = _header(element, before) | totals(lines, types)
    values |= {"status": status, "line_amount_types": types, "lines": lines}
    values["rounding"] = rounding_sent(element, before, status, findings)
    values["total"] += values["rounding"]
    values["updated_at"] = books.now()
    if contact is not None:
        values["contact_id"] = contact.id
    invoice = replace(before, **values) if before else _new(books, type_, options, values)
    check_totals_sent(element, invoice, findings)
    return Draft(
        invoice=invoice,
        lines_given=bool(given),
        line_ids_given=before is not None
        and all(fields.guid(line, "LineItemID") for line in given or ()),
        wants_sent=fields.flag(element, "SentToContact"),
    )


class HasTotals(Protocol):
    @property
    def sub_total(self) -> Decimal: ...
    @property
    def total_tax(self) -> Decimal: ...
    @property
    def total(self) -> Decimal: ...


def totals(lines: tuple[Line, ...], line_amount_types: str) -> dict[str, Any]:
    """Sums of the lines (Xero: documented: never computed from the total)."""
    amount = tax_amount = discount = ZERO
    for line in lines:
        amount += line.line_amount
        tax_amount += line.tax_amount
        discount += line.discount
    sub_total = amount - tax_amount if line_amount_types == tax.INCLUSIVE else amount
    return {
        "sub_total": sub_total,
        "total_tax": tax_amount,
        "total": sub_total + tax_amount,
        "total_discount": discount,
    }


_DAYS = {
    "Date": "on",
    "DueDate": "due_on",
    "ExpectedPaymentDate": "expected_on",
    "PlannedPaymentDate": "planned_on",
}
_TEXTS = {"InvoiceNumber": "number", "Reference": "reference", "Url": "url"}


def _header(element: Element, before: Invoice | None) -> dict[str, Any]:
    """Header fields that were sent; an empty text clears, excluded fields keep their value."""
    values: dict[str, Any] = {}
    for name, attribute in _DAYS.items():
        day = fields.day(element, name)
        if day is not None:
            values[attribute] = day
    for name, attribute in _TEXTS.items():
        text = fields.text(element, name)
        if text is not None:
            values[attribute] = text or None
    if before is not None and before.is_sale and values.get("number", "") is None:
        del values["number"]  # a sales invoice always keeps a number
    theme = fields.guid(element, "BrandingThemeID")
    if theme is not None:
        values["branding_theme_id"] = theme
    return values


def _new(books: Books, type_: str, options: WriteOptions, values: dict[str, Any]) -> Invoice:
    """A new invoice of the organisation's defaults and `values`."""
    organisation = books.organisation
    defaults = {
        "contact_id": "",
        "number": None,
        "due_on": None,
        "currency": organisation.base_currency,
        "branding_theme_id": organisation.branding_theme_id if type_ == "ACCREC" else None,
        "created_by_app": options.app_id,
    }
    if "on" not in values:
        values["on"] = books.today()
    return Invoice(id=books.ids.uuid(), type=type_, **(defaults | values))


def _type(element: Element, before: Invoice | None, findings: Findings) -> str:
    type_ = fields.choice(element, "Type", TYPES)
    if before is not None:
        return before.type
    if type_ not in ("ACCREC", "ACCPAY"):
        findings.errors.append("Invoice not of valid type for creation")
        return "ACCREC"
    return type_


def _line_amount_types(element: Element, before: Invoice | None) -> str:
    given = fields.choice(element, "LineAmountTypes", tax.LINE_AMOUNT_TYPES)
    return given or (before.line_amount_types if before else tax.EXCLUSIVE)


def _lines(
    setting: invoice_lines.LineSetting, given: list[Element] | None, before: Invoice | None
) -> tuple[Line, ...]:
    old = before.lines if before else ()
    if given:
        return invoice_lines.merge(setting, given, old)
    if before is None:
        setting.findings.errors.append("One or more line items must be specified")
    elif before.line_amount_types != setting.line_amount_types:
        return invoice_lines.recomputed(setting, old)
    return old


def check_currency(books: Books, element: Element, before: str | None, findings: Findings) -> None:
    """One currency, the organisation's own; an update may name the one the document has."""
    code = fields.text(element, "CurrencyCode")
    if code and code.upper() != (before or books.organisation.base_currency):
        if is_subscribed(books, code.upper()):
            raise NotModelled(f"Documents in another currency ({code.upper()}) are not modelled")
        findings.errors.append(f"Organisation is not subscribed to currency {code}")


def check_totals_sent(element: Element, document: HasTotals, findings: Findings) -> None:
    """Totals that do not add up are refused (reported, the text verbatim for Total)."""
    total = fields.number(element, "Total")
    if total is not None and cents(total) != document.total:
        findings.errors.append("The document total does not equal the sum of the lines.")
    for name, computed in (("SubTotal", document.sub_total), ("TotalTax", document.total_tax)):
        sent = fields.number(element, name)
        if sent is not None and cents(sent) != computed:
            findings.errors.append(
                f"The {name} {shown(sent)} does not match the sum of the lines {shown(computed)}."
            )
