"""Typed fields of a row: each reads its text, checks it, and notes what is wrong.

A reader always returns something of its type, so that all of a row's refusals are found at
once; a row with any refusal makes no records, so what stands in for a bad cell is never kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from unitledger.core.billing import ChargeType, RecordKey, RecordKind
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.sources.files.cells import Days, Numbers, yes_or_no
from unitledger.sources.files.columns import Cells, Positions, Text
from unitledger.sources.files.errors import did_you_mean
from unitledger.sources.files.profile import Cell, Key, Profile

Value = TypeVar("Value")


class Reading:
    """What was found wrong while one unit's records were made."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def take(self, value: Value | Refusal, stand_in: Value) -> Value:
        """The value; or, once the refusal is noted, something of its type to go on with."""
        if isinstance(value, Refusal):
            if value not in self.refusals:
                self.refusals.append(value)
            return stand_in
        return value


Reader = Callable[[Cells, Reading], Value]
Parse = Callable[[str, str], Value | Refusal]


class Fields:
    """Makes the readers of one profile for one file's header."""

    def __init__(self, profile: Profile, places: Positions) -> None:
        form = profile.file
        self.source = profile.source
        self.places = places
        self.columns: dict[str, str] = {}  # our field → the file's column, for refusals
        self._days = Days(form.dates, zone=form.zone_info)
        self._numbers = Numbers(decimal=form.decimal, thousands=form.thousands)

    def text(self, name: str, cell: Cell) -> Reader[str]:
        text = self._text(name, cell)

        def read(cells: Cells, reading: Reading) -> str:
            value = text(cells)
            if value == "":
                value = refuse(Rule.MISSING_VALUE, text.column)
            return reading.take(value, "")

        return read

    def text_or_none(self, name: str, cell: Cell | None) -> Reader[str | None]:
        if cell is None:
            return _nothing
        text = self._text(name, cell)
        return lambda cells, reading: reading.take(text(cells), "") or None

    def day(self, name: str, cell: Cell) -> Reader[date]:
        return self._parsed(name, cell, self._days, date.max)

    def day_or_none(self, name: str, cell: Cell | None) -> Reader[date | None]:
        return self._parsed_or_none(name, cell, self._days, date.max)

    def number(self, name: str, cell: Cell) -> Reader[Decimal]:
        return self._parsed(name, cell, self._numbers, Decimal(1))

    def number_or_none(self, name: str, cell: Cell | None) -> Reader[Decimal | None]:
        return self._parsed_or_none(name, cell, self._numbers, Decimal(1))

    def yes_or_no(self, name: str, cell: Cell) -> Reader[bool]:
        return self._parsed(name, cell, yes_or_no, False)

    def yes_or_none(self, name: str, cell: Cell | None) -> Reader[bool | None]:
        return self._parsed_or_none(name, cell, yes_or_no, False)

    def charge_type(self, name: str, cell: Cell) -> Reader[ChargeType]:
        return self._parsed(name, cell, _charge_type, ChargeType.OTHER)

    def key(self, name: str, key: Key, kind: RecordKind) -> Reader[RecordKey]:
        text = self.text(name, key)
        source, identifier_type = key.source or self.source, key.type
        return lambda cells, reading: RecordKey(source, kind, identifier_type, text(cells, reading))

    def other_keys(
        self, name: str, keys: tuple[Key, ...], kind: RecordKind
    ) -> Reader[tuple[RecordKey, ...]]:
        """Further identifiers, each only where the row has it."""
        readers = [(key, self.text_or_none(name, key)) for key in keys]

        def read(cells: Cells, reading: Reading) -> tuple[RecordKey, ...]:
            return tuple(
                RecordKey(key.source or self.source, kind, key.type, value)
                for key, text in readers
                if (value := text(cells, reading))
            )

        return read

    def _text(self, name: str, cell: Cell) -> Text:
        text = Text(cell, self.places)
        self.columns.setdefault(name, text.column)
        return text

    def _parsed(self, name: str, cell: Cell, parse: Parse[Value], stand_in: Value) -> Reader[Value]:
        text = self.text(name, cell)
        column = self.columns[name]

        def read(cells: Cells, reading: Reading) -> Value:
            value = text(cells, reading)
            return reading.take(parse(value, column), stand_in) if value else stand_in

        return read

    def _parsed_or_none(
        self, name: str, cell: Cell | None, parse: Parse[Value], stand_in: Value
    ) -> Reader[Value | None]:
        if cell is None:
            return _nothing
        text = self.text_or_none(name, cell)
        column = self.columns[name]

        def read(cells: Cells, reading: Reading) -> Value | None:
            value = text(cells, reading)
            return reading.take(parse(value, column), stand_in) if value else None

        return read


def _nothing(cells: Cells, reading: Reading) -> None:
    return None


def _charge_type(text: str, column: str) -> ChargeType | Refusal:
    try:
        return ChargeType(text)
    except ValueError:
        hint = did_you_mean(text, ChargeType)
        return refuse(Rule.UNKNOWN_VALUE, column, value=text, nearest=hint)
