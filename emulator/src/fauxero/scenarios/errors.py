"""What is wrong with a scenario: the file, the entry, the field, the rule, and what to do."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class ScenarioError(ValueError):
    """Names file, entry and field, states the rule, and says what to do about it."""

    def __init__(self, *, file: str, entry: str, field: str, rule: str, remedy: str) -> None:
        where = " · ".join(part for part in (file, entry, field) if part)
        super().__init__(f"{where}: {rule} {remedy}".strip())
        self.file, self.entry, self.field = file, entry, field
        self.rule, self.remedy = rule, remedy


def did_you_mean(wrong: str, known: Collection[str]) -> str:
    close = get_close_matches(wrong, known, n=1)
    listed = f"Known are {', '.join(known)}."
    return f"Did you mean {close[0]}? {listed}" if close else listed
