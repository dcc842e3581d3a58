"""Facts of Xero's own pages and description, one test each. Evidence: documented or spec, with the
page in each test's first line. What a test compares with was taken from there, not from fauxero."""

from __future__ import annotations

from decimal import Decimal

from tests.checklist.words import act, line, made, one, refused
from tests.conftest import Xero, exact

D = Decimal


def test_a_draft_needs_a_type_a_contact_and_lines_only(xero: Xero) -> None:
    """Documented: Invoices page, the minimum example; DRAFT and Exclusive are defaults."""
    row = made(
        xero,
        "Invoices",
        {"Type": "ACCREC", "Contact": {"Name": "Ann"}, "LineItems": [line(1)]},
    )
    assert (row["Status"], row["LineAmountTypes"]) == ("DRAFT", "Exclusive")
    assert row["DateString"] == "2026-03-02T00:00:00"


def test_approving_needs_a_due_date(xero: Xero) -> None:
    """Documented: Invoices page."""
    sent = xero.invoice("R-1")
    del sent["DueDate"]
    assert refused(xero, "PUT", "Invoices", sent)


def test_bank_transactions_are_inclusive_of_tax_by_default(xero: Xero) -> None:
    """Documented: BankTransactions page."""
    sent = {
        "Type": "RECEIVE",
        "Contact": {"Name": "Ann"},
        "BankAccount": {"Code": "090"},
        "LineItems": [line(120)],
    }
    row = made(xero, "BankTransactions", sent)
    assert (row["LineAmountTypes"], row["TotalTax"], row["Total"]) == ("Inclusive", 20, 120)


def test_an_overpayment_needs_no_account_and_is_told_the_receivables(xero: Xero) -> None:
    """Documented: BankTransactions page."""
    sent = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"Name": "Ann"},
        "BankAccount": {"Code": "090"},
        "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "too much", "LineAmount": 30}],
    }
    row = made(xero, "BankTransactions", sent)
    debtors = xero.account(SystemAccount="DEBTORS")["Code"]
    assert row["LineItems"][0]["AccountCode"] == debtors
    assert row["OverpaymentID"]


def test_a_journal_that_does_not_balance_is_refused(xero: Xero) -> None:
    """Spec: the words of its example, to the digit."""
    lines = [
        {"LineAmount": 100, "AccountCode": "200"},
        {"LineAmount": -10, "AccountCode": "429"},
    ]
    words = refused(xero, "PUT", "ManualJournals", {"Narration": "x", "JournalLines": lines})
    assert words == ["The total debits (100.00) must equal total credits (-10.00)"]


def test_manual_journals_are_without_tax_and_drafts_by_default(xero: Xero) -> None:
    """Spec: defaults of LineAmountTypes and Status."""
    lines = [{"LineAmount": 9, "AccountCode": "200"}, {"LineAmount": -9, "AccountCode": "429"}]
    row = made(xero, "ManualJournals", {"Narration": "x", "JournalLines": lines})
    assert (row["Status"], row["LineAmountTypes"]) == ("DRAFT", "NoTax")


def test_a_batch_has_one_total(xero: Xero) -> None:
    """Documented: BatchPayments page."""
    rows = [made(xero, "Invoices", xero.invoice(f"R-{n}")) for n in (1, 2)]
    sent = {
        "Account": {"AccountID": xero.account(Code="090")["AccountID"]},
        "Date": "2026-03-02",
        "Reference": "Payout",
        "Payments": [
            {"Invoice": {"InvoiceID": row["InvoiceID"]}, "Amount": amount}
            for row, amount in zip(rows, (100, 40), strict=True)
        ],
    }
    row = made(xero, "BatchPayments", sent)
    assert (row["Type"], row["TotalAmount"]) == ("RECBATCH", 140)


def test_the_official_rounding_example(xero: Xero) -> None:
    """Documented: Rounding in Xero: 3.76 + 3.84 + 3.84 at 15 per cent, by line."""
    opened = xero.control("POST", "organisations", {"template": "nz"})
    xero.token = xero.new_token(organisation=opened["organisation_id"])
    lines = [line(amount, TaxType="OUTPUT2") for amount in ("25.06", "25.61", "25.63")]
    row = made(xero, "Invoices", xero.invoice("R", LineAmountTypes="Exclusive", LineItems=lines))
    assert row["TotalTax"] == D("11.44")


def test_warnings_are_no_errors(xero: Xero) -> None:
    """Documented: Requests and responses page, in these words."""
    answer = xero.put("Invoices", xero.invoice("R-1", Status="DRAFT", SentToContact=True))
    (row,) = exact(answer)["Invoices"]
    assert answer.status_code == 200
    assert [warning["Message"] for warning in row["Warnings"]] == [
        "Only AUTHORISED invoices may have SentToContact updated."
    ]


def test_an_organisation_without_a_currency_refuses_it(xero: Xero) -> None:
    """Documented: Requests and responses page, the example."""
    assert refused(xero, "PUT", "Invoices", xero.invoice("R-1", CurrencyCode="EUR")) == [
        "Organisation is not subscribed to currency EUR"
    ]


def test_an_unknown_credit_note_is_named_in_the_refusal(xero: Xero) -> None:
    """Spec: the words."""
    unknown = {"CreditNoteID": "11111111-2222-3333-4444-555555555555"}
    sent = {"CreditNote": unknown, "Account": {"Code": "090"}, "Amount": 1}
    answer = xero.put("Payments", sent)
    assert "An existing Credit Note with the specified CreditNoteID could not be found" in (
        answer.text
    )


def test_deleting_an_unused_item_answers_204(xero: Xero) -> None:
    """Spec: status of DELETE Items."""
    item = made(xero, "Items", {"Code": "X1"})["ItemID"]
    assert xero.call("DELETE", f"Items/{item}").status_code == 204


def test_a_note_in_the_history_is_by_system_generated(xero: Xero) -> None:
    """Spec: History records."""
    made(xero, "Invoices", xero.invoice("R-1"))
    row = one(xero, "Invoices/R-1")["InvoiceID"]
    note = {"HistoryRecords": [{"Details": "posted by run 7"}]}
    assert xero.put(f"Invoices/{row}/History", note).status_code == 200
    assert "posted by run 7" in [
        entry.get("Details") for entry in xero.rows(f"Invoices/{row}/History")
    ]


def test_unarchiving_is_not_for_the_api(xero: Xero) -> None:
    """Documented: Contacts page; a person can, in Xero's own pages."""
    ann = made(xero, "Contacts", {"Name": "Ann"})["ContactID"]
    made(xero, f"Contacts/{ann}", {"ContactStatus": "ARCHIVED"}, "POST")
    assert xero.post(f"Contacts/{ann}", {"ContactStatus": "ACTIVE"}).status_code == 400
    act(xero, "restore_contact", contact_id=ann)
    assert one(xero, f"Contacts/{ann}")["ContactStatus"] == "ACTIVE"
