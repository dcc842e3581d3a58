"""What came with a request, bounded, as JSON values."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from unitledger.api.problems import Refused

BODY_MAX = 8_000_000
BULK_BODY_MAX = 64_000_000
DEPTH_MAX = 40


@dataclass(frozen=True, slots=True)
class Body:
    items: list[Any]
    digest: bytes


def read_items(request: HttpRequest, *, limit: int, items_max: int) -> Body:
    """The items of `{"items": […]}`, of a JSON array, or of NDJSON: one object a line."""
    data = _bytes(request, limit)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is not UTF-8 at byte {error.start + 1}") from None
    if request.content_type in ("application/x-ndjson", "application/jsonl"):
        items = _lines(text)
    else:
        items = _items_in(_load(text))
    if not items:
        raise Refused(400, "no_items", "There are no items.", remedy='Send {"items": [ … ]}.')
    if len(items) > items_max:
        raise Refused(
            413,
            "too_many_items",
            f"{len(items):,} items came; {items_max:,} is the limit.",
            remedy="Send them in parts, or as a bulk job.",
        )
    return Body(items, hashlib.sha256(data).digest())


def _items_in(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        unknown = sorted(value.keys() - {"items"})
        if unknown:
            raise Refused(
                400,
                "field_unknown",
                f"Beside “items”, “{unknown[0]}” is not understood.",
                remedy="`dry_run` goes into the address: ?dry_run=true.",
            )
        return value["items"]
    raise Refused(
        400,
        "no_items",
        "The body is neither a list of items nor an object with “items”.",
        remedy='Send {"items": [ … ]}.',
    )


def _lines(text: str) -> list[Any]:
    items = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            items.append(_load(line, where=f" in line {number}"))
    return items


def _load(text: str, where: str = "") -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_float)
    except RecursionError:
        raise _unreadable(f"it is nested too deeply{where}") from None
    except ValueError as error:
        raise _unreadable(f"it is not JSON{where} ({error})") from None


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def _bytes(request: HttpRequest, limit: int) -> bytes:
    data = request.read(limit + 1)
    if len(data) > limit:
        raise Refused(
            413,
            "body_too_large",
            f"The body is larger than {limit // 1_000_000} MB.",
            remedy="Send it in parts.",
        )
    return data


def _unreadable(reason: str) -> Refused:
    return Refused(
        400, "json_broken", f"The body cannot be read: {reason}.", remedy="Correct it and send it."
    )
