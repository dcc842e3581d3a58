"""The report as a workbook: written row by row, in the memory of one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from unitledger.engine.exporting import COLUMNS, cells, row_content
from unitledger.engine.report import ReportRow

ROWS_A_SHEET = 1_000_000  # Excel ends at 1,048,576
_IN_MEMORY = 4_000_000
_FORMATS: Mapping[str, str] = {"amount": "#,##0.00", "dated_on": "yyyy-mm-dd"}
_UNSAID = str.maketrans("", "", "".join(map(chr, (*range(9), 11, 12, *range(14, 32)))))


def workbook(title: str, rows: Iterable[ReportRow]) -> IO[bytes]:
    """A file to be read from its beginning; the caller closes it.

    Money are numbers, days are days, and no text is taken for a formula.
    """
    book = Workbook(write_only=True)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % ROWS_A_SHEET == 0:
            sheet = _sheet(book, title, number // ROWS_A_SHEET)
        sheet.append(
            [_cell(sheet, name, value) for name, value in zip(COLUMNS, _values(row), strict=True)]
        )
    if sheet is None:
        _sheet(book, title, 0)
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _sheet(book: Workbook, title: str, number: int) -> Any:
    sheet: Any = book.create_sheet(title if number == 0 else f"{title} {number + 1}")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    return sheet


def _values(row: ReportRow) -> list[Any]:
    """As for a CSV, but with values that a spreadsheet counts with, and text as it is."""
    plain = dict(zip(COLUMNS, cells(row), strict=True))
    content = row_content(row)
    for name in COLUMNS:
        if isinstance(plain[name], str) and isinstance(content.get(name), str):
            plain[name] = content[name]
    plain["amount"] = row.amount
    plain["dated_on"] = row.dated_on
    return [plain[name] for name in COLUMNS]


def _cell(sheet: Any, name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, int | Decimal | date) and not isinstance(value, bool | datetime):
        cell = WriteOnlyCell(sheet, value=value)  # pyright: ignore[reportArgumentType]
        cell.number_format = _FORMATS.get(name, "General")
        return cell
    cell = WriteOnlyCell(sheet)
    try:
        cell.value = str(value)
    except IllegalCharacterError:
        cell.value = str(value).translate(_UNSAID)
    # Said to be text, or a value that begins like a formula would become one.
    cell.data_type = "s"
    return cell
