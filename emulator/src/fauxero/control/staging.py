"""Setting the stage: organisations, apps, tokens, settings, snapshots, reset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from fauxero.control.arguments import BadArguments, Missing, flag, host, only, text, whole, words
from fauxero.http.limits import TIERS
from fauxero.identity.records import App
from fauxero.identity.scopes import NEW_APP, OLD_APP, USUAL

if TYPE_CHECKING:
    from fauxero.world import Host, World

_LIMITS = ("concurrent", "minute", "day", "app_minute")


def reset(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    """Begin anew as at the start, or with the organisations named here."""
    only(arguments, "organisations")
    if "organisations" in arguments:
        asked = arguments["organisations"]
        if not isinstance(asked, list) or not all(isinstance(part, dict) for part in asked):
            raise BadArguments("organisations: a list of objects is needed")
        world.opening = tuple(_opening(part) for part in asked)
    world.reset()
    return organisations(world, {}, "")


def organisations(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {"organisations": [_shown(found) for found in world.organisations.values()]}


def add_organisation(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return _shown(world.add_organisation(**_opening(arguments)))


def change_organisation(world: World, arguments: Mapping[str, Any], word: str) -> Any:
    """Change an organisation's limits or its switches for unsure readings of Xero."""
    only(arguments, *_LIMITS, "tier", "switches")
    found = host(world, {"organisation": word})
    limits = _limits(arguments)
    if "tier" in arguments:
        limits.setdefault("day", TIERS[_tier(arguments)])
    world.set_limits(found.id, **limits)
    switches = arguments.get("switches", {})
    try:
        with found.books.transaction():
            found.books.set_switches(**switches)
    except TypeError as error:
        raise BadArguments(f"switches: {error}") from None
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


def apps(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {"apps": [_app(app) for app in world.identity.apps]}


def add_app(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    """Register an app: kind web, pkce or custom (which needs its organisation)."""
    only(arguments, "name", "kind", "redirect_uris", "scopes", "organisation", "broad_scopes")
    kind = text(arguments, "kind", "web")
    if kind not in ("web", "pkce", "custom"):
        raise BadArguments("kind: may be web, pkce or custom")
    known = OLD_APP if flag(arguments, "broad_scopes") else NEW_APP
    scopes = words(arguments, "scopes", known)
    if not set(scopes) <= set(known):
        raise BadArguments(f"scopes: unknown {sorted(set(scopes) - set(known))[0]}")
    app = world.identity.add_app(
        name=text(arguments, "name", "An app"),
        kind=kind,
        redirect_uris=words(arguments, "redirect_uris", ()),
        scopes=scopes,
        organisation_id=host(world, arguments).id if kind == "custom" else None,
    )
    return _app(app)


def _app(app: App) -> dict[str, Any]:
    return {
        "client_id": app.id,
        "client_secret": app.secret,
        "name": app.name,
        "kind": app.kind,
        "redirect_uris": list(app.redirect_uris),
        "scopes": list(app.scopes),
    }


def token(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    """Give tokens for an organisation without the consent page."""
    only(arguments, "organisation", "scopes", "client_id", "user")
    app = None
    if "client_id" in arguments:
        app = world.identity.apps.get(text(arguments, "client_id"))
        if app is None:
            raise Missing("client_id: there is no such app")
    scopes = words(arguments, "scopes", USUAL)
    unknown = set(scopes) - set(OLD_APP)
    if unknown:
        raise BadArguments(f"scopes: unknown {sorted(unknown)[0]}")
    user = text(arguments, "user") if "user" in arguments else None
    return world.tester_token(host(world, arguments).id, scopes=scopes, app=app, email=user)


def settings(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return asdict(world.settings)


def change_settings(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    only(arguments, *asdict(world.settings))
    try:
        world.settings = replace(world.settings, **arguments)
    except ValueError as error:
        raise BadArguments(str(error)) from None
    return asdict(world.settings)


def snapshots(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {"snapshots": list(world.snapshots)}


def take_snapshot(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    only(arguments, "name")
    name = text(arguments, "name", "default")
    world.snapshots[name] = world.snapshot()
    return {"name": name}


def restore(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    only(arguments, "name")
    name = text(arguments, "name", "default")
    if name not in world.snapshots:
        raise Missing(f"name: there is no snapshot {name!r}")
    world.restore(world.snapshots[name])
    return {"name": name}
