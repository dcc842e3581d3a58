"""The periods by which a report can be asked for, both ends included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

FROM_THE_START = "start"
CUSTOM = "custom"
WORDS = {
    FROM_THE_START: "Since the start date",
    "today": "Today",
    "yesterday": "Yesterday",
    "this-week": "This week",
    "last-week": "Last week",
    "this-month": "This month",
    "last-month": "Last month",
    "this-quarter": "This quarter",
    "last-quarter": "Last quarter",
    CUSTOM: "Other dates…",
}


@dataclass(frozen=True, slots=True)
class Period:
    """No end means: and everything after."""

    start_on: date | None
    end_on: date | None


def period(name: str, *, today: date, start_on: date | None) -> Period:
    """A named period as of today; weeks begin on Monday. Raises KeyError for another name."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    quarter = month.replace(month=3 * ((today.month - 1) // 3) + 1)
    day = timedelta(days=1)
    return {
        FROM_THE_START: Period(start_on, None),
        "today": Period(today, today),
        "yesterday": Period(today - day, today - day),
        "this-week": Period(monday, monday + 6 * day),
        "last-week": Period(monday - 7 * day, monday - day),
        "this-month": Period(month, _months_later(month, 1) - day),
        "last-month": Period(_months_later(month, -1), month - day),
        "this-quarter": Period(quarter, _months_later(quarter, 3) - day),
        "last-quarter": Period(_months_later(quarter, -3), quarter - day),
    }[name]


def _months_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
