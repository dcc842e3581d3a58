"""CSV as rows, one at a time. A row that cannot be understood is a value, not an error."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from unitledger.core.refusals import Refusal, Rule, refuse

LINE_MAX = 100_000
LINES_IN_A_ROW_MAX = 100  # a quote that is never closed would swallow the whole file
ROW = "row"  # the field of a refusal that concerns the whole row
SHOWN_MAX = 80


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: its cells, or the text that could not be split and why."""

    number: int  # as a spreadsheet counts; the header is row 1
    cells: list[str]
    refusal: Refusal | None = None
    text: str = ""


class _LineTooLong(Exception):
    pass


class _TooManyLines(Exception):
    pass


class _Lines:
    """Feeds csv.reader line by line and remembers what the current row was made of."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._stream.readline(LINE_MAX + 1)
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(line) > LINE_MAX:
            self._skip_rest(line)
            raise _LineTooLong
        if len(self.taken) > LINES_IN_A_ROW_MAX:
            raise _TooManyLines
        return line

    def _skip_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(LINE_MAX)

    def give_back_all_but_the_first(self) -> None:
        """What a broken quote swallowed are rows of their own."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def read_rows(stream: IO[str], *, delimiter: str) -> Iterator[RawRow]:
    """Every row that is not blank, the header among them. Blank rows count in the numbers."""
    lines = _Lines(stream)
    csv.field_size_limit(LINE_MAX * 2)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        lines.taken.clear()
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _LineTooLong, _TooManyLines) as error:
            yield _broken(number, lines, error)
            continue
        if any("\0" in line for line in lines.taken):
            yield _row_of_text(number, lines, _nul())
        elif any(cells):
            yield RawRow(number, cells)


def _broken(number: int, lines: _Lines, error: Exception) -> RawRow:
    if isinstance(error, _LineTooLong) and len(lines.taken) == 1:
        refusal = refuse(Rule.LINE_TOO_LONG, ROW, limit=f"{LINE_MAX:,}")
        return _row_of_text(number, lines, refusal)
    lines.give_back_all_but_the_first()
    reason = str(error) if isinstance(error, csv.Error) else "a quote is not closed"
    return _row_of_text(number, lines, refuse(Rule.QUOTES_BROKEN, ROW, reason=reason))


def _nul() -> Refusal:
    return refuse(Rule.CONTROL_CHARACTER, ROW, character="NUL")


def _row_of_text(number: int, lines: _Lines, refusal: Refusal) -> RawRow:
    text = "".join(lines.taken)[:LINE_MAX].rstrip("\r\n").replace("\0", "\ufffd")
    return RawRow(number, [], refusal, text)


def check_width(row: RawRow, *, width: int) -> RawRow:
    """The row with exactly as many cells as the header, or with its refusal."""
    count = len(row.cells)
    if row.refusal or count == width:
        return row
    if count > width and not any(row.cells[width:]):
        return RawRow(row.number, row.cells[:width])  # spreadsheets leave empty cells behind
    if count > width:
        extra = ", ".join(row.cells[width:])[:SHOWN_MAX]
        refusal = refuse(Rule.TOO_MANY_CELLS, ROW, count=count, expected=width, extra=extra)
    else:
        refusal = refuse(Rule.TOO_FEW_CELLS, ROW, count=count, expected=width)
    return RawRow(row.number, row.cells, refusal)
