"""A file opened with its profile: checked as a whole first, then read unit by unit."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from unitledger.core.arrivals import Arrived
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.sources.files.columns import positions
from unitledger.sources.files.encoding import Inspected, inspect
from unitledger.sources.files.errors import HeaderOnly, HeaderUnreadable
from unitledger.sources.files.fields import Reading
from unitledger.sources.files.profile import Profile
from unitledger.sources.files.records import RecordMaker
from unitledger.sources.files.table import RawRow, check_width, read_rows

GROUP_ROWS_MAX = 500
# The columns that `write_refused` adds; a corrected file may bring them back.
REFUSED_COLUMNS = ("refused_row", "refused_because")


@dataclass
class ProfiledFile:
    """One file and how to read it. Reading it again gives the same units with the same numbers."""

    path: Path
    profile: Profile
    header: tuple[str, ...]
    inspected: Inspected
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
        maker = RecordMaker(self.profile, positions(self.profile, self.header))
        with _opened(self.path, self.encoding) as stream:
            rows = read_rows(stream, delimiter=self.profile.file.delimiter)
            next(rows)  # the header
            checked = (check_width(row, width=len(self.header)) for row in rows)
            for unit in self._units(checked):
                self.bytes_read = stream.buffer.tell()  # pyright: ignore[reportAttributeAccessIssue]
                yield self._arrived(unit, maker)

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

    def write_refused(
        self, stream: IO[str], refused: Iterable[tuple[Mapping[str, Any], int, str]]
    ) -> int:
        """Write refused rows in the file's own columns, with their number and the reason.

        `refused` gives the raw arrival, its row number and the reason. Returns the count.
        """
        columns = [column for column in self.header if column not in REFUSED_COLUMNS]
        writer = csv.writer(stream, delimiter=self.profile.file.delimiter)
        writer.writerow([*columns, *REFUSED_COLUMNS])
        count = 0
        for raw, row_number, reason in refused:
            for row in raw.get("rows", [raw]) if isinstance(raw.get("rows"), list) else [raw]:
                writer.writerow([*self._cells(row, columns), str(row_number), reason])
            count += 1
        return count

    def _cells(self, row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
        if set(row) == {"text"} and self.header != ("text",):
            return [str(row["text"]), *[""] * (len(columns) - 1)]
        if set(row) == {"cells"} and self.header != ("cells",):
            by_column = dict(zip(self.header, row["cells"], strict=False))
            return [str(by_column.get(column, "")) for column in columns]
        return [str(row.get(column, "")) for column in columns]


def open_file(path: Path, profile: Profile) -> ProfiledFile:
    """Check a file as a whole. Raises SourceRefused where it cannot be read with the profile.

    A file that is refused here has written nothing.
    """
    inspected = inspect(path, encoding=profile.file.encoding)
    with _opened(path, inspected.encoding) as stream:
        rows = read_rows(stream, delimiter=profile.file.delimiter)
        header = next(rows, None)
        if header is None or header.refusal:
            reason = header.refusal.message if header and header.refusal else "it is blank"
            raise HeaderUnreadable(path, reason=reason.rstrip("."))
        names = tuple(cell.strip() for cell in header.cells)
        positions(profile, names)
        if next(rows, None) is None:
            raise HeaderOnly(path)
    return ProfiledFile(path=path, profile=profile, header=names, inspected=inspected)


@contextlib.contextmanager
def _opened(path: Path, encoding: str) -> Iterator[IO[str]]:
    with path.open(encoding=encoding, newline="") as stream:
        yield stream


def _belongs(row: RawRow, unit: Sequence[RawRow], place: int) -> bool:
    first = unit[0]
    if row.refusal or first.refusal or len(unit) >= GROUP_ROWS_MAX:
        return False
    return row.cells[place].strip() == first.cells[place].strip()
