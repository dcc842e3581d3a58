"""What an invoice may become: statuses, numbers, lock dates, edits after a payment.

Evidence: status moves and the edits allowed after a part payment are documented (Invoices);
`Invoice not of valid status for modification` is recorded on the wire, the texts about
payments are reported verbatim.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting.base import Findings
from fauxero.accounting.branding import is_theme
from fauxero.accounting.invoices.draft import Draft
from fauxero.accounting.invoices.lines import LINE_ID_NEEDED
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.rows import Invoice, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

NOT_FOR_CREATION = "Invoice not of valid status for creation"
NOT_FOR_MODIFICATION = "Invoice not of valid status for modification"
HAS_PAYMENT = "This document cannot be edited as it has a payment or credit note allocated to it."
NUMBER_NOT_UNIQUE = "Invoice # must be unique."

# Xero: documented (Invoices, allowed status changes).
_MOVES = {
    "DRAFT": frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"}),
    "SUBMITTED": frozenset({"SUBMITTED", "AUTHORISED", "DRAFT", "DELETED"}),
    "AUTHORISED": frozenset({"AUTHORISED", "VOIDED"}),
    "PAID": frozenset({"PAID"}),
    "VOIDED": frozenset(),
    "DELETED": frozenset(),
}


def status_not_applicable(status: str) -> str:
    return (
        f"The status {status} cannot be applied to the invoice because it has payments or "
        "credit notes allocated to it."
    )


def check_create(books: Books, draft: Draft, findings: Findings) -> None:
    invoice = draft.invoice
    if invoice.status not in ("DRAFT", "SUBMITTED", "AUTHORISED"):
        findings.errors.append(NOT_FOR_CREATION)
    _check_number(books, invoice, findings)
    _check_values(books, invoice, findings)
    _check_cap(books, invoice, findings)
    _check_lock(books, findings, invoice, None)


def check_update(books: Books, before: Invoice, draft: Draft, findings: Findings) -> None:
    invoice = draft.invoice
    if before.status in ("DELETED", "VOIDED"):
        findings.errors.append(NOT_FOR_MODIFICATION)
        return
    if before.amount_paid or before.amount_credited:
        _check_edit_after_payment(before, draft, findings)
    elif invoice.status not in _MOVES[before.status]:
        findings.errors.append(NOT_FOR_MODIFICATION)
        return
    if invoice.status == "DELETED":
        return
    if invoice.number != before.number:
        _check_number(books, invoice, findings)
    if invoice.status != "VOIDED":
        _check_values(books, invoice, findings)
    if not before.in_ledger:
        _check_cap(books, invoice, findings)
    _check_lock(books, findings, invoice, before)


def _check_lock(books: Books, findings: Findings, invoice: Invoice, before: Invoice | None) -> None:
    """Drafts are held to the lock dates too: whether Xero does is unsure, this is safer."""
    problem = lock_problem(books, invoice.on, before.on if before else None)
    if problem:
        findings.errors.append(problem)


def _check_number(books: Books, invoice: Invoice, findings: Findings) -> None:
    findings.too_long("InvoiceNumber", invoice.number, 255)
    if invoice.number is None or not invoice.is_sale:
        return
    if not (invoice.number.isascii() and invoice.number.isprintable()):
        findings.errors.append("The InvoiceNumber may only contain printable ASCII characters.")
    if number_holder(books, invoice.number, but=invoice.id) is not None:
        findings.errors.append(NUMBER_NOT_UNIQUE)


def number_holder(books: Books, number: str, *, but: str | None = None) -> Invoice | None:
    """The sales invoice that keeps others from using `number`.

    Xero: documented for live ones; reported that a voided one keeps its number; unsure for a
    deleted one. See rows.Switches.
    """
    switches = books.switches
    for other in books.invoices_numbered(number):
        if other.id == but or not other.is_sale:
            continue
        if other.status == "DELETED" and switches.reuse_deleted_numbers:
            continue
        if other.status == "VOIDED" and switches.reuse_voided_numbers:
            continue
        return other
    return None


def _check_values(books: Books, invoice: Invoice, findings: Findings) -> None:
    findings.too_long("Reference", invoice.reference, 255)
    if invoice.url and (
        "xero" in invoice.url.lower() or not invoice.url.lower().startswith(("http://", "https://"))
    ):
        findings.errors.append("The Url must be a valid absolute URL and must not contain xero.")
    theme = invoice.branding_theme_id
    if theme is not None and not is_theme(books, theme):
        findings.errors.append("The BrandingThemeID could not be found.")  # wording unsure
    if invoice.total < 0:
        # Xero: documented that totals may not be negative; wording unsure.
        findings.errors.append("The document total must not be negative.")
    if invoice.status in ("AUTHORISED", "PAID") and invoice.due_on is None:
        # Xero: documented as required to approve; wording unsure.
        findings.errors.append("A due date must be specified for an approved invoice.")


def _check_cap(books: Books, invoice: Invoice, findings: Findings) -> None:
    """Small plans approve 20 sales invoices and 5 bills a month (documented; text reported)."""
    organisation = books.organisation
    cap = organisation.sales_approvals_max if invoice.is_sale else organisation.bill_approvals_max
    if cap is None or invoice.status != "AUTHORISED":
        return
    if books.approved_in_month(invoice.type, invoice.on) >= cap:
        findings.errors.append("You have reached the limit of invoices you can approve")


# ---- after a payment

# What may still change, as field names of rows.Invoice and rows.Line.
_FREE = ("reference", "due_on", "number", "branding_theme_id", "url", "contact_id")
_FREE_SIDE = ("expected_on", "planned_on", "sent_to_contact", "updated_at")
_FREE_ON_LINES = ("description", "account_id", "tracking")


def _check_edit_after_payment(before: Invoice, draft: Draft, findings: Findings) -> None:
    invoice = draft.invoice
    if invoice.status != before.status:
        if invoice.status == "VOIDED":
            findings.errors.append(HAS_PAYMENT)
        findings.errors.append(status_not_applicable(invoice.status))
        return
    if draft.lines_given and not draft.line_ids_given:
        findings.errors.append(LINE_ID_NEEDED)
        return
    is_recredited = bool(before.amount_credited) and invoice.contact_id != before.contact_id
    if is_recredited or _without_free(invoice, before) != before:
        findings.errors.append(HAS_PAYMENT)


def _without_free(invoice: Invoice, before: Invoice) -> Invoice:
    """`invoice` with every field that may change put back to what it was."""
    old_lines = {line.id: line for line in before.lines}
    lines = tuple(_line_without_free(line, old_lines.get(line.id)) for line in invoice.lines)
    kept = {name: getattr(before, name) for name in _FREE + _FREE_SIDE}
    return replace(invoice, lines=lines, **kept)


def _line_without_free(line: Line, before: Line | None) -> Line:
    if before is None:
        return line
    return replace(line, **{name: getattr(before, name) for name in _FREE_ON_LINES})


def is_seen_by_polling(before: Invoice, invoice: Invoice) -> bool:
    """Whether the edit moves UpdatedDateUTC.

    Xero: documented (Requests and responses): a change of DueDate or SentToContact on a part-paid
    document does not.
    """
    if not (before.amount_paid or before.amount_credited):
        return True
    blind = {name: getattr(before, name) for name in ("due_on", "sent_to_contact", "updated_at")}
    return replace(invoice, **blind) != before or invoice == before
