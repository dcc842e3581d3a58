"""What an import came to, for people and for programs, and how far it is meanwhile."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from unitledger.core.arrivals import Outcome, RowResult
from unitledger.core.billing import RecordKind

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.intake import ImportReport, Tally
    from unitledger.wiring import ProfiledFile

ROWS_LISTED_MAX = 20
_PLURALS = {
    RecordKind.TENANT: "tenants",
    RecordKind.INVOICE: "invoices",
    RecordKind.PAYMENT: "payments",
}
_HEADINGS = {
    Outcome.CREATED: "created",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
    Outcome.REFUSED: "refused",
}


class ImportBar:
    """A bar on standard error by bytes read, with rows a second and the time of its end."""

    def __init__(self, source: ProfiledFile, *, is_shown: bool) -> None:
        self._source = source
        self._began = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[says]}"),
            console=Console(stderr=True),
            transient=True,
            disable=not (is_shown and sys.stderr.isatty()),
        )
        self._task = self._bar.add_task(source.name, total=source.size, says="")

    def __enter__(self) -> ImportBar:
        self._bar.start()
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def show(self, tally: Tally) -> None:
        spent = max(time.monotonic() - self._began, 0.001)
        done = self._source.bytes_read / self._source.size
        left = spent / done - spent if done else 0.0
        says = f"{tally.rows_read:,} rows, {tally.rows_read / spent:,.0f} rows/s, {_ends(left)}"
        self._bar.update(self._task, completed=self._source.bytes_read, says=says)


def _ends(seconds: float) -> str:
    from unitledger.system import DatabaseClock

    ends_at = DatabaseClock().now() + timedelta(seconds=seconds)
    return f"done by {ends_at.astimezone():%H:%M:%S}"


def in_words(
    report: ImportReport, *, source: ProfiledFile, is_dry_run: bool, refused_path: Path | None
) -> str:
    tally = report.tally
    read = f"{_rows(tally.rows_read)} read with the profile “{source.profile.name}”"
    lines = [f"{source.name}: {read} as {source.encoding_name}."]
    if report.resumed_behind_row:
        lines.append(f"Went on behind row {report.resumed_behind_row:,}.")
    lines += ["", *_table(tally)]
    lines += _listed("Changed:", [line for result in tally.changed for line in _changes(result)])
    lines += _listed(
        f"{_rows(tally.rows_refused)} refused:",
        [line for result in tally.refused for line in _refusals(result)],
    )
    if report.refused_written is not None and refused_path:
        lines += ["", f"{_rows(report.refused_written)} written to {refused_path}."]
    if is_dry_run:
        lines += ["", "A dry run: nothing was kept."]
    if not report.is_finished:
        lines += ["", "Stopped. Give the same command again to go on behind the last row."]
    return "\n".join(lines)


def as_content(report: ImportReport, *, source: ProfiledFile, is_dry_run: bool) -> dict[str, Any]:
    tally = report.tally
    return {
        "file": source.name,
        "profile": source.profile.name,
        "encoding": source.encoding_name,
        "dry_run": is_dry_run,
        "finished": report.is_finished,
        "resumed_behind_row": report.resumed_behind_row,
        "rows_read": tally.rows_read,
        "rows_refused": tally.rows_refused,
        **{_HEADINGS[outcome]: tally.count(outcome) for outcome in Outcome},
        "records": {
            str(kind): {str(outcome): tally.records[kind, outcome] for outcome in Outcome}
            for kind in RecordKind
        },
        "refusals": [
            {"row": result.row_number, **refusal.as_content()}
            for result in tally.refused
            for refusal in result.refusals
        ],
        "changes": [
            {
                "row": result.row_number,
                "kind": str(record.kind),
                "key": record.key.value if record.key else None,
                "field": change.field,
                "old": change.old,
                "new": change.new,
            }
            for result in tally.changed
            for record in result.records
            for change in record.changes
        ],
    }


def _table(tally: Tally) -> Iterator[str]:
    yield f"{'':10}" + "".join(f"{heading:>11}" for heading in _HEADINGS.values())
    for kind, plural in _PLURALS.items():
        counts = [tally.records[kind, outcome] for outcome in _HEADINGS]
        if any(counts):
            yield f"{plural:10}" + "".join(f"{count:>11,}" for count in counts)


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield heading
    yield from (f"  {line}" for line in lines[:ROWS_LISTED_MAX])
    if len(lines) > ROWS_LISTED_MAX:
        yield f"  … and {len(lines) - ROWS_LISTED_MAX:,} more"


def _changes(result: RowResult) -> Iterator[str]:
    for record in result.records:
        if record.changes and record.key:
            changes = ", ".join(str(change) for change in record.changes)
            yield f"row {result.row_number}, {record.kind} {record.key.value}: {changes}"


def _refusals(result: RowResult) -> Iterator[str]:
    for refusal in result.refusals:
        where = f"row {result.row_number}, {refusal.field}"
        yield f"{where}: {refusal.message} {refusal.remedy} [{refusal.rule}]"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
