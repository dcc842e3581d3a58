"""The dashboard's lower half: how the business is doing, as charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from unitledger.engine.figures.receipts import ByMethod, by_method
from unitledger.engine.figures.receivables import ageing
from unitledger.engine.figures.revenue import Revenue, revenue
from unitledger.engine.month_end.closing import last_day
from unitledger.web.charts import BarRow, bar_rows, last_months
from unitledger.web.members import Member
from unitledger.web.pages.receivables import part_of
from unitledger.web.pages.revenue import SPLITS, chart_of

METHODS_SHOWN = 8
_NO = Decimal(0)
MONTHS_MIN = 6  # fewer columns than these do not make a chart


@dataclass(frozen=True, slots=True)
class Methods:
    """Payments of one currency by method, of one month."""

    currency: str
    rows: Sequence[BarRow]
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Business:
    category: dict[str, Any] | None  # what `_columns.html` draws; none: nothing was billed
    location: dict[str, Any] | None
    receivables: dict[str, Any] | None
    methods: Methods | None
    currencies: int  # the charts show the one that most is billed in
    month_on: date  # of the methods


def business(member: Member, *, today: date) -> Business:
    """Within an operator's scope, of the locations that the person may see."""
    at = member.location_ids
    this = today.replace(day=1)
    whole = last_months(this, 13)
    found = revenue(member.operator_id, first=whole[0], last=today, location_ids=at)
    main = found[0] if found else None
    owed = ageing(member.operator_id, on=today, location_ids=at)
    paid = by_method(member.operator_id, first=this, last=last_day(this), location_ids=at)
    month_on = this
    if not paid:  # on the first of a month nobody has paid yet
        month_on = whole[-2]
        paid = by_method(
            member.operator_id, first=month_on, last=last_day(month_on), location_ids=at
        )
    return Business(
        category=None if main is None else _chart(main, "category", whole),
        location=None if main is None else _chart(main, "location", whole),
        receivables=part_of(owed[0]) if owed else None,
        methods=_methods(paid, main.currency if main else None),
        currencies=len(found),
        month_on=month_on,
    )


def _chart(found: Revenue, by: str, whole: Sequence[date]) -> dict[str, Any]:
    """Complete months, or this one so far where there is no other; no empty ones in front."""
    sums = dict.fromkeys(whole, _NO)
    for each in found.cells:
        sums[each.month_on] += each.net
    is_so_far = not any(sums[month] for month in whole[:-1])
    months = list(whole[1:] if is_so_far else whole[:-1])
    while len(months) > MONTHS_MIN and not sums[months[0]]:
        months.pop(0)
    _, split = SPLITS[by]
    return chart_of(found, found.by(split), months, is_so_far=is_so_far)


def _methods(found: Sequence[ByMethod], currency: str | None) -> Methods | None:
    chosen = currency or (found[0].currency if found else None)
    mine = [each for each in found if each.currency == chosen]
    if not mine or chosen is None:
        return None
    rows = [(each.method, each.count, each.amount) for each in mine]
    rest = rows[METHODS_SHOWN:]
    if rest:
        rows = rows[:METHODS_SHOWN]
        rows.append(("Other", sum(each[1] for each in rest), sum((each[2] for each in rest), _NO)))
    return Methods(
        currency=chosen,
        rows=bar_rows(rows),
        count=sum(each.count for each in mine),
        amount=sum((each.amount for each in mine), _NO),
    )
