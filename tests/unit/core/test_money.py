"""Amounts of one currency."""

from __future__ import annotations

from decimal import Decimal

import pytest

from unitledger.core.money import CurrencyMismatch, Money, cents, is_whole_cents


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def test_amounts_of_one_currency_add_and_subtract() -> None:
    assert pounds("10.10") + pounds("0.20") == pounds("10.30")
    assert pounds("10.10") - pounds("0.20") == pounds("9.90")
    assert -pounds("1.00") == pounds("-1.00")


@pytest.mark.parametrize("operation", ["__add__", "__sub__"])
def test_two_currencies_never_mix(operation: str) -> None:
    with pytest.raises(CurrencyMismatch, match="GBP and USD"):
        getattr(pounds("1"), operation)(Money(Decimal(1), "USD"))


def test_an_amount_is_never_asked_whether_it_is_true() -> None:
    with pytest.raises(TypeError, match="is_zero"):
        bool(pounds("0"))
    assert pounds("0.00").is_zero
    assert not pounds("0.01").is_zero


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="not float"):
        Money(1.1, "GBP")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("2.165", "2.17"), ("2.155", "2.16"), ("-2.165", "-2.17"), ("2.1649", "2.16")],
)
def test_halves_go_away_from_zero(exact: str, rounded: str) -> None:
    assert cents(Decimal(exact)) == Decimal(rounded)


def test_more_places_than_cents_are_noticed() -> None:
    assert is_whole_cents(Decimal("1.10"))
    assert is_whole_cents(Decimal("1.1000"))
    assert not is_whole_cents(Decimal("1.105"))
