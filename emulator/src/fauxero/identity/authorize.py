"""`/identity/connect/authorize`: the page on which a person lets an app into their books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jinja2

from fauxero.http.exchange import Answer, Request, Trace, html_answer
from fauxero.identity.records import App, User
from fauxero.identity.scopes import OLD_APP, in_words

if TYPE_CHECKING:
    from fauxero.world import World

_PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("fauxero.identity", "pages"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request whose client and redirect address have been checked."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str | None
    nonce: str | None


class Unanswerable(Exception):
    """The request cannot be sent back to the app; the person sees an error page."""


class SentBack(Exception):
    """The app gets this error at its redirect address."""

    def __init__(self, error: str, *, redirect_uri: str, state: str | None) -> None:
        super().__init__(error)
        self.error = error
        self.redirect_uri = redirect_uri
        self.state = state


def authorize(world: World, request: Request, trace: Trace) -> Answer:
    """Show the consent page, or answer its form."""
    fields = request.form if request.method == "POST" else _plain_query(request)
    try:
        asked = _checked(world, fields)
        trace.app_id = asked.app.id
        user = world.demo_user
        if request.method == "POST":
            return _decided(world, asked, user, fields)
        if world.settings.auto_approve:
            chosen = fields.get("fauxero_organisation") or next(iter(world.organisations), "")
            return _approved(world, asked, user, (chosen,))
        return _consent_page(world, asked, user, fields)
    except Unanswerable as error:
        trace.reason = str(error)
        return html_answer(_PAGES.get_template("error.html").render(error=error), status=400)
    except SentBack as error:
        trace.reason = error.error
        return _redirect(error.redirect_uri, error=error.error, state=error.state)


def _plain_query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.query_string, keep_blank_values=True))


def _checked(world: World, fields: Mapping[str, str]) -> Asked:
    app = world.identity.apps.get(fields.get("client_id", ""))
    if app is None or app.kind == "custom":
        raise Unanswerable("unauthorized_client: unknown client or client not enabled")
    redirect_uri = fields.get("redirect_uri", "")
    if redirect_uri not in app.redirect_uris:
        raise Unanswerable("unauthorized_client: Invalid redirect_uri")
    state = fields.get("state")

    def sent_back(error: str) -> SentBack:
        return SentBack(error, redirect_uri=redirect_uri, state=state)

    if fields.get("response_type") != "code":
        raise sent_back("unsupported_response_type")
    scopes = tuple(dict.fromkeys(fields.get("scope", "").split()))
    if "app.connections" in scopes:
        raise sent_back("access_denied")
    if not scopes or not set(scopes) <= set(app.scopes) & set(OLD_APP):
        raise sent_back("invalid_scope")
    challenge = fields.get("code_challenge")
    if challenge and fields.get("code_challenge_method") != "S256":
        raise sent_back("invalid_request")
    if app.kind == "pkce" and not challenge:
        raise sent_back("invalid_request")
    return Asked(app, redirect_uri, scopes, state, challenge or None, fields.get("nonce"))


def _decided(world: World, asked: Asked, user: User, fields: Mapping[str, str]) -> Answer:
    if fields.get("decision") != "allow":
        raise SentBack("access_denied", redirect_uri=asked.redirect_uri, state=asked.state)
    return _approved(world, asked, user, (fields.get("organisation", ""),))


def _approved(world: World, asked: Asked, user: User, organisation_ids: tuple[str, ...]) -> Answer:
    if any(organisation_id not in world.organisations for organisation_id in organisation_ids):
        raise Unanswerable("There is no such organisation.")
    event_id = world.identity.grant(
        app=asked.app, user=user, scopes=asked.scopes, organisation_ids=organisation_ids
    )
    code = world.identity.issue_code(
        app=asked.app,
        user=user,
        redirect_uri=asked.redirect_uri,
        scopes=world.identity.scopes_of(asked.app, user),
        auth_event_id=event_id,
        challenge=asked.challenge,
        nonce=asked.nonce,
    )
    return _redirect(
        asked.redirect_uri, code=code.code, scope=" ".join(asked.scopes), state=asked.state
    )


def _redirect(address: str, **parameters: str | None) -> Answer:
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query += [(name, value) for name, value in parameters.items() if value is not None]
    target = urlunsplit(parts._replace(query=urlencode(query)))
    return Answer(302, headers=(("Location", target),))


def _consent_page(world: World, asked: Asked, user: User, fields: Mapping[str, str]) -> Answer:
    page = _PAGES.get_template("consent.html").render(
        app=asked.app,
        user=user,
        organisations=[
            (organisation_id, host.name) for organisation_id, host in world.organisations.items()
        ],
        scopes=[in_words(scope) for scope in asked.scopes],
        hidden=fields,
    )
    return html_answer(page)
