"""What a document line comes to: amounts, discount and tax, as Xero computes them.

Xero: documented (Rounding in Xero). Tax is worked out and rounded per line, half up, and the
document's totals are sums of its lines; the unit amount is rounded first, to two decimals or
to four with unitdp=4. Inclusive lines of 541.25 and 500.00 at 15 % were recorded on the wire
with tax of 70.60 and 65.22, which is gross - round(gross / 1.15).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from fauxero.accounting.money import HUNDRED, ONE, ZERO, cents, per, places, shown, times

EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"
LINE_AMOUNT_TYPES = (EXCLUSIVE, INCLUSIVE, NO_TAX)


class LineRequest(NamedTuple):
    """The amounts a line was sent with; None where it said nothing."""

    quantity: Decimal | None
    unit_amount: Decimal | None
    line_amount: Decimal | None
    discount_rate: Decimal | None
    discount_amount: Decimal | None
    tax_amount: Decimal | None


class LineAmounts(NamedTuple):
    quantity: Decimal
    unit_amount: Decimal
    line_amount: Decimal
    discount: Decimal
    tax_amount: Decimal


class LineRefused(Exception):
    """The line's amounts do not fit together; the text is what Xero says."""


def line_amounts(
    request: LineRequest, *, rate: Decimal, line_amount_types: str, unit_decimals: int
) -> LineAmounts:
    """Work a line out. `rate` is in percent. Raises LineRefused."""
    quantity, unit = _quantity_and_unit(request, unit_decimals)
    gross = times(quantity, unit)
    net = _less_discount(gross, request)
    expected = cents(net)
    line_amount = expected
    if request.line_amount is not None:
        line_amount = cents(request.line_amount)
        if _all_given(request) and line_amount != expected:
            raise LineRefused(
                f"The line total {shown(line_amount)} does not match the expected line total "
                f"{shown(expected)}"
            )
    tax = _tax(line_amount, request.tax_amount, rate=rate, line_amount_types=line_amount_types)
    discount = cents(gross) - expected if net is not gross else ZERO
    return LineAmounts(quantity, unit, line_amount, discount, tax)


def _all_given(request: LineRequest) -> bool:
    return request.quantity is not None and request.unit_amount is not None


def _quantity_and_unit(request: LineRequest, unit_decimals: int) -> tuple[Decimal, Decimal]:
    """Fill in what is missing: Xero derives one of quantity, price and amount from the others."""
    quantity, unit, amount = request.quantity, request.unit_amount, request.line_amount
    if unit is not None:
        unit = places(unit, unit_decimals)
    if quantity is not None:
        quantity = places(quantity, 4)
    if quantity is not None and unit is not None:
        return quantity, unit
    if amount is None:
        return (ONE if quantity is None else quantity), (ZERO if unit is None else unit)
    before = _before_discount(amount, request)
    if quantity is None and unit is None:
        return ONE, places(before, unit_decimals)
    if unit is None:
        assert quantity is not None
        return quantity, places(per(before, quantity), unit_decimals) if quantity else ZERO
    return (places(per(before, unit), 4) if unit else ONE), unit


def _less_discount(gross: Decimal, request: LineRequest) -> Decimal:
    if request.discount_rate:
        return per(times(gross, HUNDRED - request.discount_rate), HUNDRED)
    if request.discount_amount:
        return gross - request.discount_amount
    return gross


def _before_discount(amount: Decimal, request: LineRequest) -> Decimal:
    if request.discount_rate and request.discount_rate != HUNDRED:
        return per(times(amount, HUNDRED), HUNDRED - request.discount_rate)
    if request.discount_amount:
        return amount + request.discount_amount
    return amount


def _tax(
    line_amount: Decimal, given: Decimal | None, *, rate: Decimal, line_amount_types: str
) -> Decimal:
    if line_amount_types == NO_TAX:
        return ZERO
    if given is not None:
        if abs(given) > abs(line_amount):
            # The rule is documented (tax may not exceed the amount); the wording is unsure.
            raise LineRefused("The tax amount cannot be greater than the line amount.")
        return cents(given)
    return tax_on(line_amount, rate=rate, inclusive=line_amount_types == INCLUSIVE)


def tax_on(amount: Decimal, *, rate: Decimal, inclusive: bool) -> Decimal:
    if not rate:
        return ZERO
    if inclusive:
        return amount - cents(per(times(amount, HUNDRED), HUNDRED + rate))
    return cents(per(times(amount, rate), HUNDRED))
