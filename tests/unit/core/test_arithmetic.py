"""Xero's arithmetic, checked against exact fractions and the figures Xero publishes."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitledger.core.arithmetic import (
    expected_totals,
    line_amount,
    line_tax,
    postings,
    spread,
    totals,
)
from unitledger.core.documents import WantedLine

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
PERCENTS = st.decimals(min_value=0, max_value=50, places=4)
RATES = {"OUTPUT2": Decimal(15), "NONE": Decimal(0)}


def exactly_rounded(value: Fraction) -> Decimal:
    """Whole cents, halves away from zero, without a decimal context in the way."""
    away = math.floor(abs(value) * 100 + Fraction(1, 2))
    return Decimal(away if value >= 0 else -away) / 100


def line(amount: str, tax_type: str = "OUTPUT2", **override: Decimal) -> WantedLine:
    return WantedLine(
        description="Rent",
        quantity=Decimal(1),
        unit_amount=Decimal(amount),
        account_code="200",
        tax_type=tax_type,
        line_amount=Decimal(amount),
        tax_amount=override.get("tax_amount", Decimal(0)),
        overrides_tax=bool(override),
    )


@given(amount=AMOUNTS, percent=PERCENTS)
def test_tax_on_top_is_the_exact_tax_rounded(amount: Decimal, percent: Decimal) -> None:
    exact = Fraction(amount) * Fraction(percent) / 100
    assert line_tax(amount, percent=percent, prices_include_tax=False) == exactly_rounded(exact)


@given(amount=AMOUNTS, percent=PERCENTS)
def test_tax_within_is_the_amount_less_the_rounded_net(amount: Decimal, percent: Decimal) -> None:
    net = exactly_rounded(Fraction(amount) / (1 + Fraction(percent) / 100))
    assert line_tax(amount, percent=percent, prices_include_tax=True) == amount - net


@given(
    quantity=st.decimals(min_value=0, max_value=10**4, places=4),
    price=st.decimals(min_value=-(10**5), max_value=10**5, places=6),
)
def test_the_price_is_rounded_to_four_places_before_it_is_multiplied(
    quantity: Decimal, price: Decimal
) -> None:
    rounded = Fraction(exactly_rounded(Fraction(price) * 100)) / 100
    assert line_amount(quantity=quantity, unit_price=price) == exactly_rounded(
        rounded * Fraction(quantity)
    )


def test_the_published_example_rounds_line_by_line() -> None:
    """Xero: documented, "Rounding in Xero": tax-first gives 11.44, total-first 11.45."""
    shown = expected_totals(
        [line("25.06"), line("25.61"), line("25.63")], RATES, prices_include_tax=False
    )
    assert shown.tax == Decimal("11.44")
    assert shown.total == Decimal("87.74")


@pytest.mark.parametrize(("gross", "tax"), [("541.25", "70.60"), ("500.00", "65.22")])
def test_inclusive_tax_is_what_was_recorded_on_the_wire(gross: str, tax: str) -> None:
    assert line_tax(Decimal(gross), percent=Decimal(15), prices_include_tax=True) == Decimal(tax)


def test_half_a_cent_of_net_is_rounded_up_and_the_tax_with_it_down() -> None:
    """0.03 with 20 % in it: net 0.025 becomes 0.03 and leaves no tax at all."""
    assert line_tax(Decimal("0.03"), percent=Decimal(20), prices_include_tax=True) == 0


def test_a_line_that_overrides_its_tax_counts_with_the_tax_it_carries() -> None:
    lines = [line("25.06", tax_amount=Decimal("3.77")), line("10.00", "NONE")]
    shown = expected_totals(lines, RATES, prices_include_tax=False)
    assert (shown.subtotal, shown.tax, shown.total) == (
        Decimal("35.06"),
        Decimal("3.77"),
        Decimal("38.83"),
    )


@given(amount=AMOUNTS, tax=AMOUNTS, include=st.booleans())
def test_a_total_is_always_the_subtotal_and_the_tax(
    amount: Decimal, tax: Decimal, include: bool
) -> None:
    shown = totals(amount=amount, tax=tax, prices_include_tax=include)
    assert shown.subtotal + shown.tax == shown.total
    assert amount == (shown.total if include else shown.subtotal)


@given(
    lines=st.lists(st.tuples(AMOUNTS, st.sampled_from([Decimal(0), Decimal(15)])), max_size=6),
    off_by=st.integers(min_value=-6, max_value=6).filter(bool),
    include=st.booleans(),
)
def test_spread_cents_sum_to_what_is_missing_or_are_not_spread_at_all(
    lines: list[tuple[Decimal, Decimal]], off_by: int, include: bool
) -> None:
    cents_off = Decimal(off_by) / 100
    corrections = spread(lines, cents_off=cents_off, prices_include_tax=include)
    taxed = sum(1 for _, percent in lines if percent)
    if corrections is None:
        assert abs(off_by) > taxed
        return
    assert sum(corrections) == cents_off
    for (_, percent), cent in zip(lines, corrections, strict=True):
        assert abs(cent) <= Decimal("0.01")
        assert percent or not cent


def test_a_spread_cent_goes_where_rounding_took_most() -> None:
    fifteen = Decimal(15)
    # 15 % of 25.06 is 3.759, of 25.61 is 3.8415, of 25.63 is 3.8445: the last lost most.
    lines = [(Decimal(amount), fifteen) for amount in ("25.06", "25.61", "25.63")]
    up = spread(lines, cents_off=Decimal("0.01"), prices_include_tax=False)
    assert up == (Decimal("0.00"), Decimal("0.00"), Decimal("0.01"))
    down = spread(lines, cents_off=Decimal("-0.01"), prices_include_tax=False)
    assert down == (Decimal("-0.01"), Decimal("0.00"), Decimal("0.00"))


def test_postings_sum_up_an_account_without_its_tax() -> None:
    lines = [
        line("120.00", tax_amount=Decimal("20.00")),
        line("-12.00", tax_amount=Decimal("-2.00")),
    ]
    (inclusive,) = postings(lines, prices_include_tax=True)
    assert (inclusive.account_code, inclusive.net, inclusive.tax) == (
        "200",
        Decimal("90.00"),
        Decimal("18.00"),
    )
    (exclusive,) = postings(lines, prices_include_tax=False)
    assert exclusive.net == Decimal("108.00")
