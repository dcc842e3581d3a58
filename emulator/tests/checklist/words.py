"""Short words for tests that talk to an organisation's books over HTTP."""

from __future__ import annotations

from typing import Any

from tests.conftest import Xero, exact

ZERO_ID = "00000000-0000-0000-0000-000000000000"


def made(xero: Xero, collection: str, element: dict[str, Any], method: str = "PUT") -> Any:
    """Write one element that has to be taken."""
    answer = xero.call(method, collection, json=element)
    assert answer.status_code == 200, answer.text
    return exact(answer)[collection.partition("/")[0]][0]


def refused(xero: Xero, method: str, path: str, element: Any) -> list[str]:
    """Write one element that has to be refused; return Xero's words."""
    answer = xero.call(method, path, json=element)
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    return [error["Message"] for error in body["Elements"][0]["ValidationErrors"]]


def one(xero: Xero, path: str) -> Any:
    (row,) = xero.rows(path)
    return row


def pay(xero: Xero, invoice: Any, amount: Any, **more: Any) -> Any:
    payment = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": "090"},
        "Date": "2026-03-02",
        "Amount": str(amount),
    }
    return made(xero, "Payments", payment | more)


def act(xero: Xero, name: str, **arguments: Any) -> Any:
    """What a bookkeeper does between two calls of the app."""
    return xero.control("POST", f"acts/{name}", arguments)["result"]


def switch(xero: Xero, **switches: bool) -> None:
    xero.control("POST", f"organisations/{xero.organisation_id}", {"switches": switches})


def line(amount: Any, **more: Any) -> dict[str, Any]:
    return {"Description": "Rent", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"} | more
