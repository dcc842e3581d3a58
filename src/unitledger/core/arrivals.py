"""What comes in together and goes in together: one row's records, or one message's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from unitledger.core.billing import Record, RecordKey, RecordKind
from unitledger.core.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Arrived:
    """One unit of intake. Its records go in together or, with any refusal, not at all.

    `records` are in the order of their dependence: tenant, invoice, payment.
    """

    records: Sequence[Record]
    raw: Mapping[str, Any]  # as it came, kept before anything is understood
    row_number: int | None = None  # as a spreadsheet counts: the header is row 1
    last_row_number: int | None = None  # where a unit spans several rows
    refusals: Sequence[Refusal] = ()  # what the source's reader already found
    kinds: Sequence[RecordKind] = ()  # what the row would have made; needed where it has refusals
    fields: Mapping[str, str] | None = None  # our field ("invoice.total") → the file's column


class Outcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that says something else than before; lists are named by position."""

    field: str  # "total", "lines[1].amount"
    old: str | None
    new: str | None

    def __str__(self) -> str:
        return f"{self.field}: {self.old or 'nothing'} → {self.new or 'nothing'}"


@dataclass(frozen=True, slots=True)
class RecordResult:
    kind: RecordKind
    key: RecordKey | None  # None: the row could not be read so far
    outcome: Outcome
    changes: Sequence[Change] = ()
    is_repeat: bool = False  # said before in the same file, in the same words


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one unit: one result a record, in the order given."""

    row_number: int | None
    records: Sequence[RecordResult]
    refusals: Sequence[Refusal] = ()

    @property
    def is_refused(self) -> bool:
        return bool(self.refusals)
