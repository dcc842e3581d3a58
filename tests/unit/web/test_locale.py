"""Dollars and days, country by country."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from unitledger.web.locale import write_as
from unitledger.web.templatetags.ledger import in_order, money

DAY = date(2026, 3, 7)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    write_as(None)


@pytest.mark.parametrize(
    ("locale", "dollars", "australian", "day"),
    [
        ("en-GB", "$1,204.70", "A$1,204.70", "7 March 2026"),
        ("en-US", "$1,204.70", "A$1,204.70", "March 7, 2026"),
        ("en-AU", "US$1,204.70", "$1,204.70", "7 March 2026"),
        ("en-CA", "US$1,204.70", "A$1,204.70", "7 March 2026"),
        ("xx", "$1,204.70", "A$1,204.70", "7 March 2026"),
    ],
)
def test_dollars_and_days(locale: str, dollars: str, australian: str, day: str) -> None:
    write_as(locale)

    assert money(Decimal("1204.7"), "USD") == dollars
    assert money(Decimal("1204.7"), "AUD") == australian
    assert money(Decimal("-3"), "GBP") == "−£3.00"
    assert in_order(DAY, "j F Y") == day
    assert in_order(DAY, "F Y") == "March 2026"
