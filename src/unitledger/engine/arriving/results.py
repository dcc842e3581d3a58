"""Results of items as plain values: for answers, and for the result files of bulk jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from unitledger.core.refusals import Refusal
from unitledger.core.source_items import ItemOutcome, ItemResult


def result_content(result: ItemResult) -> dict[str, Any]:
    """One result; `record` is the public id to open it by."""
    key = result.item.key
    return {
        "position": result.item.position,
        "kind": str(result.item.kind) if result.item.kind else None,
        "source": key.source if key else None,
        "id": key.value if key else None,
        "outcome": str(result.outcome),
        "revision": result.item.revision,
        "held_revision": result.held_revision,
        "changes": [
            {"field": each.field, "old": each.old, "new": each.new} for each in result.changes
        ],
        "problems": problems(result.refusals),
        "record": result.public_id,
    }


def problems(refusals: Iterable[Refusal]) -> list[dict[str, str]]:
    return [
        {
            "field": each.field,
            "rule": str(each.rule),
            "message": each.message,
            "remedy": each.remedy,
        }
        for each in refusals
    ]


def counts(results: Sequence[ItemResult]) -> dict[str, int]:
    """How many of each outcome; every outcome is named."""
    found = Counter(each.outcome for each in results)
    return {str(outcome): found[outcome] for outcome in ItemOutcome}
