"""One admitted call to an organisation's books: which resource, what it does, what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxero.accounting.base import ElementRefused
from fauxero.accounting.resource import (
    ZERO_ID,
    BadPostData,
    Element,
    ListPage,
    NotFound,
    NotModelled,
    Outcome,
    Pagination,
    Resource,
    WriteOptions,
)
from fauxero.faults import LAG_LISTS, REFUSE, Fault, seconds
from fauxero.http import batch, codec, errors, forms, xml_codec
from fauxero.http.exchange import JSON, Answer, Request, Trace
from fauxero.http.query import list_query, summarizes_errors, unit_decimals
from fauxero.http.routes import Route
from fauxero.identity.records import App

if TYPE_CHECKING:
    from fauxero.world import Host, World


@dataclass(frozen=True, slots=True)
class Call:
    world: World
    request: Request
    trace: Trace
    app: App
    host: Host
    route: Route
    faults: tuple[Fault, ...]

    @property
    def resource(self) -> Resource:
        return self.route.resource


def perform(call: Call) -> Answer:
    """Read or write. Raises RequestRefused; then the books are as they were."""
    match call.request.method:
        case "GET":
            return _read(call)
        case "PUT" | "POST":
            return _write(call)
        case "DELETE" if call.route.key is not None:
            return _delete(call, call.route.key)
    raise NotModelled(f"{call.request.method} {call.request.path}")


def _read(call: Call) -> Answer:
    if "application/pdf" in (call.request.header("accept") or ""):
        raise NotModelled(f"{call.request.path} as PDF")
    decimals = unit_decimals(call.request)
    if call.route.key is not None:
        row = call.resource.read_one(call.host.books, call.route.key, unit_decimals=decimals)
        if row is None:
            raise NotFound(call.route.key)
        return answered(call, [row])
    query = list_query(call.request, app_id=call.app.id)
    with call.world.as_of(call.host, seconds(call.faults, LAG_LISTS)):
        page: ListPage = call.resource.read_list(call.host.books, query)
        return answered(call, page.rows, page.pagination)


def _write(call: Call) -> Answer:
    resource, route = call.resource, call.route
    elements = sent(call)
    _check_count(call, elements)
    call.trace.elements = len(elements)
    honours = resource.summarizes_errors and route.key is None
    summarizes = summarizes_errors(call.request) if honours else True
    call.world.remember_past(call.host)
    refusal = next((fault for fault in call.faults if fault.action == REFUSE), None)
    if refusal is not None:
        return _refused_by_fault(call, refusal, elements)
    written = batch.write_all(
        call.host.books,
        elements,
        _writer(call),
        summarizes_errors=summarizes,
        saves_in_part=call.world.settings.partial_save,
    )
    if written.is_refused:
        return refused(call, [outcome for outcome in written.outcomes if outcome.errors])
    rows = [batch.marked(outcome, has_status=not summarizes) for outcome in written.outcomes]
    bad = [outcome.errors[0] for outcome in written.outcomes if outcome.errors]
    if bad:
        call.trace.reason = f"{len(bad)} of {len(rows)} elements: {bad[0]}"
    return answered(call, rows)


def _delete(call: Call, key: str) -> Answer:
    try:
        with call.host.books.transaction():
            gone = call.resource.delete(call.host.books, key)
    except ElementRefused as refusal:
        return refused(call, [Outcome({call.resource.id_field: key}, refusal.errors)])
    return Answer(204) if gone is None else answered(call, [gone])


def _writer(call: Call) -> batch.Write:
    books, resource, key = call.host.books, call.resource, call.route.key
    options = WriteOptions(unit_decimals=unit_decimals(call.request), app_id=call.app.id)
    # What PUT does with an element's own path is not documented: here, what POST does.
    if call.request.method == "PUT" and key is None:
        return lambda element: resource.create(books, element, options)
    return lambda element: resource.create_or_update(books, element, options, key=key)


def _check_count(call: Call, elements: Sequence[Element]) -> None:
    name = call.resource.element_name
    if not elements:
        raise BadPostData(f"No {name} was posted.")
    if len(elements) > 1 and (call.resource.one_per_request or call.route.key is not None):
        raise BadPostData(f"Only one {name} may be posted in a request.")


def _refused_by_fault(call: Call, fault: Fault, elements: Sequence[Element]) -> Answer:
    if fault.error == 404:
        return errors.not_found()
    if fault.error == errors.BAD_POST_DATA:
        message = fault.message or "Error converting value. Path ''."
        return forms.in_words(call.request, errors.bad_post_data(message))
    message = fault.message or "The request was refused."
    marked = [
        {**element, "ValidationErrors": [{"Message": message}]}
        for element in elements[:1] or [{"ID": ZERO_ID}]
    ]
    return forms.refusal(call.request, marked, element_name=call.resource.element_name)


def sent(call: Call) -> list[Element]:
    """The elements of the request's body. Raises BadPostData."""
    resource = call.resource
    return forms.elements_of(call.request, name=resource.name, element_name=resource.element_name)


def refused(call: Call, outcomes: Sequence[Outcome]) -> Answer:
    """The answer to a request that is refused whole, with the elements that are to blame."""
    call.trace.reason = outcomes[0].errors[0]
    return forms.refusal(
        call.request,
        [_shown(call, batch.marked(outcome, has_status=False)) for outcome in outcomes],
        element_name=call.resource.element_name,
    )


def answered(call: Call, rows: Sequence[Element], pagination: Pagination | None = None) -> Answer:
    is_json = forms.wants_json(call.request)
    # Companions of dates, such as DateString, are JSON's alone.
    companions = frozenset(call.resource.date_companions if is_json else ())
    write = codec.response if is_json else xml_codec.response
    body = write(
        answer_id=call.world.ids.uuid(),
        provider=call.app.name,
        at=call.world.clock.now(),
        name=call.resource.name,
        element_name=call.resource.element_name,
        rows=[codec.with_companions(row, companions) for row in rows] if companions else rows,
        pagination=pagination,
    )
    return Answer(200, body, JSON if is_json else forms.XML)


def _shown(call: Call, row: Element) -> Element:
    """Companions of dates, such as DateString, are JSON's alone."""
    if not forms.wants_json(call.request):
        return row
    return codec.with_companions(row, call.resource.date_companions)
