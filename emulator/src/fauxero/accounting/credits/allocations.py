"""Allocations: a credit set against an invoice, and taken off again.

Evidence: one call of their own, only AUTHORISED credits, the same contact, Date read-only and
the later of both documents' dates are documented (Credit notes; Overpayments; Prepayments). The
texts for too much, for a paid invoice and for a wrong type are reported verbatim, the first for
overpayments too; that JSON's AppliedAmount counts as nothing is reported; other wordings are
unsure. DELETE and IsDeleted are in the OpenAPI description; that the answer comes in an envelope
is reported (xero-python fails to read it as a bare allocation).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import (
    INVOICES_READ,
    INVOICES_WRITE,
    PAYMENTS_READ,
    PAYMENTS_WRITE,
    ElementRefused,
    Findings,
    attempt,
)
from fauxero.accounting.credits import posting, wire
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import cents
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, PREPAYMENT, Allocation, Credit
from fauxero.accounting.resource import Element, NotFound, Outcome, WriteOptions
from fauxero.accounting.rows import Invoice

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PAID_OFF = "The invoice you are trying to allocate to has already been paid off"

_IN_WORDS = {CREDIT_NOTE: "Credit Note", OVERPAYMENT: "Overpayment", PREPAYMENT: "Prepayment"}


def too_much(kind: str) -> str:
    return f"{_IN_WORDS[kind]} cannot be allocated as amount is greater than amount outstanding"


def wrong_type(kind: str) -> str:
    return f"{_IN_WORDS[kind]} cannot be allocated to an incorrect invoice type"


class AllocationsResource:
    """Below one credit: PUT one or many, DELETE one."""

    name = "Allocations"
    element_name = "Allocation"
    id_field = "AllocationID"
    methods = frozenset({"PUT", "DELETE"})
    summarizes_errors = True

    def __init__(self, kind: str) -> None:
        self.kind = kind
        is_note = kind == CREDIT_NOTE
        self.read_scopes = INVOICES_READ if is_note else PAYMENTS_READ
        self.write_scopes = INVOICES_WRITE if is_note else PAYMENTS_WRITE

    def create(
        self, books: Books, parent_key: str, element: Element, options: WriteOptions
    ) -> Outcome:
        credit = self._credit(books, parent_key)
        return attempt(
            books,
            element,
            lambda found: _create(books, books.credits[credit.id], element, found),
            id_field=self.id_field,
        )

    def delete(self, books: Books, parent_key: str, key: str) -> Element:
        credit = self._credit(books, parent_key)
        allocation = books.allocations.get(key.lower())
        if allocation is None or allocation.credit_id != credit.id or allocation.is_deleted:
            raise NotFound(key)
        return remove(books, allocation)

    def _credit(self, books: Books, key: str) -> Credit:
        found = books.credits.get(key.lower())
        if found is None or found.kind != self.kind:
            raise NotFound(key)
        return found


def remove(books: Books, allocation: Allocation) -> Element:
    """Take an allocation off both documents. Raises ElementRefused in a locked period."""
    if problem := _locked(books, allocation.on):
        raise ElementRefused(problem)
    return wire.deleted(posting.remove_allocation(books, allocation))


def _create(books: Books, credit: Credit, element: Element, findings: Findings) -> Element:
    amount = fields.number(element, "Amount")
    asked_on = fields.day(element, "Date")
    invoice = _invoice(books, element, findings)
    if amount is None or cents(amount) <= 0:
        findings.errors.append("Allocation amount must be greater than zero.")
    if credit.status not in ("AUTHORISED", "PAID"):
        words = _IN_WORDS[credit.kind]
        findings.errors.append(f"{words} must be Authorised before it can be allocated")
    if invoice is not None:
        _check(credit, invoice, amount, findings)
    on = _date(books, credit, invoice, asked_on)
    if on is not None and (problem := _locked(books, on)):
        findings.errors.append(problem)
    findings.refuse_if_any()
    assert invoice is not None and amount is not None and on is not None
    allocation = Allocation(
        id=books.ids.uuid(),
        credit_id=credit.id,
        invoice_id=invoice.id,
        amount=cents(amount),
        on=on,
        updated_at=books.now(),
    )
    posting.allocate(books, allocation)
    return wire.allocated(books, allocation)


def _check(credit: Credit, invoice: Invoice, amount: Decimal | None, findings: Findings) -> None:
    errors = findings.errors
    if invoice.status == "PAID":
        errors.append(PAID_OFF)
    elif invoice.status != "AUTHORISED":
        errors.append("Credit can only be allocated to Authorised documents")
    outstanding = min(credit.remaining, invoice.amount_due)
    if amount is not None and cents(amount) > outstanding:
        errors.append(too_much(credit.kind))
    if credit.is_sale != invoice.is_sale:
        errors.append(wrong_type(credit.kind))
    if credit.contact_id != invoice.contact_id:
        errors.append(
            f"{_IN_WORDS[credit.kind]} cannot be allocated to an invoice of another contact"
        )


def _invoice(books: Books, element: Element, findings: Findings) -> Invoice | None:
    block = fields.nested(element, "Invoice") or {}
    invoice_id = fields.guid(block, "InvoiceID")
    number = fields.text(block, "InvoiceNumber")
    if invoice_id is not None:
        found = books.invoices.get(invoice_id)
    else:
        named = books.invoices_numbered(number or "")
        live = [row for row in named if row.status not in ("VOIDED", "DELETED")]
        found = next(iter(live or named), None)
    if found is None:
        what = "InvoiceID" if invoice_id else "InvoiceNumber"
        findings.errors.append(f"An existing Invoice with the specified {what} could not be found")
    return found


def _date(
    books: Books, credit: Credit, invoice: Invoice | None, asked_on: date | None
) -> date | None:
    """The later of both documents' dates; or, switched, the date that was sent."""
    if invoice is None:
        return None
    if asked_on is not None and books.switches.allocation_date_as_sent:
        return asked_on
    return max(credit.on, invoice.on)


def _locked(books: Books, on: date) -> str | None:
    return lock_problem(books, on) if books.switches.lock_payments_by_date else None
