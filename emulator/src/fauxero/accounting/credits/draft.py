"""Make the credit note an element asks for, and hold it to its rules.

Evidence: fields, statuses and line shape are documented as those of invoices (Credit notes);
no discounts, SentToContact read-only, allocations by a call of their own are documented; that
Allocations sent with the note are ignored is reported. Where a text here is not Xero's text for
invoices, its wording is unsure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, tax
from fauxero.accounting.base import Findings, refuse_unmodelled
from fauxero.accounting.document_contact import contact_of
from fauxero.accounting.invoices import lines as line_rules
from fauxero.accounting.invoices.draft import (
    STATUSES,
    check_currency,
    check_totals_sent,
    totals,
)
from fauxero.accounting.invoices.rules import HAS_PAYMENT
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money_rows import CREDIT_NOTE, Credit
from fauxero.accounting.resource import Element, NotModelled, WriteOptions
from fauxero.accounting.rows import Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

TYPES = ("ACCRECCREDIT", "ACCPAYCREDIT")
NUMBER_NOT_UNIQUE = "Credit Note # must be unique."
NOT_FOR_CREATION = "Credit Note not of valid status for creation"
NOT_FOR_MODIFICATION = "Credit Note not of valid status for modification"

# Documented: as for invoices.
_MOVES = {
    "DRAFT": frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"}),
    "SUBMITTED": frozenset({"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"}),
    "AUTHORISED": frozenset({"AUTHORISED", "VOIDED"}),
    "PAID": frozenset({"PAID"}),
    "VOIDED": frozenset(),
    "DELETED": frozenset(),
}
_DAYS = {"Date": "on", "DueDate": "due_on"}
_TEXTS = {"CreditNoteNumber": "number", "Reference": "reference"}


def draft(
    books: Books,
    element: Element,
    before: Credit | None,
    options: WriteOptions,
    findings: Findings,
) -> Credit:
    """Merge `element` over `before`. Problems go to `findings`; the books may get a contact."""
    if fields.number(element, "RoundingAmount"):
        raise NotModelled("The field RoundingAmount is not modelled")
    refuse_unmodelled(element, "CISRate", "CISDeduction")
    type_ = _type(element, before, findings)
    status = fields.choice(element, "Status", STATUSES) or (before.status if before else "DRAFT")
    given = fields.choice(element, "LineAmountTypes", tax.LINE_AMOUNT_TYPES)
    types = given or (before.line_amount_types if before else tax.EXCLUSIVE)
    contact = contact_of(books, element, before, findings)
    setting = line_rules.LineSetting(
        books=books,
        is_sale=type_ == "ACCRECCREDIT",
        is_draft=status in ("DRAFT", "DELETED"),
        line_amount_types=types,
        unit_decimals=options.unit_decimals,
        contact=contact,
        findings=findings,
        takes_discount=False,
    )
    lines = _lines(setting, fields.many(element, "LineItems"), before)
    check_currency(books, element, before.currency if before else None, findings)
    values = _header(element, before) | totals(lines, types)
    del values["total_discount"]
    values |= {"status": status, "line_amount_types": types, "lines": lines}
    values["updated_at"] = books.now()
    if contact is not None:
        values["contact_id"] = contact.id
    credit = replace(before, **values) if before else _new(books, type_, options, values)
    check_totals_sent(element, credit, findings)
    return credit


def _type(element: Element, before: Credit | None, findings: Findings) -> str:
    type_ = fields.choice(element, "Type", TYPES)
    if before is not None:
        return before.type
    if type_ is None:
        findings.errors.append("Credit Note not of valid type for creation")
        return "ACCRECCREDIT"
    return type_


def _lines(
    setting: line_rules.LineSetting, given: list[Element] | None, before: Credit | None
) -> tuple[Line, ...]:
    old = before.lines if before else ()
    if given:
        return line_rules.merge(setting, given, old)
    if before is None:
        setting.findings.errors.append("One or more line items must be specified")
    elif before.line_amount_types != setting.line_amount_types:
        return line_rules.recomputed(setting, old)
    return old


def _header(element: Element, before: Credit | None) -> dict[str, Any]:
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
        del values["number"]  # a sales credit note always keeps a number
    theme = fields.guid(element, "BrandingThemeID")
    if theme is not None:
        values["branding_theme_id"] = theme
    return values


def _new(books: Books, type_: str, options: WriteOptions, values: dict[str, Any]) -> Credit:
    organisation = books.organisation
    defaults = {
        "contact_id": "",
        "number": None,
        "currency": organisation.base_currency,
        "branding_theme_id": organisation.branding_theme_id if type_ == "ACCRECCREDIT" else None,
        "created_by_app": options.app_id,
    }
    if "on" not in values:
        values["on"] = books.today()
    return Credit(id=books.ids.uuid(), type=type_, **(defaults | values))


# ---- rules


def check_create(books: Books, credit: Credit, findings: Findings) -> None:
    if credit.status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        findings.errors.append(NOT_FOR_CREATION)
    _check_number(books, credit, findings)
    _check_values(credit, findings)
    if problem := lock_problem(books, credit.on):
        findings.errors.append(problem)


def check_update(books: Books, before: Credit, credit: Credit, findings: Findings) -> None:
    if before.allocated or before.refunded:
        # Reported: text and that any write to such a note draws it. An allocation locks both.
        findings.errors.append(HAS_PAYMENT)
        return
    if credit.status not in _MOVES[before.status]:
        findings.errors.append(NOT_FOR_MODIFICATION)
        return
    if credit.status == "DELETED":
        return
    if credit.number != before.number:
        _check_number(books, credit, findings)
    if credit.status != "VOIDED":
        _check_values(credit, findings)
    if problem := lock_problem(books, credit.on, before.on):
        findings.errors.append(problem)


def _check_values(credit: Credit, findings: Findings) -> None:
    findings.too_long("Reference", credit.reference, 255)
    if credit.total < 0:
        findings.errors.append("The document total must not be negative.")


def _check_number(books: Books, credit: Credit, findings: Findings) -> None:
    """Documented: unique for sales; whether among invoices too is unsure: among notes here."""
    findings.too_long("CreditNoteNumber", credit.number, 255)
    if credit.number is None or not credit.is_sale:
        return
    if not (credit.number.isascii() and credit.number.isprintable()):
        findings.errors.append("The CreditNoteNumber may only contain printable ASCII characters.")
    if number_holder(books, credit.number, but=credit.id) is not None:
        findings.errors.append(NUMBER_NOT_UNIQUE)


def number_holder(books: Books, number: str, *, but: str | None = None) -> Credit | None:
    """The sales credit note that keeps others from using `number`; switches as for invoices."""
    switches = books.switches
    for other in books.credits.numbered(number):
        if other.id == but or other.kind != CREDIT_NOTE or not other.is_sale:
            continue
        if other.status == "DELETED" and switches.reuse_deleted_numbers:
            continue
        if other.status == "VOIDED" and switches.reuse_voided_numbers:
            continue
        return other
    return None


def next_number(books: Books) -> str:
    """The organisation's next credit note number, leaving out those that are taken."""
    organisation = books.organisation
    count = organisation.next_credit_note_number
    while True:
        number = f"{organisation.credit_note_prefix}{count:04d}"
        count += 1
        if number_holder(books, number) is None:
            books.set_organisation(replace(organisation, next_credit_note_number=count))
            return number
