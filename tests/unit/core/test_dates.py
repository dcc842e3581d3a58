"""Calendar dates of a place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from unitledger.core.dates import accounting_date, period, plain

AUCKLAND = ZoneInfo("Pacific/Auckland")
LONDON = ZoneInfo("Europe/London")


def test_the_accounting_date_is_the_day_at_the_location() -> None:
    moment = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    assert accounting_date(moment, zone=AUCKLAND) == date(2026, 4, 1)
    assert accounting_date(moment, zone=LONDON) == date(2026, 4, 1)  # summer time has begun
    assert accounting_date(moment, zone=ZoneInfo("UTC")) == date(2026, 3, 31)


def test_a_moment_without_a_zone_has_no_date() -> None:
    naive = datetime(2026, 3, 31, 23, 30)
    with pytest.raises(ValueError, match="needs a zone"):
        accounting_date(naive, zone=LONDON)


def test_a_day_reads_as_on_a_document() -> None:
    assert plain(date(2026, 3, 1)) == "1 Mar 2026"


@pytest.mark.parametrize(
    ("start_on", "end_on", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 31), "1–31 Mar 2026"),
        (date(2026, 3, 15), date(2026, 4, 14), "15 Mar – 14 Apr 2026"),
        (date(2025, 12, 15), date(2026, 1, 14), "15 Dec 2025 – 14 Jan 2026"),
        (date(2026, 3, 1), date(2026, 3, 1), "1 Mar 2026"),
    ],
)
def test_a_period_is_as_short_as_it_can_be_said(start_on: date, end_on: date, words: str) -> None:
    assert period(start_on, end_on) == words
