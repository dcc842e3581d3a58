"""Lock dates. Texts reported; their date form and the reach over payments are unsure."""

from __future__ import annotations

import pytest

from tests.accounting.story import Story, done, line, refused

PERIOD = "The document date cannot be before the period lock date, currently set at 31 October 2026"
YEAR = (
    "The document date cannot be before the end of year lock date, currently set at 31 March 2026"
)


@pytest.fixture
def locked(story: Story) -> Story:
    """An unpaid and a part-paid invoice, and their payment, in the locked October."""
    story.invoice(InvoiceNumber="OPEN", Date="2026-10-31")
    story.pay(story.invoice(InvoiceNumber="PART", Date="2026-10-31"), "20.00", Date="2026-10-31")
    story.bookkeeper("set_lock_dates", period="2026-10-31", year_end="2026-03-31")
    return story


def test_the_last_locked_day_is_locked_and_the_next_is_open(locked: Story) -> None:
    request = locked.invoice_request(Date="2026-10-31")
    assert refused(locked.put("invoices", **request)) == (PERIOD,)
    done(locked.put("invoices", **(request | {"Date": "2026-11-01"})))


def test_the_year_lock_speaks_first(locked: Story) -> None:
    request = locked.invoice_request(Date="2026-03-31")
    assert refused(locked.put("invoices", **request)) == (YEAR,)


@pytest.mark.parametrize(
    "change",
    [{"Status": "VOIDED"}, {"Reference": "x"}, {"Date": "2026-11-05"}, {"LineItems": [line()]}],
)
def test_a_document_in_a_locked_period_takes_no_change(locked: Story, change: dict) -> None:
    """Reported: six voids refused in a locked quarter; documented: nothing may change."""
    outcome = locked.post("invoices", "OPEN", **change)
    assert refused(outcome) == (PERIOD,)


def test_an_open_document_cannot_be_moved_into_a_locked_period(locked: Story) -> None:
    invoice = locked.invoice()
    outcome = locked.post("invoices", invoice["InvoiceID"], Date="2026-10-31")
    assert refused(outcome) == (PERIOD,)


def test_a_payment_is_held_to_the_lock_by_its_own_date_unless_switched(locked: Story) -> None:
    request = locked.payment_request(locked.read("invoices", "OPEN"), "10.00", Date="2026-10-31")
    assert refused(locked.put("payments", **request)) == (PERIOD,)
    done(locked.put("payments", **(request | {"Date": "2026-11-01"})))
    locked.books.set_switches(lock_payments_by_date=False)
    done(locked.put("payments", **request))


def test_a_locked_payment_is_not_deleted(locked: Story) -> None:
    (payment,) = locked.list("payments").rows
    outcome = locked.post("payments", payment["PaymentID"], Status="DELETED")
    assert refused(outcome) == (PERIOD,)


def test_lock_dates_are_told_by_the_organisation_only_when_set(story: Story) -> None:
    """Documented."""
    assert "PeriodLockDate" not in story.list("organisation").rows[0]
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    shown = story.list("organisation").rows[0]
    assert shown["PeriodLockDate"].isoformat() == "2026-10-31"
    assert "EndOfYearLockDate" not in shown
    story.bookkeeper("set_lock_dates", period=None)
    assert "PeriodLockDate" not in story.list("organisation").rows[0]
