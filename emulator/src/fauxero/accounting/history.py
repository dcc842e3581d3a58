"""What happened to each document, as its History shows it: written by the books themselves.

Xero: documented (History and notes): entries show Changes, the instant, User and Details, and
can neither be changed nor removed; `System Generated` as User is in the OpenAPI examples. That
there is an entry for every change is documented; the words of Details are unsure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.base import ElementRefused
from fauxero.accounting.money import shown
from fauxero.accounting.resource import Element
from fauxero.accounting.side_rows import HistoryRecord
from fauxero.accounting.tables import Change

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

DETAILS_LENGTH_MAX = 2500
NOTE = "Note"

# Statuses that are worth an entry under a word of their own.
_WORDS = {
    "AUTHORISED": "Approved",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
    "ARCHIVED": "Archived",
    "SUBMITTED": "Submitted",
    "SENT": "Sent",
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "INVOICED": "Invoiced",
    "POSTED": "Posted",
}


def note(books: Books, subject_id: str, changes: str, details: str) -> HistoryRecord:
    """Add an entry. Only inside a transaction of the books."""
    return books.side.history.put(
        HistoryRecord(
            id=str(len(books.side.history) + 1),
            subject_id=subject_id,
            changes=changes,
            details=details[:DETAILS_LENGTH_MAX],
            at=books.now(),
        )
    )


def of(books: Books, subject_id: str) -> list[HistoryRecord]:
    """Newest first."""
    ids = books.side.history_by_subject.ids(subject_id)
    return [books.side.history[key] for key in sorted(ids, key=int, reverse=True)]


def element(record: HistoryRecord) -> Element:
    return {
        "Changes": record.changes,
        "DateUTCString": record.at.strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": record.at,
        "User": record.user,
        "Details": record.details,
    }


def write(books: Books, changes: Sequence[Change]) -> None:
    """Add the entries that follow from what a transaction changed."""
    for table, key, old, new in changes:
        describe = _DESCRIPTIONS.get(table)
        if describe is None or new is None:
            continue
        word = _word(old, new)
        if word is not None:
            note(books, key, word, describe(books, new))
        if table == "payments":
            _on_target(books, old, new)
    for table, _, old, new in changes:
        if table == "allocations" and new is not None:
            _on_both_ends(books, old, new)


def _word(old: Any, new: Any) -> str | None:
    if old is None:
        return "Created"
    before, after = getattr(old, "status", None), getattr(new, "status", None)
    if before != after:
        return "Edited" if before == "PAID" else _WORDS.get(after or "", "Edited")
    if _paid(old) != _paid(new) or _but_for_time(old) == _but_for_time(new):
        return None  # the payment has its own entry
    return "Edited"


_SETTLING = ("amount_paid", "amount_credited", "allocated", "refunded")


def _paid(row: Any) -> Any:
    return [getattr(row, name, None) for name in _SETTLING]


def _but_for_time(row: Any) -> tuple[Any, ...]:
    names = type(row).__slots__
    return tuple(getattr(row, name) for name in names if name != "updated_at")


def _on_both_ends(books: Books, old: Any, new: Any) -> None:
    """An allocation shows in the history of the credit and of the invoice."""
    if old is not None and old.is_deleted == new.is_deleted:
        return
    word = "Credit Removed" if new.is_deleted else "Credit Applied"
    for subject_id in (new.credit_id, new.invoice_id):
        note(books, subject_id, word, f"{shown(new.amount)} of credit.")


def _on_target(books: Books, old: Any, new: Any) -> None:
    """A payment shows in the history of what it pays, too."""
    target_id = getattr(new, "invoice_id", None)
    if not target_id or (old is not None and old.status == new.status):
        return
    amount, on = shown(new.amount), f"{new.on.day} {new.on:%B %Y}"
    if new.status == "DELETED":
        note(books, target_id, "Payment Deleted", f"Payment of {amount} on {on} was deleted.")
    else:
        note(books, target_id, "Payment Received", f"Payment of {amount} received on {on}.")


def _document(books: Books, row: Any) -> str:
    contact = books.contacts.get(getattr(row, "contact_id", None) or "")
    total: Decimal | None = getattr(row, "total", None)
    parts = [getattr(row, "number", None) or getattr(row, "type", "") or ""]
    if contact is not None:
        parts.append(f"to {contact.name}")
    if total is not None:
        parts.append(f"for {shown(total)}")
    return " ".join(part for part in parts if part) + "."


def _payment(books: Books, row: Any) -> str:
    return f"Payment of {shown(row.amount)} on {row.on.day} {row.on:%B %Y}."


def _named(books: Books, row: Any) -> str:
    return f"{getattr(row, 'name', None) or getattr(row, 'code', '')}."


def _moved(books: Books, row: Any) -> str:
    return f"{shown(row.amount)} moved."


_DESCRIPTIONS: Mapping[str, Callable[[Books, Any], str]] = {
    "invoices": _document,
    "quotes": _document,
    "credits": _document,
    "bank_transactions": _document,
    "bank_transfers": _moved,
    "batch_payments": _document,
    "manual_journals": _document,
    "repeating_invoices": _document,
    "payments": _payment,
    "contacts": _named,
    "items": _named,
}


def details_of(element: Element) -> str:
    """The text of a note that was sent. Raises ElementRefused; the limit is documented."""
    details = fields.text(element, "Details") or ""
    if not details.strip():
        raise ElementRefused("Details must be specified.", echo=element)  # wording unsure
    if len(details) > DETAILS_LENGTH_MAX:
        raise ElementRefused(
            f"The Details must not exceed {DETAILS_LENGTH_MAX} characters.", echo=element
        )
    return details
