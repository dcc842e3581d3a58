"""Webhooks as a tester sees and sets them; the portal's page does the same by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fauxero.control.arguments import BadArguments, Command, Missing, only, text, words
from fauxero.webhooks.desk import Problem
from fauxero.webhooks.records import CATEGORIES, Attempt, Subscription
from fauxero.webhooks.sender import check_address

if TYPE_CHECKING:
    from fauxero.world import World


def webhooks(command: Command) -> Any:
    """Every subscription with what waits for it, what was tried, and whom Xero has mailed."""
    desk = command.world.webhooks
    return {
        "webhooks": [_shown(command.world, found) for found in desk.subscriptions],
        "notices": list(desk.notices),
        "categories": list(CATEGORIES),
    }


def subscribe(command: Command) -> Any:
    """Set an app's webhook; the intent to receive is asked for at once."""
    only(command.arguments, "client_id", "url", "categories", "key")
    world = command.world
    app_id = text(command.arguments, "client_id", world.demo_app.id)
    if app_id not in world.identity.apps:
        raise Missing("client_id: there is no such app")
    key = text(command.arguments, "key") if "key" in command.arguments else None
    categories = words(command.arguments, "categories", tuple(CATEGORIES))
    try:
        url = check_address(
            text(command.arguments, "url"), allowed_hosts=world.settings.webhook_hosts
        )
        found = world.webhooks.subscribe(app_id=app_id, url=url, categories=categories, key=key)
    except Problem as error:
        raise BadArguments(str(error)) from None
    return _shown(world, found)


def send_intent(command: Command) -> Any:
    """Ask again for the intent to receive, as after a webhook was disabled."""
    only(command.arguments)
    _there(command)
    return _shown(command.world, command.world.webhooks.send_intent(command.word))


def unsubscribe(command: Command) -> Any:
    _there(command)
    command.world.webhooks.unsubscribe(command.word)
    return {"removed": command.word}


def _there(command: Command) -> None:
    if command.word not in command.world.webhooks.subscriptions:
        raise Missing(f"app {command.word} has no webhook")


def _shown(world: World, found: Subscription) -> dict[str, Any]:
    desk = world.webhooks
    waiting = list(desk.events_of(found.app_id))
    return {
        "client_id": found.app_id,
        "url": found.url,
        "key": found.key,
        "categories": list(found.categories),
        "status": found.status,
        "intent_awaited": found.wants_intent,
        "last_sequence": found.sequence,
        "undelivered": len(waiting),
        "failing_since": found.failing_since.isoformat() if found.failing_since else None,
        "next_attempt_at": found.next_at.isoformat() if found.next_at else None,
        "attempts": [_attempt(part) for part in desk.attempts if part.app_id == found.app_id],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return asdict(attempt) | {"at": attempt.at.isoformat()}
