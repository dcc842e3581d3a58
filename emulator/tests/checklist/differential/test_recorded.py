"""Answers that public recordings hold word for word. Evidence: recorded on the wire (Demo Company
NZ, 13 and 14 September 2026, published by corrin/docketworks). The literals are of the recordings;
ids and times are not compared."""

from __future__ import annotations

import re
from decimal import Decimal

from tests.checklist.words import ZERO_ID, made
from tests.conftest import Xero, exact


def test_a_success_has_these_keys_in_this_order(xero: Xero) -> None:
    body = xero.get("Contacts?page=1").json()
    assert list(body) == ["Id", "Status", "ProviderName", "DateTimeUTC", "pagination", "Contacts"]
    assert list(body["pagination"]) == ["page", "pageSize", "pageCount", "itemCount"]


def test_a_limits_refusal_has_no_body_and_these_headers(xero: Xero) -> None:
    for _ in range(60):
        xero.get("Organisation")
    xero.advance(34)
    answer = xero.get("Organisation")
    assert (answer.status_code, answer.content) == (429, b"")
    assert "content-type" not in answer.headers
    assert answer.headers["X-MinLimit-Remaining"] == "0"
    assert answer.headers["Retry-After"] == "26"
    assert answer.headers["X-Rate-Limit-Problem"] == "minute"


def test_a_taken_contact_name(xero: Xero) -> None:
    made(xero, "Contacts", {"Name": "Zed Tools"})
    answer = xero.put("Contacts", {"Name": "Zed Tools"})
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    assert body["Elements"][0]["ContactID"] == ZERO_ID
    assert body["Elements"][0]["ValidationErrors"] == [
        {
            "Message": "The contact name Zed Tools is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        }
    ]


def test_an_unknown_id_is_html(xero: Xero) -> None:
    answer = xero.get("Invoices/11111111-2222-3333-4444-555555555555")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_new_contact_has_two_addresses_and_four_phones(xero: Xero) -> None:
    row = made(xero, "Contacts", {"Name": "Ann"})
    assert {part["AddressType"] for part in row["Addresses"]} == {"POBOX", "STREET"}
    assert {part["PhoneType"] for part in row["Phones"]} == {"DEFAULT", "DDI", "MOBILE", "FAX"}


def test_updated_dates_have_a_whole_second_companion(xero: Xero) -> None:
    row = made(xero, "Invoices", xero.invoice("R-1"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["UpdatedDateUTCString"])
    assert re.fullmatch(r"/Date\(\d{13}\+0000\)/", row["UpdatedDateUTC"])
    assert row["DateString"].endswith("T00:00:00")


def test_a_void_still_shows_what_was_due(xero: Xero) -> None:
    made(xero, "Invoices", xero.invoice("R-1"))
    row = made(xero, "Invoices/R-1", {"Status": "VOIDED"}, "POST")
    assert (row["Status"], row["AmountDue"], row["Total"]) == ("VOIDED", 100, 100)
    assert xero.rows("Invoices/R-1")[0]["AmountDue"] == 0
    assert xero.rows("Invoices?where=AmountDue>0&page=1") == []


def test_tracking_on_a_line_names_category_and_option_and_no_option_id(xero: Xero) -> None:
    found = xero.rows("TrackingCategories")[0]
    tracked = [{"Name": found["Name"], "Option": found["Options"][0]["Name"]}]
    sent = xero.invoice("R-1")
    sent["LineItems"][0]["Tracking"] = tracked
    made(xero, "Invoices", sent)
    (row,) = xero.rows("Invoices?page=1")
    (part,) = row["LineItems"][0]["Tracking"]
    assert (part["Name"], part["Option"]) == (tracked[0]["Name"], tracked[0]["Option"])
    assert "TrackingOptionID" not in part


def test_a_good_element_has_a_status_only_without_summary(xero: Xero) -> None:
    first = xero.put("Contacts", {"Name": "Ann"}).json()["Contacts"][0]
    second = xero.put("Contacts?summarizeErrors=false", {"Name": "Bob"}).json()["Contacts"][0]
    assert "StatusAttributeString" not in first
    assert second["StatusAttributeString"] == "OK"


def test_a_bank_account_says_it_takes_no_payments_and_takes_them(xero: Xero) -> None:
    assert xero.account(Code="090")["EnablePaymentsToAccount"] is False
    row = made(xero, "Invoices", xero.invoice("R-1"))
    sent = {
        "Invoice": {"InvoiceID": row["InvoiceID"]},
        "Account": {"Code": "090"},
        "Amount": 1,
    }
    answer = xero.put("Payments", sent)
    assert exact(answer)["Payments"][0]["Amount"] == Decimal(1)
