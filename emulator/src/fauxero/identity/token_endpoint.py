"""`/connect/token` and `/connect/revocation`: how an app gets, renews and ends its tokens."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from fauxero.http.exchange import Answer, Request, Trace, json_answer
from fauxero.identity.records import ACCESS_LIFE, App
from fauxero.identity.register import Refused
from fauxero.identity.scopes import APP_CONNECTIONS, live

if TYPE_CHECKING:
    from fauxero.world import World

NO_STORE = (("Cache-Control", "no-store, no-cache, max-age=0"), ("Pragma", "no-cache"))


def refused(code: str) -> Answer:
    """Compact on purpose: the official Python SDK compares this body as text."""
    return json_answer({"error": code}, status=400, compact=True).with_headers(*NO_STORE)


def client_credentials(request: Request) -> tuple[str, str | None]:
    """Return the client's id and secret from HTTP Basic or from the form."""
    given = request.header("authorization") or ""
    kind, _, encoded = given.partition(" ")
    if kind.lower() == "basic":
        try:
            text = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return "", None
        app_id, _, secret = text.partition(":")
        return unquote_plus(app_id), unquote_plus(secret)
    return request.form.get("client_id", ""), request.form.get("client_secret")


def token(world: World, request: Request, trace: Trace) -> Answer:
    """Answer POST /connect/token."""
    try:
        app = world.identity.authenticated_app(*client_credentials(request))
        trace.app_id = app.id
        grant_type = request.form.get("grant_type", "")
        grants = {
            "authorization_code": _from_code,
            "refresh_token": _from_refresh_token,
            "client_credentials": _for_custom_connection,
        }
        if grant_type not in grants:
            raise Refused("unsupported_grant_type")
        answer = grants[grant_type](world, request, app)
    except Refused as refusal:
        trace.reason = str(refusal)
        return refused(str(refusal))
    return json_answer(answer, compact=True).with_headers(*NO_STORE)


def revocation(world: World, request: Request, trace: Trace) -> Answer:
    """Answer POST /connect/revocation: 200 with an empty body, known token or not."""
    try:
        app = world.identity.authenticated_app(*client_credentials(request))
    except Refused as refusal:
        trace.reason = str(refusal)
        return refused(str(refusal))
    trace.app_id = app.id
    world.identity.revoke(token=request.form.get("token", ""), app=app)
    return Answer(200)


def token_pair(
    world: World, *, app: App, user_id: str, scopes: tuple[str, ...], auth_event_id: str
) -> dict[str, Any]:
    """Return a token answer; with a refresh token only where offline_access was granted."""
    identity = world.identity
    answer: dict[str, Any] = {
        "access_token": identity.access_token(
            app_id=app.id, user_id=user_id, scopes=scopes, auth_event_id=auth_event_id
        ),
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "token_type": "Bearer",
        "scope": " ".join(scopes),
    }
    if "offline_access" in scopes:
        answer["refresh_token"] = identity.issue_refresh_token(
            app_id=app.id, user_id=user_id, scopes=scopes, auth_event_id=auth_event_id
        ).token
    return answer


def _from_code(world: World, request: Request, app: App) -> dict[str, Any]:
    if app.kind == "custom":
        raise Refused("unauthorized_client")
    code = world.identity.redeem_code(
        code=request.form.get("code", ""),
        app=app,
        redirect_uri=request.form.get("redirect_uri"),
        verifier=request.form.get("code_verifier"),
    )
    answer = token_pair(
        world,
        app=app,
        user_id=code.user_id,
        scopes=code.scopes,
        auth_event_id=code.auth_event_id,
    )
    if "openid" in code.scopes:
        answer["id_token"] = world.identity.signer.id_token(
            app_id=app.id,
            user=world.identity.users[code.user_id],
            nonce=code.nonce,
            now=world.clock.now(),
        )
    return answer


def _from_refresh_token(world: World, request: Request, app: App) -> dict[str, Any]:
    renewed = world.identity.rotate(token=request.form.get("refresh_token", ""), app=app)
    # What a refresh gives once the broad scopes have ended is not documented: here, the rest.
    scopes = live(renewed.scopes, world.clock.now())
    access = world.identity.access_token(
        app_id=app.id,
        user_id=renewed.user_id,
        scopes=scopes,
        auth_event_id=renewed.auth_event_id,
    )
    return {
        "access_token": access,
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "token_type": "Bearer",
        "refresh_token": renewed.token,
        "scope": " ".join(scopes),
    }


def _for_custom_connection(world: World, request: Request, app: App) -> dict[str, Any]:
    """Custom connection: one app, one organisation, no refresh token. Scopes are the app's.

    An app of another kind gets a token of its own that manages its connections, no more.
    """
    if app.kind == "web" and request.form.get("scope") == APP_CONNECTIONS:
        return _for_the_app_itself(world, app)
    if app.kind != "custom" or app.organisation_id is None:
        raise Refused("unauthorized_client")
    asked = tuple(request.form.get("scope", "").split()) or app.scopes
    if not set(asked) <= set(app.scopes):
        raise Refused("invalid_scope")
    asked = tuple(scope for scope in asked if scope != "offline_access")
    user = world.identity.add_user(email=f"{app.id}@custom.invalid", name=app.name)
    links = world.identity.connections_of(app.id, user.id)
    if links:
        event_id = links[0].auth_event_id
    else:
        event_id = world.identity.grant(
            app=app, user=user, scopes=asked, organisation_ids=(app.organisation_id,)
        )
    return token_pair(world, app=app, user_id=user.id, scopes=asked, auth_event_id=event_id)


def _for_the_app_itself(world: World, app: App) -> dict[str, Any]:
    return token_pair(
        world,
        app=app,
        user_id="",
        scopes=(APP_CONNECTIONS,),
        auth_event_id=world.ids.uuid(),
    )
