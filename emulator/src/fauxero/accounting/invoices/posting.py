"""Store an invoice and let the ledger follow: the one place that writes invoice rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from fauxero.accounting import ledger
from fauxero.accounting.money import ZERO
from fauxero.accounting.rows import Invoice, Outgoing, Payment

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def store(books: Books, invoice: Invoice, before: Invoice | None) -> Invoice:
    """Put the row, moving its postings where what is posted changed."""
    if invoice.status == "AUTHORISED" and invoice.amount_due == 0:
        # Reported: a zero-total invoice is PAID as soon as it is approved; unsure.
        invoice = replace(invoice, status="PAID", fully_paid_on=invoice.on)
    was_in = before is not None and before.in_ledger
    if was_in and before is not None and (not invoice.in_ledger or _posts_differ(before, invoice)):
        ledger.reverse(books, before.id)
        was_in = False
    books.invoices.put(invoice)
    if invoice.in_ledger and not was_in:
        ledger.post_invoice(books, invoice)
    return invoice


def _posts_differ(before: Invoice, invoice: Invoice) -> bool:
    return (
        before.on,
        before.lines,
        before.contact_id,
        before.line_amount_types,
        before.rounding,
    ) != (
        invoice.on,
        invoice.lines,
        invoice.contact_id,
        invoice.line_amount_types,
        invoice.rounding,
    )


def add_payment(books: Books, payment: Payment) -> Invoice:
    """Store a payment and lower what is due; at nothing due the invoice is PAID."""
    invoice = books.invoices[payment.invoice_id]
    books.payments.put(payment)
    ledger.post_payment(books, payment, invoice)
    return settle(books, invoice.id)


def remove_payment(books: Books, payment: Payment) -> Invoice:
    """Mark a payment DELETED and raise what is due; a PAID invoice is AUTHORISED again."""
    books.payments.put(replace(payment, status="DELETED", updated_at=books.now()))
    ledger.reverse(books, payment.id)
    return settle(books, payment.invoice_id)


def settle(books: Books, invoice_id: str) -> Invoice:
    """Work out anew what payments and allocated credits leave due, and whether it is PAID."""
    invoice = books.invoices[invoice_id]
    live = [row for row in books.payments_of(invoice_id) if row.status == "AUTHORISED"]
    credited = books.allocations.of_invoice(invoice_id)
    changed = replace(
        invoice,
        amount_paid=sum((row.amount for row in live), ZERO),
        amount_credited=sum((row.amount for row in credited), ZERO),
        updated_at=books.now(),
    )
    is_settled = changed.amount_due == 0
    last: date = max((row.on for row in (*live, *credited)), default=invoice.on)
    return books.invoices.put(
        replace(
            changed,
            status="PAID" if is_settled else "AUTHORISED",
            fully_paid_on=last if is_settled else None,
        )
    )


def mark_sent(books: Books, invoice: Invoice) -> Invoice:
    """Remember in the outbox that Xero would now count the invoice as sent to its contact."""
    books.outbox.put(
        Outgoing(
            id=books.ids.uuid(),
            kind="invoice_marked_sent",
            document_id=invoice.id,
            contact_id=invoice.contact_id,
            at=books.now(),
            detail=f"SentToContact set on {invoice.number}",
        )
    )
    return replace(invoice, sent_to_contact=True)
