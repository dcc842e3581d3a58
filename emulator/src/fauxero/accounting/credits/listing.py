"""Reading credits of one kind: lists with filters, and one by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting.credits import wire
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, PREPAYMENT, Credit
from fauxero.accounting.resource import Element, ListPage, ListQuery
from fauxero.accounting.where import DAY, GUID, INSTANT, NUMBER, TEXT, Field, Fields

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def read_list(books: Books, query: ListQuery, kind: str) -> ListPage:
    """Paged lists carry lines, unpaged ones do not (documented)."""
    selection = _selection(books, query, kind)
    return answer(
        selection,
        query,
        paged=query.page is not None,
        full=lambda row: wire.paged(books, row, query.unit_decimals),
        thin=lambda row: wire.unpaged(books, row),
    )


def read_one(books: Books, key: str, kind: str, unit_decimals: int) -> Element | None:
    credit = books.credits.get(key.lower())
    if credit is None or credit.kind != kind:
        return None
    return wire.full(books, credit, unit_decimals)


def _selection(books: Books, query: ListQuery, kind: str) -> Selection[Credit]:
    credits = books.credits
    selection = Selection(
        credits,
        credits.in_order,
        _fields(books, kind),
        {
            "status": lambda value: credits.by_status.of((kind, value.upper())),
            "contact.contactid": credits.by_contact.ids,
            "reference": credits.by_reference.ids if kind != PREPAYMENT else credits.by_number.ids,
            "date": credits.by_day.ids,
            f"{kind.lower()}id": lambda value: (value,) if value in credits else (),
        },
    )
    # Remembered searches are kept by question: the three kinds share one table.
    selection.apply(query)
    selection.question = f"{kind} {selection.question}"
    selection.narrow(credits.by_kind.of(kind), lambda row: row.kind == kind)
    _given(query, selection, kind)
    return selection


def _given(query: ListQuery, selection: Selection[Credit], kind: str) -> None:
    """Overpayments take References, prepayments InvoiceNumbers (OpenAPI description)."""
    if kind == OVERPAYMENT and (wanted := _listed(query.other.get("references"))):
        selection.only(lambda row: row.reference in wanted)
    if kind == PREPAYMENT and query.numbers:
        numbers = frozenset(query.numbers)
        selection.only(lambda row: row.number in numbers)
    if query.created_by_app is not None:
        selection.only(lambda row: row.created_by_app == query.created_by_app)


def _listed(text: str | None) -> frozenset[str]:
    parts = (part.strip().strip('"') for part in (text or "").split(","))
    return frozenset(part for part in parts if part)


def _fields(books: Books, kind: str) -> Fields:
    contacts = books.contacts
    found = {
        f"{kind.lower()}id": Field(GUID, lambda row: row.id),
        "type": Field(TEXT, lambda row: row.type),
        "status": Field(TEXT, lambda row: row.status),
        "reference": Field(TEXT, lambda row: row.reference),
        "date": Field(DAY, lambda row: row.on),
        "fullypaidondate": Field(DAY, lambda row: row.fully_paid_on),
        "remainingcredit": Field(NUMBER, wire.remaining_now),
        "subtotal": Field(NUMBER, lambda row: row.sub_total),
        "totaltax": Field(NUMBER, lambda row: row.total_tax),
        "total": Field(NUMBER, lambda row: row.total),
        "currencycode": Field(TEXT, lambda row: row.currency),
        "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
        "contact.contactid": Field(GUID, lambda row: row.contact_id),
        "contact.name": Field(TEXT, lambda row: contacts[row.contact_id].name),
        "contact.contactnumber": Field(TEXT, lambda row: contacts[row.contact_id].number),
    }
    if kind == CREDIT_NOTE:
        found["creditnotenumber"] = Field(TEXT, lambda row: row.number)
        found["duedate"] = Field(DAY, lambda row: row.due_on)
    if kind == PREPAYMENT:
        found["reference"] = found["invoicenumber"] = Field(TEXT, lambda row: row.number)
    return found
