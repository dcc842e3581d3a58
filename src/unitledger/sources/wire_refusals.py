"""What is wrong with an item in JSON, said by field, rule and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from unitledger.core.billing import RecordKind
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.core.source_items import ItemKind

TEXT_MAX = 4000


def refusals_of(
    error: ValidationError, raw: Mapping[str, Any], kind: ItemKind, *, fields: Sequence[str]
) -> Iterator[Refusal]:
    """Each wrong field once; `fields` are those that the item may have."""
    said: set[tuple[str, str]] = set()
    for each in error.errors(include_url=False):
        refusal = _refusal(each, raw, kind, fields)
        if (refusal.field, str(refusal.rule)) not in said:  # a union says it once a member
            said.add((refusal.field, str(refusal.rule)))
            yield refusal


def _refusal(
    each: ErrorDetails, raw: Mapping[str, Any], kind: ItemKind, fields: Sequence[str]
) -> Refusal:
    field = _path(each["loc"], raw)
    record_kind = None if kind is ItemKind.LOCATION else RecordKind(kind)
    value = each["input"]
    match each["type"]:
        case "extra_forbidden":
            near = nearest(str(each["loc"][-1]), fields)
            return refuse(
                Rule.FIELD_UNKNOWN, field, kind=record_kind, owner=f"this {kind}", nearest=near
            )
        case "missing":
            return refuse(Rule.FIELD_MISSING, field, kind=record_kind)
        case Rule.MONEY_NOT_TEXT:
            example = f"{Decimal(str(value)):.2f}" if abs(value) < 10**12 else "120.00"
            return refuse(Rule.MONEY_NOT_TEXT, field, kind=record_kind, example=example)
        case Rule.DATE_FORM_UNKNOWN:
            return refuse(
                Rule.DATE_FORM_UNKNOWN, field, kind=record_kind, value=value, forms="YYYY-MM-DD"
            )
        case "not_a_number" | "decimal_parsing" | "decimal_type":
            return refuse(
                Rule.NOT_A_NUMBER, field, kind=record_kind, value=_shown(value), decimal="."
            )
        case "decimal_max_places":
            return refuse(
                Rule.TOO_MANY_PLACES, field, kind=record_kind, value=_shown(value), places=4
            )
        case "string_too_long":
            limit = each.get("ctx", {}).get("max_length", TEXT_MAX)
            return refuse(
                Rule.TEXT_TOO_LONG, field, kind=record_kind, length=len(value), limit=limit
            )
        case "string_pattern_mismatch" | "string_unicode":
            return refuse(
                Rule.CONTROL_CHARACTER, field, kind=record_kind, character=_control(value)
            )
        case "string_too_short":
            return refuse(Rule.TEXT_EMPTY, field, kind=record_kind)
        case _:
            return refuse(
                Rule.WRONG_TYPE,
                field,
                kind=record_kind,
                found=_shown(value),
                wanted=each["msg"].removeprefix("Input should be "),
            )


def _control(value: Any) -> str:
    found = next((each for each in str(value) if each < " " or each >= "\x7f"), "?")
    return f"U+{ord(found):04X}"


def _path(place: Sequence[int | str], raw: Any) -> str:
    """`lines[1].amount`: steps as the item has them, without those of our own unions."""
    path = ""
    at: Any = raw
    for step in place:
        if isinstance(step, int):
            path += f"[{step + 1}]"
            at = at[step] if isinstance(at, list) and step < len(at) else None
        elif isinstance(at, dict) or not path:
            path += f".{step}" if path else step
            at = at.get(step) if isinstance(at, dict) else None
    return path or "item"


def nearest(word: str, known: Sequence[str]) -> str:
    """A sentence that offers the known word most like this one, or nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean “{near[0]}”?" if near else ""


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:60]}…"
    return type_name(value)


def type_name(value: Any) -> str:
    """What a JSON value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
