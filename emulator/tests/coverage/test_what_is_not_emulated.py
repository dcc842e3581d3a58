"""The README's first section is true: what it names answers 501 and says so. Evidence: own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Xero

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("## What is not emulated\n")[1].split("\n## ")[0]
ID = "0b1c2f38-0000-4000-8000-000000000000"

CALLS = [
    ("GET", "PurchaseOrders", "PurchaseOrders"),
    ("GET", "Receipts", "Receipts"),
    ("PUT", "ExpenseClaims", "ExpenseClaims"),
    ("GET", "Employees", "Employees"),
    ("GET", "Budgets", "Budgets"),
    ("POST", "Setup", "Setup"),
    ("PUT", "RepeatingInvoices", "RepeatingInvoices"),
    ("PUT", "LinkedTransactions", "LinkedTransactions"),
    ("DELETE", f"LinkedTransactions/{ID}", "LinkedTransactions"),
    ("PUT", "PaymentServices", "PaymentServices"),
    ("POST", f"BrandingThemes/{ID}/PaymentServices", "PaymentServices"),
    ("GET", f"Contacts/{ID}/CISSettings", "CISSettings"),
    ("GET", f"Organisation/{ID}/CISSettings", "CISSettings"),
    ("GET", "Reports", "published Reports"),
    ("GET", "Reports/BudgetSummary", "BudgetSummary"),
    ("GET", "Reports/TenNinetyNine", "TenNinetyNine"),
    ("GET", "Reports/BASReport", "the tax reports"),
    ("GET", f"Reports/BalanceSheet?trackingOptionID1={ID}", "balance sheet by tracking options"),
    (
        "GET",
        f"Reports/ProfitAndLoss?periods=2&timeframe=MONTH&trackingCategoryID={ID}",
        "by periods and",
    ),
    ("GET", "Journals?paymentsOnly=true", "paymentsOnly=true"),
]


@pytest.mark.parametrize(("method", "path", "words"), CALLS, ids=lambda part: str(part)[:40])
def test_a_call_that_is_left_out_answers_501_and_is_listed(
    xero: Xero, method: str, path: str, words: str
) -> None:
    if path.startswith("Journals"):  # a scope of its own
        xero.token = xero.new_token(scopes=["accounting.journals.read"])
    answer = xero.call(method, path, json=None if method in ("GET", "DELETE") else {})
    assert answer.status_code == 501, answer.text
    assert "Not modelled by fauxero" in answer.text
    assert words in SECTION


@pytest.mark.parametrize(
    ("path", "change", "word"),
    [
        ("Invoices", {"EnteredTotal": 1}, "EnteredTotal"),
        ("Invoices", {"RepeatingInvoiceID": ID}, "RepeatingInvoiceID"),
        ("Invoices", {"CISRate": 20}, "CIS"),
        ("Invoices", {"line": {"SalesTaxCodeId": 5}}, "SalesTaxCodeId"),
        ("Invoices", {"line": {"TaxBreakdown": [{"TaxID": ID}]}}, "TaxBreakdown"),
        ("Invoices", {"line": {"Taxability": "TAXABLE"}}, "Taxability"),
        ("CreditNotes", {"Type": "ACCRECCREDIT", "RoundingAmount": 0.01}, "RoundingAmount"),
        ("CreditNotes", {"Type": "ACCRECCREDIT", "CISDeduction": 1}, "CIS"),
        ("Contacts", {"Name": "A", "BatchPayments": {"Code": "x"}}, "BatchPayments"),
        ("Contacts", {"Name": "A", "Discount": 5}, "Discount"),
        ("Contacts", {"Name": "A", "TaxNumberType": "SSN"}, "TaxNumberType"),
        ("Contacts", {"Name": "A", "XeroNetworkKey": "K"}, "XeroNetworkKey"),
        ("Contacts", {"Name": "A", "TrackingCategoryName": "Site"}, "single tracking option"),
        ("Items", {"Code": "A", "InventoryAssetAccountCode": "630"}, "tracked inventory"),
        ("Items", {"Code": "A", "PurchaseDetails": {"COGSAccountCode": "310"}}, "tracked"),
    ],
)
def test_a_field_that_is_left_out_answers_501_is_listed_and_changes_nothing(
    xero: Xero, path: str, change: dict[str, Any], word: str
) -> None:
    body = change
    if path in ("Invoices", "CreditNotes"):
        line = change.pop("line", {})
        body = xero.invoice("N-1", **change)
        body["LineItems"][0] |= line
    before = xero.rows(path)
    answer = xero.put(path, body)
    assert answer.status_code == 501, answer.text
    assert xero.rows(path) == before
    assert word in SECTION


def test_a_document_in_a_currency_that_was_added_answers_501(xero: Xero) -> None:
    xero.control("POST", "acts/set_plan", {"edition_class": "PREMIUM"})
    assert xero.put("Currencies", {"Code": "EUR"}).status_code == 200
    answer = xero.put("Invoices", xero.invoice("N-1", CurrencyCode="EUR"))
    assert (answer.status_code, "foreign currency" in SECTION) == (501, True)


def test_a_read_only_user_may_write_all_the_same(xero: Xero) -> None:
    user = xero.rows("Users")[0]["UserID"]
    xero.control("POST", "acts/set_user_role", {"user_id": user, "role": "READONLY"})
    assert xero.put("Contacts", {"Name": "Ann"}).status_code == 200
    assert "role (read only" in SECTION


@pytest.mark.parametrize("api", ["payroll", "files", "assets", "projects", "bankfeeds", "finance"])
def test_xeros_other_apis_answer_501(xero: Xero, api: str) -> None:
    token = {"Authorization": f"Bearer {xero.token['access_token']}"}
    assert xero.http.get(f"/{api}.xro/1.0/Anything", headers=token).status_code == 501
    assert api.removeprefix("bank") in SECTION
