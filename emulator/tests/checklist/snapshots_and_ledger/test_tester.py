"""What a tester sees of the books. Evidence: own. None of it is an API of Xero's."""

from __future__ import annotations

from tests.checklist.words import made, pay
from tests.conftest import Xero


def test_a_snapshot_brings_the_books_back(xero: Xero) -> None:
    made(xero, "Invoices", xero.invoice("R-1"))
    xero.control("POST", "snapshots", {"name": "before"})
    pay(xero, made(xero, "Invoices", xero.invoice("R-2")), 10)
    xero.control("POST", "restore", {"name": "before"})
    assert [row["InvoiceNumber"] for row in xero.rows("Invoices")] == ["R-1"]
    assert xero.rows("Payments") == []


def test_a_reset_begins_with_the_same_ids_again(xero: Xero) -> None:
    first = made(xero, "Invoices", xero.invoice("R-1"))["InvoiceID"]
    xero.control("POST", "reset")
    xero.token = xero.http.post("/_fauxero/token", json={}).json()
    assert made(xero, "Invoices", xero.invoice("R-1"))["InvoiceID"] == first
    assert len(xero.rows("Invoices")) == 1


def test_every_call_is_in_the_log_with_the_reason_of_its_refusal(xero: Xero) -> None:
    xero.put("Contacts", {"Name": ""})
    xero.get("Nonsense")
    refused = xero.log("?refused=true")
    assert [(entry["method"], entry["status"]) for entry in refused] == [("PUT", 400), ("GET", 404)]
    assert all(entry["reason"] for entry in refused)


def test_the_audit_holds_every_ledger_against_its_documents(xero: Xero) -> None:
    pay(xero, made(xero, "Invoices", xero.invoice("R-1")), 10)
    found = xero.control("GET", "audit")
    assert found["ok"] is True
