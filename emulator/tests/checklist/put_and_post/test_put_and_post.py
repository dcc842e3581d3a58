"""PUT creates, POST creates or updates. Evidence: documented (Requests and responses, Contacts);
that an id which was never issued refuses the whole request is reported."""

from __future__ import annotations

import pytest

from tests.checklist.words import line, made, one, refused
from tests.conftest import Xero

UNKNOWN = "11111111-2222-3333-4444-555555555555"


def test_put_creates_and_post_updates_by_number(xero: Xero) -> None:
    first = made(xero, "Invoices", xero.invoice("R-1"))
    assert made(xero, "Invoices", xero.invoice("R-2"), "POST")["InvoiceID"] != first["InvoiceID"]
    again = made(xero, "Invoices", {"InvoiceNumber": "R-1", "Reference": "x"} | kind(), "POST")
    assert again["InvoiceID"] == first["InvoiceID"]


def kind() -> dict[str, str]:
    return {"Type": "ACCREC"}


def test_fields_that_are_left_out_keep_their_value(xero: Xero) -> None:
    """Documented for contacts."""
    made(xero, "Contacts", {"Name": "Ann", "EmailAddress": "a@b.example", "FirstName": "A"})
    made(xero, "Contacts", {"Name": "Ann", "FirstName": "B"}, "POST")
    ann = one(xero, "Contacts")
    assert (ann["EmailAddress"], ann["FirstName"]) == ("a@b.example", "B")


def test_ids_and_numbers_are_given_out(xero: Xero) -> None:
    """Documented: the next number of the organisation's sequence."""
    body = xero.invoice("")
    del body["InvoiceNumber"]
    rows = [made(xero, "Invoices", body) for _ in range(2)]
    assert [row["InvoiceNumber"] for row in rows] == ["INV-0001", "INV-0002"]
    lines = [row["LineItems"][0]["LineItemID"] for row in rows]
    assert len({*lines, *(row["InvoiceID"] for row in rows)}) == 4


@pytest.mark.parametrize("path", ["Invoices", "Contacts", "CreditNotes", "BankTransactions"])
def test_an_id_that_was_never_issued_is_not_found(xero: Xero, path: str) -> None:
    """Reported: 404 for the whole request."""
    answer = xero.post(f"{path}/{UNKNOWN}", {"Reference": "x", "Name": "x"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_items_are_keyed_by_code(xero: Xero) -> None:
    """Spec: the words of a taken code."""
    made(xero, "Items", {"Code": "abc", "Name": "Padlock"})
    assert refused(xero, "PUT", "Items", {"Code": "abc"}) == [
        "Price List Item with Code 'abc' already exists"
    ]
    assert made(xero, "Items", {"Code": "abc", "Name": "Lock"}, "POST")["Name"] == "Lock"


def test_a_contact_in_an_invoice_is_found_or_made_by_name(xero: Xero) -> None:
    """Reported: the usual way to duplicate contacts."""
    made(xero, "Invoices", xero.invoice("R-1", Contact={"Name": "Ann"}))
    made(xero, "Invoices", xero.invoice("R-2", Contact={"Name": "ANN"}))
    made(xero, "Invoices", xero.invoice("R-3", Contact={"Name": "Ann A"}))
    assert len(xero.rows("Contacts")) == 2


def test_accounts_are_made_one_a_request(xero: Xero) -> None:
    """Documented: Accounts and TaxRates."""
    two = [{"Code": f"77{n}", "Name": f"Unit rent {n}", "Type": "REVENUE"} for n in (1, 2)]
    before = len(xero.rows("Accounts"))
    assert xero.put("Accounts", {"Accounts": two}).status_code == 400
    assert len(xero.rows("Accounts")) == before
    made(xero, "Accounts", two[0])
    made(xero, "Invoices", xero.invoice("R-1", LineItems=[line(1, AccountCode="771")]))
