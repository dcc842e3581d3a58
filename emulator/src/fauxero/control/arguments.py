"""Reading the arguments of a control call, with a clear word about a wrong one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fauxero.world import Host, World


@dataclass(frozen=True, slots=True)
class Command:
    """One control call: its body (for GET: its query), and the second word of its path."""

    world: World
    arguments: Mapping[str, Any]
    word: str


class BadArguments(ValueError):
    """An argument is missing, unknown or of the wrong type: 400."""


class Missing(LookupError):
    """What the call names does not exist: 404."""


def only(arguments: Mapping[str, Any], *names: str) -> None:
    for name in arguments:
        if name not in names:
            raise BadArguments(f"{name}: unknown; known are {', '.join(names) or 'none'}")


def text(arguments: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = arguments.get(name, default)
    if not isinstance(value, str) or not value:
        raise BadArguments(f"{name}: a text is needed")
    return value


def number(arguments: Mapping[str, Any], name: str) -> float | None:
    value = arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadArguments(f"{name}: a number is needed")
    if not math.isfinite(float(value)):
        raise BadArguments(f"{name}: a finite number is needed")
    return float(value)


def whole(arguments: Mapping[str, Any], name: str) -> int | None:
    """A whole number, also from a query string."""
    value = arguments.get(name)
    if value is None:
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BadArguments(f"{name}: a whole number is needed") from None


def flag(arguments: Mapping[str, Any], name: str) -> bool:
    value = arguments.get(name, False)
    if isinstance(value, str):
        return value.lower() in ("1", "true", "yes")
    if not isinstance(value, bool):
        raise BadArguments(f"{name}: true or false is needed")
    return value


def words(arguments: Mapping[str, Any], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """A list of texts, or one text with spaces between."""
    value = arguments.get(name)
    if value is None:
        return default
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise BadArguments(f"{name}: a list of texts is needed")


def instant(arguments: Mapping[str, Any], name: str) -> datetime | None:
    value = arguments.get(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadArguments(f"{name}: an instant is needed, e.g. 2026-03-01T09:00:00Z") from None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise BadArguments(f"{name}: lies outside the calendar") from None


def host(world: World, arguments: Mapping[str, Any], name: str = "organisation") -> Host:
    """The organisation that `name` names by id, name or template; the only one when left out."""
    wanted = arguments.get(name)
    if wanted is None and len(world.organisations) == 1:
        return next(iter(world.organisations.values()))
    if not isinstance(wanted, str):
        raise BadArguments(f"{name}: say which organisation")
    try:
        return world.organisation(wanted)
    except KeyError:
        raise Missing(f"{name}: there is no organisation {wanted!r}") from None
