"""Looking: health, audit, outbox and the request log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fauxero.control.arguments import Missing, flag, host, only, whole
from fauxero.outbox import outbox

if TYPE_CHECKING:
    from fauxero.world import World

_CONDITIONS = ("organisation", "method", "path", "status", "since", "api", "refused")
SHOWN_MAX = 10_000


def health(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {
        "status": "ok" if not world.failures else "failed",
        "emulator": "fauxero",
        "now": world.clock.now().isoformat(),
        "organisations": len(world.organisations),
        "requests": world.log.totals["all"],
        "late": len(world.late),
        "failures": world.failures,
    }


def audit(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    found = world.audit()
    return {"ok": not any(found.values()), "organisations": found}


def show_outbox(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    mails = outbox(world)
    return {"count": len(mails), "mails": mails}


def requests(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    found = list(world.log.entries(**_conditions(world, arguments)))
    shown = found[-SHOWN_MAX:]
    return {
        "count": len(found),
        "last": shown[-1].number if shown else 0,
        "requests": [entry.shown() for entry in shown],
    }


def request_counts(world: World, arguments: Mapping[str, Any], word: str) -> Any:
    if word != "counts":
        raise Missing(f"no /_fauxero/requests/{word}")
    return world.log.counts(**_conditions(world, arguments))


def clear_requests(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    world.log.clear()
    return {"cleared": True}


def _conditions(world: World, arguments: Mapping[str, Any]) -> dict[str, Any]:
    only(arguments, *_CONDITIONS)
    return {
        "method": arguments.get("method"),
        "path": arguments.get("path"),
        "organisation_id": host(world, arguments).id if "organisation" in arguments else None,
        "status": whole(arguments, "status"),
        "since": whole(arguments, "since") or 0,
        "api_only": flag(arguments, "api"),
        "refused_only": flag(arguments, "refused"),
    }
