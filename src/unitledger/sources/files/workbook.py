"""A sheet of an Excel workbook as rows of text: what a person sees in the cells.

Days are written as 2026-10-31, numbers with the profile's decimal mark, formulas as what they
last came to. What a cell cannot be read as is said of its row, where the profile needs it.
"""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.sources.files.errors import WorkbookBroken
from unitledger.sources.files.table import RawRow
from unitledger.sources.files.workbook_parts import COLUMNS_MAX, ROWS_MAX, Block, Contents, Sheet

DAY = "%Y-%m-%d"
MOMENT = "%Y-%m-%d %H:%M:%S"
DIGITS = 15  # as many as a spreadsheet keeps of a number
CELL_MAX = 32_767  # characters, as Excel
_RETURN = "_x000D_"  # how Excel writes the half of a line break that XML would lose
_PADDED = re.compile(r"0+")


@dataclass(frozen=True)
class SheetReader:
    """Reads one sheet. `used`: the columns that the profile needs; all where it is None."""

    path: Path
    sheet: Sheet
    contents: Contents
    decimal: str
    used: Collection[str] | None = None

    def rows(self) -> Generator[RawRow, None, None]:
        """Every row that is not blank, the header among them. Raises WorkbookBroken."""
        header: list[str] | None = None
        merged = _Merged(self.contents.merged)
        for number, cells in enumerate(self._cells(), start=1):
            texts = [_text(cell, decimal=self.decimal) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            here = merged.at(number)
            if header is None:
                if texts:
                    header = texts
                    yield RawRow(number, texts)
            elif texts or number in self.contents.unfinished:
                texts += [""] * (len(header) - len(texts))
                yield self._row(number, texts, cells, header, here)

    def _row(
        self,
        number: int,
        texts: list[str],
        cells: Sequence[Any],
        header: Sequence[str],
        merged: Sequence[Block],
    ) -> RawRow:
        for place, column in enumerate(header):
            if self.used is None or column.strip() in self.used:
                refusal = self._fault(number, place, cells, column.strip(), merged)
                if refusal:
                    return RawRow(number, texts, refusal)
        return RawRow(number, texts)

    def _fault(
        self,
        number: int,
        place: int,
        cells: Sequence[Any],
        column: str,
        merged: Sequence[Block],
    ) -> Refusal | None:
        cell = cells[place] if place < len(cells) else None
        if cell is not None and cell.data_type == "e":
            return refuse(Rule.CELL_IS_ERROR, column, value=cell.value)
        if place + 1 in self.contents.unfinished.get(number, ()):
            return refuse(Rule.FORMULA_UNFINISHED, column)
        for block in merged:
            is_within = block.first_column <= place + 1 <= block.last_column
            is_told = (block.first_row, block.first_column) == (number, place + 1)
            is_one_row = block.first_row == block.last_row
            if is_within and not (is_told and is_one_row):
                return refuse(Rule.CELLS_MERGED, column, range=block.reference)
        return None

    def _cells(self) -> Iterator[Sequence[Any]]:
        with _reading(self.path) as book:
            sheet: Any = book[self.sheet.name]
            sheet.reset_dimensions()  # what the file says of its own size is not believed
            yield from sheet.iter_rows(
                min_row=1,
                max_row=min(self.contents.last_row, ROWS_MAX),
                min_col=1,
                max_col=COLUMNS_MAX,
            )


def write_rows(
    stream: IO[bytes], columns: Sequence[str], rows: Iterator[Sequence[str]], *, title: str
) -> None:
    """A workbook with one sheet of text; no cell of it is taken for a formula."""
    book = openpyxl.Workbook(write_only=True)
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in itertools.chain([columns], rows):
        sheet.append([_written(sheet, text) for text in row])
    book.save(stream)


def _written(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:CELL_MAX]
    cell.data_type = "s"  # or a text that begins like a formula would become one
    return cell


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """The workbook, its values alone. openpyxl tells of broken files by errors of every kind."""
    book: Any = None
    try:
        with path.open("rb") as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which we do not read
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            yield book
    except (GeneratorExit, MemoryError):
        raise
    except Exception as error:  # the library's own words for a broken file are any exception
        raise WorkbookBroken(path, reason="Excel's form is not kept to") from error
    finally:
        if book is not None:
            book.close()


class _Merged:
    """The merged cells that touch a row, asked for row by row from the top."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._coming = sorted(blocks, key=lambda each: each.first_row, reverse=True)
        self._here: list[Block] = []

    def at(self, row: int) -> Sequence[Block]:
        if self._here:
            self._here = [each for each in self._here if each.last_row >= row]
        while self._coming and self._coming[-1].first_row <= row:
            self._here.append(self._coming.pop())
        return self._here


def _text(cell: Any, *, decimal: str) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace(_RETURN, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format), decimal=decimal)
    if isinstance(value, datetime):
        return value.strftime(DAY if value.time() == time() else MOMENT)
    if isinstance(value, date):
        return value.strftime(DAY)
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value)


def _number(value: float, form: str, *, decimal: str) -> str:
    """Exactly what a spreadsheet keeps: 0.1 + 0.2 is 0.3 there too."""
    if isinstance(value, int) and _PADDED.fullmatch(form):
        return str(value).zfill(len(form))  # 000379 is shown, 379 is kept
    exact = Decimal(format(value, f".{DIGITS}g") if isinstance(value, float) else value)
    plain = format(exact, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", decimal)
