"""What is not modelled is refused, never invented. Evidence: own; documented that 501 is Xero's
answer to a method which an endpoint lacks."""

from __future__ import annotations

import pytest

from tests.checklist.words import act, line, made
from tests.conftest import Xero

LEFT_OUT = ["PurchaseOrders", "Receipts", "ExpenseClaims", "Employees", "Budgets", "Setup"]


@pytest.mark.parametrize("name", LEFT_OUT)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_collection_that_is_left_out_says_so(xero: Xero, name: str, method: str) -> None:
    answer = xero.call(method, name, json={} if method == "PUT" else None)
    assert answer.status_code == 501
    assert answer.json()["Message"].startswith("Not modelled by fauxero")


def test_a_document_in_a_foreign_currency_is_not_booked_as_if_it_were_not(xero: Xero) -> None:
    act(xero, "set_plan", edition_class="PREMIUM")
    made(xero, "Currencies", {"Code": "EUR"})
    answer = xero.put("Invoices", xero.invoice("R-1", CurrencyCode="EUR"))
    assert answer.status_code == 501
    assert "urrency" in answer.text
    assert xero.rows("Invoices") == []


@pytest.mark.parametrize(
    "path",
    ["Reports/BudgetSummary", "Reports/TenNinetyNine", "Reports/Nonsense", "RepeatingInvoices"],
)
def test_a_report_or_a_write_that_is_left_out_answers_501_or_404(xero: Xero, path: str) -> None:
    method = "PUT" if path == "RepeatingInvoices" else "GET"
    answer = xero.call(method, path, json={} if method == "PUT" else None)
    assert answer.status_code in (401, 404, 501)


@pytest.mark.parametrize("api", ["payroll.xro/1.0", "files.xro/1.0", "assets.xro/1.0"])
def test_xeros_other_apis_answer_501(xero: Xero, api: str) -> None:
    headers = {
        "Authorization": f"Bearer {xero.token['access_token']}",
        "xero-tenant-id": xero.organisation_id,
    }
    assert xero.http.get(f"/{api}/Anything", headers=headers).status_code == 501


def test_a_field_of_xeros_that_is_not_modelled_is_refused_and_nothing_is_written(
    xero: Xero,
) -> None:
    answer = xero.put("Items", {"Code": "T", "InventoryAssetAccountCode": "630"})
    assert answer.status_code == 501
    sent = xero.invoice("R-1", LineItems=[line(1)], CISDeduction=1, HasAttachments=True)
    assert xero.put("Invoices", sent).status_code in (200, 501)
