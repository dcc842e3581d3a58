"""Every path that localstack-xero 0.1.2 answers is answered here too, read from its source.

Its paths, not its leniency: credentials, organisations and duplicate names are looked at.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Xero


@pytest.fixture
def made(xero: Xero) -> dict[str, str]:
    """One of each kind it knows, and their ids."""
    bank = xero.account(Type="BANK")["AccountID"]
    invoice = xero.put("Invoices", xero.invoice("L-1")).json()["Invoices"][0]
    payment = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"AccountID": bank},
        "Amount": 10,
    }
    note = xero.invoice("x") | {"Type": "ACCRECCREDIT"}
    del note["InvoiceNumber"], note["DueDate"]
    return {
        "Contacts": invoice["Contact"]["ContactID"],
        "Invoices": invoice["InvoiceID"],
        "Payments": xero.put("Payments", payment).json()["Payments"][0]["PaymentID"],
        "CreditNotes": xero.put("CreditNotes", note).json()["CreditNotes"][0]["CreditNoteID"],
    }


@pytest.mark.parametrize("name", ["Contacts", "Invoices", "Payments", "CreditNotes"])
def test_a_collection_and_one_of_it_are_read(xero: Xero, made: dict[str, str], name: str) -> None:
    assert len(xero.rows(name)) == 1
    [one] = xero.rows(f"{name}/{made[name]}")
    assert made[name] in one.values()
    assert xero.get(f"{name}/11111111-2222-3333-4444-555555555555").status_code == 404


@pytest.mark.parametrize("name", ["Contacts", "Invoices", "CreditNotes"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_one_is_changed_by_put_or_post_to_its_own_path(
    xero: Xero, made: dict[str, str], name: str, method: str
) -> None:
    """PUT with an element's path: unsure what Xero does; here what POST does."""
    change: dict[str, Any] = {"Reference": "changed"}
    if name == "Contacts":
        change = {"FirstName": "changed"}
    answer = xero.call(method, f"{name}/{made[name]}", json={name: [change]})
    assert answer.status_code == 200, answer.text
    [one] = xero.rows(f"{name}/{made[name]}")
    assert "changed" in one.values()


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_payment_is_taken_back_at_its_own_path(
    xero: Xero, made: dict[str, str], method: str
) -> None:
    path = f"Payments/{made['Payments']}"
    assert xero.call(method, path, json={"Status": "DELETED"}).status_code == 200
    assert xero.rows(path)[0]["Status"] == "DELETED"


def test_the_method_delete_on_a_payment_is_answered_as_xero_answers_it(
    xero: Xero, made: dict[str, str]
) -> None:
    """Documented: 501 for a method that an endpoint lacks; localstack-xero takes it."""
    assert xero.call("DELETE", f"Payments/{made['Payments']}").status_code == 501
    assert xero.rows(f"Payments/{made['Payments']}")[0]["Status"] == "AUTHORISED"


@pytest.mark.parametrize("name", ["Contacts", "Invoices", "Payments", "CreditNotes"])
def test_a_collection_takes_post(xero: Xero, made: dict[str, str], name: str) -> None:
    assert xero.post(name, {name: [{}]}).status_code == 400  # refused for what is in it


def test_lists_are_narrowed_by_the_parameters_it_knows(xero: Xero, made: dict[str, str]) -> None:
    xero.put("Invoices", xero.invoice("L-2", Status="DRAFT"))
    for query, found in (
        (f"IDs={made['Invoices']}", 1),
        ("InvoiceNumbers=L-1,L-2", 2),
        ("Statuses=DRAFT", 1),
        (f"ContactIDs={made['Contacts']}", 2),
        ("page=1", 2),
    ):
        assert len(xero.rows(f"Invoices?{query}")) == found, query
    assert len(xero.rows(f"Contacts?IDs={made['Contacts']}")) == 1


def test_its_token_and_consent_addresses_answer(xero: Xero) -> None:
    assert xero.http.post("/connect/token", data={}).status_code == 400
    assert xero.http.get("/identity/connect/authorize").status_code == 400
    assert xero.http.get("/connections").status_code == 401


def test_its_own_paths_answer(xero: Xero, made: dict[str, str]) -> None:
    assert xero.http.get("/_xero/health").json()["status"] == "ok"
    state = xero.http.get("/_xero/state").json()
    assert state["tenant"]["tenantId"] == xero.organisation_id
    assert [row["InvoiceNumber"] for row in state["invoices"]] == ["L-1"]
    for kind in ("contacts", "payments", "credit_notes"):
        assert len(state[kind]) == 1
    assert xero.http.post("/_xero/reset").json()["status"] == "ok"
    assert xero.http.get("/_xero/state").json()["invoices"] == []
    assert xero.http.get("/_xero/nothing").status_code == 404
