"""Looking: health, audit, outbox and the request log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fauxero.control.arguments import Command, Missing, flag, host, only, whole
from fauxero.outbox import outbox

if TYPE_CHECKING:
    from fauxero.world import World

_CONDITIONS = ("organisation", "method", "path", "status", "since", "api", "refused")
SHOWN_MAX = 10_000


def health(command: Command) -> Any:
    return {
        "status": "ok" if not command.world.failures else "failed",
        "emulator": "fauxero",
        "now": command.world.clock.now().isoformat(),
        "organisations": len(command.world.organisations),
        "requests": command.world.log.totals["all"],
        "late": len(command.world.late),
        "failures": command.world.failures,
    }


def audit(command: Command) -> Any:
    found = command.world.audit()
    return {"ok": not any(found.values()), "organisations": found}


def show_outbox(command: Command) -> Any:
    command.world.remind()
    mails = outbox(command.world)
    return {"count": len(mails), "mails": mails}


def requests(command: Command) -> Any:
    found = list(command.world.log.entries(**_conditions(command.world, command.arguments)))
    shown = found[-SHOWN_MAX:]
    return {
        "count": len(found),
        "last": shown[-1].number if shown else 0,
        "requests": [entry.shown() for entry in shown],
    }


def request_counts(command: Command) -> Any:
    if command.word != "counts":
        raise Missing(f"no /_fauxero/requests/{command.word}")
    return command.world.log.counts(**_conditions(command.world, command.arguments))


def clear_requests(command: Command) -> Any:
    command.world.log.clear()
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
