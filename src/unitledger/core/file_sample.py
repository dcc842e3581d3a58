"""The beginning of a file, and what is known of the business: what a guess rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from unitledger.core.file_mapping import FileMapping


@dataclass(frozen=True)
class Sample:
    """A file's header and first rows. Rows are as wide as the header."""

    is_workbook: bool
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    delimiter: str = ","
    sheet: str = ""
    sheets: Sequence[str] = ()  # of a workbook: those that are shown

    def values(self, column: str) -> list[str]:
        """What is not empty in a column, from the top."""
        place = list(self.header).index(column)
        return [text for row in self.rows if (text := row[place].strip())]


@dataclass(frozen=True)
class Known:
    """What the operator's records say already."""

    source: str = ""
    types: Mapping[str, str] = field(default_factory=dict[str, str])  # record kind → identifier
    zone: str = "Europe/London"
    currency: str = ""
    locations: Sequence[str] = ()
    is_month_first: bool = False


@dataclass(frozen=True)
class Guess:
    """A mapping to begin with, and why: field → "by its name", "by its values"."""

    mapping: FileMapping
    how: Mapping[str, str]
    is_date_open: bool = False  # day and month could be either way round
