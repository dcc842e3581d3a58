"""Figures as charts and reports of the business write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from unitledger.web.templatetags.ledger import MINUS, money

register = template.Library()
_THOUSAND = Decimal(1000)


@register.filter
def short_money(amount: Decimal, currency: str | None) -> str:
    """`£60k`, `£1.5m`: for the lines of a chart, where the table has the cents."""
    if amount == 0:
        return "0"
    for unit, letter in ((_THOUSAND**2, "m"), (_THOUSAND, "k")):
        if abs(amount) >= unit:
            said = f"{amount / unit:f}".rstrip("0").rstrip(".") if amount % unit else ""
            whole = said or str(int(amount / unit))
            return f"{_symbol(amount, currency)}{whole.lstrip('-')}{letter}"
    return f"{_symbol(amount, currency)}{abs(amount).normalize():f}"


def _symbol(amount: Decimal, currency: str | None) -> str:
    sign = MINUS if amount < 0 else ""
    return sign + money(Decimal(0), currency).removesuffix("0.00")


@register.filter
def share(part: Decimal, whole: Decimal) -> str:
    """`17.8 %`; a dash where there is no whole."""
    return f"{part / whole * 100:.1f} %".replace("-", MINUS) if whole else "–"


@register.filter
def change(newer: Decimal, older: Decimal) -> str:
    """`+2.2 %` against the month before; a dash where that had nothing."""
    if not older:
        return "–"
    percent = (newer - older) / abs(older) * 100
    return f"{'+' if percent > 0 else ''}{percent:.1f} %".replace("-", MINUS)


@register.filter
def at(amounts: Mapping[Any, Any], key: Any) -> Any:
    """What stands under a key; nothing where there is nothing."""
    return amounts.get(key)


@register.filter
def of_month(amounts: Mapping[date, Decimal], month: date) -> Decimal:
    return amounts.get(month, Decimal(0))
