"""Looking at a file that no profile speaks of yet: its form, its header, its first rows."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

from unitledger.core.file_sample import Sample
from unitledger.sources.files.encoding import Inspected, inspect
from unitledger.sources.files.errors import HeaderOnly, HeaderUnreadable
from unitledger.sources.files.table import RawRow, read_rows
from unitledger.sources.files.workbook import SheetReader
from unitledger.sources.files.workbook_parts import look_through, sheet_names

ROWS = 500
COLUMNS_MAX = 200
NAME_MAX = 200
DELIMITERS = (",", ";", "\t", "|")
_LINES_TRIED = 20


def sample(path: Path, *, sheet: str = "", delimiter: str = "") -> Sample:
    """The beginning of a file. Raises SourceRefused where it is no table.

    `sheet` and `delimiter` where a person has said; the first sheet, and what divides the
    first lines most evenly, where not.
    """
    inspected = inspect(path, encoding="auto")
    if inspected.is_workbook:
        return _of_workbook(path, sheet)
    divided = delimiter or _delimiter(path, inspected)
    with path.open(encoding=inspected.encoding, newline="") as stream:
        header, rows = _beginning(path, read_rows(stream, delimiter=divided))
    return Sample(is_workbook=False, header=header, rows=rows, delimiter=divided)


def _of_workbook(path: Path, sheet: str) -> Sample:
    names = sheet_names(path)
    chosen = sheet if sheet in names else next(iter(names), None)
    found, contents = look_through(path, sheet=chosen)
    reader = SheetReader(path, found, contents, decimal=".", used=())
    with contextlib.closing(reader.rows()) as read:
        header, rows = _beginning(path, read)
    return Sample(is_workbook=True, header=header, rows=rows, sheet=found.name, sheets=names)


def _beginning(path: Path, read: Iterator[RawRow]) -> tuple[list[str], list[list[str]]]:
    first = next(read, None)
    if first is None or first.refusal:
        reason = first.refusal.message.rstrip(".") if first and first.refusal else "it is blank"
        raise HeaderUnreadable(path, reason=reason)
    header = [cell.strip() for cell in first.cells]
    while header and not header[-1]:
        header.pop()
    if len(header) > COLUMNS_MAX:
        raise HeaderUnreadable(path, reason=f"it has more than {COLUMNS_MAX} columns")
    if any(len(name) > NAME_MAX for name in header):
        raise HeaderUnreadable(path, reason=f"a name in it has more than {NAME_MAX} letters")
    width = len(header)
    rows = [
        [*row.cells[:width], *[""] * (width - len(row.cells))]
        for row in itertools.islice(read, ROWS)
        if not row.refusal
    ]
    if not rows:
        raise HeaderOnly(path)
    return header, rows


def _delimiter(path: Path, inspected: Inspected) -> str:
    """What divides the header into most columns, and the lines behind it into as many."""
    with path.open(encoding=inspected.encoding, newline="") as stream:
        lines = list(itertools.islice((line[:10_000] for line in stream), _LINES_TRIED))

    def fits(delimiter: str) -> tuple[int, int]:
        rows = list(read_rows(_Lines(lines), delimiter=delimiter))  # pyright: ignore[reportArgumentType]
        width = len(rows[0].cells) if rows else 0
        return (sum(len(row.cells) == width for row in rows) if width > 1 else 0, width)

    return max(DELIMITERS, key=fits)


class _Lines:
    """Lines in memory, read as a stream is."""

    def __init__(self, lines: list[str]) -> None:
        self._left = iter(lines)

    def readline(self, _: int = -1) -> str:
        return next(self._left, "")
