"""Acting on the world: time, faults, and what a bookkeeper does in Xero's own pages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.resource import NotFound, RequestRefused
from fauxero.clock import OutOfTime
from fauxero.control.arguments import BadArguments, Command, Missing, host, instant, number, only
from fauxero.faults import ACTIONS, RULE_FIELDS, BadFault
from fauxero.http import codec


def clock(command: Command) -> Any:
    return {"now": command.world.clock.now().isoformat(), "speed": command.world.clock.speed}


def set_clock(command: Command) -> Any:
    """Set the clock `at`, `advance` it by seconds, give it a `speed` (0 stands still)."""
    only(command.arguments, "at", "advance", "speed")
    speed, seconds = number(command.arguments, "speed"), number(command.arguments, "advance")
    if speed is not None and speed < 0:
        raise BadArguments("speed: may not be negative")
    try:
        if speed is not None or "at" in command.arguments:
            command.world.set_clock(instant(command.arguments, "at"), speed=speed)
        if seconds is not None:
            command.world.advance(seconds)
    except OutOfTime as error:
        raise BadArguments(str(error)) from None
    return clock(command)


def faults(command: Command) -> Any:
    return {"rules": command.world.faults.listed(), "actions": dict(ACTIONS)}


def add_fault(command: Command) -> Any:
    only(command.arguments, "action", *RULE_FIELDS)
    how = {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in command.arguments.items()
    }
    action = how.pop("action", None)
    if not isinstance(action, str):
        raise BadArguments("action: a text is needed")
    try:
        return asdict(command.world.faults.add(action, **how))
    except BadFault as error:
        raise BadArguments(str(error)) from None


def clear_faults(command: Command) -> Any:
    command.world.faults.clear()
    return {"cleared": True}


def remove_fault(command: Command) -> Any:
    if not command.world.faults.remove(command.word):
        raise Missing(f"there is no fault {command.word}")
    return {"removed": command.word}


def acts(_: Command) -> Any:
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


# By the annotations that acts are written with; amounts are theirs to read.
_FITS: Mapping[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "str | None": lambda value: value is None or isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: type(value) is int,
    "int | None": lambda value: value is None or type(value) is int,
    "Lines": lambda value: _is_list_of(value, dict),
    "Lines | None": lambda value: value is None or _is_list_of(value, dict),
    "Sequence[Mapping[str, Any]]": lambda value: _is_list_of(value, dict),
    "Sequence[str]": lambda value: _is_list_of(value, str),
}


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(part, kind) for part in value)


def _check_types(function: Callable[..., Any], given: Mapping[str, Any]) -> None:
    parameters = inspect.signature(function).parameters
    for name, value in given.items():
        wanted = str(parameters[name].annotation) if name in parameters else ""
        if wanted in _FITS and not _FITS[wanted](value):
            raise BadArguments(f"{name}: does not fit {wanted}")


def act(command: Command) -> Any:
    """Do what a bookkeeper does, all or nothing; return what the act says."""
    function = ACTS.get(command.word)
    if function is None:
        raise Missing(f"there is no act {command.word!r}; see GET /_fauxero/acts")
    found = host(command.world, command.arguments)
    given = {name: value for name, value in command.arguments.items() if name != "organisation"}
    parameters = inspect.signature(function).parameters
    if not any(part.kind is inspect.Parameter.VAR_KEYWORD for part in parameters.values()):
        only(given, *(name for name in parameters if name != "books"))
    command.world.remind()
    command.world.remember_past(found)
    try:
        inspect.signature(function).bind(found.books, **given)
        _check_types(function, given)
        with found.books.transaction():
            result = function(found.books, **given)
    except NotFound as error:
        raise Missing(str(error)) from None
    except (RequestRefused, TypeError, ValueError) as error:
        raise BadArguments(f"{command.word}: {error}") from None
    return {"act": command.word, "result": codec.plain(result)}
