"""The ledger behind the documents. Evidence: documented that journals come with approval; the rows
of reports are the specification's. The sums here are worked out by hand, not read from fauxero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.checklist.words import line, made, one, pay
from tests.conftest import Xero

D = Decimal


def balances(xero: Xero, **params: str) -> dict[str, Decimal]:
    """Account name: what the trial balance says, debits positive."""
    (report,) = xero.rows("Reports/TrialBalance", params={"date": "2026-03-31"} | params)
    found = {}
    for section in report["Rows"]:
        for row in section.get("Rows", []):
            cells = [cell["Value"] for cell in row["Cells"]]
            if row["RowType"] == "Row":
                debit, credit = (D(cell or "0") for cell in cells[3:5])
                found[cells[0]] = debit - credit
    return found


def matching(found: dict[str, Decimal], name: str) -> Decimal:
    return sum((amount for key, amount in found.items() if key.startswith(name)), D(0))


def taxed(xero: Xero, number: str) -> Any:
    sent = xero.invoice(number, LineAmountTypes="Exclusive", LineItems=[line(100)])
    return made(xero, "Invoices", sent)


def test_an_invoice_a_payment_and_a_void_in_the_trial_balance(xero: Xero) -> None:
    first, second = taxed(xero, "R-1"), taxed(xero, "R-2")
    pay(xero, first, 50)
    found = balances(xero)
    assert matching(found, "Accounts Receivable") == 190
    assert matching(found, "Sales") == -200
    assert matching(found, "VAT") == -40
    assert sum(found.values()) == 0
    made(xero, f"Invoices/{second['InvoiceID']}", {"Status": "VOIDED"}, "POST")
    after = balances(xero)
    assert matching(after, "Accounts Receivable") == 70
    assert matching(after, "Sales") == -100
    assert sum(after.values()) == 0


def test_drafts_are_not_in_the_books(xero: Xero) -> None:
    made(xero, "Invoices", xero.invoice("R-1", Status="DRAFT"))
    assert balances(xero) == {}


def test_on_a_cash_basis_only_what_was_paid_is_income(xero: Xero) -> None:
    """Spec: paymentsOnly."""
    pay(xero, taxed(xero, "R-1"), 60)
    cash = balances(xero, paymentsOnly="true")
    assert matching(cash, "Sales") == -50
    assert matching(cash, "VAT") == -10
    assert sum(cash.values()) == 0


def test_the_aged_report_agrees_with_what_documents_say_is_due(xero: Xero) -> None:
    rows = [taxed(xero, f"R-{n}") for n in range(3)]
    pay(xero, rows[0], 20)
    contact = rows[0]["Contact"]["ContactID"]
    (report,) = xero.rows(
        "Reports/AgedReceivablesByContact", params={"contactId": contact, "date": "2026-03-31"}
    )
    due = sum(one(xero, f"Invoices/{row['InvoiceID']}")["AmountDue"] for row in rows)
    last = [row for row in report["Rows"] if row["RowType"] == "Section"][-1]["Rows"][-1]
    assert (
        str(due) in [cell["Value"] for cell in last["Cells"]]
        or D(last["Cells"][-1]["Value"]) == due
    )
    assert due == 340
