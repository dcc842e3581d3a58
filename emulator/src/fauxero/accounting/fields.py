"""Read typed values from a request element. A wrong type is BadPostData, as at Xero's door.

Absent and null are the same: Xero's own deserialiser leaves both as null. Every function
returns None for them.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from fauxero.accounting.resource import ZERO_ID, BadPostData, Element

QUOTED_MAX = 80
_NUMBER_MAX = Decimal("1e15")
_SHORT = 10**15
_XERO_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")
_is_guid = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch


def refuse(name: str, value: object, wanted: str) -> BadPostData:
    return BadPostData(f"Error converting value {quoted(value)} to type '{wanted}'. Path '{name}'.")


def quoted(value: object) -> str:
    """The beginning of a value as it was sent: a client may send ten megabytes of it."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= QUOTED_MAX else f"{text[:QUOTED_MAX]}…"


def text(element: Element, name: str) -> str | None:
    value = element.get(name)
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    raise refuse(name, value, "System.String")


def number(element: Element, name: str) -> Decimal | None:
    value = element.get(name)
    if value is None:
        return None
    if type(value) is int and -_SHORT < value < _SHORT:
        return Decimal(value)
    if type(value) is Decimal:
        found = value
    elif type(value) is int:
        found = Decimal(value)
    elif isinstance(value, str) and value.strip():
        try:
            found = Decimal(value.strip())
        except InvalidOperation:
            raise refuse(name, value, "System.Nullable`1[System.Decimal]") from None
    else:
        raise refuse(name, value, "System.Nullable`1[System.Decimal]")
    if not found.is_finite() or abs(found) >= _NUMBER_MAX:
        raise refuse(name, value, "System.Nullable`1[System.Decimal]")
    return found


def flag(element: Element, name: str) -> bool | None:
    value = element.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise refuse(name, value, "System.Nullable`1[System.Boolean]")


def day(element: Element, name: str) -> date | None:
    """A calendar day; the time of day and any zone are cut off, never converted.

    Xero: documented (Requests and responses: YYYY-MM-DD, ISO date-times and /Date()/ are taken).
    """
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found = parse_day(value)
        if found is not None:
            return found
    elif isinstance(value, datetime):
        return value.date()
    elif isinstance(value, date):
        return value
    raise refuse(name, value, "System.Nullable`1[System.DateTime]")


def parse_day(value: str) -> date | None:
    """Return the day `value` writes in one of Xero's three forms, or None."""
    try:
        if len(value) == 10 and value[4] == value[7] == "-":  # by far the most
            return date.fromisoformat(value)
        if match := _ISO_DATE.match(value):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _XERO_DATE.match(value):
            return datetime.fromtimestamp(int(match[1]) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):  # a form we know with an impossible value
        return None
    return None


def guid(element: Element, name: str) -> str | None:
    """A uuid in lower case; the zero id and an empty text count as absent."""
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        found = parse_guid(value)
        if found is not None:
            return None if found == ZERO_ID else found
    raise refuse(name, value, "System.Guid")


def parse_guid(value: str) -> str | None:
    lowered = value.strip().lower()
    if _is_guid(lowered):
        return lowered
    try:
        return str(uuid.UUID(value.strip()))
    except ValueError:
        return None


def choice(element: Element, name: str, allowed: Sequence[str]) -> str | None:
    """One of `allowed`, in any case."""
    value = element.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if value in allowed:
            return value
        lowered = value.lower()
        for known in allowed:
            if lowered == known.lower():
                return known
    raise refuse(name, value, f"Xero.Api.{name}")


def nested(element: Element, name: str) -> Element | None:
    value = element.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise refuse(name, value, f"Xero.Api.{name}")


def many(element: Element, name: str) -> list[Element] | None:
    value = element.get(name)
    if value is None:
        return None
    if isinstance(value, list):
        for part in value:
            if not isinstance(part, dict):
                break
        else:
            return value
    raise refuse(name, value, f"System.Collections.Generic.List`1[Xero.Api.{name}]")
