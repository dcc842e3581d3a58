"""What is inside a workbook, looked through once before anything of it is believed.

A workbook is a packed folder of XML. Here its size, its form and its cells' places are
checked, so that the reader behind meets no bomb, no entity and no row that it would pass over.
Nothing of it is run: macros, links and pictures are not opened at all.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar
from xml.etree import ElementTree
from xml.parsers import expat

from unitledger.sources.files.errors import (
    OtherFormat,
    SheetUnknown,
    SheetUnnamed,
    WorkbookBroken,
    WorkbookTooLarge,
)

PACKED_MAX = 50_000_000
UNPACKED_MAX = 400_000_000
TEXTS_MAX = 64_000_000  # of shared texts, styles and all else that is held in memory
ENTRIES_MAX = 5_000
ROWS_MAX = 1_048_576  # as Excel
COLUMNS_MAX = 500
ELEMENTS_A_ROW_MAX = 200_000
ELEMENTS_HELD_MAX = 4_000_000
DEPTH_MAX = 40
MERGED_MAX = 50_000
UNFINISHED_MAX = 100_000
BLOCK_BYTES = 1 << 18

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK = "xl/workbook.xml"
_ROW, _CELL, _FORMULA, _VALUE, _TEXT, _MERGED = (
    f"{_MAIN} {name}" for name in ("row", "c", "f", "v", "is", "mergeCell")
)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Block:
    """Merged cells; columns and rows count from one."""

    reference: str
    first_column: int
    first_row: int
    last_column: int
    last_row: int


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    is_hidden: bool
    part: str


@dataclass
class Contents:
    """What was seen of one sheet's cells."""

    last_row: int = 0
    # Formulas that were never worked out: columns by row, both counted from one.
    unfinished: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    merged: list[Block] = field(default_factory=list[Block])


Seen = TypeVar("Seen")


class _Unfit(Exception):
    """Why a part is not believed."""


def look_through(path: Path, *, sheet: str | None) -> tuple[Sheet, Contents]:
    """The sheet to read and what is in it: the one named, or the only one that is shown.

    Raises what `errors` names: OtherFormat, WorkbookTooLarge, WorkbookBroken, SheetUnknown,
    SheetUnnamed.
    """
    with _unpacked(path) as archive:
        _check_sizes(path, archive)
        parts = [each.filename for each in archive.infolist() if _is_xml(each.filename)]
        sheets = _checked(path, archive, _WORKBOOK, _sheets)
        chosen = _chosen(path, sheets, sheet)
        for part in parts:
            if part != chosen.part:
                _checked(path, archive, part, _scan_other if _is_sheet(part) else _scan_held)
        contents = _checked(path, archive, chosen.part, _scan_sheet)
    return chosen, contents


def sheet_names(path: Path) -> list[str]:
    """The sheets that are shown, in the order of their tabs."""
    with _unpacked(path) as archive:
        _check_sizes(path, archive)
        sheets = _checked(path, archive, _WORKBOOK, _sheets)
    return [each.name for each in sheets if not each.is_hidden]


@contextmanager
def _unpacked(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise WorkbookBroken(path, reason=str(error) or "it is cut off") from error
    with archive:
        yield archive


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    """By what the file says of itself: no more than that is ever unpacked."""
    entries = archive.infolist()
    names = {each.filename for each in entries}
    if _WORKBOOK not in names:
        raise OtherFormat(path, what=_what_else(names))
    if len(names) != len(entries):
        raise WorkbookBroken(path, reason="a part of it is there twice")
    if any(each.flag_bits & 0x1 for each in entries):
        raise WorkbookBroken(path, reason="it has a password")
    size = path.stat().st_size
    if size > PACKED_MAX:
        raise WorkbookTooLarge(path, what=f"{size:,} bytes", limit=f"{PACKED_MAX:,}")
    unpacked = sum(each.file_size for each in entries)
    held = max(each.file_size for each in entries if not _is_sheet(each.filename))
    if unpacked > UNPACKED_MAX or held > TEXTS_MAX or len(entries) > ENTRIES_MAX:
        raise WorkbookTooLarge(path, what=f"{unpacked:,} bytes unpacked", limit=f"{UNPACKED_MAX:,}")


def _what_else(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "a binary Excel workbook (.xlsb)"
    if "word/document.xml" in names:
        return "a Word document"
    if "META-INF/manifest.xml" in names:
        return "an OpenDocument file"
    return "a ZIP archive"


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _checked(
    path: Path, archive: zipfile.ZipFile, part: str, look: Callable[[zipfile.ZipFile, str], Seen]
) -> Seen:
    """What `look` makes of a part; whatever is wrong with it is the file's fault."""
    try:
        return look(archive, part)
    except _Unfit as unfit:
        raise WorkbookBroken(path, reason=str(unfit)) from unfit
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError) as error:
        raise WorkbookBroken(path, reason=f"{part} cannot be unpacked") from error
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise WorkbookBroken(path, reason=f"{part} cannot be understood") from error


def _sheets(archive: zipfile.ZipFile, part: str) -> list[Sheet]:
    _scan_held(archive, part)
    links = posixpath.join(posixpath.dirname(part), "_rels", f"{posixpath.basename(part)}.rels")
    _scan_held(archive, links)
    tree = ElementTree.fromstring(archive.read(part))  # noqa: S314 - looked through above
    if not tree.tag.startswith(f"{{{_MAIN}}}"):
        raise _Unfit("it is a Strict Open XML workbook; save it as an Excel workbook")
    targets = {
        each.get("Id", ""): each.get("Target", "")
        for each in ElementTree.fromstring(archive.read(links))  # noqa: S314 - as above
        if each.get("Type", "").endswith("/worksheet")
    }
    known = set(archive.namelist())
    found: list[Sheet] = []
    for each in tree.iter(f"{{{_MAIN}}}sheet"):
        target = targets.get(each.get(_LINK, ""))
        if target is None:
            continue  # a sheet of charts or macros
        place = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        place = posixpath.normpath(place)
        if place not in known:
            raise _Unfit(f"the sheet {each.get('name')} is missing")
        is_hidden = each.get("state", "visible") != "visible"
        found.append(Sheet(name=each.get("name", ""), is_hidden=is_hidden, part=place))
    return found


def _chosen(path: Path, sheets: list[Sheet], name: str | None) -> Sheet:
    shown = [each for each in sheets if not each.is_hidden]
    if name is not None:
        for each in sheets:
            if each.name == name:
                return each
        raise SheetUnknown(path, sheet=name, present=[each.name for each in sheets])
    if not shown:
        raise WorkbookBroken(path, reason="it has no sheet")
    if len(shown) > 1:
        raise SheetUnnamed(path, present=[each.name for each in shown])
    return shown[0]


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise _Unfit("it declares a document type, which no workbook needs")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _feed(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    while block := stream.read(BLOCK_BYTES):
        parser.Parse(block, False)
    parser.Parse(b"", True)


def _scan_held(archive: zipfile.ZipFile, part: str) -> None:
    """A part that the reader holds in memory as a whole."""
    parser = _parser()
    count = depth = 0

    def start(*_: object) -> None:
        nonlocal count, depth
        count += 1
        depth += 1
        if count > ELEMENTS_HELD_MAX or depth > DEPTH_MAX:
            raise _Unfit(f"{part} has too many elements")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    with archive.open(part) as stream:
        _feed(parser, stream)


def _scan_sheet(archive: zipfile.ZipFile, part: str) -> Contents:
    return _followed(archive, part, _Cells(is_read=True))


def _scan_other(archive: zipfile.ZipFile, part: str) -> Contents:
    """A sheet that is not read; opening the workbook looks at its beginning all the same."""
    return _followed(archive, part, _Cells(is_read=False))


def _followed(archive: zipfile.ZipFile, part: str, seen: _Cells) -> Contents:
    parser = _parser()
    seen.follow(parser)
    with archive.open(part) as stream:
        _feed(parser, stream)
    return seen.contents


class _Cells:
    """Follows a sheet's rows and cells: each in its place, in order, none twice."""

    def __init__(self, *, is_read: bool) -> None:
        self.contents = Contents()
        self._is_read = is_read
        self._row = self._column = 0
        self._depth = self._elements = 0
        self._unfinished = 0
        self._has_formula = self._has_value = self._is_text = False
        self._parser: expat.XMLParserType | None = None

    def follow(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH_MAX or self._elements > ELEMENTS_A_ROW_MAX:
            raise _Unfit("a row of it has too many elements")
        if name == _ROW:
            self._begin_row(attributes.get("r"))
        elif not self._is_read:
            return
        elif name == _CELL:
            self._is_text = attributes.get("t") == "str"
            self._begin_cell(attributes.get("r"))
        elif name in (_VALUE, _TEXT):
            self._look_for_a_value()
            if self._column > COLUMNS_MAX:
                raise _Unfit(f"it has more than {COLUMNS_MAX} columns")
        elif name == _FORMULA:
            self._has_formula = True
        elif name == _MERGED:
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        self._depth -= 1
        if name != _CELL or not self._has_formula:
            return
        if self._parser:
            self._parser.CharacterDataHandler = None
        if not self._has_value:
            self._unfinished += 1
            if self._unfinished > UNFINISHED_MAX:
                raise _Unfit("its formulas were never worked out; open and save it in Excel")
            self.contents.unfinished.setdefault(self._row, set()).add(self._column)

    def _look_for_a_value(self) -> None:
        """A formula that was never worked out has an empty value; that of a text may be empty."""
        self._has_value = self._is_text
        if self._has_formula and self._parser:
            self._parser.CharacterDataHandler = self._see

    def _see(self, _: str) -> None:
        self._has_value = True

    def _begin_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else int(number)
        if row <= self._row or row > ROWS_MAX:
            raise _Unfit(f"row {row} is not behind row {self._row}")
        self._row, self._column, self._elements = row, 0, 0
        self.contents.last_row = row

    def _begin_cell(self, place: str | None) -> None:
        self._has_formula = self._has_value = False
        row, column = (self._row, self._column + 1) if place is None else _place(place)
        if row != self._row or column <= self._column:
            raise _Unfit(f"the cell {place} is out of its place")
        self._column = column

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (first_row, first_column), (last_row, last_column) = _place(first), _place(last or first)
        if len(self.contents.merged) >= MERGED_MAX:
            raise _Unfit("it has too many merged cells")
        self.contents.merged.append(
            Block(reference, first_column, first_row, last_column, last_row)
        )


def _place(reference: str) -> tuple[int, int]:
    """Row and column of `B12`."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        raise _Unfit(f"{reference[:20]} is not the place of a cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
