"""Weeks pass in one call. Evidence: own; the lives themselves are documented (Tokens page)."""

from __future__ import annotations

from tests.conftest import Xero

DAY = 86_400


def test_sixty_days_pass_and_the_refresh_token_is_dead(xero: Xero) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": xero.token["refresh_token"]}
    basic = (xero.token["client_id"], xero.token["client_secret"])
    xero.advance(60 * DAY + 1)
    answer = xero.http.post("/connect/token", data=form, auth=basic)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_day_of_a_document_is_the_day_of_the_clock(xero: Xero) -> None:
    xero.control("POST", "clock", {"at": "2027-07-01T12:00:00+00:00"})
    xero.token = xero.new_token()
    sent = xero.invoice("R-1")
    del sent["Date"]
    sent["DueDate"] = "2027-07-31"
    answer = xero.put("Invoices", sent)
    assert answer.json()["Invoices"][0]["DateString"] == "2027-07-01T00:00:00"


def test_a_clock_may_be_set_back_and_the_books_stay_whole(xero: Xero) -> None:
    xero.put("Invoices", xero.invoice("R-1"))
    xero.control("POST", "clock", {"at": "2020-01-01T00:00:00+00:00"})
    made = xero.put("Invoices", xero.invoice("R-2")).json()["Invoices"][0]
    assert made["UpdatedDateUTCString"] == "2020-01-01T00:00:00Z"
    assert [row["InvoiceNumber"] for row in xero.rows("Invoices")] == ["R-2", "R-1"]
    assert xero.control("GET", "audit")["ok"]
