"""Sending items: identity, revision, one result each, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.programs import Program, program

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def sender() -> Program:
    return program()


def _outcomes(answer: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in answer["results"]]


def test_a_tenant_an_invoice_and_a_payment_go_in_whatever_their_order(sender: Program) -> None:
    sent = [sender.payment(), sender.invoice(), sender.tenant(), sender.location()]

    answer = sender.send("items", sent)

    assert _outcomes(answer) == ["created"] * 4
    assert answer["counts"]["created"] == 4
    assert answer["results"][0]["url"].endswith(f"/records/{answer['results'][0]['record']}")


def test_the_same_revision_saying_the_same_changes_nothing(sender: Program) -> None:
    sender.knows_a_tenant()

    assert _outcomes(sender.send("invoices", [sender.invoice()])) == ["created"]
    assert _outcomes(sender.send("invoices", [sender.invoice()])) == ["unchanged"]


def test_a_newer_revision_is_a_change_and_says_of_what(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice()])

    (result,) = sender.send("invoices", [sender.invoice(revision=2, amount="130.00")])["results"]

    assert result["outcome"] == "changed"
    assert {"field": "total", "old": "120.00", "new": "130.00"} in result["changes"]
    assert result["held_revision"] == 2


def test_the_same_revision_saying_something_else_is_a_conflict(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice()])

    (result,) = sender.send("invoices", [sender.invoice(amount="130.00")])["results"]

    assert result["outcome"] == "conflict"
    assert result["problems"][0]["rule"] == "revision_conflict"
    assert "total: 120.00 → 130.00" in result["problems"][0]["message"]
    assert sender.reads("invoices")[0]["amount"] == "120.00"


def test_an_older_revision_is_stale(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice(revision=5)])

    (result,) = sender.send("invoices", [sender.invoice(revision=4, amount="1.00")])["results"]

    assert (result["outcome"], result["held_revision"]) == ("stale", 5)
    assert sender.reads("invoices")[0]["amount"] == "120.00"


def test_several_revisions_of_one_item_in_one_request_are_taken_one_by_one(
    sender: Program,
) -> None:
    sender.knows_a_tenant()
    sent = [sender.invoice(revision=1), sender.invoice(revision=2, amount="130.00")]

    assert _outcomes(sender.send("invoices", sent)) == ["created", "changed"]


def test_a_bad_item_does_not_hinder_its_neighbours(sender: Program) -> None:
    sender.knows_a_tenant()
    bad = sender.invoice(id="INV-2", number="INV-2", total="7.00")

    answer = sender.send("invoices", [bad, sender.invoice()])

    assert _outcomes(answer) == ["refused", "created"]
    (problem,) = answer["results"][0]["problems"]
    assert (problem["field"], problem["rule"]) == ("total", "total_differs_from_lines")
    assert problem["remedy"]


def test_a_refused_revision_may_come_again_corrected(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice(total="7.00")])

    assert _outcomes(sender.send("invoices", [sender.invoice()])) == ["created"]


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"total": 120.0}, "total", "money_not_text"),
        ({"total": 120}, "total", "money_not_text"),
        ({"total": "120,00"}, "total", "not_a_number"),
        ({"total": "1e5"}, "total", "not_a_number"),
        ({"totl": "120.00"}, "totl", "field_unknown"),
        ({"issued_on": "01/03/2026"}, "issued_on", "date_form_unknown"),
        ({"issued_on": "2026-02-30"}, "issued_on", "date_form_unknown"),
        ({"is_void": "yes"}, "is_void", "wrong_type"),
        ({"revision": "7"}, "revision", "wrong_type"),
        ({"revision": -1}, "revision", "wrong_type"),
        ({"id": "a\u0000b"}, "id", "control_character"),
        ({"id": ""}, "id", "text_empty"),
        ({"tenant": "T-NOBODY"}, "tenant", "tenant_unknown"),
        ({"currency": "XXQ"}, "currency", "currency_unknown"),
        ({"kind": "payment"}, "kind", "kind_unknown"),
        ({"kind": "credit"}, "kind", "kind_not_kept"),
        ({"place": {"location": "Nowhere"}}, "place.location", "location_unknown"),
        ({"lines": []}, "lines", "wrong_type"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_rule(
    sender: Program, changed: dict[str, Any], field: str, rule: str
) -> None:
    sender.knows_a_tenant()

    (result,) = sender.send("invoices", [sender.invoice(**changed)])["results"]

    assert result["outcome"] == "refused"
    assert (field, rule) in [(each["field"], each["rule"]) for each in result["problems"]]
    assert all(each["message"] and each["remedy"] for each in result["problems"])
    assert sender.reads("invoices") == []


def test_a_line_is_named_by_its_position(sender: Program) -> None:
    sender.knows_a_tenant()
    line = {"charge_type": "rent", "description": "Rent", "amount": 120}

    (result,) = sender.send("invoices", [sender.invoice(lines=[line])])["results"]

    assert result["problems"][0]["field"] == "lines[1].amount"
    assert '"120.00"' in result["problems"][0]["remedy"]


def test_a_dry_run_decides_everything_and_keeps_nothing(sender: Program) -> None:
    sent = [sender.location(), sender.tenant(), sender.invoice()]

    answer = sender.send("items?dry_run=true", sent)

    assert answer["dry_run"] is True
    assert _outcomes(answer) == ["created"] * 3
    assert sender.reads("tenants") == []
    assert _outcomes(sender.send("items", sent)) == ["created"] * 3


def test_a_test_key_keeps_nothing_where_xero_is_real() -> None:
    sender = program(is_test=True)

    answer = sender.send("items", [sender.location(), sender.tenant()])

    assert (answer["dry_run"], answer["counts"]["created"]) == (True, 2)
    assert "test key" in answer["dry_run_because"]
    assert sender.reads("tenants") == []


def test_a_test_key_works_in_earnest_on_an_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITLEDGER_XERO_URL", "http://localhost:1")
    sender = program(is_test=True)

    sender.send("items", [sender.location(), sender.tenant()])

    assert len(sender.reads("tenants")) == 1


def test_a_record_that_a_file_brought_is_recognised_by_another_name(sender: Program) -> None:
    sender.knows_a_tenant()
    named = [{"type": "number", "id": "INV-1"}]
    sender.send("invoices", [sender.invoice(other_ids=named)])

    by_number = sender.invoice(id="INV-1", id_type="number", tenant={"id": "T-ADA"})

    assert _outcomes(sender.send("invoices", [by_number])) == ["unchanged"]
    assert len(sender.reads("invoices")) == 1


def test_a_location_grows_and_is_never_renamed(sender: Program) -> None:
    sender.send("locations", [sender.location()])
    grown = sender.location(
        revision=2, buildings=[{"name": "A", "units": [{"number": "A01", "unit_type": "Locker"}]}]
    )

    (result,) = sender.send("locations", [grown])["results"]
    assert result["outcome"] == "changed"
    (place,) = sender.get("locations")["locations"]
    assert (place["buildings"], place["units"]) == (["A"], 1)

    (renamed,) = sender.send("locations", [sender.location(revision=3, name="Lakeside")])["results"]
    assert renamed["problems"][0]["rule"] == "location_renamed"


def test_a_void_invoice_is_a_newer_revision(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice()])

    sender.send("invoices", [sender.invoice(revision=2, is_void=True)])

    assert sender.reads("invoices")[0]["void"] is True


@pytest.mark.parametrize("what", ["credits", "refunds"])
def test_what_is_not_kept_is_refused_loudly(sender: Program, what: str) -> None:
    answer = sender.post(what, {"items": [{"id": "1"}]})

    assert answer.status_code == 501
    assert what in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (b"", 400, "json_broken"),
        (b"{", 400, "json_broken"),
        (b"\xff", 400, "json_broken"),
        (b'{"items": []}', 400, "no_items"),
        (b'{"things": []}', 400, "no_items"),
        (b'{"items": [1], "dry_run": true}', 400, "field_unknown"),
        (b'{"items": [NaN]}', 400, "json_broken"),
        (b'{"items": [1e999]}', 400, "json_broken"),
        (b"[" * 100_000, 400, "json_broken"),
        (json.dumps({"items": [{}] * 1001}).encode(), 413, "too_many_items"),
        (b" " * 8_000_001, 413, "body_too_large"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else str(value),
)
def test_a_body_that_is_none_is_a_problem(
    sender: Program, body: bytes, status: int, rule: str
) -> None:
    answer = sender.post("tenants", body)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["rule"] == rule
    assert answer.json()["request_id"] == answer["X-Request-Id"]


@pytest.mark.parametrize("item", [None, 7, "text", [], {"id": "\ud800"}, {"name": "\udfff"}])
def test_an_item_that_is_none_has_a_result_all_the_same(sender: Program, item: Any) -> None:
    answer = sender.send("tenants", [item, sender.tenant()])

    assert _outcomes(answer) == ["refused", "created"]
