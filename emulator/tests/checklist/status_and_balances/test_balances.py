"""What money does to a document, and what undoing it gives back. Evidence: documented (Payments,
Overpayments, CreditNotes pages); the refusals' words are the specification's or reported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.words import line, made, one, pay, refused
from tests.conftest import Xero, exact

TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"


def state(xero: Xero, row: Any) -> tuple[Any, ...]:
    found = one(xero, f"Invoices/{row['InvoiceID']}")
    return found["Status"], found["AmountDue"], found["AmountPaid"], found["AmountCredited"]


def payment(row: Any, amount: int) -> dict[str, Any]:
    return {
        "Invoice": {"InvoiceID": row["InvoiceID"]},
        "Account": {"Code": "090"},
        "Amount": amount,
    }


def test_paying_in_full_is_paid_and_deleting_the_payment_is_owed_again(xero: Xero) -> None:
    row = made(xero, "Invoices", xero.invoice("R-1"))
    pay(xero, row, 40)
    assert state(xero, row) == ("AUTHORISED", 60, 40, 0)
    last = pay(xero, row, 60)
    assert state(xero, row) == ("PAID", 0, 100, 0)
    xero.post(f"Payments/{last['PaymentID']}", {"Status": "DELETED"})
    assert state(xero, row) == ("AUTHORISED", 60, 40, 0)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_only_approved_documents_are_paid(xero: Xero, status: str) -> None:
    """Spec."""
    row = made(xero, "Invoices", xero.invoice("R-1", Status=status))
    assert NOT_AUTHORISED in refused(xero, "PUT", "Payments", payment(row, 1))


def test_no_more_than_is_due_and_both_texts_once_it_is_paid(xero: Xero) -> None:
    """Spec for the texts; reported: both together after the bookkeeper was quicker."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    assert refused(xero, "PUT", "Payments", payment(row, 101)) == [TOO_MUCH]
    pay(xero, row, 100)
    assert set(refused(xero, "PUT", "Payments", payment(row, 1))) == {TOO_MUCH, NOT_AUTHORISED}


def received(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": f"RECEIVE-{kind}",
        "Contact": {"Name": "Ann Archer"},
        "BankAccount": {"Code": "090"},
        "LineAmountTypes": "NoTax",
        "LineItems": [row],
    }


@pytest.mark.parametrize("kind", ["Overpayment", "Prepayment"])
def test_money_in_advance_is_allocated_taken_off_and_paid_back(xero: Xero, kind: str) -> None:
    amount: dict[str, Any] = {"Description": "early", "LineAmount": 30}
    sent = received(kind.upper(), amount if kind == "Overpayment" else line(30))
    held = made(xero, "BankTransactions", sent)[f"{kind}ID"]
    row = made(xero, "Invoices", xero.invoice("R-1"))
    path = f"{kind}s/{held}/Allocations"
    body = {"Amount": 30, "Invoice": {"InvoiceID": row["InvoiceID"]}, "Date": "2026-03-02"}
    answer = xero.put(path, body)
    assert answer.status_code == 200, answer.text
    assert state(xero, row) == ("AUTHORISED", 70, 0, 30)
    assert one(xero, f"{kind}s/{held}")["Status"] == "PAID"
    used = exact(answer)["Allocations"][0]["AllocationID"]
    assert xero.call("DELETE", f"{path}/{used}").status_code == 200
    assert state(xero, row) == ("AUTHORISED", 100, 0, 0)
    refund = {kind: {f"{kind}ID": held}, "Account": {"Code": "090"}, "Amount": 30}
    assert made(xero, "Payments", refund)["PaymentType"] == f"AR{kind.upper()}PAYMENT"
    assert one(xero, f"{kind}s/{held}")["RemainingCredit"] == 0


def test_a_credit_note_settles_an_invoice_and_its_refund_pays_the_rest(xero: Xero) -> None:
    """Recorded: settled by credit, AmountPaid is 0 and AmountCredited the whole."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    sent = xero.invoice("C-1") | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "C-1"}
    del sent["InvoiceNumber"], sent["DueDate"]
    note = made(xero, "CreditNotes", sent | {"LineItems": [line(120)]})["CreditNoteID"]
    body = {"Amount": 100, "Invoice": {"InvoiceID": row["InvoiceID"]}, "Date": "2026-03-02"}
    assert xero.put(f"CreditNotes/{note}/Allocations", body).status_code == 200
    assert state(xero, row) == ("PAID", 0, 0, 100)
    refund = {"CreditNote": {"CreditNoteID": note}, "Account": {"Code": "090"}, "Amount": 20}
    assert made(xero, "Payments", refund)["PaymentType"] == "ARCREDITPAYMENT"
    assert one(xero, f"CreditNotes/{note}")["Status"] == "PAID"


def test_a_payment_goes_to_a_bank_or_to_an_account_that_takes_payments(xero: Xero) -> None:
    """Documented."""
    row = made(xero, "Invoices", xero.invoice("R-1"))
    refused(xero, "PUT", "Payments", payment(row, 1) | {"Account": {"Code": "200"}})
    enabled = {"Code": "778", "Name": "Card", "Type": "CURRENT", "EnablePaymentsToAccount": True}
    made(xero, "Accounts", enabled)
    made(xero, "Payments", payment(row, 1) | {"Account": {"Code": "778"}})
