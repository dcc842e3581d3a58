"""Sums of money as a page can say them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from unitledger.engine.report import Total


def money_of(found: Sequence[Total]) -> tuple[Decimal | None, str | None]:
    """Of one currency; money of several cannot be added."""
    currencies = {each.currency for each in found if each.amount is not None}
    if len(currencies) != 1:
        return None, None
    return sum((each.amount or Decimal(0) for each in found), Decimal(0)), currencies.pop()
