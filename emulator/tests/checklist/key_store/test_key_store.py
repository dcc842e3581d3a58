"""Where keys are kept, and for how long. Evidence: documented (six minutes, per app, 128
characters). What happens while the first use is on its way is unsure, hence a setting."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.conftest import Xero


def keyed(key: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": key}}


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


def test_a_gateways_error_is_not_remembered(xero: Xero) -> None:
    xero.fault("error_after_commit", status=502)
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 502
    assert xero.put("Contacts", {"Name": "Ann"}, **keyed("k1")).status_code == 200
    assert len(xero.rows("Contacts")) == 1


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
