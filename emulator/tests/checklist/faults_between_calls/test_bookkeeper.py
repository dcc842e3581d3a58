"""What a bookkeeper does in Xero between two calls of an app, and the answer the second call gets.
Evidence: reported (the race for an invoice, merged and archived contacts, lock dates); the acts
themselves are fauxero's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.words import act, line, made, one
from tests.conftest import Xero


def paid(xero: Xero, row: Any) -> None:
    act(xero, "pay_invoice", invoice_id=row["InvoiceID"])


def voided(xero: Xero, row: Any) -> None:
    act(xero, "void_invoice", invoice_id=row["InvoiceID"])


def locked(xero: Xero, row: Any) -> None:
    act(xero, "set_lock_dates", period="2026-03-02")


ACTS = [paid, voided, locked]


@pytest.mark.parametrize("meddle", ACTS)
def test_the_payment_after_it_is_refused_and_the_books_stay(xero: Xero, meddle: Any) -> None:
    row = made(xero, "Invoices", xero.invoice("R-1"))
    meddle(xero, row)
    before = xero.rows("Payments")
    payment = {
        "Invoice": {"InvoiceID": row["InvoiceID"]},
        "Account": {"Code": "090"},
        "Date": "2026-03-02",
        "Amount": 100,
    }
    assert xero.put("Payments", payment).status_code == 400
    assert xero.rows("Payments") == before


def test_a_write_to_a_contact_that_was_merged_away_is_refused(xero: Xero) -> None:
    old = made(xero, "Contacts", {"Name": "Ann"})["ContactID"]
    new = made(xero, "Contacts", {"Name": "Ann Archer"})["ContactID"]
    act(xero, "merge_contacts", from_id=old, into_id=new)
    assert xero.put("Invoices", xero.invoice("R-1", Contact={"ContactID": old})).status_code == 400
    assert one(xero, f"Contacts/{old}")["MergedToContactID"] == new


def test_a_line_on_an_account_that_was_archived_is_refused(xero: Xero) -> None:
    account = made(xero, "Accounts", {"Code": "771", "Name": "Unit rent", "Type": "REVENUE"})
    act(xero, "archive_account", code=account["Code"])
    sent = xero.invoice("R-1", LineItems=[line(1, AccountCode="771")])
    assert xero.put("Invoices", sent).status_code == 400
    act(xero, "restore_account", code=account["Code"])
    assert xero.put("Invoices", sent).status_code == 200


def test_an_edit_by_hand_is_found_by_the_next_sweep(xero: Xero) -> None:
    row = made(xero, "Invoices", xero.invoice("R-1"))
    xero.advance(100)
    lines = [{"description": "By hand", "quantity": 1, "unit_amount": 7, "account_code": "200"}]
    act(xero, "edit_invoice", invoice_id=row["InvoiceID"], lines=lines)
    since = {"If-Modified-Since": "2026-03-02T09:01:00"}
    (found,) = xero.rows("Invoices?page=1", headers=since)
    assert found["LineItems"][0]["Description"] == "By hand"
