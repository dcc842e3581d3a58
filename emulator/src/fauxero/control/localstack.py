"""The three paths of localstack-xero's own, for tests that were written against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fauxero.accounting.resource import ListQuery
from fauxero.accounting.resources import RESOURCES
from fauxero.http.codec import plain
from fauxero.http.exchange import Answer, Request, json_answer

if TYPE_CHECKING:
    from fauxero.world import World

PREFIX = "/_xero"
_COLLECTIONS = {
    "contacts": "contacts",
    "invoices": "invoices",
    "payments": "payments",
    "credit_notes": "creditnotes",
}


def answer_localstack(world: World, request: Request) -> Answer:
    match (request.method, request.path.rstrip("/")):
        case ("GET", "/_xero/health"):
            return json_answer({"status": "ok", "service": "fauxero"})
        case ("POST", "/_xero/reset"):
            world.reset()
            return json_answer({"status": "ok", "message": "reset"})
        case ("GET", "/_xero/state"):
            return json_answer(_state(world))
    return json_answer({"error": f"no {request.method} {request.path}"}, status=404)


def _state(world: World) -> dict[str, Any]:
    """The first organisation, and all that it holds of the four kinds localstack-xero knows."""
    host = next(iter(world.organisations.values()), None)
    if host is None:
        return {"tenant": None} | {name: [] for name in _COLLECTIONS}
    found: dict[str, Any] = {"tenant": {"tenantId": host.id, "tenantName": host.name}}
    everything = ListQuery(include_archived=True)
    for name, key in _COLLECTIONS.items():
        found[name] = plain(RESOURCES[key].read_list(host.books, everything).rows)
    return found
