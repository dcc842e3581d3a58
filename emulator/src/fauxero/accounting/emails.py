"""E-mails that Xero would send: an invoice on request, reminders by themselves. None leaves.

Evidence: the endpoint, its statuses, its 204 and the day's limits are documented (Invoices);
reminders 7, 14 and 21 days after the due date are Xero's own defaults. Wordings are unsure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from fauxero.accounting.base import ElementRefused
from fauxero.accounting.money import shown
from fauxero.accounting.rows import Contact, Invoice, Outgoing

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

INVOICE_MAIL = "invoice_email"
REMINDER = "invoice_reminder"
# Xero: documented (Invoices): a day, by kind of organisation.
DAY_LIMITS = {"DEMO": 0, "TRIAL": 20}
DAY_LIMIT = 1_000
_SENDABLE = ("SUBMITTED", "AUTHORISED", "PAID")


def send_invoice(books: Books, invoice: Invoice) -> None:
    """Record that the invoice went out to its contact. Raises ElementRefused."""
    problems = list(_problems(books, invoice))
    if problems:
        raise ElementRefused(*problems, echo={"InvoiceID": invoice.id})
    to = ", ".join(recipients(books.contacts[invoice.contact_id]))
    with books.transaction():
        _put(books, INVOICE_MAIL, invoice, f"{invoice.number} for {shown(invoice.total)} to {to}")
        if not invoice.sent_to_contact:
            books.invoices.put(replace(invoice, sent_to_contact=True, updated_at=books.now()))


def _problems(books: Books, invoice: Invoice) -> Iterator[str]:
    if not invoice.is_sale:
        yield "Only sales invoices can be emailed."
    elif invoice.status not in _SENDABLE:
        yield "Only SUBMITTED, AUTHORISED or PAID invoices can be emailed."
    if not recipients(books.contacts[invoice.contact_id]):
        yield "The contact does not have a valid email address."
    limit = DAY_LIMITS.get(books.organisation.edition_class, DAY_LIMIT)
    if sent_today(books) >= limit:
        yield f"Daily email limit reached: {limit} a day for this organisation."


def recipients(contact: Contact) -> list[str]:
    """The contact's own address and those of its persons that are to be included."""
    persons = [person.email for person in contact.persons if person.in_emails and person.email]
    return ([contact.email] if contact.email else []) + persons


def sent_today(books: Books) -> int:
    today = books.today()
    return sum(
        mail.kind == INVOICE_MAIL and mail.at.astimezone(books.zone).date() == today
        for mail in books.outbox
    )


def remind(books: Books) -> int:
    """Send the reminders that fell due since the last call; return how many.

    The clock may have jumped: each day since is gone through, with the invoices as they are
    now. Whoever moves time calls this before anything else changes the books.
    """
    organisation = books.organisation
    today = books.today()
    if not organisation.reminders_on:
        return 0
    last = organisation.reminded_on or today - timedelta(days=1)
    if last >= today:
        return 0
    with books.transaction():
        count = sum(_remind(books, invoice, last, today) for invoice in _unpaid(books))
        books.set_organisation(replace(organisation, reminded_on=today))
    return count


def _unpaid(books: Books) -> list[Invoice]:
    waiting = books.invoices_by_status.of("AUTHORISED")
    found = [books.invoices[key] for key in waiting.slice(0, len(waiting))]
    return [row for row in found if row.is_sale and row.due_on and row.amount_due > 0]


def _remind(books: Books, invoice: Invoice, last: date, today: date) -> int:
    to = recipients(books.contacts[invoice.contact_id])
    assert invoice.due_on is not None
    count = 0
    late_then, late_now = (last - invoice.due_on).days, (today - invoice.due_on).days
    for days in books.organisation.reminder_days:
        if to and late_then < days <= late_now:
            owed = shown(invoice.amount_due)
            detail = f"{invoice.number}: {owed} is {days} days overdue, to {', '.join(to)}"
            _put(books, REMINDER, invoice, detail)
            count += 1
    return count


def set_reminders(books: Books, *, enabled: bool, days: tuple[int, ...] | None = None) -> None:
    """Switch reminders on or off. What fell due before is not made up for."""
    organisation = books.organisation
    with books.transaction():
        books.set_organisation(
            replace(
                organisation,
                reminders_on=enabled,
                reminder_days=organisation.reminder_days if days is None else days,
                reminded_on=books.today() if enabled else None,
            )
        )


def _put(books: Books, kind: str, invoice: Invoice, detail: str) -> None:
    books.outbox.put(
        Outgoing(
            id=books.ids.uuid(),
            kind=kind,
            document_id=invoice.id,
            contact_id=invoice.contact_id,
            at=books.now(),
            detail=detail,
        )
    )
