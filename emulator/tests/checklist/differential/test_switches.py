"""Where sources disagree there are two readings: each has a default, a word to choose the other,
and a test of both. Evidence: unsure by definition; the README of fauxero lists them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from fauxero.accounting.rows import Switches
from fauxero.settings import Settings
from tests.conftest import Xero

TESTS = Path(__file__).parents[2]
WORDS = [
    *(part.name for part in fields(Switches)),
    "partial_save",
    "key_registered",
    "webhook_on_payment",
    "connection_caps",
]


def words_in_tests() -> str:
    here = Path(__file__)
    sources = (path for path in TESTS.rglob("test_*.py") if path != here)
    return "\n".join(path.read_text(encoding="utf-8") for path in sources).replace(
        'f"reuse_{ending.lower()}_numbers"', "reuse_deleted_numbers reuse_voided_numbers"
    )


def test_each_switch_is_named_in_a_test_and_in_the_readme() -> None:
    readme = (TESTS.parent / "README.md").read_text(encoding="utf-8")
    tested = words_in_tests()
    assert [word for word in WORDS if word not in tested or word not in readme] == []


def test_the_settings_of_a_world_are_the_ones_known() -> None:
    known = {part.name for part in fields(Settings)}
    assert known - set(WORDS) == {"auto_approve", "webhook_hosts"}


@pytest.mark.parametrize("name", [part.name for part in fields(Switches)])
def test_each_switch_is_turned_over_http(xero: Xero, name: str) -> None:
    path = f"organisations/{xero.organisation_id}"
    default = getattr(Switches(), name)
    changed = xero.control("POST", path, {"switches": {name: not default}})
    assert changed["switches"][name] is not default
