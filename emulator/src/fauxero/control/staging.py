"""Setting the stage: organisations, apps, tokens, settings, snapshots, reset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from fauxero.accounting.books import BadSwitch
from fauxero.control.arguments import (
    BadArguments,
    Command,
    Missing,
    flag,
    host,
    only,
    text,
    whole,
    words,
)
from fauxero.http.limits import TIERS
from fauxero.identity import portal
from fauxero.identity.records import App, User
from fauxero.identity.redirects import problem_with
from fauxero.identity.scopes import NEW_APP, OLD_APP, USUAL

if TYPE_CHECKING:
    from fauxero.world import Host

_LIMITS = ("concurrent", "minute", "day", "app_minute")


def reset(command: Command) -> Any:
    """Begin anew as at the start, or with the organisations named here."""
    only(command.arguments, "organisations")
    if "organisations" in command.arguments:
        asked = command.arguments["organisations"]
        if not isinstance(asked, list) or not all(isinstance(part, dict) for part in asked):
            raise BadArguments("organisations: a list of objects is needed")
        command.world.begin_with([_opening(part) for part in asked])
    else:
        command.world.reset()
    return organisations(command)


def organisations(command: Command) -> Any:
    return {"organisations": [_shown(found) for found in command.world.organisations.values()]}


def add_organisation(command: Command) -> Any:
    return _shown(command.world.add_organisation(**_opening(command.arguments)))


def change_organisation(command: Command) -> Any:
    """Change an organisation's limits or its switches for unsure readings of Xero."""
    only(command.arguments, *_LIMITS, "tier", "switches")
    found = host(command.world, {"organisation": command.word})
    limits = _limits(command.arguments)
    if "tier" in command.arguments:
        limits.setdefault("day", TIERS[_tier(command.arguments)])
    switches = command.arguments.get("switches", {})
    if not isinstance(switches, dict):
        raise BadArguments("switches: an object is needed")
    try:
        with found.books.transaction():
            found.books.set_switches(**switches)
    except BadSwitch as error:
        raise BadArguments(f"switches: {error}") from None
    command.world.set_limits(found.id, **limits)
    return _shown(found)


def _opening(arguments: Mapping[str, Any]) -> dict[str, Any]:
    only(arguments, "template", "name", "history", "tier", *_LIMITS)
    template = text(arguments, "template", "uk")
    if template not in ("uk", "au", "nz", "us"):
        raise BadArguments("template: may be uk, au, nz or us")
    name = text(arguments, "name") if "name" in arguments else None
    return {
        "template": template,
        "name": name,
        "history": flag(arguments, "history"),
        "tier": _tier(arguments),
        **_limits(arguments),
    }


def _tier(arguments: Mapping[str, Any]) -> str:
    tier = text(arguments, "tier", "core")
    if tier not in TIERS:
        raise BadArguments(f"tier: may be {', '.join(TIERS)}")
    return tier


def _limits(arguments: Mapping[str, Any]) -> dict[str, int]:
    limits = {name: whole(arguments, name) for name in _LIMITS if name in arguments}
    if any(value is None or value < 1 for value in limits.values()):
        raise BadArguments("limits start at 1")
    return {name: value for name, value in limits.items() if value is not None}


def _shown(found: Host) -> dict[str, Any]:
    return {
        "organisation_id": found.id,
        "name": found.name,
        "template": found.registration.template,
        "limits": asdict(found.limits),
        "switches": asdict(found.books.switches),
    }


def apps(command: Command) -> Any:
    return {"apps": [_app(app) for app in command.world.identity.apps]}


def add_app(command: Command) -> Any:
    """Register an app: kind web, pkce or custom (which needs its organisation)."""
    given = command.arguments
    only(given, "name", "kind", "redirect_uris", "scopes", "organisation", "broad_scopes")
    kind = text(given, "kind", "web")
    if kind not in ("web", "pkce", "custom"):
        raise BadArguments("kind: may be web, pkce or custom")
    known = OLD_APP if flag(given, "broad_scopes") else NEW_APP
    scopes = words(given, "scopes", known)
    if not set(scopes) <= set(known):
        raise BadArguments(f"scopes: unknown {sorted(set(scopes) - set(known))[0]}")
    redirect_uris = words(given, "redirect_uris", ())
    for problem in filter(None, map(problem_with, redirect_uris)):
        raise BadArguments(f"redirect_uris: {problem}")
    try:
        name = portal.check_name(text(given, "name", "An app"))
    except portal.Problem as error:
        raise BadArguments(f"name: {error}") from None
    app = command.world.identity.add_app(
        name=name,
        kind=kind,
        redirect_uris=redirect_uris,
        scopes=scopes,
        organisation_id=host(command.world, given).id if kind == "custom" else None,
    )
    return _app(app)


def change_app(command: Command) -> Any:
    """Change an app's name, plan, certification or redirect addresses; or renew its secret."""
    known = ("name", "company_url", "tier", "is_certified", "redirect_uris", "new_secret")
    only(command.arguments, *known)
    world, app_id = command.world, command.word
    if app_id not in world.identity.apps:
        raise Missing(f"there is no app {app_id}")
    given = dict(command.arguments)
    redirect_uris = given.pop("redirect_uris", None)
    is_new_secret = flag(given, "new_secret")
    given.pop("new_secret", None)
    try:
        portal.change_app(world, app_id, **given)
        if redirect_uris is not None:
            portal.set_redirects(world, app_id, words(command.arguments, "redirect_uris", ()))
        if is_new_secret:
            portal.generate_secret(world, app_id)
    except (portal.Problem, AttributeError, TypeError) as error:
        raise BadArguments(str(error)) from None
    return _app(world.identity.apps[app_id])


def users(command: Command) -> Any:
    return {"users": [_user(user) for user in command.world.identity.users]}


def add_user(command: Command) -> Any:
    """A person who can sign in; `organisations` narrows what they may let apps into."""
    only(command.arguments, "email", "name", "organisations")
    names = command.arguments.get("organisations", [])
    if not isinstance(names, list):
        raise BadArguments("organisations: a list is needed")
    user = command.world.identity.add_user(
        email=text(command.arguments, "email"),
        name=text(command.arguments, "name", "Test User"),
        organisation_ids=[host(command.world, {"organisation": name}).id for name in names],
    )
    return _user(user)


def _user(user: User) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "email": user.email,
        "name": user.name,
        "organisations": list(user.organisation_ids),
    }


def connections(command: Command) -> Any:
    """The apps connected to an organisation, as its own settings list them."""
    only(command.arguments, "organisation")
    found = host(command.world, command.arguments)
    return {
        "connections": [
            {
                "id": line.connection.id,
                "client_id": line.connection.app_id,
                "app": line.app_name,
                "user": line.user_name,
            }
            for line in portal.connected_apps(command.world, found.id)
        ]
    }


def disconnect(command: Command) -> Any:
    try:
        portal.disconnect(command.world, command.word)
    except portal.Problem as error:
        raise Missing(str(error)) from None
    return {"disconnected": command.word}


def _app(app: App) -> dict[str, Any]:
    return {
        "client_id": app.id,
        "client_secret": app.secret,
        "name": app.name,
        "kind": app.kind,
        "redirect_uris": list(app.redirect_uris),
        "scopes": list(app.scopes),
        "company_url": app.company_url,
        "tier": app.tier,
        "is_certified": app.is_certified,
    }


def token(command: Command) -> Any:
    """Give tokens for an organisation without the consent page."""
    only(command.arguments, "organisation", "scopes", "client_id", "user")
    app = None
    if "client_id" in command.arguments:
        app = command.world.identity.apps.get(text(command.arguments, "client_id"))
        if app is None:
            raise Missing("client_id: there is no such app")
    scopes = words(command.arguments, "scopes", USUAL)
    unknown = set(scopes) - set(OLD_APP)
    if unknown:
        raise BadArguments(f"scopes: unknown {sorted(unknown)[0]}")
    user = text(command.arguments, "user") if "user" in command.arguments else None
    found = host(command.world, command.arguments)
    return command.world.tester_token(found.id, scopes=scopes, app=app, email=user)


def settings(command: Command) -> Any:
    return asdict(command.world.settings)


def change_settings(command: Command) -> Any:
    only(command.arguments, *asdict(command.world.settings))
    try:
        command.world.settings = replace(command.world.settings, **command.arguments)
    except ValueError as error:
        raise BadArguments(str(error)) from None
    return asdict(command.world.settings)


def snapshots(command: Command) -> Any:
    return {"snapshots": list(command.world.snapshots)}


def take_snapshot(command: Command) -> Any:
    only(command.arguments, "name")
    name = text(command.arguments, "name", "default")
    command.world.snapshots[name] = command.world.snapshot()
    return {"name": name}


def restore(command: Command) -> Any:
    only(command.arguments, "name")
    name = text(command.arguments, "name", "default")
    if name not in command.world.snapshots:
        raise Missing(f"name: there is no snapshot {name!r}")
    command.world.restore(command.world.snapshots[name])
    return {"name": name}
