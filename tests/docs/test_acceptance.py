"""The acceptance criteria name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (AC-\d+) \| .* \| (.*) \|$", (ROOT / "docs/reference/acceptance.md").read_text(), re.M
)


def test_every_criterion_has_one_row_in_order() -> None:
    assert [name for name, _ in ROWS] == [f"AC-{number}" for number in range(1, 67)]


@pytest.mark.parametrize(("name", "shown_by"), ROWS, ids=[name for name, _ in ROWS])
def test_what_shows_it_exists(name: str, shown_by: str) -> None:
    written = ""
    for word in re.findall(r"`([^`]+)`", shown_by):
        if word.endswith(".py"):
            written = (ROOT / "tests" / word).read_text()
        else:
            assert f"def {word}(" in written, f"{name}: {word}"
