"""Charts as SVG made here: shapes only, in a stretched view box; all text is HTML around it.

No script, no inline style: a colour is a class of the style sheet, a width an attribute. Every
chart has a sentence that says what it shows and a table that holds every figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COLOURS = 5  # more than five cannot be told apart: the rest is one of them, "Other"
OTHER = "Other"
MONTHS = 12
_WIDE, _GAP, _HIGH = Decimal(10), Decimal("2.2"), Decimal(100)
_SEAM = Decimal("0.35")  # of the ground's colour, so that colour is not the only sign
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_LINES = 3
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: what it is, and its amount in each month."""

    name: str
    amounts: Mapping[date, Decimal]
    colour: int  # 1 is the lowest in the stack

    def at(self, month: date) -> Decimal:
        return self.amounts.get(month, ZERO)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns by month."""

    months: Sequence[date]
    series: Sequence[Series]
    svg: SafeString
    ticks: Sequence[Decimal]  # from the top

    def total(self, month: date) -> Decimal:
        return sum((each.at(month) for each in self.series), ZERO)

    @property
    def rows(self) -> Sequence[tuple[date, Sequence[Decimal], Decimal]]:
        """The table: month, the series' amounts in their order, their sum."""
        return [
            (month, [each.at(month) for each in self.series], self.total(month))
            for month in self.months
        ]


def last_months(last: date, count: int = MONTHS) -> Sequence[date]:
    """The first days of that many months, the last of them that of `last`."""
    number = last.year * 12 + last.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - count + 1, number + 1)]


def series_of(split: Sequence[tuple[str, Mapping[date, Decimal]]]) -> Sequence[Series]:
    """The greatest four and the rest as one, the greatest lowest in the stack."""
    whole = list(split)
    if len(whole) > COLOURS:
        rest: dict[date, Decimal] = {}
        for _, amounts in whole[COLOURS - 1 :]:
            for month, amount in amounts.items():
                rest[month] = rest.get(month, ZERO) + amount
        whole = [*whole[: COLOURS - 1], (OTHER, rest)]
    return [Series(name, amounts, place) for place, (name, amounts) in enumerate(whole, start=1)]


def stacked_columns(
    months: Sequence[date], split: Sequence[tuple[str, Mapping[date, Decimal]]], *, says: str
) -> Columns:
    """Columns on a zero line; what lessens (a discount) hangs below it. `says` is the finding."""
    series = series_of(split)
    top = max((_sum(series, month, 1) for month in months), default=ZERO)
    bottom = min((_sum(series, month, -1) for month in months), default=ZERO)
    step = _step(top - bottom)
    high = _whole(top, step)
    low = -_whole(-bottom, step)
    if high == low:
        high = step
    ticks = [high - step * each for each in range(int((high - low) / step) + 1)]
    scale = _HIGH / (high - low)
    lines = format_html_join("", "{}", ((_line(high, tick, scale, months),) for tick in ticks))
    bars = [
        bar
        for place, month in enumerate(months)
        for bar in _column(series, month, place, high=high, scale=scale)
    ]
    svg = format_html(
        '<svg viewBox="0 0 {} 100" preserveAspectRatio="none" role="img" aria-label="{}">'
        "{}{}</svg>",
        len(months) * int(_WIDE),
        says,
        lines,
        format_html_join("", '<rect class="f{}" x="{}" y="{}" width="{}" height="{}"/>', bars),
    )
    return Columns(months=months, series=series, svg=svg, ticks=ticks)


def bar(share: Decimal) -> SafeString:
    """A bar from nothing to the whole; the number stands beside it, so it says nothing itself."""
    width = _said(max(ZERO, min(share, Decimal(1))) * 100)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="f-track" width="100" height="8"/>'
        '<rect class="f1" width="{}" height="8"/></svg>',
        width,
    )


@dataclass(frozen=True, slots=True)
class BarRow:
    """A row of a table with bars: its name, what else it says, its amount, the drawn bar."""

    name: str
    amount: Decimal
    svg: SafeString
    count: int | None = None
    address: str | None = None


def bar_rows(rows: Sequence[tuple[str, int | None, Decimal]]) -> Sequence[BarRow]:
    """The greatest amount is the whole bar."""
    most = max((amount for _, _, amount in rows), default=ZERO)
    return [
        BarRow(name, amount, bar(amount / most if most > 0 else ZERO), count)
        for name, count, amount in rows
    ]


def _sum(series: Sequence[Series], month: date, sign: int) -> Decimal:
    return sum((each.at(month) for each in series if each.at(month) * sign > 0), ZERO)


def _step(whole: Decimal) -> Decimal:
    """A round distance between lines, of which about three fit."""
    if whole <= 0:
        return Decimal(1)
    rough = whole / _LINES
    unit = Decimal(10) ** rough.adjusted()
    return next(unit * each for each in _STEPS if unit * each >= rough)


def _whole(amount: Decimal, step: Decimal) -> Decimal:
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def _line(high: Decimal, tick: Decimal, scale: Decimal, months: Sequence[date]) -> SafeString:
    return format_html(
        '<line class="{}" x1="0" x2="{}" y1="{}" y2="{}" vector-effect="non-scaling-stroke"/>',
        "base" if tick == 0 else "grid",
        len(months) * int(_WIDE),
        _said((high - tick) * scale),
        _said((high - tick) * scale),
    )


def _column(
    series: Sequence[Series], month: date, place: int, *, high: Decimal, scale: Decimal
) -> list[tuple[int, str, str, str, str]]:
    found: list[tuple[int, str, str, str, str]] = []
    above = below = ZERO
    for each in series:
        amount = each.at(month)
        if amount == 0:
            continue
        base = above if amount > 0 else below
        top = (high - max(base, base + amount)) * scale
        size = abs(amount) * scale
        if amount > 0:
            above += amount
        else:
            below += amount
        seam = _SEAM if size > 2 * _SEAM else ZERO
        x = place * _WIDE + _GAP
        found.append(
            (each.colour, _said(x), _said(top), _said(_WIDE - 2 * _GAP), _said(size - seam))
        )
    return found


def _said(number: Decimal) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
