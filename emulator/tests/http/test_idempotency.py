"""Idempotency keys. Evidence: documented (six minutes, 128 characters, mismatch text, errors
replayed, after limits). What happens while the first use is on its way is unsure."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.conftest import Xero


def keyed(key: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": key}}


def test_the_same_request_again_is_answered_from_memory(xero: Xero) -> None:
    first = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    again = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert again.status_code == 200
    assert again.content == first.content
    assert len(xero.rows("Contacts")) == 1
    assert [entry["replayed"] for entry in xero.log("?method=PUT")] == [False, True]


def test_a_replay_costs_quota(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    again = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert again.headers["x-minlimit-remaining"] == "58"


def test_after_six_minutes_the_key_is_new_and_the_payment_is_made_again(xero: Xero) -> None:
    [invoice] = xero.put("Invoices", xero.invoice("R1")).json()["Invoices"]
    payment = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"AccountID": xero.account(Type="BANK")["AccountID"]},
        "Date": "2026-03-02",
        "Amount": 40,
    }
    xero.put("Payments", payment, **keyed("pay"))
    xero.advance(359)
    xero.put("Payments", payment, **keyed("pay"))
    assert len(xero.rows("Payments")) == 1
    xero.advance(1)
    assert xero.put("Payments", payment, **keyed("pay")).status_code == 200
    assert len(xero.rows("Payments")) == 2


@pytest.mark.parametrize("how", ["body", "path", "method"])
def test_a_key_used_with_a_different_request_is_refused(xero: Xero, how: str) -> None:
    xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    method = "POST" if how == "method" else "PUT"
    path = "Contacts?summarizeErrors=false" if how == "path" else "Contacts"
    body = {"Name": "Bob" if how == "body" else "Ann"}
    answer = xero.call(method, path, json=body, **keyed("k1"))
    assert answer.status_code == 400
    assert "Idempotency Key: k1 is used with a different request." in answer.text


def test_an_error_is_replayed_even_after_its_cause_is_gone(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Ann"})
    refused = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    [row] = xero.rows("Contacts")
    xero.post(f"Contacts/{row['ContactID']}", {"Name": "Anna"})
    again = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert (refused.status_code, again.status_code) == (400, 400)
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k2")).status_code == 200


def test_an_internal_error_is_replayed_though_the_write_was_committed(xero: Xero) -> None:
    xero.fault("error_after_commit", status=500)
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 500
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 500
    assert [row["Name"] for row in xero.rows("Contacts")] == ["Ann"]


def test_an_internal_error_before_the_write_is_replayed_as_well(xero: Xero) -> None:
    xero.fault("error_before_commit", status=500)
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 500
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 500
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k2")).status_code == 200


def test_a_gateways_error_is_not_remembered(xero: Xero) -> None:
    xero.fault("error_after_commit", status=502)
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 502
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 200
    assert len(xero.rows("Contacts")) == 1


def test_a_lost_answer_is_found_again_under_the_same_key(xero: Xero) -> None:
    xero.fault("cut_after_commit")
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    again = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert again.status_code == 200
    assert len(xero.rows("Contacts")) == 1


def test_a_refusal_by_a_limit_does_not_use_the_key_up(xero: Xero) -> None:
    xero.fault("rate_limit", problem="minute")
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 429
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 200


def test_keys_are_kept_per_app(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    app = xero.control("POST", "apps", {"name": "Another"})
    xero.token = xero.new_token(client_id=app["client_id"])
    assert xero.put("Contacts", {"Name": "Bob"}, **keyed("k1")).status_code == 200


def test_a_key_of_more_than_128_characters_is_refused_with_its_length(xero: Xero) -> None:
    answer = xero.put("Contacts", {"Name": "Ann"}, **keyed("k" * 129))
    assert answer.status_code == 400
    assert "k" * 129 in answer.text
    assert "129" in answer.text
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k" * 128)).status_code == 200


def test_a_key_on_a_read_is_ignored(xero: Xero) -> None:
    assert xero.get("Contacts", **keyed("k1")).json()["Contacts"] == []
    xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert len(xero.get("Contacts", **keyed("k1")).json()["Contacts"]) == 1


def test_registered_at_accept_a_second_use_waits_for_no_one_and_writes_nothing(xero: Xero) -> None:
    xero.fault("commit_late", seconds=600)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    answer = xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert (answer.status_code, answer.json()["Title"]) == (500, "An error occurred")
    assert xero.log()[-1]["reason"] == "idempotency key still being processed"
    assert xero.rows("Contacts") == []
    xero.advance(600)
    assert len(xero.rows("Contacts")) == 1


def test_registered_at_commit_a_late_first_use_finds_the_second_already_done(xero: Xero) -> None:
    xero.control("POST", "settings", {"key_registered": "at_commit"})
    xero.fault("commit_late", seconds=60)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 200
    xero.advance(60)
    assert xero.log("?method=PUT")[-1]["replayed"] is True
    assert len(xero.rows("Contacts")) == 1


def test_a_late_request_without_the_scope_gives_its_key_back(xero: Xero) -> None:
    whole = xero.token
    xero.token = xero.new_token(scopes=["accounting.contacts.read"])
    xero.fault("commit_late", seconds=60)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", {"Name": "Ann"}, **keyed("k1"))
    xero.advance(60)
    xero.token = whole
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 200
