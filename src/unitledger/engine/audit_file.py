"""The audit log as rows of a file: what a spreadsheet gets, from the page and by command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from unitledger.engine.exporting import neutral
from unitledger.store.audit import AuditEntry

READ_AT_ONCE = 1000
COLUMNS = (
    "at", "who", "kind of who", "address", "act", "subject", "name", "subject id",
    "before", "after",
)  # fmt: skip


def pages(entries: QuerySet[AuditEntry]) -> Iterator[Sequence[AuditEntry]]:
    """Oldest first, so many at a time that a long log fits into memory."""
    last = 0
    while True:
        rows = list(entries.filter(id__gt=last).order_by("id")[:READ_AT_ONCE])
        yield rows
        if len(rows) < READ_AT_ONCE:
            return
        last = rows[-1].pk


def cells(entry: AuditEntry) -> Sequence[str]:
    """No cell of it is taken for a formula."""
    plain = (
        entry.at.isoformat(),
        entry.actor_name,
        entry.actor_kind,
        entry.address or "",
        entry.act,
        entry.subject_kind,
        entry.subject_name,
        entry.subject_id,
        as_json(entry.before),
        as_json(entry.after),
    )
    return [neutral(each) for each in plain]


def as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
