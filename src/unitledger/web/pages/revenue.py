"""Reports > Revenue: what was billed net of tax, by month, category, product and location."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.core.billing import ChargeType
from unitledger.engine.figures.revenue import Cell, Revenue, revenue
from unitledger.engine.month_end.closing import last_day
from unitledger.store.places import Location
from unitledger.web.charts import Columns, last_months, stacked_columns
from unitledger.web.exports import csv_answer
from unitledger.web.frame import framed
from unitledger.web.locale import write_as
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope
from unitledger.web.templatetags.ledger import money

CATEGORIES: Mapping[ChargeType, str] = {
    ChargeType.RENT: "Storage rent",
    ChargeType.INSURANCE: "Insurance",
    ChargeType.MERCHANDISE: "Merchandise",
    ChargeType.FEE: "Fees",
    ChargeType.SERVICE: "Services",
    ChargeType.LATE_FEE: "Late fees",
    ChargeType.RESERVATION_FEE: "Reservation fees",
    ChargeType.DISCOUNT: "Discounts",
    ChargeType.OTHER: "Other charges",
    ChargeType.DEPOSIT: "Deposits",
}
SPLITS: Mapping[str, tuple[str, Callable[[Cell], str]]] = {
    "category": ("Category", lambda cell: CATEGORIES[cell.category]),
    "product": ("Charge or product", lambda cell: cell.product),
    "location": ("Location", lambda cell: cell.location),
}
YEAR_MIN = 1990
CSV = ("month", "category", "product", "location", "currency", "invoices", "net", "tax")


@dataclass(frozen=True, slots=True)
class Asked:
    months: Sequence[date]
    last: date  # the last day that counts
    is_so_far: bool
    by: str
    location_id: int | None
    locations: Sequence[Location]

    def of(self, member: Member) -> Sequence[Revenue]:
        chosen = [self.location_id] if self.location_id else member.location_ids
        return revenue(
            member.operator_id, first=self.months[0], last=self.last, location_ids=chosen
        )


@require_GET
@never_cache
@for_members
def revenue_report(request: HttpRequest, member: Member) -> HttpResponse:
    write_as(member.operator.locale if member.operator else None)
    with operator_scope(member.operator_id):
        asked = _asked(request, member)
        found = asked.of(member)
        context: dict[str, Any] = {
            "asked": asked,
            "splits": {name: word for name, (word, _) in SPLITS.items()},
            "split_word": SPLITS[asked.by][0],
            "choices": last_months(today().replace(day=1), 24)[::-1],
            "parts": [_part(asked, each) for each in found],
            "address": request.GET.urlencode(),
        }
    return framed(request, member, "web/revenue.html", context)


@require_GET
@never_cache
@for_members
def export_csv(request: HttpRequest, member: Member) -> HttpResponseBase:
    with operator_scope(member.operator_id):
        found = _asked(request, member).of(member)
    rows = [
        (
            f"{each.month_on:%Y-%m}",
            CATEGORIES[each.category],
            each.product,
            each.location,
            each.currency,
            each.invoices,
            each.net,
            each.tax,
        )
        for part in found
        for each in part.cells
    ]
    return csv_answer("revenue.csv", CSV, rows)


def _asked(request: HttpRequest, member: Member) -> Asked:
    day = today()
    this = day.replace(day=1)
    typed = request.GET.get("month", "")
    try:
        first = date.fromisoformat(f"{typed}-01") if typed else this
    except ValueError as trouble:
        raise Http404("There is no such month.") from trouble
    if first > this or first.year < YEAR_MIN:
        raise Http404("There is no such month.")
    locations = Location.objects.order_by("name")
    known = list(locations)
    by = request.GET.get("by", "category")
    return Asked(
        months=last_months(first),
        last=day if first == this else last_day(first),
        is_so_far=first == this and day < last_day(first),
        by=by if by in SPLITS else "category",
        location_id=next(
            (each.pk for each in known if str(each.pk) == request.GET.get("location")), None
        ),
        locations=known,
    )


def _part(asked: Asked, found: Revenue) -> dict[str, Any]:
    word, split = SPLITS[asked.by]
    return {
        **chart_of(found, found.by(split), asked.months, is_so_far=asked.is_so_far),
        "word": word,
        "net": found.net,
        "tax": found.tax,
        "rows": [
            (
                name,
                [amounts.get(month, Decimal(0)) for month in asked.months],
                sum(amounts.values()),
            )
            for name, amounts in found.by(split)
        ],
        "totals": [
            sum(each.net for each in found.cells if each.month_on == month)
            for month in asked.months
        ],
    }


def chart_of(
    found: Revenue,
    split: Sequence[tuple[str, Mapping[date, Decimal]]],
    months: Sequence[date],
    *,
    is_so_far: bool,
) -> dict[str, Any]:
    """A chart with the sentence that says what it shows; the last month stands in the legend."""
    columns = stacked_columns(months, split, says=_says(months, found, is_so_far=is_so_far))
    last = months[-1]
    return {
        "columns": columns,
        "legend": [(each, each.at(last)) for each in reversed(columns.series)],
        "last": last,
        "last_total": columns.total(last),
        "before_total": columns.total(months[-2]) if len(months) > 1 else Decimal(0),
        "is_so_far": is_so_far,
        "currency": found.currency,
        "is_alone": _is_alone(columns),
    }


def _is_alone(columns: Columns) -> bool:
    """Whether only one month has anything: nothing to compare it with."""
    return sum(columns.total(month) != 0 for month in columns.months) < 2


def _says(months: Sequence[date], found: Revenue, *, is_so_far: bool) -> str:
    sums = {
        month: sum((each.net for each in found.cells if each.month_on == month), Decimal(0))
        for month in months
    }
    greatest = max(months, key=lambda month: sums[month])
    last = months[-1]
    return (
        f"Net revenue by month, {months[0]:%B %Y} to {last:%B %Y}: the most was "
        f"{money(sums[greatest], found.currency)} in {greatest:%B %Y}, and {last:%B %Y} came to "
        f"{money(sums[last], found.currency)}{' so far' if is_so_far else ''}. "
        "The table holds every figure."
    )
