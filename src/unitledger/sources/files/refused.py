"""The correction file: refused rows in the file's own columns and form, with the reason beside.

No spreadsheet takes a cell of it for a formula: an apostrophe stands before those that begin
like one, and is taken away again when the corrected file is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from unitledger.sources.files.table import RawRow
from unitledger.sources.files.workbook import write_rows

# The columns that are added; a corrected file may bring them back.
REFUSED_COLUMNS = ("refused_row", "refused_because")
Refused = tuple[Mapping[str, Any], int, str]  # the raw arrival, its row number, why

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_SIGNED_NUMBER = re.compile("[+-][0-9.,' \u00a0\u202f]*")


@dataclass(frozen=True, slots=True)
class RefusedWriter:
    """Writes in the form of the file that the rows came from."""

    header: Sequence[str]
    delimiter: str
    encoding: str
    is_workbook: bool

    def write(self, stream: IO[bytes], refused: Iterable[Refused]) -> int:
        """Returns how many units were written; one may span several rows."""
        columns = [column for column in self.header if column not in REFUSED_COLUMNS]
        head = [shielded(each) for each in (*columns, *REFUSED_COLUMNS)]
        counted = _Counted(refused)
        rows = self._rows(columns, counted)
        if self.is_workbook:
            write_rows(stream, head, rows, title="Refused rows")
        else:
            # A file in an old code page has no sign for some of our words; its own cells it has.
            text = io.TextIOWrapper(stream, self.encoding, errors="replace", newline="")
            writer = csv.writer(text, delimiter=self.delimiter)
            writer.writerow(head)
            writer.writerows(rows)
            text.detach()
        return counted.count

    def _rows(self, columns: Sequence[str], refused: Iterable[Refused]) -> Iterator[list[str]]:
        for raw, row_number, reason in refused:
            for row in raw.get("rows", [raw]) if isinstance(raw.get("rows"), list) else [raw]:
                cells = [*self._cells(row, columns), str(row_number), reason]
                yield [shielded(each) for each in cells]

    def _cells(self, row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
        if set(row) == {"text"} and tuple(self.header) != ("text",):
            return [str(row["text"]), *[""] * (len(columns) - 1)]
        if set(row) == {"cells"} and tuple(self.header) != ("cells",):
            by_column = dict(zip(self.header, row["cells"], strict=False))
            return [str(by_column.get(column, "")) for column in columns]
        return [str(row.get(column, "")) for column in columns]


class _Counted:
    def __init__(self, refused: Iterable[Refused]) -> None:
        self._refused = refused
        self.count = 0

    def __iter__(self) -> Iterator[Refused]:
        for each in self._refused:
            self.count += 1
            yield each


def as_written(row: RawRow, *, is_correction: bool) -> RawRow:
    """A row of a correction file without the apostrophes that were put there."""
    if not is_correction or not row.cells:
        return row
    return RawRow(row.number, [unshielded(each) for each in row.cells], row.refusal, row.text)


def shielded(text: str) -> str:
    is_number = _SIGNED_NUMBER.fullmatch(text)
    return f"'{text}" if _is_like_formula(text) and not is_number else text


def unshielded(text: str) -> str:
    return text[1:] if text.startswith("'") and _is_like_formula(text) else text


def _is_like_formula(text: str) -> bool:
    return text.lstrip("'").startswith(_BEGINS_FORMULA)
