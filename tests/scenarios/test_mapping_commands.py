"""The command line's twins of Synchronize."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.business import Business
from tests.conftest import Database
from tests.connected import Stage, connected, installed, new_operator
from tests.installed import business_of
from unitledger.cli import group


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch) as stage:
        yield stage


def run(*words: str) -> Result:
    return CliRunner().invoke(group, ("mapping", *words))


def said(*words: str, status: int = 0) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_a_mapping_is_suggested_saved_and_shown_by_command(xero: Stage) -> None:
    connected(xero, new_operator("Ashford"))
    assert said("check", status=3)["version"] == 0
    looked = said("suggest")
    assert looked["choices"]["rent"].startswith("2000 Storage Rent")
    assert said("show")["version"] == 0

    assert said("suggest", "--save")["version"] == 1
    shown = said("show")
    assert (shown["version"], shown["choices"]["rent"]) == (1, looked["choices"]["rent"])
    again = run("suggest", "--save")
    assert again.exit_code == 1
    assert "Version 1 is in force" in again.stderr
    assert said("check")["is_fine"] is True


def test_a_choice_is_looked_at_and_then_saved_by_command(xero: Stage) -> None:
    business_of(xero).bills("1001", "120.00")
    looked = said("set", "charge", "rent", "--account", "260", "--look")
    assert (looked["version"], looked["touches"]["invoices"]) == (None, 1)
    assert said("show")["version"] == 1

    saved = said("set", "charge", "rent", "--account", "260")
    assert (saved["version"], saved["is_new"]) == (2, True)
    assert said("set", "charge", "rent", "--account", "260")["is_new"] is False
    assert said("set", "method", "Cash", "--account", "640")["version"] == 3
    assert said("set", "tax", "20=OUTPUT2")["version"] == 4
    choices = said("show")["choices"]
    assert choices["rent"].startswith("260 ")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("charge", "rent", "--account", "9999"), "no longer in Xero"),
        (("charge", "deposit", "--account", "200"), "Choose a liability account"),
        (("charge", "rent", "--account", "200", "--tax", "20=RROUTPUT"), "5 % in Xero"),
        (("method", "Cash", "--account", "200"), "takes no payments"),
        (("method", "Cash", "--account", "9999"), "no account 9999"),
        (("option", "Colour", "Ashford", "Red"), "not in use"),
        (("tax", "much=OUTPUT2"), "no percentage"),
    ],
)
def test_what_the_books_would_not_take_is_refused_by_command(
    xero: Stage, words: tuple[str, ...], reason: str
) -> None:
    business_of(xero)
    result = run("set", *words)
    assert result.exit_code == 1, result.output
    assert reason in result.stderr
    assert said("show")["version"] == 1


def test_check_ends_with_three_where_an_account_was_archived(xero: Stage) -> None:
    operator: Business = business_of(xero)
    operator.bookkeeper("archive_account", code="2000")
    said("suggest")  # reads the chart afresh
    found = said("check", status=3)
    assert "archived" in " ".join(each["sentence"] for each in found["faults"])
    assert "Choose another account" in run("check").stdout
