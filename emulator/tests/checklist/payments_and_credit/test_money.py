"""The money resources over HTTP: scopes, sub-paths, batches, what an answer looks like. Evidence:
spec, unless a test says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Xero, exact

LINE = {"Description": "Unit A12", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


def note(number: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "CreditNoteNumber": number,
        "Contact": {"Name": "Ann Archer"},
        "Date": "2026-03-01",
        "LineAmountTypes": "NoTax",
        "LineItems": [LINE],
        **more,
    }


def received(**more: Any) -> dict[str, Any]:
    return {
        "Type": "RECEIVE",
        "Contact": {"Name": "Ann Archer"},
        "BankAccount": {"Code": "090"},
        "Date": "2026-03-01",
        "LineItems": [LINE],
        **more,
    }


OVERPAID = {
    "Type": "RECEIVE-OVERPAYMENT",
    "LineAmountTypes": "NoTax",
    "LineItems": [{"Description": "Too much", "LineAmount": 100}],
}


def made(xero: Xero, name: str, element: dict[str, Any]) -> dict[str, Any]:
    answer = xero.put(name, element)
    assert answer.status_code == 200, answer.text
    return exact(answer)[name][0]


# Documented: what each granular scope covers (Scopes page).
@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("CreditNotes", "accounting.invoices"),
        ("Overpayments", "accounting.payments"),
        ("Prepayments", "accounting.payments"),
        ("BatchPayments", "accounting.payments"),
        ("BankTransactions", "accounting.banktransactions"),
        ("BankTransfers", "accounting.banktransactions"),
        ("ManualJournals", "accounting.manualjournals"),
    ],
)
def test_each_collection_is_read_with_its_own_scope(xero: Xero, path: str, scope: str) -> None:
    for granted in (scope, f"{scope}.read"):
        xero.token = xero.new_token(scopes=[granted])
        assert xero.get(path).status_code == 200
    if path not in ("Overpayments", "Prepayments"):
        refused = xero.put(path, {})
        assert (refused.status_code, refused.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
    xero.token = xero.new_token(scopes=["accounting.contacts", "accounting.settings"])
    assert xero.get(path).json()["Detail"] == "AuthorizationUnsuccessful"


def test_the_general_ledger_needs_its_premium_scope(xero: Xero) -> None:
    """Documented: not part of any other, and not of what an app usually has."""
    assert xero.get("Journals").json()["Detail"] == "AuthorizationUnsuccessful"
    made(xero, "BankTransactions", received())
    xero.token = xero.new_token(scopes=["accounting.journals.read"])
    (row,) = xero.rows("journals")
    assert row["SourceType"] == "CASHREC"
    assert xero.rows(f"Journals/{row['JournalID']}") == [row]
    assert xero.rows("Journals/1") == [row]
    assert xero.rows("Journals", params={"offset": "1"}) == []


def test_an_allocation_of_a_credit_note_needs_the_invoices_scope(xero: Xero) -> None:
    """Follows from the coverage table; unsure."""
    credit = made(xero, "CreditNotes", note("C-1"))
    over = made(xero, "BankTransactions", received(**OVERPAID))
    invoice = made(xero, "Invoices", xero.invoice("R-1"))
    body = {"Amount": 1, "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Date": "2026-03-01"}
    paths = (
        f"CreditNotes/{credit['CreditNoteID']}/Allocations",
        f"Overpayments/{over['OverpaymentID']}/Allocations",
    )
    scopes = ("accounting.invoices", "accounting.payments")
    for scope, own in zip(scopes, paths, strict=True):
        xero.token = xero.new_token(scopes=[scope])
        for path in paths:
            assert xero.put(path, body).status_code == (200 if path == own else 401)


def test_allocations_are_put_and_deleted_below_their_credit(xero: Xero) -> None:
    """OpenAPI description; that DELETE answers 200 in an envelope is reported."""
    credit = made(xero, "CreditNotes", note("C-1"))
    invoices = [made(xero, "Invoices", xero.invoice(number)) for number in ("R-1", "R-2")]
    path = f"creditnotes/{credit['CreditNoteID']}/allocations"
    body = {
        "Allocations": [
            {"Amount": 40, "Invoice": {"InvoiceID": row["InvoiceID"]}, "Date": "2026-03-01"}
            for row in invoices
        ]
    }
    answer = xero.put(path, body)
    assert answer.status_code == 200, answer.text
    first, second = exact(answer)["Allocations"]
    assert first["Date"] == "/Date(1772323200000+0000)/"
    gone = xero.call("DELETE", f"{path}/{first['AllocationID']}")
    assert gone.status_code == 200
    (row,) = gone.json()["Allocations"]
    assert (row["AllocationID"], row["IsDeleted"]) == (first["AllocationID"], True)
    (read,) = xero.rows(f"CreditNotes/{credit['CreditNoteID']}")
    assert [row["AllocationID"] for row in read["Allocations"]] == [second["AllocationID"]]
    assert read["RemainingCredit"] == 60
    assert xero.call("DELETE", f"{path}/{first['AllocationID']}").status_code == 404
    assert xero.put("CreditNotes/nothing/Allocations", body).status_code == 404


@pytest.mark.parametrize(("summarize", "status", "left"), [("true", 400, 100), ("false", 200, 60)])
def test_allocations_keep_to_both_batch_modes(
    xero: Xero, summarize: str, status: int, left: int
) -> None:
    """OpenAPI description: summarizeErrors is honoured here."""
    credit = made(xero, "CreditNotes", note("C-1"))
    invoice = made(xero, "Invoices", xero.invoice("R-1"))
    good, bad = (
        {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Date": "2026-03-01"}
        for amount in (40, 400)
    )
    path = f"CreditNotes/{credit['CreditNoteID']}/Allocations"
    answer = xero.put(path, {"Allocations": [good, bad]}, params={"summarizeErrors": summarize})
    assert answer.status_code == status
    (read,) = xero.rows("CreditNotes/C-1")
    assert read["RemainingCredit"] == left
    if status == 200:
        marks = [row["StatusAttributeString"] for row in answer.json()["Allocations"]]
        assert marks == ["OK", "ERROR"]


def test_a_locked_period_keeps_an_allocation(xero: Xero) -> None:
    credit = made(xero, "CreditNotes", note("C-1"))
    invoice = made(xero, "Invoices", xero.invoice("R-1"))
    path = f"CreditNotes/{credit['CreditNoteID']}/Allocations"
    put = xero.put(path, {"Amount": 1, "Invoice": {"InvoiceID": invoice["InvoiceID"]}})
    allocation_id = put.json()["Allocations"][0]["AllocationID"]
    xero.control("POST", "acts/set_lock_dates", {"period": "2026-03-01"})
    answer = xero.call("DELETE", f"{path}/{allocation_id}")
    assert answer.status_code == 400
    assert "lock date" in answer.json()["Elements"][0]["ValidationErrors"][0]["Message"]


def test_dates_travel_with_their_companions(xero: Xero) -> None:
    """OpenAPI examples; UpdatedDateUTCString on credit notes and held money since July 2026."""
    credit = made(xero, "CreditNotes", note("C-1"))
    assert credit["DateString"] == "2026-03-01T00:00:00"
    assert credit["UpdatedDateUTCString"] == "2026-03-02T09:00:00Z"
    row = made(xero, "BankTransactions", received())
    assert row["DateString"] == "2026-03-01T00:00:00"


@pytest.mark.parametrize(
    ("name", "element"),
    [("CreditNotes", note("C-1")), ("BankTransactions", received())],
)
def test_refused_creates_carry_the_zero_id(xero: Xero, name: str, element: dict[str, Any]) -> None:
    """Recorded for invoices."""
    answer = xero.put(name, element | {"Contact": {}}, params={"summarizeErrors": "false"})
    (row,) = answer.json()[name]
    assert row["StatusAttributeString"] == "ERROR"
    assert row[f"{name[:-1]}ID"] == "00000000-0000-0000-0000-000000000000"


def test_batches_and_transfers_are_deleted_by_body_or_by_path(xero: Xero) -> None:
    """Documented."""
    moved = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": 5}
    transfer = made(xero, "BankTransfers", moved)
    invoice = made(xero, "Invoices", xero.invoice("R-1"))
    parts = [{"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": 100}]
    batch = made(xero, "BatchPayments", {"Account": {"Code": "090"}, "Payments": parts})
    ids = {"BatchPaymentID": batch["BatchPaymentID"], "Status": "DELETED"}
    assert xero.post("BatchPayments", ids).json()["BatchPayments"][0]["Status"] == "DELETED"
    path = f"BankTransfers/{transfer['BankTransferID']}"
    assert xero.post(path, {"Status": "DELETED"}).status_code == 200
    assert [row["Status"] for row in xero.rows("BankTransfers")] == ["DELETED"]


def test_a_manual_journals_warning_travels(xero: Xero) -> None:
    """OpenAPI example."""
    lines = [{"LineAmount": 1, "AccountCode": "4769"}, {"LineAmount": -1, "AccountCode": "200"}]
    answer = xero.put("ManualJournals", {"Narration": "n", "JournalLines": lines})
    (row,) = answer.json()["ManualJournals"]
    assert row["Warnings"][0]["Message"].startswith("Account code '4769' has been removed")


def test_what_these_collections_do_not_do_answers_501(xero: Xero) -> None:
    """Documented: held money is made as bank transactions only."""
    for name in ("Overpayments", "Prepayments", "Journals"):
        xero.token = xero.new_token(scopes=["accounting.payments", "accounting.journals.read"])
        assert xero.put(name, {}).status_code == 501
    assert xero.get("Overpayments/x/Allocations").status_code == 501
