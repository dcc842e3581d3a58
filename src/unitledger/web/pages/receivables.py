"""Reports > Receivables: what tenants owe as of a day, by age, location, month and tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.figures.receivables import (
    Age,
    Ageing,
    ageing,
    debtors,
    every_open_invoice,
)
from unitledger.store.places import Location
from unitledger.web.charts import bar_rows
from unitledger.web.exports import csv_answer
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope

AGES: Mapping[Age, str] = {
    Age.NOT_DUE: "Not due yet",
    Age.TO_30: "1–30 days late",
    Age.TO_60: "31–60 days",
    Age.TO_90: "61–90 days",
    Age.OLDER: "Over 90 days",
}
DEBTORS = 25
CSV = (
    "invoice", "tenant", "location", "invoice_date", "due_date", "days_late", "amount",
    "left_to_pay", "currency",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    on: date
    today: date
    typed: str
    error: str
    location_id: int | None
    locations: Sequence[Location]

    def location_ids(self, member: Member) -> Sequence[int]:
        return [self.location_id] if self.location_id else member.location_ids


@require_GET
@never_cache
@for_members
def receivables_report(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = _asked(request)
        at = asked.location_ids(member)
        found = ageing(member.operator_id, on=asked.on, location_ids=at)
        context: dict[str, Any] = {
            "asked": asked,
            "ages": AGES.values(),
            "parts": [part_of(each) for each in found],
            "debtors": debtors(member.operator_id, on=asked.on, location_ids=at, limit=DEBTORS),
            "address": request.GET.urlencode(),
        }
    status = 422 if asked.error else 200
    return framed(request, member, "web/receivables.html", context, status=status)


@require_GET
@never_cache
@for_members
def export_csv(request: HttpRequest, member: Member) -> HttpResponseBase:
    with operator_scope(member.operator_id):
        asked = _asked(request)
        found = every_open_invoice(
            member.operator_id, on=asked.on, location_ids=asked.location_ids(member)
        )
    rows = (
        (
            each.number,
            each.tenant,
            each.location,
            each.issued_on.isoformat(),
            each.due_on.isoformat(),
            max(0, (asked.on - each.due_on).days),
            each.total,
            each.owed,
            each.currency,
        )
        for each in found
    )
    return csv_answer(f"receivables-{asked.on}.csv", CSV, rows)


def _asked(request: HttpRequest) -> Asked:
    day = today()
    typed = request.GET.get("on", "")
    error, on = "", day
    try:
        on = date.fromisoformat(typed) if typed else day
    except ValueError:
        error = f"{typed[:20]} is no date. Write it as {day.isoformat()}. Today is shown instead."
    known = list(Location.objects.order_by("name"))
    chosen = request.GET.get("location")
    return Asked(
        on=on,
        today=day,
        typed=typed if error else on.isoformat(),
        error=error,
        location_id=next((each.pk for each in known if str(each.pk) == chosen), None),
        locations=known,
    )


def part_of(found: Ageing) -> dict[str, Any]:
    """What a page says of one currency."""
    return {
        "ageing": found,
        "currency": found.currency,
        "bars": bar_rows([(AGES[age], count, amount) for age, count, amount in found.by_age()]),
        "by_location": [
            (name, [ages[age] for age in Age], sum(ages.values()))
            for name, ages in found.by(lambda each: each.location)
        ],
        "by_month": [
            (date.fromisoformat(name), [ages[age] for age in Age], sum(ages.values()))
            for name, ages in found.by(lambda each: each.month_on.isoformat())
        ],
        "late": sum(amount for age, _, amount in found.by_age() if age is not Age.NOT_DUE),
    }
