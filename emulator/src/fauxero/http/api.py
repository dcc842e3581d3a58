"""The accounting API's front door: token, organisation, limits, scope, key, then the call."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

from fauxero.accounting import emails
from fauxero.accounting.resource import BadPostData, BadQuery, NotFound, NotModelled
from fauxero.faults import (
    ERROR_AFTER,
    ERROR_BEFORE,
    OFFLINE,
    RATE_LIMIT,
    Fault,
    first,
)
from fauxero.http import errors, forms, idempotency, room_calls
from fauxero.http.calls import Call, perform
from fauxero.http.exchange import Answer, Request, Trace
from fauxero.http.query import BadPrecondition
from fauxero.http.rooms import Room
from fauxero.http.routes import find
from fauxero.identity.endpoints import read_access
from fauxero.identity.records import Access

if TYPE_CHECKING:
    from fauxero.world import Host, World

BODY_MAX = 10 * 1024 * 1024
ORGANISATION_HEADER = "xero-tenant-id"


def answer_api(
    world: World,
    request: Request,
    trace: Trace,
    *,
    faults: tuple[Fault, ...] = (),
    has_place: bool = True,
    is_reserved: bool = False,
) -> Answer:
    """Process one request to the accounting API, now.

    `has_place` is False when five are in flight already; `is_reserved` says that this request
    registered its idempotency key when it was accepted.
    """
    access = read_access(world, request, trace)
    if isinstance(access, Answer):
        return access
    host = host_of(world, request, access)
    if host is None:
        trace.reason = "organisation not connected"
        return errors.not_connected(world.ids.uuid())
    trace.organisation_id = host.id
    emails.remind(host.books)
    if first(faults, OFFLINE):
        trace.reason = "organisation offline"
        return errors.unavailable(errors.ORGANISATION_OFFLINE)
    forced = first(faults, RATE_LIMIT)
    admission = world.limiter.admit(
        app_id=access.app_id,
        organisation_id=host.id,
        limits=host.limits,
        now=world.clock.now(),
        has_place=has_place,
        forced=forced.problem if forced else None,
    )
    if admission.problem is not None:
        trace.reason = f"limit: {admission.problem}"
        return errors.too_many(admission.headers)
    trace.counted = True
    answer = _admitted(world, request, trace, access, host, faults, is_reserved)
    return answer.with_headers(*admission.headers)


def host_of(world: World, request: Request, access: Access) -> Host | None:
    """Return the connected organisation that the request names, if it may.

    A custom connection reaches one organisation and need not name it (documented).
    """
    named = (request.header(ORGANISATION_HEADER) or "").strip().lower()
    app = world.identity.apps.get(access.app_id)
    if not named and app is not None and app.kind == "custom":
        named = app.organisation_id or ""
    if named not in world.organisations or not world.identity.is_connected(access, named):
        return None
    return world.organisations[named]


def _admitted(
    world: World,
    request: Request,
    trace: Trace,
    access: Access,
    host: Host,
    faults: tuple[Fault, ...],
    is_reserved: bool,
) -> Answer:
    try:
        if len(request.body) > BODY_MAX:
            trace.reason = "body too large"
            return errors.too_large(world.ids.uuid())
        route = find(request.segments, request.method)
    except (NotFound, NotModelled) as refusal:
        return _refusal(refusal, request, trace)
    resource = route.resource
    wanted = resource.read_scopes if request.method == "GET" else resource.write_scopes
    if wanted and not wanted & access.scopes:
        trace.reason = f"scope missing: one of {', '.join(sorted(wanted))}"
        return errors.scope_missing(world.ids.uuid())
    app = world.identity.apps[access.app_id]
    call = Call(world, request, trace, app, host, route, faults)
    key = request.header("idempotency-key")
    if not key or request.method not in idempotency.METHODS:
        return _executed(call)[0]
    return _once(call, key, is_reserved)


def _once(call: Call, key: str, is_reserved: bool) -> Answer:
    """Execute a call under its idempotency key, or replay what it was answered before."""
    world, trace = call.world, call.trace
    if len(key) > idempotency.LENGTH_MAX:
        trace.reason = "idempotency key too long"
        return errors.key_too_long(key, world.ids.uuid())
    print_ = idempotency.fingerprint(call.request, call.host.id)
    now = world.clock.now()
    if not is_reserved:
        known = world.keys.find(call.app.id, key, now)
        if known is not None:
            return _known(call, key, known, print_)
        world.keys.reserve(call.app.id, key, print_, now)
    answer, kept = _executed(call)
    if kept is None:
        world.keys.release(call.app.id, key)
    else:
        world.keys.settle(call.app.id, key, kept)
    return answer


def _known(call: Call, key: str, known: idempotency.Kept, print_: str) -> Answer:
    trace = call.trace
    if known.fingerprint != print_:
        trace.reason = "idempotency key used with a different request"
        return errors.key_misused(key, call.world.ids.uuid())
    if known.answer is None:
        # What Xero answers while the first use is on its way is not documented. A 500 is what
        # it documents for a key it cannot judge, and it promises the client nothing.
        trace.reason = "idempotency key still being processed"
        return errors.internal(call.world.ids.uuid())
    trace.replayed = True
    return known.answer


def _executed(call: Call) -> tuple[Answer, Answer | None]:
    """Return the answer, and what the key store is to remember (None: nothing)."""
    before = first(call.faults, ERROR_BEFORE)
    if before is not None:
        call.trace.reason = f"fault: {before.status} before commit"
        answer = _error(call.world, before)
        return answer, answer if before.status == 500 else None
    answer = _performed(call)
    after = first(call.faults, ERROR_AFTER)
    if after is None:
        return answer, answer
    call.trace.reason = f"fault: {after.status} after commit"
    failed = _error(call.world, after)
    # An internal error is remembered under the key (documented); a gateway's is not, for the
    # gateway stands before the key store.
    return failed, failed if after.status == 500 else answer


def _performed(call: Call) -> Answer:
    try:
        if isinstance(call.resource, Room):
            return room_calls.perform(call)
        if room_calls.asks_for_pdf(call):
            return room_calls.pdf_of(call)
        return perform(call)
    except (NotFound, NotModelled, BadPostData, BadQuery, BadPrecondition) as refusal:
        return _refusal(refusal, call.request, call.trace)
    except Exception:
        # A bug of fauxero's. The books have been rolled back; the client sees what Xero shows
        # for a bug of its own, and the person running fauxero sees the traceback.
        traceback.print_exc(file=sys.stderr)
        call.trace.reason = "fauxero failed: see its error output"
        call.world.failures += 1
        return errors.internal(call.world.ids.uuid())


def _refusal(refusal: Exception, request: Request, trace: Trace) -> Answer:
    trace.reason = f"{type(refusal).__name__}: {refusal}"
    match refusal:
        case NotFound():
            return errors.not_found()
        case BadPostData():
            return forms.in_words(request, errors.bad_post_data(str(refusal)))
        case BadQuery():
            return forms.in_words(request, errors.bad_query(str(refusal)))
        case BadPrecondition():
            return errors.precondition_failed(str(refusal))
        case _:
            return forms.in_words(request, errors.not_modelled(str(refusal)))


def _error(world: World, fault: Fault) -> Answer:
    return gateway_error(fault.status, world.ids.uuid())


def gateway_error(status: int, instance: str) -> Answer:
    if status == 502:
        return errors.bad_gateway()
    if status == 503:
        return errors.unavailable()
    return errors.internal(instance)


def reserve_key(world: World, request: Request) -> bool:
    """Register the key of a request that is accepted now and processed later."""
    key = request.header("idempotency-key")
    if world.settings.key_registered != "at_accept" or not key:
        return False
    if request.method not in idempotency.METHODS or len(key) > idempotency.LENGTH_MAX:
        return False
    access = read_access(world, request, Trace())
    if isinstance(access, Answer) or (host := host_of(world, request, access)) is None:
        return False
    now = world.clock.now()
    if world.keys.find(access.app_id, key, now) is not None:
        return False
    print_ = idempotency.fingerprint(request, host.id)
    world.keys.reserve(access.app_id, key, print_, now)
    return True


def release_key(world: World, request: Request, trace: Trace) -> None:
    """Forget a reservation that was not settled: the request was refused before its key."""
    key = request.header("idempotency-key")
    if key and trace.app_id:
        known = world.keys.find(trace.app_id, key, world.clock.now())
        if known is not None and known.answer is None:
            world.keys.release(trace.app_id, key)
