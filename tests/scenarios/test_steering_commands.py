"""The command line's twins of Sync runs: runs, pause, resume, dry-run, preview, undo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business
from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of
from unitledger.cli import group


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def run(*words: str) -> Result:
    return CliRunner().invoke(group, words)


def said(*words: str, status: int = 0) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == status, result.output
    assert len(result.stdout.splitlines()) == 1, result.output
    return json.loads(result.stdout)


def test_a_dry_run_and_previews_say_what_would_go_and_nothing_does(operator: Business) -> None:
    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))

    told = said("dry-run")
    shown = said("preview", "invoice", "INV-1")["documents"][0]

    assert told["documents"] == 3
    assert {each["effect"]: each["count"] for each in told["kinds"]} == {
        "create_contact": 1,
        "create_invoice": 1,
        "create_payment": 1,
    }
    assert shown["acts"][0]["effect"] == "create_invoice"
    assert {each["debit"] for each in shown["entries"]} >= {"120.00"}
    assert "3 records would be sent" in run("dry-run").stdout
    assert "debit        120.00 GBP" in run("preview", "invoice", "INV-1").stdout
    assert (operator.writes(), operator.books()) == (0, [])
    assert run("preview", "invoice", "INV-9").exit_code == 2


def test_paused_by_command_nothing_goes_until_resumed(operator: Business) -> None:
    operator.takes_in(tenant(), invoice("INV-1"))

    assert said("pause")["organisations"][0]["changed"] is True
    assert said("pause")["organisations"][0]["changed"] is False
    operator.syncs()
    assert operator.books() == []
    assert "goes on" in run("resume").stdout
    operator.syncs()

    assert len(operator.books()) == 1
    assert run("pause", "--organisation", "Nobody Ltd").exit_code == 2


def test_a_run_is_listed_and_undone_by_command_once_approved(operator: Business) -> None:
    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))
    operator.syncs()
    newest = said("runs")["runs"][0]
    assert (newest["state"], newest["written"]) == ("finished", 3)

    plan = said("undo", str(newest["run"]))
    assert plan["state"] == "planned"
    assert [each["kind"] for each in plan["left"]] == ["contact"]
    assert operator.books() == ["INV-1 AUTHORISED 120.00 paid 50.00"]
    assert said("undo", newest["id"], "--approve")["state"] == "approved"
    operator.syncs(is_asked_by_person=False)

    assert operator.books() == []
    assert said("undo", str(newest["run"]), "--approve")["state"] == "ended"
    assert "No" not in run("runs").stdout.splitlines()[0]
    nothing = run("undo", str(said("runs")["runs"][0]["run"]))
    assert nothing.exit_code == 1
    assert "made nothing in Xero" in nothing.stderr
    assert run("undo", "no-such-run").exit_code == 2
