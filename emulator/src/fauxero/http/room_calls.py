"""Carrying out a call to a room: files in and out, notes, e-mails, PDFs, group members."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fauxero.accounting import attachments, contact_groups, emails, history
from fauxero.accounting.base import ElementRefused
from fauxero.accounting.branding import services_of
from fauxero.accounting.online import online_url
from fauxero.accounting.pdf import document_pdf
from fauxero.accounting.resource import BadPostData, Element, NotFound, NotModelled, Outcome
from fauxero.http.calls import Call, answered, refused, sent
from fauxero.http.exchange import Answer
from fauxero.http.rooms import WITH_PDF, Room

PDF = "application/pdf"


def perform(call: Call) -> Answer:
    """Answer a call whose resource is a room. Raises RequestRefused."""
    room = room_of(call)
    if call.request.method != "GET":
        call.world.remember_past(call.host)
    try:
        with call.host.books.transaction():
            return _HANDLERS[room.kind](call, room, _parent(call, room))
    except ElementRefused as refusal:
        return refused(call, [Outcome(refusal.echo or {}, refusal.errors)])


def room_of(call: Call) -> Room:
    return cast(Room, call.resource)


def asks_for_pdf(call: Call) -> bool:
    """Whether the call reads one document that has a PDF, and accepts only that."""
    accept = (call.request.header("accept") or "").lower()
    collection = call.resource.name.lower()
    return (
        call.request.method == "GET"
        and call.route.key is not None
        and PDF in accept
        and "json" not in accept
        and collection in WITH_PDF
    )


def pdf_of(call: Call) -> Answer:
    """Xero: documented (Requests and responses): Accept: application/pdf on a single document."""
    assert call.route.key is not None
    row = call.resource.read_one(call.host.books, call.route.key, unit_decimals=4)
    if row is None:
        raise NotFound(call.route.key)
    return _pdf_answer(call.resource.element_name, row)


def _pdf_answer(element_name: str, row: Element) -> Answer:
    number = row.get(f"{element_name}Number") or ""
    return Answer(200, document_pdf(f"{element_name} {number}", row), PDF)


def _parent(call: Call, room: Room) -> Element:
    """The element the room belongs to; by number or code too, where that reads one."""
    row = room.parent.read_one(call.host.books, room.parent_key, unit_decimals=4)
    if row is None:
        raise NotFound(room.parent_key)
    return row


def _id(room: Room, parent: Element) -> str:
    return parent[room.parent.id_field]


# ---- attachments


def _attachments(call: Call, room: Room, parent: Element) -> Answer:
    books, subject_id = call.host.books, _id(room, parent)
    if call.request.method == "GET" and not room.rest:
        rows = attachments.of(books, subject_id)
        return answered(call, [_attachment(call, row) for row in rows])
    if call.request.method == "GET":
        found = attachments.find(books, subject_id, room.rest)
        if found is None:
            raise NotFound(room.rest)
        return Answer(200, attachments.content(books, found), found.mime_type)
    if not room.rest:
        raise NotModelled(f"{call.request.method} {call.request.path}: name the file in the path")
    stored = attachments.put(
        books,
        subject=room.parent.name,
        subject_id=subject_id,
        file_name=room.rest,
        mime_type=call.request.header("content-type"),
        body=call.request.body,
        include_online=call.request.query.get("includeonline", "").lower() == "true",
        app_name=call.app.name,
    )
    return answered(call, [_attachment(call, stored)])


def _attachment(call: Call, row: attachments.Attachment) -> Element:
    host = call.request.header("host") or "fauxero.invalid"
    scheme = "https" if host.endswith("xero.com") else "http"
    return attachments.element(row, f"{scheme}://{host}/api.xro/2.0")


# ---- history, e-mail, online invoice, PDF


def _history(call: Call, room: Room, parent: Element) -> Answer:
    books, subject_id = call.host.books, _id(room, parent)
    if call.request.method == "GET":
        return answered(call, [history.element(row) for row in history.of(books, subject_id)])
    notes = [history.details_of(element) for element in sent(call)]
    if not notes:
        raise BadPostData("No HistoryRecord was posted.")
    written = [history.note(books, subject_id, history.NOTE, note) for note in notes]
    return answered(call, [history.element(row) for row in written])


def _email(call: Call, room: Room, parent: Element) -> Answer:
    books = call.host.books
    emails.send_invoice(books, books.invoices[_id(room, parent)])
    return Answer(204)


def _online(call: Call, room: Room, parent: Element) -> Answer:
    invoice = call.host.books.invoices[_id(room, parent)]
    return answered(call, [{"OnlineInvoiceUrl": online_url(call.host.books, invoice)}])


def _pdf(call: Call, room: Room, parent: Element) -> Answer:
    return _pdf_answer(room.parent.element_name, parent)


# ---- members of a group, payment services of a theme


def _members(call: Call, room: Room, parent: Element) -> Answer:
    books, group_id = call.host.books, _id(room, parent)
    if call.request.method == "PUT":
        if room.rest:
            raise NotModelled(f"PUT {call.request.path}")
        return answered(call, contact_groups.add_members(books, group_id, sent(call)))
    contact_groups.remove_members(books, group_id, room.rest or None)
    return Answer(204)


def _services(call: Call, room: Room, parent: Element) -> Answer:
    return answered(call, services_of(call.host.books, _id(room, parent)))


_HANDLERS: dict[str, Callable[[Call, Room, Element], Answer]] = {
    "attachments": _attachments,
    "history": _history,
    "email": _email,
    "onlineinvoice": _online,
    "pdf": _pdf,
    "contacts": _members,
    "paymentservices": _services,
}
