"""Which resource a path below the API root means. Paths are read in any case, as Xero does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from fauxero.accounting.resource import NotFound, NotModelled, Resource
from fauxero.accounting.resources import (
    ORGANISATION_ACTIONS,
    REMINDER_SETTINGS,
    REPORTS,
    RESOURCES,
    SUB_RESOURCES,
)
from fauxero.http.nesting import nested, report
from fauxero.http.rooms import Room, is_room

ROOT = ("api.xro", "2.0")

# Collections that Xero has and fauxero does not: answered 501, never 404.
UNMODELLED = frozenset(
    "attachments budgets employees expenseClaims invoiceReminders paymentServices purchaseOrders "
    "receipts reports setup".lower().split()
)


@dataclass(frozen=True, slots=True)
class Route:
    """A resource, and the key of one element where the path ends in one."""

    resource: Resource
    key: str | None = None


def is_api(segments: tuple[str, ...]) -> bool:
    return tuple(part.lower() for part in segments[:2]) == ROOT


def find(segments: tuple[str, ...], method: str) -> Route:
    """Return the route of a path. Raises NotFound or NotModelled."""
    parts = segments[2:]
    route = _route(parts)
    if method not in route.resource.methods:
        raise NotModelled(f"{method} {'/'.join(parts)}")
    return route


def _route(parts: tuple[str, ...]) -> Route:
    lower = tuple(part.lower() for part in parts)
    match lower:
        case ("organisation" | "organisations", "actions"):
            return Route(nested(ORGANISATION_ACTIONS, ""))
        case ("invoicereminders", "settings"):
            return Route(nested(REMINDER_SETTINGS, ""))
        case ("reports", name) if name in REPORTS:
            return Route(report(name))
        case (name,) if name in RESOURCES:
            return Route(RESOURCES[name])
        case (name, _) if name in RESOURCES:
            return Route(RESOURCES[name], parts[1])
        case (name, _, sub) if (name, sub) in SUB_RESOURCES:
            return Route(nested(SUB_RESOURCES[name, sub], parts[1]))
        case (name, _, sub, _) if (name, sub) in SUB_RESOURCES:
            return Route(nested(SUB_RESOURCES[name, sub], parts[1]), parts[3])
        case (name, _, kind, *rest) if name in RESOURCES and is_room(name, kind, tuple(rest)):
            return Route(_room(name, kind, parts))
        case (name, *_) if name in RESOURCES or name in UNMODELLED:
            raise NotModelled("/".join(parts))
    raise NotFound("/".join(parts))


def _room(name: str, kind: str, parts: tuple[str, ...]) -> Resource:
    # A name with a slash in it arrives as more segments: one name again, for its room to refuse.
    return cast(Resource, Room(kind, name, RESOURCES[name], parts[1], "/".join(parts[3:])))
