"""Named periods as people mean them."""

from __future__ import annotations

from datetime import date

import pytest

from unitledger.web.periods import period

SUNDAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("name", "start_on", "end_on"),
    [
        ("today", date(2026, 3, 1), date(2026, 3, 1)),
        ("yesterday", date(2026, 2, 28), date(2026, 2, 28)),
        ("this-week", date(2026, 2, 23), date(2026, 3, 1)),
        ("last-week", date(2026, 2, 16), date(2026, 2, 22)),
        ("this-month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("this-quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_a_period_holds_its_first_and_its_last_day(name: str, start_on: date, end_on: date) -> None:
    found = period(name, today=SUNDAY, start_on=None)
    assert (found.start_on, found.end_on) == (start_on, end_on)


def test_the_year_turns_within_a_quarter() -> None:
    found = period("this-month", today=date(2026, 12, 31), start_on=None)
    assert (found.start_on, found.end_on) == (date(2026, 12, 1), date(2026, 12, 31))


def test_since_the_start_date_has_no_end() -> None:
    found = period("start", today=SUNDAY, start_on=date(2026, 1, 1))
    assert (found.start_on, found.end_on) == (date(2026, 1, 1), None)
