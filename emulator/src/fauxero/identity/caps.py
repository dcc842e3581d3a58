"""How many organisations an app, and how many apps an organisation, may have connected.

Documented (pricing since 2 March 2026, limits page); what a person is shown when a cap is hit is
not, so the words are fauxero's. Off unless the setting `connection_caps` is on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from fauxero.identity.records import App

if TYPE_CHECKING:
    from fauxero.world import World

CONNECTIONS_MAX: Mapping[str, int | None] = {
    "starter": 5,
    "core": 50,
    "plus": 1_000,
    "advanced": 10_000,
    "enterprise": None,
}
UNCERTIFIED_APPS_MAX = 2


def cap_problem(world: World, app: App, organisation_ids: Collection[str]) -> str | None:
    """Return why these organisations may not all be connected to the app, or None."""
    if not world.settings.connection_caps:
        return None
    connected = {link.organisation_id for link in world.identity.connections_of(app.id)}
    most = CONNECTIONS_MAX[app.tier]
    if most is not None and len(connected | set(organisation_ids)) > most:
        return f"{app.name} has reached the {most} connections of its plan ({app.tier})."
    # A custom connection is exempt: it is one organisation's own.
    if app.is_certified or app.kind == "custom":
        return None
    for organisation_id in set(organisation_ids) - connected:
        if len(_uncertified_apps(world, organisation_id)) >= UNCERTIFIED_APPS_MAX:
            name = world.organisations[organisation_id].name
            return f"{name} has {UNCERTIFIED_APPS_MAX} uncertified apps connected already."
    return None


def _uncertified_apps(world: World, organisation_id: str) -> set[str]:
    apps = world.identity.apps
    return {
        link.app_id
        for link in world.identity.connections
        if link.is_connected
        and link.organisation_id == organisation_id
        and not apps[link.app_id].is_certified
        and apps[link.app_id].kind != "custom"
    }
