"""The sums of a tie-out, and the years whose trial balances they are compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.core import samples
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held, Posting, TrialBalanceRow
from unitledger.engine.reconcile.figures import Figures, year_start, years_read

TAX = samples.account("820", "VAT", "CURRLIAB", system="GST")


def chart(month: int | None = 3, day: int | None = 31) -> Chart:
    plain = samples.chart()
    return replace(
        plain,
        facts=replace(plain.facts, year_end_month=month, year_end_day=day),
        accounts=(*plain.accounts, TAX),
    )


def held_invoice(on: date, *, include_tax: bool = True) -> Held:
    return Held(
        kind=DocumentKind.INVOICE,
        xero_id=f"i-{on}",
        status="AUTHORISED",
        updated_at=None,
        number="X",
        dated_on=on,
        total=Decimal("120.00"),
        prices_include_tax=include_tax,
        postings=(
            Posting(
                account_code="200",
                line_amount=Decimal("120.00") if include_tax else Decimal("100.00"),
                tax_amount=Decimal("20.00"),
            ),
        ),
    )


def balance(account_id: str, debit: str, credit: str) -> TrialBalanceRow:
    return TrialBalanceRow(
        account_id, account_id, Decimal(0), Decimal(0), Decimal(debit), Decimal(credit)
    )


@pytest.mark.parametrize(
    ("on", "begins"),
    [
        (date(2026, 3, 31), date(2025, 4, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2026, 4, 1)),
    ],
)
def test_a_financial_year_begins_the_day_after_the_last_one_ends(on: date, begins: date) -> None:
    assert year_start(chart(), on=on) == begins


def test_a_year_that_ends_in_a_leap_day_ends_on_the_28th_in_other_years() -> None:
    assert year_start(chart(2, 29), on=date(2026, 2, 28)) == date(2025, 3, 1)
    assert year_start(chart(2, 29), on=date(2026, 3, 1)) == date(2026, 3, 1)
    assert year_start(chart(2, 29), on=date(2024, 2, 29)) == date(2023, 3, 1)


def test_an_organisation_that_does_not_say_when_its_year_ends_has_no_years() -> None:
    assert year_start(chart(None, None), on=date(2026, 3, 1)) is None
    assert list(
        years_read(chart(None, None), days=[date(2020, 1, 1)], on=date(2026, 3, 1)).values()
    ) == [date(2026, 3, 1)]


def test_only_years_that_have_documents_are_read_and_the_last_as_of_the_day() -> None:
    days = [date(2012, 5, 1), date(2013, 3, 31), date(2013, 4, 1), date(2026, 11, 2)]

    assert years_read(chart(), days=days, on=date(2026, 11, 22)) == {
        date(2012, 4, 1): date(2013, 3, 31),
        date(2013, 4, 1): date(2014, 3, 31),
        date(2026, 4, 1): date(2026, 11, 22),
    }


def test_no_more_than_ten_years_are_read_and_the_oldest_are_left_out() -> None:
    days = [date(year, 6, 1) for year in range(2000, 2026)]

    read = years_read(chart(), days=days, on=date(2026, 6, 1))

    assert len(read) == 10
    assert min(read) == date(2017, 4, 1)


@pytest.mark.parametrize("include_tax", [True, False])
def test_an_invoice_of_others_enters_income_tax_and_receivables(include_tax: bool) -> None:
    on = date(2026, 5, 1)
    figures = Figures(
        chart=chart(), start_on=date(2026, 1, 1), on=on, years=frozenset({date(2026, 4, 1)})
    )
    figures.add_stranger(held_invoice(on, include_tax=include_tax))

    rows = [balance("id-200", "0", "130.00"), balance("id-610", "120.00", "0")]
    lines = {line.code: line for line in figures.accounts([rows])}

    assert lines["200"].others == Decimal("100.00")
    assert lines["200"].unexplained == Decimal("30.00")
    assert lines["610"].others == Decimal("120.00")
    assert lines["820"].others == Decimal("20.00")
    assert lines["820"].unexplained == Decimal("-20.00")  # the report does not show it


def test_income_of_several_years_is_compared_with_the_sum_of_their_trial_balances() -> None:
    figures = Figures(
        chart=chart(),
        start_on=date(2020, 1, 1),
        on=date(2026, 5, 1),
        years=frozenset({date(2025, 4, 1), date(2026, 4, 1)}),
    )
    for on in (date(2025, 5, 1), date(2026, 5, 1), date(2024, 5, 1)):
        figures.add_stranger(held_invoice(on))

    years = [[balance("id-200", "0", "100.00")], [balance("id-200", "0", "100.00")]]
    (income,) = (line for line in figures.accounts(years) if line.code == "200")

    assert income.others == Decimal("300.00")
    assert income.trial_balance == Decimal("200.00")
    assert income.unexplained == 0  # 2024 was not read and is not missed
