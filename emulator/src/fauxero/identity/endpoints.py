"""Identity by path: consent page, tokens, discovery and `/connections`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fauxero.http import errors, forms
from fauxero.http.exchange import Answer, Request, Trace, json_answer
from fauxero.identity.authorize import authorize
from fauxero.identity.discovery import discovery
from fauxero.identity.records import Access, Connection
from fauxero.identity.token_endpoint import revocation, token
from fauxero.identity.tokens import claims_of, subject

if TYPE_CHECKING:
    from fauxero.world import World


def answer_identity(world: World, request: Request, trace: Trace) -> Answer | None:
    """Answer a request to the identity server or /connections; None for any other path."""
    path = request.path.lower().rstrip("/")
    match (request.method, path):
        case ("GET" | "POST", "/identity/connect/authorize"):
            return authorize(world, request, trace)
        case ("POST", "/connect/token"):
            return token(world, request, trace)
        case ("POST", "/connect/revocation"):
            return revocation(world, request, trace)
        case ("GET" | "POST", "/connect/userinfo"):
            return _user_info(world, request, trace)
        case ("GET", "/.well-known/openid-configuration"):
            return json_answer(discovery(request))
        case ("GET", "/.well-known/openid-configuration/jwks"):
            return json_answer(world.identity.keys.published())
    if path == "/connections" or path.startswith("/connections/"):
        return _connections(world, request, trace)
    return None


def read_access(world: World, request: Request, trace: Trace) -> Access | Answer:
    """Return what the bearer token says, or the 401 that Xero answers.

    Checked when a request is processed, not when it was sent: one that arrives late with a
    token that has run out is refused.
    """
    kind, _, bearer = (request.header("authorization") or "").partition(" ")
    access = world.identity.signer.read(bearer.strip()) if kind.lower() == "bearer" else None
    if access is None:
        trace.reason = "token missing or unknown"
        return errors.token_missing(world.ids.uuid())
    trace.app_id, trace.user_id = access.app_id, access.user_id
    if access.expires_at <= world.clock.now():
        trace.reason = "token expired"
        return errors.token_expired(access.expires_at, world.ids.uuid())
    return access


def _connections(world: World, request: Request, trace: Trace) -> Answer:
    access = read_access(world, request, trace)
    if isinstance(access, Answer):
        return access
    links = world.identity.connections_of(access.app_id, access.user_id or None)
    segments = request.segments
    if request.method == "GET" and len(segments) == 1:
        event_id = request.query.get("autheventid")
        return json_answer(
            [
                _connection(world, link)
                for link in links
                if event_id is None or link.auth_event_id == event_id
            ]
        )
    if request.method == "DELETE" and len(segments) == 2:
        for link in links:
            if link.id == segments[1].lower():
                world.identity.disconnect(link.id)
                return Answer(204)
        trace.reason = "unknown connection"
        return errors.not_found()
    trace.reason = "method or path not modelled"
    return forms.in_words(request, errors.not_modelled(f"{request.method} {request.path}"))


def _iso(at: datetime) -> str:
    """Seven fractional digits and no zone, unlike the accounting API's dates."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"


def _connection(world: World, link: Connection) -> dict[str, Any]:
    return {
        "id": link.id,
        "authEventId": link.auth_event_id,
        "tenantId": link.organisation_id,
        "tenantType": "ORGANISATION",
        "tenantName": world.organisations[link.organisation_id].name,
        "createdDateUtc": _iso(link.created_at),
        "updatedDateUtc": _iso(link.updated_at),
    }


def _user_info(world: World, request: Request, trace: Trace) -> Answer:
    """The claims of OpenID about the user of an access token."""
    access = read_access(world, request, trace)
    if isinstance(access, Answer):
        return access
    user = world.identity.users.get(access.user_id)
    if user is None or "openid" not in access.scopes:
        trace.reason = "scope missing: openid"
        return errors.scope_missing(world.ids.uuid())
    return json_answer({"sub": subject(user.id), **claims_of(user)})
