"""Single values as Xero writes them in JSON: text, money, days, instants, ids.

Strict about what we rely on, silent about what may be missing. Nothing here knows a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]

# Recorded on the wire: what a refused create carries in place of an id.
ZERO_ID = "00000000-0000-0000-0000-000000000000"

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Documented and recorded: /Date(1539993600000+0000)/ for dates, /Date(1552327126164)/ for times.
_WIRE_DATE = re.compile(r"/Date\((-?\d{1,15})(?:([+-])(\d{2})(\d{2}))?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnexpectedAnswer(ValueError):
    """Xero's answer lacks, or spells in an unknown way, something we rely on."""

    def __init__(self, *, field: str, found: Any) -> None:
        self.field = field
        super().__init__(f"{field} is {_shown(found)}")


def load(body: bytes) -> Any:
    """Read JSON with exact numbers: decimals become Decimal from their own digits.

    Raises UnexpectedAnswer for anything that is not JSON, a body cut short included.
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UnexpectedAnswer(field="the answer", found=f"not JSON: {error}") from None


def rows(data: Any, name: str) -> Sequence[Row]:
    """Return the objects of an envelope's collection."""
    found = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(found, list) or not all(type(each) is dict for each in found):
        raise UnexpectedAnswer(field=name, found=found)
    return found


def text(row: Row, name: str) -> str | None:
    """Return the text; None where it is missing, null or empty, which Xero does not tell apart."""
    found = row.get(name)
    if found is None or found == "":
        return None
    if type(found) is not str:
        raise UnexpectedAnswer(field=name, found=found)
    return found


def required_text(row: Row, name: str) -> str:
    found = text(row, name)
    if found is None:
        raise UnexpectedAnswer(field=name, found=found)
    return found


def required_id(row: Row, name: str) -> str:
    found = text(row, name)
    if found is None or found == ZERO_ID:
        raise UnexpectedAnswer(field=name, found=found)
    return found


def money(row: Row, name: str) -> Decimal | None:
    found = row.get(name)
    if found is None or type(found) is Decimal:
        return found
    if type(found) is int:
        return Decimal(found)
    raise UnexpectedAnswer(field=name, found=found)


def required_money(row: Row, name: str) -> Decimal:
    found = money(row, name)
    if found is None:
        raise UnexpectedAnswer(field=name, found=found)
    return found


def day(row: Row, name: str) -> date | None:
    """Return a calendar day, from `<name>String` (no zone in it) or from the `/Date()/` form."""
    spelled = row.get(f"{name}String")
    if isinstance(spelled, str) and len(spelled) >= 10:
        return _iso_day(name, spelled[:10])
    found = row.get(name)
    if found is None:
        return None
    if isinstance(found, str) and not found.startswith("/"):
        return _iso_day(name, found[:10])
    at, offset = _wire_date(name, found)
    return (at + offset).date()


def instant(row: Row, name: str) -> datetime | None:
    """Return an aware UTC instant of a `/Date()/` field, or None where it is missing."""
    found = row.get(name)
    return None if found is None else _wire_date(name, found)[0]


def nested(row: Row, name: str) -> Row:
    """Return the object under `name`; an empty one where it is missing."""
    found = row.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise UnexpectedAnswer(field=name, found=found)
    return found


def items(row: Row, name: str) -> Sequence[Row]:
    """Return the objects of the list under `name`; none where it is missing."""
    return () if row.get(name) is None else rows(row, name)


def is_guid(value: str) -> bool:
    return _GUID.fullmatch(value) is not None


def _iso_day(name: str, spelled: str) -> date:
    try:
        return date.fromisoformat(spelled)
    except ValueError:
        raise UnexpectedAnswer(field=name, found=spelled) from None


def _wire_date(name: str, found: Any) -> tuple[datetime, timedelta]:
    match = _WIRE_DATE.fullmatch(found) if isinstance(found, str) else None
    if match is None:
        raise UnexpectedAnswer(field=name, found=found)
    milliseconds, sign, hours, minutes = match.groups()
    try:
        at = _EPOCH + timedelta(milliseconds=int(milliseconds))
    except OverflowError:
        raise UnexpectedAnswer(field=name, found=found) from None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return at, -offset if sign == "-" else offset


def _refuse_constant(spelled: str) -> Any:
    raise ValueError(f"{spelled} is no amount")


def _shown(found: Any) -> str:
    if found is None:
        return "missing"
    shown = found if isinstance(found, str) else json.dumps(found, default=str)
    return shown if len(shown) <= 120 else f"{shown[:117]}..."
