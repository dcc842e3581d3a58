"""The books to look at, and what a bookkeeper does in them to upset an integration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Xero
from tests.pages.conftest import Person


@pytest.fixture
def invoice(xero: Xero) -> dict[str, Any]:
    answer = xero.put("Invoices", xero.invoice("R-1"))
    return answer.json()["Invoices"][0]


@pytest.fixture
def base(xero: Xero) -> str:
    return f"/books/{xero.organisation_id}"


def shown(xero: Xero, invoice: dict[str, Any]) -> dict[str, Any]:
    return xero.rows(f"Invoices/{invoice['InvoiceID']}")[0]


def test_the_dashboard_shows_bank_and_receivables(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    xero.control("POST", "acts/pay_invoice", {"invoice_id": "R-1", "amount": "30.00"})
    person.opens(base)
    assert "70.00 GBP 1 invoices" in person.text
    assert "30.00 GBP 1 payments to reconcile" in person.text


def test_invoices_are_found_by_number_contact_and_status(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    xero.put("Invoices", xero.invoice("R-2", Contact={"Name": "Bea Barrow"}, Status="DRAFT"))
    assert "2 invoices" in person.opens(f"{base}/invoices").text
    assert "R-2" in person.opens(f"{base}/invoices?status=DRAFT").text
    assert "R-1" not in person.text
    assert "R-1" in person.opens(f"{base}/invoices?q=ann").text
    assert "R-2" not in person.text
    assert "R-2" in person.opens(f"{base}/invoices?q=R-2").text


def test_a_payment_added_on_the_page_is_what_the_api_shows(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    person.opens(f"{base}/invoices/{invoice['InvoiceID']}")
    person.presses("Add payment", amount="40.00", reference="cash")
    assert "The payment was added." in person.text
    assert shown(xero, invoice)["AmountDue"] == 60
    person.presses("Reconcile")
    payment = xero.rows("Payments")[0]
    assert payment["IsReconciled"] is True
    person.presses("Undo reconciling")
    person.presses("Remove")
    assert shown(xero, invoice)["AmountDue"] == 100


def test_what_the_books_do_not_allow_is_said_and_changes_nothing(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    person.opens(f"{base}/invoices/{invoice['InvoiceID']}")
    person.presses("Add payment", amount="140.00")
    assert person.status == 422
    assert "exceeds the amount outstanding" in person.text
    person.presses("Add payment", amount="a lot")
    assert "is not a number" in person.text
    person.presses("Add payment", amount="10.00")
    person.presses("Void")
    assert person.status == 422
    assert shown(xero, invoice)["Status"] == "AUTHORISED"


def test_an_invoice_is_edited_and_voided(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    person.opens(f"{base}/invoices/{invoice['InvoiceID']}")
    person.presses("Save changes", reference="by hand", amount="90.00")
    assert (shown(xero, invoice)["Reference"], shown(xero, invoice)["Total"]) == ("by hand", 90)
    person.presses("Void")
    assert shown(xero, invoice)["Status"] == "VOIDED"


def test_a_draft_is_approved_or_deleted(xero: Xero, person: Person, base: str) -> None:
    for number, button, status in (("D-1", "Approve", "AUTHORISED"), ("D-2", "Delete", "DELETED")):
        draft = xero.put("Invoices", xero.invoice(number, Status="DRAFT")).json()["Invoices"][0]
        person.opens(f"{base}/invoices/{draft['InvoiceID']}").presses(button)
        assert shown(xero, draft)["Status"] == status


def test_contacts_are_merged_archived_and_restored(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    bea = xero.put("Contacts", {"Name": "Bea Barrow"}).json()["Contacts"][0]
    ann = invoice["Contact"]["ContactID"]
    person.opens(f"{base}/contacts/{ann}")
    assert "R-1" in person.text
    person.presses("Merge", into_id="nobody")
    assert person.status == 422
    person.presses("Merge", into_id=bea["ContactID"])
    assert "merged into Bea Barrow" in person.text
    assert "R-1" in person.opens(f"{base}/contacts/{bea['ContactID']}").text
    person.presses("Archive")
    assert "ARCHIVED" in person.text
    person.presses("Restore")
    person.presses("Save changes", EmailAddress="bea@mail.example")
    assert "bea@mail.example" in person.text


def test_an_account_shows_its_transactions_with_a_running_balance(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    xero.control("POST", "acts/pay_invoice", {"invoice_id": "R-1", "amount": "30.00"})
    person.opens(f"{base}/accounts/090")
    assert "R-1 Ann Archer 30.00 30.00" in person.text
    person.opens(f"{base}/accounts/200").presses("Archive")
    assert "ARCHIVED" in person.text
    assert xero.account(Code="200")["Status"] == "ARCHIVED"
    person.presses("Restore")
    assert xero.account(Code="200")["Status"] == "ACTIVE"


def test_reports_show_what_the_ledger_says(
    xero: Xero, person: Person, invoice: dict[str, Any], base: str
) -> None:
    category = xero.rows("TrackingCategories")[0]
    option = category["Options"][0]["Name"]
    line = xero.invoice("R-2")["LineItems"][0] | {
        "Tracking": [{"Name": category["Name"], "Option": option}]
    }
    xero.put("Invoices", xero.invoice("R-2", LineItems=[line]))
    assert "200.00" in person.opens(f"{base}/trial-balance").text
    span = "fromDate=2026-03-01&toDate=2026-03-31"
    where = f"{base}/profit-and-loss?{span}&trackingCategoryID={category['TrackingCategoryID']}"
    person.opens(where)
    assert option in person.text and "Unassigned" in person.text
    assert "is not a date" in person.opens(f"{base}/trial-balance?date=soon").text


def test_lock_dates_and_tracking_options_are_set(xero: Xero, person: Person, base: str) -> None:
    person.opens(f"{base}/settings").presses("Set", period="2026-03-31")
    assert xero.put("Invoices", xero.invoice("R-9")).status_code == 400
    person.presses("Set", period="")
    assert xero.put("Invoices", xero.invoice("R-9")).status_code == 200
    name = xero.rows("TrackingCategories")[0]["Options"][0]["Name"]
    person.presses("Rename", new_name="Renamed by hand")
    person.presses("Archive")
    options = xero.rows("TrackingCategories", params={"includeArchived": "true"})[0]["Options"]
    assert name not in [option["Name"] for option in options]


def test_a_person_sees_only_the_organisations_they_belong_to(
    xero: Xero, visitor: Person, base: str
) -> None:
    xero.control("POST", "organisations", {"template": "nz", "name": "Kiwi"})
    xero.control("POST", "users", {"email": "kim@mail.example", "organisations": ["Kiwi"]})
    visitor.opens("/signin").presses("Sign in", email="kim@mail.example").opens("/books")
    assert "Kiwi" in visitor.text and "Demo Company (UK)" not in visitor.text
    assert visitor.http.get(base).status_code == 404
    assert visitor.http.get(f"{base}/settings").status_code == 404


def test_the_log_shows_what_was_refused_and_why(xero: Xero, person: Person) -> None:
    xero.get("Budgets")
    xero.get("Contacts")
    person.opens("/log")
    assert "GET /api.xro/2.0/Contacts" in person.text
    person.opens("/log?refused=1")
    assert "Budgets" in person.text and "/Contacts" not in person.text


def test_names_are_shown_as_text_never_as_markup(xero: Xero, person: Person, base: str) -> None:
    reference = "<script>alert(1)</script>"
    made = xero.put("Invoices", xero.invoice("R-1", Reference=reference)).json()["Invoices"][0]
    person.opens(f"{base}/invoices/{made['InvoiceID']}")
    assert person.page is not None
    assert "<script>" not in person.page.text
    assert "&lt;script&gt;" in person.page.text
