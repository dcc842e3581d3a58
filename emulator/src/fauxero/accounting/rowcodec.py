"""Rows as JSON and back, for keeping books in a file. Exact: decimals and instants are text."""

from __future__ import annotations

import base64
import dataclasses
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fauxero.accounting import money_rows, rows, side_rows

SHARED_MAX = 1 << 16

_CLASSES: dict[str, type] = {
    name: value
    for module in (rows, money_rows, side_rows)
    for name, value in vars(module).items()
    if isinstance(value, type) and dataclasses.is_dataclass(value)
}
_FIELDS: dict[type, dict[str, Any]] = {
    cls: {field.name: field.default for field in dataclasses.fields(cls)}
    for cls in _CLASSES.values()
}


def encode(value: Any) -> Any:
    """Return JSON-able data from which `decode` gives the same value back.

    A field that has its default is left out. Who changes a default changes what old files say.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$on": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple):
        return [encode(part) for part in value]
    row: dict[str, Any] = {"$row": type(value).__name__}
    for name, default in _FIELDS[type(value)].items():
        part = getattr(value, name)
        if part is not default and not _is_same(part, default):
            row[name] = encode(part)
    return row


def _is_same(part: Any, default: Any) -> bool:
    """Whether both are the same to the last digit: 0 and 0.00 are equal, and yet not the same."""
    return type(part) is type(default) and part == default and str(part) == str(default)


def decode(data: Any) -> Any:
    """Undo `encode`. A field the row no longer has is dropped, a new one takes its default."""
    kind = type(data)
    if kind is str:
        return _text(data)
    if kind is list:
        return tuple([decode(part) for part in data])
    if kind is not dict:
        return data
    if "$row" in data:
        cls = _CLASSES[data["$row"]]
        known = _FIELDS[cls]
        return cls(**{name: decode(part) for name, part in data.items() if name in known})
    if "$decimal" in data:
        return _decimal(data["$decimal"])
    if "$at" in data:
        return _instant(data["$at"])
    if "$on" in data:
        return _day(data["$on"])
    return base64.b64decode(data["$bytes"])


# Rows share most of their values (accounts, contacts, amounts, days): equal ones read from a file
# become one object, as they were before they were written. Halves the memory of large books.


@lru_cache(SHARED_MAX)
def _text(text: str) -> str:
    return text


@lru_cache(SHARED_MAX)
def _decimal(text: str) -> Decimal:
    return Decimal(text)


@lru_cache(SHARED_MAX)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(SHARED_MAX)
def _day(text: str) -> date:
    return date.fromisoformat(text)
