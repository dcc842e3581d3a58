"""A profile's cells, made ready for one file's header: text out of a row, quickly."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence

from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.sources.files.errors import ColumnsMissing, ColumnTwice
from unitledger.sources.files.profile import PLACEHOLDER, Cell, Condition, Profile

Cells = Sequence[str]
Positions = Mapping[str, int]


def positions(profile: Profile, header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises ColumnsMissing, ColumnTwice."""
    used = profile.columns()
    missing = [column for column in used if column not in header]
    if missing:
        raise ColumnsMissing(missing=missing, present=header, delimiter=profile.file.delimiter)
    twice = [column for column in used if header.count(column) > 1]
    if twice:
        raise ColumnTwice(columns=twice)
    return {column: place for place, column in enumerate(header)}


class Text:
    """One field's text in a row: what the file's column is called, and how to read it."""

    def __init__(self, cell: Cell, places: Positions) -> None:
        self.column = " + ".join(cell.columns) or "the profile"
        self._read = _reader(cell, places)
        self._values = cell.values
        self._when_empty = cell.when_empty

    def __call__(self, cells: Cells) -> str | Refusal:
        """The text, stripped; empty where the file has none."""
        text = self._read(cells)
        if not text:
            return self._when_empty or ""
        if self._values is None:
            return text
        meant = self._values.get(text)
        return self._unknown(text) if meant is None else meant

    def _unknown(self, text: str) -> Refusal:
        assert self._values is not None
        near = difflib.get_close_matches(text, list(self._values), n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        return refuse(Rule.UNKNOWN_VALUE, self.column, value=text, nearest=hint)


def _reader(cell: Cell, places: Positions) -> Callable[[Cells], str]:
    if cell.constant is not None:
        constant = cell.constant
        return lambda cells: constant
    if cell.column is not None:
        place = places[cell.column]
        return lambda cells: cells[place].strip()
    return _composed(cell.text or "", places)


def _composed(text: str, places: Positions) -> Callable[[Cells], str]:
    """A text with columns in it; empty where any of them is, so that no half a key is made."""
    pieces = PLACEHOLDER.split(text)
    plain, columns = pieces[::2], [places[name] for name in pieces[1::2]]

    def read(cells: Cells) -> str:
        values = [cells[place].strip() for place in columns]
        if not all(values):
            return ""
        return plain[0] + "".join(
            value + after for value, after in zip(values, plain[1:], strict=True)
        )

    return read


def all_hold(conditions: Sequence[Condition], places: Positions) -> Callable[[Cells], bool]:
    checks = [_holds(each, places[each.column]) for each in conditions]
    return lambda cells: all(check(cells) for check in checks)


def _holds(condition: Condition, place: int) -> Callable[[Cells], bool]:
    if condition.is_ is not None:
        present = condition.is_ == "present"
        return lambda cells: bool(cells[place].strip()) is present
    if condition.one_of is not None:
        wanted = frozenset(condition.one_of)
        return lambda cells: cells[place].strip() in wanted
    unwanted = frozenset(condition.none_of or ())
    return lambda cells: cells[place].strip() not in unwanted
