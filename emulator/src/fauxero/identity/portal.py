"""What a person does in the developer portal and among an organisation's connected apps.

Functions without pages: the pages, the control plane and tests call these. Each refusal is a
Problem, whose text is fit for a form. Rules documented; wordings fauxero's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fauxero.identity.caps import CONNECTIONS_MAX
from fauxero.identity.records import App, Connection
from fauxero.identity.redirects import problem_with
from fauxero.identity.scopes import NEW_APP

if TYPE_CHECKING:
    from fauxero.world import World

KINDS: Mapping[str, str] = {
    "web": "Web app",
    "pkce": "Mobile or desktop app",
    "custom": "Custom connection",
}
NAME_LENGTH_MAX = 255


class Problem(ValueError):
    """A form cannot be taken as it is; the text says why."""


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """One line of an organisation's connected apps."""

    connection: Connection
    app_name: str
    user_name: str


def check_name(name: str) -> str:
    """Return a usable app name. Documented: it may not contain the word Xero."""
    name = name.strip()
    if not name:
        raise Problem("An app needs a name.")
    if len(name) > NAME_LENGTH_MAX:
        raise Problem(f"The name may have at most {NAME_LENGTH_MAX} characters.")
    if "xero" in name.lower():
        raise Problem("The name may not contain the word Xero.")
    return name


def check_url(url: str, *, label: str) -> str:
    url = url.strip()
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise Problem(f"{label} must begin with https://")
    return url


def new_app(
    world: World,
    *,
    name: str,
    kind: str,
    company_url: str,
    redirect_uri: str = "",
    organisation_id: str | None = None,
    scopes: Sequence[str] = NEW_APP,
) -> App:
    """Register an app as the form New app does. It has no secret yet, of whatever kind."""
    if kind not in KINDS:
        raise Problem(f"An app is one of {', '.join(KINDS.values())}.")
    if kind == "custom":
        if organisation_id not in world.organisations:
            raise Problem("A custom connection needs one organisation.")
    elif problem := problem_with(redirect_uri.strip()):
        raise Problem(problem)
    app = world.identity.add_app(
        name=check_name(name),
        kind=kind,
        redirect_uris=(redirect_uri.strip(),) if kind != "custom" else (),
        scopes=scopes,
        organisation_id=organisation_id if kind == "custom" else None,
        company_url=check_url(company_url, label="The company or application URL"),
    )
    return world.identity.apps.put(app.id, replace(app, secret=None))


def generate_secret(world: World, app_id: str) -> str:
    """Return a new secret, to be shown once; the one before stops working."""
    if world.identity.apps[app_id].kind == "pkce":
        raise Problem("An app with PKCE has no secret.")
    return world.identity.new_secret(app_id)


def set_redirects(world: World, app_id: str, redirect_uris: Sequence[str]) -> None:
    """Replace an app's redirect addresses, all or none."""
    wanted = tuple(dict.fromkeys(uri.strip() for uri in redirect_uris if uri.strip()))
    if not wanted:
        raise Problem("An app needs a redirect address.")
    for problem in filter(None, map(problem_with, wanted)):
        raise Problem(problem)
    world.identity.set_redirect_uris(app_id, wanted)


def change_app(
    world: World,
    app_id: str,
    *,
    name: str | None = None,
    company_url: str | None = None,
    tier: str | None = None,
    is_certified: bool | None = None,
) -> App:
    """Change what is given. `tier` and `is_certified` are Xero's to grant: here, the tester's."""
    app = world.identity.apps[app_id]
    if name is not None:
        app = replace(app, name=check_name(name))
    if company_url is not None:
        label = "The company or application URL"
        app = replace(app, company_url=check_url(company_url, label=label))
    if tier is not None:
        if tier not in CONNECTIONS_MAX:
            raise Problem(f"A plan is one of {', '.join(CONNECTIONS_MAX)}.")
        app = replace(app, tier=tier)
    if is_certified is not None:
        app = replace(app, is_certified=is_certified)
    return world.identity.apps.put(app_id, app)


def connected_apps(world: World, organisation_id: str) -> list[ConnectedApp]:
    """The apps that reach an organisation, as its own settings list them; oldest first."""
    identity = world.identity
    return [
        ConnectedApp(link, identity.apps[link.app_id].name, identity.users[link.user_id].name)
        for link in identity.connections
        if link.is_connected and link.organisation_id == organisation_id
    ]


def disconnect(world: World, connection_id: str) -> None:
    """End a connection from the organisation's side: the app's next call is answered 403."""
    if connection_id not in world.identity.connections:
        raise Problem("There is no such connection.")
    world.identity.disconnect(connection_id)
