"""A file opened with its profile: checked as a whole first, then read unit by unit."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from unitledger.core.arrivals import Arrived
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.sources.files.columns import positions
from unitledger.sources.files.encoding import Inspected, inspect
from unitledger.sources.files.errors import HeaderOnly, HeaderUnreadable, NotTheFormat
from unitledger.sources.files.fields import Reading
from unitledger.sources.files.profile import Profile
from unitledger.sources.files.records import RecordMaker
from unitledger.sources.files.refused import (
    REFUSED_COLUMNS,
    Refused,
    RefusedWriter,
    as_written,
    unshielded,
)
from unitledger.sources.files.table import RawRow, check_width, read_rows
from unitledger.sources.files.workbook import DAY, MOMENT, SheetReader
from unitledger.sources.files.workbook_parts import Contents, Sheet, look_through

GROUP_ROWS_MAX = 500


@dataclass
class ProfiledFile:
    """One file and how to read it. Reading it again gives the same units with the same numbers."""

    path: Path
    profile: Profile
    header: tuple[str, ...]
    inspected: Inspected
    found: tuple[Sheet, Contents] | None = None  # of a workbook
    bytes_read: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size(self) -> int:
        return self.inspected.size

    @property
    def encoding(self) -> str:
        return self.inspected.encoding

    @property
    def encoding_name(self) -> str:
        """For people: Python calls UTF-8 with or without its mark utf-8-sig."""
        if self.found:
            return f"an Excel workbook, sheet “{self.found[0].name}”"
        return self.encoding.removesuffix("-sig")

    @property
    def digest(self) -> bytes:
        return self.inspected.digest

    @property
    def profile_digest(self) -> bytes:
        return self.profile.digest

    @property
    def profile_content(self) -> dict[str, Any]:
        return self.profile.model_dump(mode="json", by_alias=True, exclude_none=True)

    @property
    def zone(self) -> str:
        return self.profile.file.zone

    @property
    def amount_max(self) -> Decimal:
        return self.profile.file.amount_max

    def arrivals(self) -> Iterator[Arrived]:
        """The units in the file's order, read as they are asked for."""
        maker = RecordMaker(self._read_as(), positions(self.profile, self.header))
        is_correction = set(self.header).issuperset(REFUSED_COLUMNS)
        with contextlib.closing(self.rows()) as rows:
            next(rows)  # the header
            checked = (
                check_width(as_written(row, is_correction=is_correction), width=len(self.header))
                for row in rows
            )
            for unit in self._units(checked):
                yield self._arrived(unit, maker)

    def rows(self) -> Generator[RawRow, None, None]:
        """The rows as they stand in the file, the header among them."""
        return self._rows_of_sheet(*self.found) if self.found else self._rows_of_text()

    def _rows_of_text(self) -> Generator[RawRow, None, None]:
        with _opened(self.path, self.encoding) as stream:
            for row in read_rows(stream, delimiter=self.profile.file.delimiter):
                self.bytes_read = stream.buffer.tell()  # pyright: ignore[reportAttributeAccessIssue]
                yield row

    def _rows_of_sheet(self, sheet: Sheet, contents: Contents) -> Generator[RawRow, None, None]:
        decimal, used = self.profile.file.decimal, frozenset(self.profile.columns())
        reader = SheetReader(self.path, sheet, contents, decimal=decimal, used=used)
        for row in reader.rows():
            self.bytes_read = self.size * row.number // contents.last_row
            yield row

    def _read_as(self) -> Profile:
        """A workbook's cells that are days are written in one form, whatever its texts have."""
        if not self.found:
            return self.profile
        form = self.profile.file
        dates = tuple(dict.fromkeys((*form.dates, DAY, MOMENT)))
        return self.profile.model_copy(update={"file": form.model_copy(update={"dates": dates})})

    def _units(self, rows: Iterable[RawRow]) -> Iterator[list[RawRow]]:
        """Each row by itself, or consecutive rows that say the same in the grouping column."""
        column = self.profile.file.group_by
        if column is None:
            yield from ([row] for row in rows)
            return
        place = self.header.index(column)
        unit: list[RawRow] = []
        for row in rows:
            if unit and not _belongs(row, unit, place):
                yield unit
                unit = []
            unit.append(row)
        if unit:
            yield unit

    def _arrived(self, unit: Sequence[RawRow], maker: RecordMaker) -> Arrived:
        first, last = unit[0], unit[-1]
        refusals = [row.refusal for row in unit if row.refusal]
        records, kinds = [], []
        if not refusals:
            reading = Reading()
            records, kinds = maker.make([row.cells for row in unit], reading)
            refusals = [*reading.refusals, *self._disagreements(unit)]
        return Arrived(
            records=() if refusals else tuple(records),
            raw=self._raw(unit),
            row_number=first.number,
            last_row_number=last.number,
            refusals=tuple(refusals),
            kinds=tuple(kinds),
            fields=maker.columns,
        )

    def _disagreements(self, unit: Sequence[RawRow]) -> Iterator[Refusal]:
        """What a document says once must be said alike on all of its rows."""
        if len(unit) == 1:
            return
        group_by = self.profile.file.group_by
        group = unit[0].cells[self.header.index(group_by or "")]
        if len(unit) >= GROUP_ROWS_MAX:
            yield refuse(
                Rule.GROUP_TOO_LARGE, group_by or "", group=group, limit=GROUP_ROWS_MAX - 1
            )
        for column in self.profile.columns_said_once():
            place = self.header.index(column)
            said = unit[0].cells[place].strip()
            for row in unit[1:]:
                here = row.cells[place].strip()
                if here != said:
                    yield refuse(Rule.GROUP_DIFFERS, column, value=here, first=said, group=group)
                    break

    def _raw(self, unit: Sequence[RawRow]) -> dict[str, Any]:
        rows = [self._raw_row(row) for row in unit]
        return rows[0] if len(rows) == 1 else {"rows": rows}

    def _raw_row(self, row: RawRow) -> dict[str, Any]:
        if row.text or not row.cells:
            return {"text": row.text}
        if len(row.cells) != len(self.header):
            return {"cells": row.cells}
        return dict(zip(self.header, row.cells, strict=True))

    @property
    def refused_writer(self) -> RefusedWriter:
        return RefusedWriter(
            header=self.header,
            delimiter=self.profile.file.delimiter,
            encoding=self.encoding,
            is_workbook=self.inspected.is_workbook,
        )

    def write_refused(self, stream: IO[bytes], refused: Iterable[Refused]) -> int:
        """Write refused rows in the file's own form, with their number and the reason.

        `refused` gives the raw arrival, its row number and the reason. Returns the count.
        """
        return self.refused_writer.write(stream, refused)


def open_file(path: Path, profile: Profile) -> ProfiledFile:
    """Check a file as a whole. Raises SourceRefused where it cannot be read with the profile.

    A file that is refused here has written nothing.
    """
    inspected = inspect(path, encoding=profile.file.encoding)
    _check_format(path, profile, inspected)
    found = look_through(path, sheet=profile.file.sheet) if inspected.is_workbook else None
    opened = ProfiledFile(path=path, profile=profile, header=(), inspected=inspected, found=found)
    with contextlib.closing(opened.rows()) as rows:
        header = next(rows, None)
        if header is None or header.refusal:
            reason = header.refusal.message if header and header.refusal else "it is blank"
            raise HeaderUnreadable(path, reason=reason.rstrip("."))
        names = tuple(cell.strip() for cell in header.cells)
        if set(names).issuperset(REFUSED_COLUMNS):
            names = tuple(unshielded(name) for name in names)
        positions(profile, names)
        if next(rows, None) is None:
            raise HeaderOnly(path)
    return ProfiledFile(path=path, profile=profile, header=names, inspected=inspected, found=found)


def _check_format(path: Path, profile: Profile, inspected: Inspected) -> None:
    wanted = profile.file.format
    if wanted != "auto" and inspected.is_workbook != (wanted == "xlsx"):
        what = "an Excel workbook" if inspected.is_workbook else "no workbook"
        raise NotTheFormat(path, what=what, wanted=wanted)


@contextlib.contextmanager
def _opened(path: Path, encoding: str) -> Iterator[IO[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        yield stream


def _belongs(row: RawRow, unit: Sequence[RawRow], place: int) -> bool:
    first = unit[0]
    if row.refusal or first.refusal or len(unit) >= GROUP_ROWS_MAX:
        return False
    return row.cells[place].strip() == first.cells[place].strip()
