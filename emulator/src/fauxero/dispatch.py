"""From a request to its answer: which part of the emulator it is for, without any socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.control.endpoints import answer_control
from fauxero.control.localstack import PREFIX, answer_localstack
from fauxero.faults import ERROR_AFTER, ERROR_BEFORE, RATE_LIMIT, REFUSE, Fault, first
from fauxero.http import errors, forms
from fauxero.http.api import answer_api, gateway_error
from fauxero.http.exchange import Answer, Request, Trace, json_answer
from fauxero.http.routes import is_api
from fauxero.identity.endpoints import answer_identity
from fauxero.pages import answer_page, is_page

if TYPE_CHECKING:
    from fauxero.world import World

CONTROL = "/_fauxero"
# Xero's other APIs, by their first path segment: 501, for a 404 would say that there are none.
OTHER_APIS = frozenset(
    {"assets.xro", "bankfeeds.xro", "files.xro", "finance.xro", "payroll.xro", "projects.xro"}
)


def is_control(request: Request) -> bool:
    """Whether a request is for fauxero itself: not counted, not logged, not struck by faults."""
    if is_page(request):
        return True
    return request.path == CONTROL or request.path.startswith((f"{CONTROL}/", f"{PREFIX}/"))


def answer(
    world: World,
    request: Request,
    trace: Trace,
    *,
    faults: tuple[Fault, ...] = (),
    has_place: bool = True,
    is_reserved: bool = False,
) -> Answer:
    """Process a request, now, and return its answer. Never raises for what a client sent."""
    if is_page(request):
        return answer_page(world, request)
    if is_control(request):
        is_localstacks = request.path.startswith(f"{PREFIX}/")
        return (answer_localstack if is_localstacks else answer_control)(world, request)
    if is_api(request.segments):
        return answer_api(
            world, request, trace, faults=faults, has_place=has_place, is_reserved=is_reserved
        )
    return _identity(world, request, trace, faults)


def _identity(world: World, request: Request, trace: Trace, faults: tuple[Fault, ...]) -> Answer:
    """The identity server and the front page, under the faults that make sense there."""
    before = first(faults, ERROR_BEFORE)
    if before is not None:
        trace.reason = f"fault: {before.status} before commit"
        return gateway_error(before.status, world.ids.uuid())
    limited = first(faults, RATE_LIMIT)
    if limited is not None:
        trace.reason = "fault: 429"
        return errors.too_many((("X-Rate-Limit-Problem", limited.problem),))
    refused = first(faults, REFUSE)
    if refused is not None:
        trace.reason = "fault: refused"
        return json_answer({"error": refused.message or "invalid_grant"}, status=400, compact=True)
    found = answer_identity(world, request, trace)
    if found is None and request.segments and request.segments[0].lower() in OTHER_APIS:
        trace.reason = "another of Xero's APIs"
        return forms.in_words(request, errors.not_modelled(request.path))
    if found is None:
        trace.reason = "no such path"
        return errors.not_found()
    after = first(faults, ERROR_AFTER)
    if after is not None:
        trace.reason = f"fault: {after.status} after commit"
        return gateway_error(after.status, world.ids.uuid())
    return found
