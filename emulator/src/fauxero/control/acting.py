"""Acting on the world: time, faults, and what a bookkeeper does in Xero's own pages."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.resource import NotFound, RequestRefused
from fauxero.control.arguments import BadArguments, Missing, host, instant, number, only, text
from fauxero.faults import ACTIONS, BadFault
from fauxero.http import codec

if TYPE_CHECKING:
    from fauxero.world import World


def clock(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {"now": world.clock.now().isoformat(), "speed": world.clock.speed}


def set_clock(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    """Set the clock `at`, `advance` it by seconds, give it a `speed` (0 stands still)."""
    only(arguments, "at", "advance", "speed")
    speed, seconds = number(arguments, "speed"), number(arguments, "advance")
    if speed is not None and speed < 0:
        raise BadArguments("speed: may not be negative")
    if speed is not None or "at" in arguments:
        world.set_clock(instant(arguments, "at"), speed=speed)
    if seconds is not None:
        world.advance(seconds)
    return clock(world, {}, "")


def faults(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    return {"rules": world.faults.listed(), "actions": dict(ACTIONS)}


def add_fault(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    how = dict(arguments)
    action = how.pop("action", None)
    if not isinstance(action, str):
        raise BadArguments("action: a text is needed")
    try:
        return asdict(world.faults.add(action, **how))
    except BadFault as error:
        raise BadArguments(str(error)) from None


def clear_faults(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    world.faults.clear()
    return {"cleared": True}


def remove_fault(world: World, arguments: Mapping[str, Any], word: str) -> Any:
    if not world.faults.remove(word):
        raise Missing(f"there is no fault {word}")
    return {"removed": word}


def acts(world: World, arguments: Mapping[str, Any], _: str) -> Any:
    """Every act with its arguments and what it does."""
    return {
        "acts": {
            name: {
                "arguments": [p for p in inspect.signature(act_).parameters if p != "books"],
                "does": (inspect.getdoc(act_) or "").partition("\n")[0],
            }
            for name, act_ in ACTS.items()
        }
    }


def act(world: World, arguments: Mapping[str, Any], word: str) -> Any:
    """Do what a bookkeeper does, all or nothing; return what the act says."""
    function = ACTS.get(word)
    if function is None:
        raise Missing(f"there is no act {word!r}; see GET /_fauxero/acts")
    text(arguments, "organisation", "the only one")
    found = host(world, arguments)
    given = {name: value for name, value in arguments.items() if name != "organisation"}
    if world.faults.lists_lag:
        world.remember_past(found)
    try:
        inspect.signature(function).bind(found.books, **given)
        with found.books.transaction():
            result = function(found.books, **given)
    except NotFound as error:
        raise Missing(str(error)) from None
    except (RequestRefused, TypeError, ValueError) as error:
        raise BadArguments(f"{word}: {error}") from None
    return {"act": word, "result": codec.plain(result)}
