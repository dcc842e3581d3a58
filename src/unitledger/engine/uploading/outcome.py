"""What a check or an import came to, as it is kept for its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from unitledger.core.arrivals import Outcome, RowResult
from unitledger.core.billing import RecordKind
from unitledger.engine.intake.importing import ImportReport, Refused

SHOWN_MAX = 200
CELL_SHOWN_MAX = 120


class RefusedRows:
    """Passes refused rows on to the correction file, and keeps the first to be shown."""

    def __init__(self, refused: Iterable[Refused]) -> None:
        self._refused = refused
        self.first: dict[int, Mapping[str, Any]] = {}

    def __iter__(self) -> Iterator[Refused]:
        for raw, row_number, reason in self._refused:
            if len(self.first) < SHOWN_MAX:
                self.first[row_number] = raw
            yield raw, row_number, reason


def outcome_content(
    report: ImportReport, first: Mapping[int, Mapping[str, Any]], header: Sequence[str]
) -> dict[str, Any]:
    """Plain values. `first` are raw rows by their number, `header` the order of their cells."""
    tally = report.tally
    return {
        "header": list(header),
        "is_finished": report.is_finished,
        "resumed_behind_row": report.resumed_behind_row,
        "rows_read": tally.rows_read,
        "rows_refused": tally.rows_refused,
        "counts": {str(outcome): tally.count(outcome) for outcome in Outcome},
        "records": {
            str(kind): {str(outcome): tally.records[kind, outcome] for outcome in Outcome}
            for kind in RecordKind
        },
        "refused": [_refused(each, first) for each in tally.refused[:SHOWN_MAX]],
        "changes": [line for each in tally.changed[:SHOWN_MAX] for line in _changes(each)][
            :SHOWN_MAX
        ],
        "changed_rows": len(tally.changed),
    }


def _refused(result: RowResult, first: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    raw = first.get(result.row_number or 0, {})
    rows = raw.get("rows")
    cells = rows[0] if isinstance(rows, list) and rows else raw
    return {
        "row": result.row_number,
        "cells": {str(name): _shown(text) for name, text in cells.items()},
        "reasons": [
            {"field": each.field, "message": each.message, "remedy": each.remedy}
            for each in result.refusals
        ],
    }


def _changes(result: RowResult) -> Iterator[dict[str, Any]]:
    for record in result.records:
        for change in record.changes:
            yield {
                "row": result.row_number,
                "kind": str(record.kind),
                "key": record.key.value if record.key else None,
                "field": change.field,
                "old": change.old,
                "new": change.new,
            }


def _shown(value: Any) -> Any:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= CELL_SHOWN_MAX else f"{text[:CELL_SHOWN_MAX]}…"
