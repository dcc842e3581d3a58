"""`/identity/connect/authorize`: the page on which a person lets an app into their books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import jinja2

from fauxero.http.exchange import Answer, Request, Trace, html_answer
from fauxero.identity.caps import cap_problem
from fauxero.identity.records import App, User
from fauxero.identity.scopes import APP_CONNECTIONS, OLD_APP, in_words, live
from fauxero.identity.sessions import signed_in

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
    is_bulk: bool  # several organisations may be picked in one consent


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
        asked = checked(world, fields)
        trace.app_id = asked.app.id
        user = consenting_user(world, request, fields)
        if request.method == "POST":
            picked = [value for name, value in request.form_fields if name == "organisation"]
            return decided(world, asked, user, picked, is_allowed=fields.get("decision") == "allow")
        if world.settings.auto_approve:
            return approved(world, asked, user, _named(world, user, fields))
        return _consent_page(world, asked, user, fields, request)
    except Unanswerable as error:
        trace.reason = str(error)
        return html_answer(_PAGES.get_template("error.html").render(error=error), status=400)
    except SentBack as error:
        trace.reason = error.error
        return _redirect(error.redirect_uri, error=error.error, state=error.state)


def consenting_user(world: World, request: Request, fields: Mapping[str, str]) -> User:
    """Who gives the consent: `fauxero_user` (an id or e-mail address), who is signed in, or
    else the demo user."""
    named = fields.get("fauxero_user")
    if not named:
        return signed_in(world, request) or world.demo_user
    user = world.identity.user_named(named)
    if user is None:
        raise Unanswerable(f"There is no user {named}.")
    return user


def organisations_of(world: World, user: User) -> list[tuple[str, str]]:
    """The (id, name) of every organisation that this user may let an app into."""
    return [(key, host.name) for key, host in world.organisations.items() if user.may_connect(key)]


def _named(world: World, user: User, fields: Mapping[str, str]) -> tuple[str, ...]:
    """Without a person: the organisations in `fauxero_organisation`, or the first there is."""
    named = fields.get("fauxero_organisation")
    if named:
        return tuple(part.strip() for part in named.split(",") if part.strip())
    return tuple(key for key, _ in organisations_of(world, user)[:1]) or ("",)


def _plain_query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.query_string, keep_blank_values=True))


def checked(world: World, fields: Mapping[str, str]) -> Asked:
    """Return what an app asks for. Raises Unanswerable or SentBack."""
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
    if APP_CONNECTIONS in scopes:
        raise sent_back("access_denied")
    on_offer = set(live(app.scopes, world.clock.now())) & set(OLD_APP)
    if not scopes or not set(scopes) <= on_offer:
        raise sent_back("invalid_scope")
    challenge = fields.get("code_challenge")
    if challenge and fields.get("code_challenge_method") != "S256":
        raise sent_back("invalid_request")
    if app.kind == "pkce" and not challenge:
        raise sent_back("invalid_request")
    is_bulk = "bulk_connect:false" not in fields.get("acr_values", "")
    nonce = fields.get("nonce")
    return Asked(app, redirect_uri, scopes, state, challenge or None, nonce, is_bulk)


def decided(
    world: World, asked: Asked, user: User, picked: Sequence[str], *, is_allowed: bool
) -> Answer:
    """Send the app what a person decided: a code, or access_denied."""
    if not is_allowed:
        raise SentBack("access_denied", redirect_uri=asked.redirect_uri, state=asked.state)
    return approved(world, asked, user, tuple(picked) if asked.is_bulk else tuple(picked[:1]))


def approved(world: World, asked: Asked, user: User, organisation_ids: tuple[str, ...]) -> Answer:
    """Connect the organisations and send the app its code. Raises Unanswerable."""
    if not organisation_ids:
        raise Unanswerable("Choose an organisation.")
    allowed = {key for key, _ in organisations_of(world, user)}
    if not set(organisation_ids) <= allowed:
        raise Unanswerable("There is no such organisation.")
    if problem := cap_problem(world, asked.app, organisation_ids):
        raise Unanswerable(problem)
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


def _consent_page(
    world: World, asked: Asked, user: User, fields: Mapping[str, str], request: Request
) -> Answer:
    page = _PAGES.get_template("consent.html").render(
        app=asked.app,
        user=user,
        organisations=organisations_of(world, user),
        is_bulk=asked.is_bulk,
        scopes=[in_words(scope) for scope in asked.scopes],
        hidden=fields,
        here=f"{request.path}?{request.query_string}",
    )
    return html_answer(page)
