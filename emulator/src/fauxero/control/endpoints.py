"""`/_fauxero/`: what a tester does to the world. Plain JSON; errors are `{"error": "..."}`."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.control import acting, bookkeeping, observing, staging, webhooks
from fauxero.control.arguments import BadArguments, Command, Missing, only
from fauxero.http.exchange import Answer, Request, json_answer

if TYPE_CHECKING:
    from fauxero.world import World

Handler = Callable[[Command], Any]

# (method, first word, has a second word)
HANDLERS: Mapping[tuple[str, str, bool], Handler] = {
    ("GET", "health", False): observing.health,
    ("GET", "audit", False): observing.audit,
    ("GET", "outbox", False): observing.show_outbox,
    ("GET", "requests", False): observing.requests,
    ("GET", "requests", True): observing.request_counts,
    ("DELETE", "requests", False): observing.clear_requests,
    ("POST", "reset", False): staging.reset,
    ("GET", "organisations", False): staging.organisations,
    ("POST", "organisations", False): staging.add_organisation,
    ("POST", "organisations", True): staging.change_organisation,
    ("POST", "seed", False): staging.add_organisation,
    ("GET", "apps", False): staging.apps,
    ("POST", "apps", False): staging.add_app,
    ("POST", "apps", True): staging.change_app,
    ("GET", "users", False): staging.users,
    ("POST", "users", False): staging.add_user,
    ("GET", "connections", False): staging.connections,
    ("DELETE", "connections", True): staging.disconnect,
    ("POST", "token", False): staging.token,
    ("GET", "settings", False): staging.settings,
    ("POST", "settings", False): staging.change_settings,
    ("GET", "webhooks", False): webhooks.webhooks,
    ("POST", "webhooks", False): webhooks.subscribe,
    ("POST", "webhooks", True): webhooks.send_intent,
    ("DELETE", "webhooks", True): webhooks.unsubscribe,
    ("GET", "snapshots", False): staging.snapshots,
    ("POST", "snapshots", False): staging.take_snapshot,
    ("POST", "restore", False): staging.restore,
    ("GET", "clock", False): acting.clock,
    ("POST", "clock", False): acting.set_clock,
    ("GET", "faults", False): acting.faults,
    ("POST", "faults", False): acting.add_fault,
    ("DELETE", "faults", False): acting.clear_faults,
    ("DELETE", "faults", True): acting.remove_fault,
    ("GET", "acts", False): acting.acts,
    ("POST", "acts", True): acting.act,
}

# Handlers that read no argument at all; every other one names those it takes by itself.
_TAKES_NOTHING: frozenset[Handler] = frozenset(
    {
        observing.health,
        observing.audit,
        observing.show_outbox,
        observing.clear_requests,
        staging.organisations,
        staging.apps,
        staging.users,
        staging.settings,
        staging.disconnect,
        staging.snapshots,
        webhooks.webhooks,
        webhooks.unsubscribe,
        acting.clock,
        acting.faults,
        acting.clear_faults,
        acting.remove_fault,
        acting.acts,
    }
)

# Below organisations/{id}/: (method, third word)
ORGANISATION_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "tax-return"): bookkeeping.show_tax_return,
    ("GET", "statement-lines"): bookkeeping.show_statement_lines,
    ("POST", "reminders"): bookkeeping.set_reminders,
}


def answer_control(world: World, request: Request) -> Answer:
    words = request.segments[1:]
    if not 1 <= len(words) <= 3:
        return _error(404, "no such path; see /_fauxero/health")
    handler = _handler(request.method, words)
    if handler is None:
        known = any(word == words[0] for _, word, _ in HANDLERS)
        return _error(405 if known else 404, f"no {request.method} {request.path}")
    try:
        arguments = _arguments(request)
        if handler in _TAKES_NOTHING:
            only(arguments)
        command = Command(world, arguments, words[1] if len(words) > 1 else "")
        return json_answer(handler(command))
    except Missing as error:
        return _error(404, str(error))
    except BadArguments as error:
        return _error(400, str(error))
    except Exception:
        # A bug of fauxero's: the tester gets a word, whoever runs it the traceback.
        traceback.print_exc(file=sys.stderr)
        world.failures += 1
        return _error(500, "fauxero failed: see its error output")


def _handler(method: str, words: tuple[str, ...]) -> Handler | None:
    match words:
        case ("organisations", _, view):
            return ORGANISATION_HANDLERS.get((method, view))
        case (name,):
            return HANDLERS.get((method, name, False))
        case (name, _):
            return HANDLERS.get((method, name, True))
    return None


def _arguments(request: Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    only(request.query)
    return _body(request)


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body.strip():
        return {}
    try:
        data = json.loads(request.body, parse_float=Decimal)
    except RecursionError:
        raise BadArguments("the body is nested too deeply") from None
    except ValueError as error:
        raise BadArguments(f"the body is not JSON: {error}") from None
    if not isinstance(data, dict):
        raise BadArguments("the body must be a JSON object")
    return data


def _error(status: int, message: str) -> Answer:
    return json_answer({"error": message}, status=status)
