"""Reports over HTTP: envelope, parameters in any case, scopes, refusals. Evidence: documented, the
rows are the specification's."""

from __future__ import annotations

import pytest

from tests.conftest import Xero, exact

SCOPES = {
    "TrialBalance": "trialbalance",
    "ProfitAndLoss": "profitandloss",
    "BalanceSheet": "balancesheet",
    "BankSummary": "banksummary",
    "AgedReceivablesByContact": "aged",
    "AgedPayablesByContact": "aged",
    "ExecutiveSummary": "executivesummary",
}


@pytest.fixture
def contact_id(xero: Xero) -> str:
    made = exact(xero.put("Invoices", xero.invoice("INV-1")))["Invoices"][0]
    return made["Contact"]["ContactID"]


@pytest.mark.parametrize("name", SCOPES)
def test_each_report_has_its_own_scope(xero: Xero, contact_id: str, name: str) -> None:
    """Documented (Scopes, March 2026)."""
    path = f"Reports/{name}?contactId={contact_id}" if "Aged" in name else f"Reports/{name}"
    for word in set(SCOPES.values()):
        token = xero.new_token(scopes=[f"accounting.reports.{word}.read"])
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = xero.get(path, headers=headers)
        assert answer.status_code == (200 if word == SCOPES[name] else 401)
        if word == SCOPES[name]:
            (report,) = exact(answer)["Reports"]
            assert report["ReportType"] == name


def test_parameters_are_read_in_any_case(xero: Xero, contact_id: str) -> None:
    """Documented (Requests and responses); the SDKs write fromDate, the docs too."""
    for query in ("fromDate=2026-02-01&toDate=2026-02-28", "FROMDATE=2026-02-01&todate=2026-02-28"):
        (report,) = xero.rows(f"Reports/ProfitAndLoss?{query}")
        assert report["ReportTitles"][2] == "1 February 2026 to 28 February 2026"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Reports/AgedReceivablesByContact", 400),
        ("Reports/AgedReceivablesByContact?contactId=me", 400),
        ("Reports/ProfitAndLoss?fromDate=soon", 400),
        ("Reports/ProfitAndLoss?trackingOptionID=11111111-1111-4111-8111-111111111111", 400),
        ("Reports/BalanceSheet?periods=99", 400),
        ("Reports/BudgetSummary", 501),
        ("Reports/TenNinetyNine", 501),
        ("Reports", 501),
    ],
)
def test_what_cannot_be_reported_is_refused(xero: Xero, path: str, status: int) -> None:
    """That contactId is required is documented; the shape of these refusals is unsure."""
    assert xero.get(path).status_code == status


def test_reports_are_only_read(xero: Xero) -> None:
    """Documented: GET only; another method answers 501."""
    assert xero.post("Reports/TrialBalance", {}).status_code == 501
