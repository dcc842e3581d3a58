"""Decimal arithmetic as Xero does it: half away from zero, two decimals for money.

Xero: documented (Rounding in Xero); half up is confirmed by Xero staff on their community
board (2.165 becomes 2.17).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

ZERO = Decimal("0.00")
ONE = Decimal(1)
HUNDRED = Decimal(100)

# Wide enough for a 13-digit quantity times a 13-digit price without losing a digit.
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(8))


def cents(value: Decimal) -> Decimal:
    """Return `value` at two decimals, halves away from zero."""
    return value.quantize(_CENT, ROUND_HALF_UP, _CONTEXT)


def places(value: Decimal, count: int) -> Decimal:
    """Return `value` at `count` decimals, halves away from zero."""
    return value.quantize(_STEPS[count], ROUND_HALF_UP, _CONTEXT)


def times(left: Decimal, right: Decimal) -> Decimal:
    return _CONTEXT.multiply(left, right)


def per(dividend: Decimal, divisor: Decimal) -> Decimal:
    return _CONTEXT.divide(dividend, divisor)


def shown(value: Decimal) -> str:
    """Write an amount the way Xero's messages and reports do: 12.30, never 1.23E+1 or -0.00."""
    return format(cents(value) or ZERO, "f")
