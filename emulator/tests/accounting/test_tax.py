"""Xero's arithmetic. Evidence: the Rounding in Xero page, recordings, Xero staff on half up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fauxero.accounting.money import cents
from fauxero.accounting.tax import LineRefused, LineRequest, line_amounts, tax_on

D = Decimal


def amounts(
    quantity: str | None = None,
    unit: str | None = None,
    amount: str | None = None,
    *,
    rate: str = "20",
    types: str = "Exclusive",
    decimals: int = 2,
    discount_rate: str | None = None,
    discount_amount: str | None = None,
    tax: str | None = None,
):
    request = LineRequest(
        *(None if text is None else D(text) for text in (quantity, unit, amount)),
        discount_rate=D(discount_rate) if discount_rate else None,
        discount_amount=D(discount_amount) if discount_amount else None,
        tax_amount=D(tax) if tax else None,
    )
    return line_amounts(request, rate=D(rate), line_amount_types=types, unit_decimals=decimals)


def test_tax_is_rounded_on_each_line_and_then_summed() -> None:
    """The official example: 11.44, where rounding the total first would give 11.45."""
    lines = [amounts("1", unit, rate="15").tax_amount for unit in ("25.06", "25.61", "25.63")]
    assert lines == [D("3.76"), D("3.84"), D("3.84")]
    assert sum(lines) == D("11.44")


@pytest.mark.parametrize(("gross", "tax"), [("541.25", "70.60"), ("500.00", "65.22")])
def test_inclusive_tax_is_what_was_recorded_from_a_demo_company(gross: str, tax: str) -> None:
    assert amounts("1", gross, rate="15", types="Inclusive").tax_amount == D(tax)


def test_halves_go_up_as_xero_staff_said() -> None:
    assert cents(D("2.165")) == D("2.17")
    assert cents(D("-2.165")) == D("-2.17")
    assert amounts("1", "0.125", decimals=2).unit_amount == D("0.13")


def test_a_unit_price_is_rounded_before_it_is_multiplied() -> None:
    assert amounts("1000", "0.125", decimals=2).line_amount == D("130.00")
    assert amounts("1000", "0.125", decimals=4).line_amount == D("125.00")


def test_a_fifth_decimal_is_lost_even_with_four_places() -> None:
    assert amounts("10000", "0.00005", decimals=4).line_amount == D("1.00")


def test_a_line_amount_alone_is_one_of_that_price() -> None:
    found = amounts(amount="80.00")
    assert (found.quantity, found.unit_amount, found.line_amount) == (D(1), D("80.00"), D("80.00"))


def test_what_is_missing_is_derived_from_the_other_two() -> None:
    assert amounts("4", amount="10.00").unit_amount == D("2.50")
    assert amounts(unit="2.50", amount="10.00").quantity == D("4.0000")


def test_a_price_alone_is_a_quantity_of_one() -> None:
    assert amounts(unit="12.00").line_amount == D("12.00")


def test_amounts_that_do_not_multiply_are_refused_in_xeros_words() -> None:
    with pytest.raises(LineRefused) as refusal:
        amounts("2", "10.00", "19.99")
    assert str(refusal.value) == (
        "The line total 19.99 does not match the expected line total 20.00"
    )


def test_a_discount_rate_is_taken_off_before_rounding() -> None:
    found = amounts("1", "99.99", discount_rate="10")
    assert found.line_amount == D("89.99")
    assert found.discount == D("10.00")
    assert found.tax_amount == D("18.00")


def test_a_discount_amount_is_taken_off_the_line() -> None:
    found = amounts("2", "50.00", discount_amount="15.00")
    assert (found.line_amount, found.discount) == (D("85.00"), D("15.00"))


def test_a_tax_amount_that_is_given_stands() -> None:
    assert amounts("1", "25.06", rate="15", tax="3.75").tax_amount == D("3.75")


def test_a_tax_larger_than_its_line_is_refused() -> None:
    with pytest.raises(LineRefused):
        amounts("1", "10.00", tax="10.01")


def test_a_document_without_tax_has_none_whatever_the_line_says() -> None:
    assert amounts("1", "10.00", types="NoTax", tax="2.00").tax_amount == 0


@given(
    st.decimals("0.01", "99999.99", places=2),
    st.sampled_from([D(20), D(15), D(10), D("8.25"), D(5), D("12.5")]),
)
def test_an_inclusive_price_splits_into_a_net_that_gives_its_tax_back_to_a_cent(
    gross: Decimal, rate: Decimal
) -> None:
    tax = tax_on(gross, rate=rate, inclusive=True)
    again = tax_on(gross - tax, rate=rate, inclusive=False)
    assert 0 <= tax < gross
    assert abs(again - tax) <= D("0.01")


@given(st.decimals("0.01", "99999.99", places=2))
def test_a_credit_line_mirrors_its_charge_to_the_cent(price: Decimal) -> None:
    charge = amounts("1", str(price), types="Inclusive")
    credit = amounts("1", str(-price), types="Inclusive")
    assert (credit.line_amount, credit.tax_amount) == (-charge.line_amount, -charge.tax_amount)
