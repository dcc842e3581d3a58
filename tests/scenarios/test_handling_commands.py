"""The command line's twins of what people decide in the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.business import Business
from tests.conftest import Database
from tests.connected import Stage, installed, new_operator
from tests.installed import business_of
from unitledger.cli import group


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch) as stage:
        yield stage


@pytest.fixture
def operator(xero: Stage) -> Business:
    return business_of(xero)


def run(*words: str) -> Result:
    return CliRunner().invoke(group, words)


def said(result: Result) -> Any:
    assert len(result.stdout.splitlines()) == 1, result.output
    return json.loads(result.stdout)


def test_a_record_is_skipped_and_taken_back_by_command(operator: Business) -> None:
    operator.bills("1001", "120.00")

    skipped = said(run("skip", "invoice", "1001", "--note", "Billed twice", "--json"))
    assert (skipped["act"], skipped["records"], skipped["undone"]) == ("skip", 1, False)
    assert operator.states()["invoice 1001"] == "skipped"

    back = said(run("skip", "--undo", skipped["id"], "--json"))
    assert back["undone"] is True
    assert operator.states()["invoice 1001"] != "skipped"


def test_handled_needs_a_note_and_says_so_with_status_one(operator: Business) -> None:
    operator.bills("1001", "120.00")

    bare = run("handled", "invoice", "1001")

    assert bare.exit_code == 1
    assert "Say why in a few words" in bare.stderr
    assert run("handled", "invoice", "1001", "--note", "By hand").exit_code == 0
    assert run("take-up", "invoice", "1001").exit_code == 0


def test_an_unknown_number_and_several_operators_are_wrong_use(operator: Business) -> None:
    operator.bills("1001", "120.00")
    unknown = run("skip", "invoice", "9999", "--note", "x")
    new_operator("Elsewhere")

    several = run("skip", "invoice", "1001", "--note", "x")

    assert (unknown.exit_code, several.exit_code) == (2, 2)
    assert "There is no invoice 9999" in unknown.stderr
    assert "--operator" in several.stderr
    assert run("skip", "--undo", "no-id").exit_code == 2


def test_link_shows_what_may_be_the_record_and_links_it(operator: Business) -> None:
    operator.bookkeeper(
        "raise_invoice",
        contact_name="Ada Marsh",
        number="1001",
        line_amount_types="Inclusive",
        lines=[{"description": "Rent", "quantity": 1, "unit_amount": "120", "account_code": "200"}],
    )
    operator.bills("1001", "120.00")
    run("sync", "--wait")

    found = said(run("link", "invoice", "1001", "--json"))["candidates"]
    assert [each["number"] for each in found] == ["1001"]
    bare = run("link", "invoice", "1001", "--to", found[0]["xero_id"])
    linked = run("link", "invoice", "1001", "--to", found[0]["xero_id"], "--accept-differences")

    assert bare.exit_code == 1
    assert linked.exit_code == 0, linked.output
    assert operator.states()["invoice 1001"] == "synced"
    assert run("unlink", "invoice", "1001").exit_code == 0
    assert operator.reasons("invoice 1001") == ["unlinked"]


def test_ours_is_written_again_by_command_and_a_changed_copy_is_kept(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1002", "120.00")
    run("sync", "--wait")
    for number in ("1001", "1002"):
        operator.bookkeeper("edit_invoice", invoice_id=number, amount="100.00")
    run("resync", "--kind", "invoices", "--number", "1001", "--number", "1002")
    run("sync", "--wait")
    assert operator.states()["invoice 1001"] == "drifted"

    assert run("write-again", "invoice", "1001").exit_code == 0
    assert run("keep", "invoice", "1002", "--note", "Agreed").exit_code == 0
    run("sync", "--wait")

    states = operator.states()
    assert (states["invoice 1001"], states["invoice 1002"]) == ("synced", "skipped")
    assert "1001 AUTHORISED 120.00 paid 0.00" in operator.books()
    assert "1002 AUTHORISED 120.00 paid 0.00" not in operator.books()


def test_resync_counts_what_was_asked_for_apart_from_what_it_hangs_on(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))

    counted = said(run("resync", "--number", "R1", "--json"))

    assert (counted["again"], counted["needed_too"]) == (1, 0)  # nothing is planned yet
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    run("sync", "--wait")
    counted = said(run("resync", "--number", "R1", "--json"))
    assert counted["needed_too"] == 1


def test_one_record_is_counted_in_the_singular_and_json_is_one_line(operator: Business) -> None:
    operator.bills("1001", "120.00")

    assert "1 invoice new" in " ".join(run("report", "--status", "all").stdout.split())
    assert len(said(run("report", "--status", "all", "--json"))["records"]) == 1
