"""The life of a sales invoice. Evidence: documented (Invoices page: moves, line ids, the edits that
a payment leaves); the refusal of a delete was recorded on the wire; other words are reported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.words import act, line, made, one, pay, refused, switch
from tests.conftest import Xero

NOT_FOR_MODIFICATION = "Invoice not of valid status for modification"


@pytest.mark.parametrize(
    ("first", "second", "is_allowed"),
    [
        ("DRAFT", "SUBMITTED", True),
        ("DRAFT", "AUTHORISED", True),
        ("DRAFT", "DELETED", True),
        ("DRAFT", "VOIDED", False),
        ("SUBMITTED", "DRAFT", True),
        ("SUBMITTED", "AUTHORISED", True),
        ("SUBMITTED", "DELETED", True),
        ("AUTHORISED", "VOIDED", True),
        ("AUTHORISED", "DELETED", False),
        ("AUTHORISED", "DRAFT", False),
        ("AUTHORISED", "SUBMITTED", False),
    ],
)
def test_statuses_move_as_the_page_says(
    xero: Xero, first: str, second: str, is_allowed: bool
) -> None:
    made(xero, "Invoices", xero.invoice("R-1", Status=first))
    answer = xero.post("Invoices/R-1", {"Status": second})
    assert (answer.status_code == 200) is is_allowed, answer.text
    assert one(xero, "Invoices/R-1")["Status"] == (second if is_allowed else first)


def test_deleting_an_approved_invoice_is_refused_in_recorded_words(xero: Xero) -> None:
    """Recorded: 200 without summary, the element's status as it was sent."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    gone = {"InvoiceID": row["InvoiceID"], "Status": "DELETED"}
    answer = xero.post("Invoices?summarizeErrors=false", gone)
    [element] = answer.json()["Invoices"]
    assert (answer.status_code, element["StatusAttributeString"]) == (200, "ERROR")
    assert element["ValidationErrors"][0]["Message"] == NOT_FOR_MODIFICATION
    assert element["Status"] == "DELETED"


def test_put_guards_a_number_and_post_edits_what_has_it(xero: Xero) -> None:
    """Spec: the text. Reported (freakboy3742/pyxero issue 328): POST edits silently."""
    first = made(xero, "Invoices", xero.invoice("R-1"))
    assert refused(xero, "PUT", "Invoices", xero.invoice("R-1")) == ["Invoice # must be unique."]
    edited = made(xero, "Invoices", xero.invoice("R-1", Reference="again"), "POST")
    assert (edited["InvoiceID"], edited["Reference"]) == (first["InvoiceID"], "again")


@pytest.mark.parametrize("ending", ["VOIDED", "DELETED"])
def test_a_dead_invoices_number_stays_taken_unless_switched(xero: Xero, ending: str) -> None:
    """Unsure: sources differ; refusing is the safer reading."""
    status = "AUTHORISED" if ending == "VOIDED" else "DRAFT"
    made(xero, "Invoices", xero.invoice("R-1", Status=status))
    assert xero.post("Invoices/R-1", {"Status": ending}).status_code == 200
    assert xero.put("Invoices", xero.invoice("R-1")).status_code == 400
    switch(xero, **{f"reuse_{ending.lower()}_numbers": True})
    assert xero.put("Invoices", xero.invoice("R-1")).status_code == 200


def test_line_ids_say_what_changes_what_is_added_and_what_goes(xero: Xero) -> None:
    """Documented."""
    row = made(xero, "Invoices", xero.invoice("R-1", LineItems=[line(10), line(20)]))
    kept = row["LineItems"][0]["LineItemID"]
    change = {"LineItems": [{"LineItemID": kept, "Description": "Kept"}, line(5)]}
    after = made(xero, "Invoices/R-1", change, "POST")["LineItems"]
    assert [part["Description"] for part in after] == ["Kept", "Rent"]
    assert (after[0]["LineItemID"], after[0]["UnitAmount"]) == (kept, 10)
    all_new = made(xero, "Invoices/R-1", {"LineItems": [line(1)]}, "POST")["LineItems"]
    assert kept not in [part["LineItemID"] for part in all_new]
    same = made(xero, "Invoices/R-1", {"Reference": "no lines"}, "POST")["LineItems"]
    assert same == all_new


@pytest.mark.parametrize(
    "change",
    [{"Reference": "R"}, {"DueDate": "2026-04-01"}, {"InvoiceNumber": "R-9"}],
    ids=lambda change: next(iter(change)),
)
def test_a_part_paid_invoice_takes_the_documented_edits(xero: Xero, change: dict[str, Any]) -> None:
    row = made(xero, "Invoices", xero.invoice("R-1"))
    pay(xero, row, 10)
    made(xero, f"Invoices/{row['InvoiceID']}", change, "POST")


@pytest.mark.parametrize(
    "change", [{"Date": "2026-02-01"}, {"LineItems": [line(50)]}, {"LineAmountTypes": "Inclusive"}]
)
def test_a_part_paid_invoice_refuses_every_other_edit(xero: Xero, change: dict[str, Any]) -> None:
    """Reported word for word."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    pay(xero, row, 10)
    if "LineItems" in change:
        change["LineItems"][0]["LineItemID"] = row["LineItems"][0]["LineItemID"]
    [words] = refused(xero, "POST", "Invoices/R-1", change)
    assert words.startswith("This document cannot be edited as it has a payment or credit note")


def test_a_payment_keeps_an_invoice_from_being_voided(xero: Xero) -> None:
    """Reported word for word."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    payment = pay(xero, row, 10)
    assert any(
        "cannot be applied to the invoice because it has payments or credit notes" in words
        or "cannot be edited as it has a payment or credit note" in words
        for words in refused(xero, "POST", "Invoices/R-1", {"Status": "VOIDED"})
    )
    xero.post(f"Payments/{payment['PaymentID']}", {"Status": "DELETED"})
    assert made(xero, "Invoices/R-1", {"Status": "VOIDED"}, "POST")["Status"] == "VOIDED"


def test_a_starter_plan_approves_twenty_sales_invoices_a_month(xero: Xero) -> None:
    """Reported by three vendors: the words. Drafts are still saved."""
    act(xero, "set_plan", edition_class="STARTER")
    rows = {"Invoices": [xero.invoice(f"R-{n}") for n in range(20)]}
    assert xero.put("Invoices", rows).status_code == 200
    [words] = refused(xero, "PUT", "Invoices", xero.invoice("R-20"))
    assert "limit of invoices you can approve" in words
    made(xero, "Invoices", xero.invoice("R-20", Status="DRAFT"))
