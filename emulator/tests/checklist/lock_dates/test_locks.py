"""Lock dates. Evidence: the words and the fields are the specification's and reported; that a
payment's own date is held to the lock is unsure, hence a switch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.words import act, line, made, one, refused, switch
from tests.conftest import Xero

PERIOD = "The document date cannot be before the period lock date, currently set at"
YEAR = "The document date cannot be before the end of year lock date, currently set at"


@pytest.fixture
def locked(xero: Xero) -> Xero:
    """R-1 of 10 February is in the books; then February is locked."""
    made(xero, "Invoices", xero.invoice("R-1", Date="2026-02-10"))
    act(xero, "set_lock_dates", period="2026-02-28")
    return xero


def test_the_organisation_tells_its_lock_dates_once_they_are_set(xero: Xero) -> None:
    """Spec."""
    assert "PeriodLockDate" not in one(xero, "Organisation")
    act(xero, "set_lock_dates", period="2026-02-28", year_end="2025-12-31")
    found = one(xero, "Organisation")
    assert found["PeriodLockDate"].startswith("/Date(1772236800000")
    assert found["EndOfYearLockDate"].startswith("/Date(1767139200000")


def test_the_last_locked_day_is_locked_and_the_next_is_open(locked: Xero) -> None:
    [words] = refused(locked, "PUT", "Invoices", locked.invoice("R-2", Date="2026-02-28"))
    assert words.startswith(PERIOD)
    made(locked, "Invoices", locked.invoice("R-2", Date="2026-03-01"))


def test_the_year_end_lock_has_words_of_its_own(xero: Xero) -> None:
    act(xero, "set_lock_dates", period=None, year_end="2025-12-31")
    [words] = refused(xero, "PUT", "Invoices", xero.invoice("R-2", Date="2025-12-31"))
    assert words.startswith(YEAR)


@pytest.mark.parametrize("change", [{"Status": "VOIDED"}, {"LineItems": [line(1)]}])
def test_what_lies_in_a_locked_period_is_left_alone(locked: Xero, change: dict[str, Any]) -> None:
    """Reported: voids in a locked quarter were refused."""
    [words] = refused(locked, "POST", "Invoices/R-1", change)
    assert words.startswith(PERIOD)
    assert one(locked, "Invoices/R-1")["Status"] == "AUTHORISED"


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_payment_is_held_to_the_lock_by_its_own_date_unless_switched(
    locked: Xero, is_locked: bool
) -> None:
    """Unsure: refusing is the safer reading."""
    switch(locked, lock_payments_by_date=is_locked)
    row = one(locked, "Invoices/R-1")
    payment = {
        "Invoice": {"InvoiceID": row["InvoiceID"]},
        "Account": {"Code": "090"},
        "Date": "2026-02-20",
        "Amount": 1,
    }
    assert locked.put("Payments", payment).status_code == (400 if is_locked else 200)
    assert locked.put("Payments", payment | {"Date": "2026-03-02"}).status_code == 200


@pytest.mark.parametrize("collection", ["CreditNotes", "BankTransactions", "ManualJournals"])
def test_every_kind_of_document_is_held_to_the_lock(locked: Xero, collection: str) -> None:
    day = "2026-02-27"
    bodies: dict[str, dict[str, Any]] = {
        "CreditNotes": {
            "Type": "ACCRECCREDIT",
            "Status": "AUTHORISED",
            "Contact": {"Name": "Ann"},
            "LineItems": [line(1)],
        },
        "BankTransactions": {
            "Type": "RECEIVE",
            "Contact": {"Name": "Ann"},
            "BankAccount": {"Code": "090"},
            "LineItems": [line(1)],
        },
        "ManualJournals": {
            "Narration": "Accrual",
            "Status": "POSTED",
            "JournalLines": [
                {"LineAmount": 5, "AccountCode": "200"},
                {"LineAmount": -5, "AccountCode": "429"},
            ],
        },
    }
    assert refused(locked, "PUT", collection, bodies[collection] | {"Date": day})
    assert locked.rows(collection) == []
