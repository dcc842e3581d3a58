"""What an organisation's books offer to post to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.core import samples


def test_an_active_account_is_found_by_a_code_that_an_archived_one_left() -> None:
    archived = samples.account("777", "Old", account_id="id-old", is_active=False)
    active = samples.account("777", "New", account_id="id-new")
    for accounts in ((archived, active), (active, archived)):
        found = samples.chart(accounts=accounts).account_by_code("777")
        assert found is not None
        assert found.name == "New"


@pytest.mark.parametrize(
    ("code", "takes_lines"), [("2000", True), ("090", False), ("610", False), ("8000", True)]
)
def test_lines_go_to_neither_bank_nor_system_accounts(code: str, takes_lines: bool) -> None:
    account = samples.chart().account_by_code(code)
    assert account is not None
    assert account.takes_lines is takes_lines


def test_an_account_without_a_code_takes_no_lines() -> None:
    for kind in ("BANK", "CURRENT"):
        assert not replace(samples.account("1", "Till", kind), code=None).takes_lines


def test_a_rate_fits_an_account_by_its_class() -> None:
    purchases = samples.rate("INPUT2", "20", sales=False)
    assert not purchases.fits(samples.account("200", "Sales", "SALES"))
    assert purchases.fits(samples.account("469", "Rent", "EXPENSE"))


def test_an_account_of_a_type_we_do_not_know_is_left_for_xero_to_judge() -> None:
    account = samples.account("1", "Odd", "SOMETHINGNEW")
    assert account.account_class is None
    assert samples.rate("INPUT2", "20", sales=False).fits(account)


def test_an_option_is_found_whatever_its_case_and_named_as_xero_spells_it() -> None:
    category = samples.chart().tracking_category("location")
    assert category is not None
    assert category.option_name("ashford") == "Ashford"
    assert category.option_name("Ashford North") is None


def test_an_archived_category_is_not_offered() -> None:
    chart = samples.chart()
    archived = replace(chart.tracking[0], is_active=False)
    assert samples.chart(tracking=(archived,)).tracking_category("Location") is None


def test_the_later_lock_date_counts_and_its_day_is_locked() -> None:
    facts = samples.facts(period_lock_on=date(2026, 2, 28), year_end_lock_on=date(2025, 12, 31))
    chart = samples.chart(facts=facts)
    assert chart.locked_to == date(2026, 2, 28)
    assert chart.is_locked(date(2026, 2, 28))
    assert not chart.is_locked(date(2026, 3, 1))
    assert samples.chart().locked_to is None
