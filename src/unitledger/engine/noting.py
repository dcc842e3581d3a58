"""What is worth a person's look though the record is synced: notes of a document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.db import connection as database

from unitledger.engine.deciding import Decision


def noted(decision: Decision) -> str | None:
    """The notes to keep with what is planned; None: those that are kept still hold."""
    if decision.notes is None:
        return None
    return json.dumps(list(decision.notes), ensure_ascii=False)


def keep_warnings(warnings: Mapping[int, Sequence[str]]) -> None:
    """What the books said beside their yes, by document; inside the caller's transaction."""
    keep(
        {
            document_id: [f"Xero warns: {text}" for text in texts]
            for document_id, texts in warnings.items()
        }
    )


def keep(notes: Mapping[int, Sequence[str]]) -> None:
    """Sentences to keep beside what a document has, by document; inside the transaction."""
    told = [
        (json.dumps(list(texts), ensure_ascii=False), document_id)
        for document_id, texts in notes.items()
        if texts
    ]
    if not told:
        return
    with database.cursor() as cursor:
        cursor.executemany("UPDATE document SET notes = notes || %s::jsonb WHERE id = %s", told)
