"""Odd parameters of reports, odd bodies and names for rooms, odd arguments of the control plane:
answered or refused, never with a failure of fauxero's own. The fixture's teardown checks that."""

from __future__ import annotations

import pytest

from tests.conftest import Xero, exact

DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "", "x", "/Date(0)/", "2026-03-01T00:00:00")
REPORTS = (
    *("TrialBalance", "ProfitAndLoss", "BalanceSheet", "BankSummary"),
    *("AgedReceivablesByContact", "AgedPayablesByContact", "ExecutiveSummary"),
)


@pytest.fixture
def unlimited(xero: Xero) -> Xero:
    path = f"organisations/{xero.organisation_id}"
    xero.control("POST", path, {"minute": 10**6, "day": 10**6, "app_minute": 10**6})
    return xero


@pytest.fixture
def invoice(unlimited: Xero) -> dict:
    return exact(unlimited.put("Invoices", unlimited.invoice("INV-1")))["Invoices"][0]


@pytest.mark.parametrize("name", REPORTS)
def test_odd_parameters_of_a_report(unlimited: Xero, invoice: dict, name: str) -> None:
    for day in DAYS:
        for parameter in ("date", "fromDate", "toDate"):
            for more in ({}, {"periods": "11", "timeframe": "YEAR"}, {"paymentsOnly": "true"}):
                query = {parameter: day, "contactId": invoice["Contact"]["ContactID"]} | more
                if "Aged" not in name:
                    del query["contactId"]
                answer = unlimited.get(f"Reports/{name}", params=query)
                assert answer.status_code in (200, 400, 501), (query, answer.text)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[[]]", b"\xff\xfe", b"<a/>", b"7"])
@pytest.mark.parametrize("room", ["History", "Email", "Attachments", "Attachments/a.png", "pdf"])
def test_odd_bodies_for_a_room(unlimited: Xero, invoice: dict, room: str, body: bytes) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        answer = unlimited.call(method, f"Invoices/{invoice['InvoiceID']}/{room}", content=body)
        assert answer.status_code in (200, 204, 400, 404, 501), (method, answer.text)


@pytest.mark.parametrize(
    "name", ["%F0%9F%93%8E.png", "a" * 300 + ".png", ".png", "%2E%2E", "a.p\u006eg"]
)
def test_odd_names_of_files(unlimited: Xero, invoice: dict, name: str) -> None:
    path = f"Invoices/{invoice['InvoiceID']}/Attachments/{name}"
    answer = unlimited.call("PUT", path, content=b"x", headers={"Content-Type": b"a\xe9;b;"})
    assert answer.status_code in (200, 400)
    assert unlimited.get(path).status_code == (200 if answer.status_code == 200 else 404)


def test_an_invoice_due_at_the_end_of_time_stops_no_reminder(unlimited: Xero) -> None:
    contact = {"Name": "Ann Archer", "EmailAddress": "ann@archer.example"}
    for number, due in (("INV-1", "9999-12-31"), ("INV-2", "2026-03-02"), ("INV-3", "0001-01-01")):
        request = unlimited.invoice(number, Contact=contact, DueDate=due)
        assert unlimited.put("Invoices", request).status_code == 200
    path = f"organisations/{unlimited.organisation_id}/reminders"
    unlimited.control("POST", path, {"enabled": True})
    unlimited.advance(7 * 86_400)
    assert unlimited.control("GET", "outbox")["count"] == 1


@pytest.mark.parametrize("day", DAYS)
def test_odd_days_of_a_tax_return(unlimited: Xero, invoice: dict, day: str) -> None:
    path = f"/_fauxero/organisations/{unlimited.organisation_id}/tax-return"
    for query in ({"from": day, "to": "2026-03-31"}, {"from": "2026-01-01", "to": day}):
        for basis in ("ACCRUAL", "CASH"):
            answer = unlimited.http.get(path, params=query | {"basis": basis})
            assert answer.status_code in (200, 400)
