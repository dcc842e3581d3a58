"""Credit notes, bank transactions and journals on their pages: seen, changed, undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Xero
from tests.pages.conftest import Person


@pytest.fixture
def base(xero: Xero) -> str:
    return f"/books/{xero.organisation_id}"


def one(xero: Xero, path: str) -> dict[str, Any]:
    (row,) = xero.rows(path)
    return row


def raise_note(person: Person, base: str) -> Person:
    fields = {
        "contact_name": "Ann Archer",
        "line.description": "Goodwill",
        "line.account_code": "200",
        "line.unit_amount": "50",
    }
    return person.opens(f"{base}/credits").presses("Raise credit note", **fields)


def test_a_credit_note_is_raised_allocated_taken_off_paid_back_and_voided(
    xero: Xero, person: Person, base: str
) -> None:
    xero.put("Invoices", xero.invoice("R-1"))
    assert "The credit note was raised." in raise_note(person, base).text
    note = one(xero, "CreditNotes")
    page = f"{base}/credits/{note['CreditNoteID']}"
    person.opens(page).presses("Allocate", amount="20")
    assert one(xero, "Invoices/R-1")["AmountDue"] == 80
    person.presses("Take off")
    assert one(xero, "Invoices/R-1")["AmountDue"] == 100
    person.presses("Pay back", amount="10")
    assert one(xero, "Payments")["PaymentType"] == "ARCREDITPAYMENT"
    person.presses("Remove").presses("Save changes", reference="by hand", amount="40")
    changed = one(xero, f"CreditNotes/{note['CreditNoteID']}")
    assert (changed["Reference"], changed["SubTotal"]) == ("by hand", 40)
    person.presses("Void")
    assert one(xero, f"CreditNotes/{note['CreditNoteID']}")["Status"] == "VOIDED"
    assert "No button" not in person.opens(f"{base}/credits").text


def test_money_is_received_edited_reconciled_and_removed(
    xero: Xero, person: Person, base: str
) -> None:
    fields = {
        "contact_name": "Ann Archer",
        "line.description": "Padlocks",
        "line.account_code": "200",
        "line.unit_amount": "12",
        "reference": "till",
    }
    person.opens(f"{base}/bank").presses("Receive", **fields)
    assert "The money was received." in person.text
    row = one(xero, "BankTransactions")
    page = f"{base}/bank/{row['BankTransactionID']}"
    person.opens(page).presses("Save changes", amount="15")
    assert one(xero, "BankTransactions")["Total"] == 15
    person.presses("Reconcile")
    assert one(xero, "BankTransactions")["IsReconciled"] is True
    person.presses("Undo reconciling").presses("Remove")
    assert one(xero, "BankTransactions")["Status"] == "DELETED"
    person.opens(f"{base}/bank").presses("Spend", **fields)
    assert "The money was spent." in person.text


def test_a_journal_is_posted_edited_and_voided(xero: Xero, person: Person, base: str) -> None:
    fields = {"narration": "Accrual", "debit_code": "429", "credit_code": "200", "amount": "9"}
    person.opens(f"{base}/journals").presses("Post journal", **fields)
    row = one(xero, "ManualJournals")
    person.opens(f"{base}/journals/{row['ManualJournalID']}")
    person.presses("Save changes", narration="Accrual, March")
    assert one(xero, "ManualJournals")["Narration"] == "Accrual, March"
    person.presses("Void")
    assert one(xero, "ManualJournals")["Status"] == "VOIDED"


def test_what_cannot_be_is_told_and_changes_nothing(xero: Xero, person: Person, base: str) -> None:
    fields = {"narration": "Bad", "debit_code": "090", "credit_code": "200", "amount": "9"}
    person.opens(f"{base}/journals").presses("Post journal", **fields)
    assert person.status == 422
    assert "not a valid code" in person.text
    assert xero.rows("ManualJournals") == []
    for path in ("credits", "bank", "journals"):
        assert xero.http.get(f"{base}/{path}/nobody").status_code in (303, 404)


def test_a_draft_credit_note_is_approved_or_deleted(xero: Xero, person: Person, base: str) -> None:
    note = xero.invoice("C-1") | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "C-1"}
    del note["InvoiceNumber"], note["DueDate"]
    made = xero.put("CreditNotes", note | {"Status": "DRAFT"}).json()["CreditNotes"][0]
    person.opens(f"{base}/credits/{made['CreditNoteID']}").presses("Approve")
    assert one(xero, "CreditNotes/C-1")["Status"] == "AUTHORISED"
