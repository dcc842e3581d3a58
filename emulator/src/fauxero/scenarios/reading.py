"""Read a scenario file and check its shape; what the books say to it comes when it is played."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fauxero.clock import EARLIEST, LATEST
from fauxero.faults import BadFault, Faults
from fauxero.scenarios.errors import ScenarioError, did_you_mean
from fauxero.scenarios.shapes import (
    AMOUNT,
    APP,
    DAY,
    ENTRIES,
    FAULT,
    FILE,
    FLAG,
    LINE,
    LIST,
    ORGANISATION,
    TEXT,
    Shape,
)

Entry = dict[str, Any]
FORMATS = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario whose shape is right. Days are ISO texts, numbers exact."""

    file: str
    name: str
    start_at: datetime | None
    organisations: Sequence[Entry]
    apps: Sequence[Entry]
    faults: Sequence[Entry]


def read_scenario(path: Path | str) -> Scenario:
    """Raises ScenarioError for a file that cannot be read or is not a scenario."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _file_error(path.name, f"The file cannot be read: {error}.") from None
    if path.suffix.lower() not in FORMATS:
        raise _file_error(path.name, "A scenario is a .toml or a .json file.")
    return parse_scenario(text, file=path.name)


def parse_scenario(text: str, *, file: str = "scenario.toml") -> Scenario:
    """Read a scenario from TOML, or from JSON where `file` ends so."""
    try:
        if file.lower().endswith(".json"):
            data = json.loads(text, parse_float=Decimal)
        else:
            data = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise _file_error(file, f"The file cannot be parsed: {error}.") from None
    if not isinstance(data, dict):
        raise _file_error(file, "A scenario is an object with organisations in it.")
    return _scenario(data, file)


def _file_error(file: str, rule: str) -> ScenarioError:
    remedy = "See the chapter on scenarios in fauxero's documentation."
    return ScenarioError(file=file, entry="", field="", rule=rule, remedy=remedy)


def _scenario(data: Mapping[str, Any], file: str) -> Scenario:
    top = _checked(data, FILE, file=file, entry="")
    organisations = [
        _organisation(part, file, at)
        for at, part in enumerate(top.get("organisation") or [{}], start=1)
    ]
    faults = _several(top, "fault", FAULT, file, "")
    for at, fault in enumerate(faults, start=1):
        _check_fault(fault, file, f"fault {at}")
    return Scenario(
        file=file,
        name=top.get("name") or file,
        start_at=_start_at(top, file),
        organisations=organisations,
        apps=_several(top, "app", APP, file, ""),
        faults=faults,
    )


def _start_at(top: Entry, file: str) -> datetime | None:
    given = top.get("start_at")
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if not EARLIEST <= at <= LATEST:
            raise OverflowError
    except (ValueError, OverflowError):
        raise ScenarioError(
            file=file,
            entry="",
            field="start_at",
            rule=f"{given!r} is no instant from {EARLIEST.year} to {LATEST.year}.",
            remedy="Write it as 2026-03-02T09:00:00Z.",
        ) from None
    return at


def _organisation(data: Any, file: str, at: int) -> Entry:
    entry = f"organisation {at}"
    found = _checked(data, ORGANISATION, file=file, entry=entry)
    for kind, shape in ENTRIES.items():
        found[kind] = _several(found, kind, shape, file, entry)
        for number, part in enumerate(found[kind], start=1):
            if kind != "act" and "lines" in part:
                where = label(entry, kind, number, part)
                part["lines"] = _several(part, "lines", LINE, file, where)
    return found


def label(parent: str, kind: str, number: int, entry: Mapping[str, Any]) -> str:
    """How messages name an entry: `organisation 1, invoice 3 (INV-3)`."""
    shape = ENTRIES.get(kind, LINE)
    name = entry.get(shape.label)
    called = f"{kind} {number} ({name})" if name else f"{kind} {number}"
    return f"{parent}, {called}" if parent else called


def _several(parent: Entry, kind: str, shape: Shape, file: str, entry: str) -> list[Entry]:
    return [
        _checked(part, shape, file=file, entry=f"{entry}, {kind} {at}".lstrip(", "))
        for at, part in enumerate(parent.get(kind) or [], start=1)
    ]


def _checked(data: Any, shape: Shape, *, file: str, entry: str) -> Entry:
    """A copy with days as text. Raises ScenarioError for what is unknown, missing or mistyped."""

    def error(field: str, rule: str, remedy: str) -> ScenarioError:
        return ScenarioError(file=file, entry=entry, field=field, rule=rule, remedy=remedy)

    if not isinstance(data, dict):
        raise error("", "An entry has fields.", f"Known are {', '.join(shape.fields)}.")
    found: Entry = {}
    for name, value in data.items():
        wanted = shape.fields.get(name)
        if wanted is None and not shape.is_open:
            raise error(name, "There is no such field.", did_you_mean(name, list(shape.fields)))
        value = value.isoformat() if isinstance(value, date | datetime) else value
        if wanted is not None and not _is(value, wanted):
            raise error(name, f"{value!r} is not {wanted}.", _remedy(name, wanted))
        found[name] = value
    for name in shape.needs:
        if found.get(name) in (None, "", []):
            raise error(name, "It is needed and missing.", "Add it to the entry.")
    return found


def _is(value: Any, wanted: str) -> bool:
    match wanted:
        case _ if wanted == TEXT:
            return isinstance(value, str)
        case _ if wanted == AMOUNT:
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case _ if wanted == FLAG:
            return isinstance(value, bool)
        case _ if wanted == LIST:
            return isinstance(value, list)
        case _ if wanted == DAY:
            return isinstance(value, str) and _is_day(value)
    return True


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _remedy(name: str, wanted: str) -> str:
    examples = {TEXT: '"…"', AMOUNT: "120.50", FLAG: "true", DAY: "2026-03-02"}
    return f"Write {name} = {examples[wanted]}." if wanted in examples else f"Write {name} = […]."


def _check_fault(fault: Entry, file: str, entry: str) -> None:
    how: dict[str, Any] = {
        name: float(value) if isinstance(value, Decimal) else value for name, value in fault.items()
    }
    fault.update(how)
    action = how.pop("action")
    try:
        Faults().add(action, **how)
    except BadFault as problem:
        field, _, rule = str(problem).partition(": ")
        raise ScenarioError(
            file=file,
            entry=entry,
            field=field,
            rule=f"{rule}.",
            remedy="GET /_fauxero/faults lists actions; the documentation their fields.",
        ) from None
