"""The dashboard's upper half: do both ledgers agree, and what stands between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from unitledger.core import chart_content
from unitledger.core.chart import Chart
from unitledger.engine.figures.clearing import Uncleared, uncleared
from unitledger.engine.figures.locked import NOTHING, BehindLock, behind_locks
from unitledger.engine.month_end.closing import Month, month_of
from unitledger.store.connections import Connection, ConnectionState, Organisation
from unitledger.store.month_ends import MonthClose
from unitledger.store.tie_outs import TieOutResult
from unitledger.web.frame import Books
from unitledger.web.words import Look

MONTHS_SHOWN = 6
STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of both ledgers, as the newest tie-out saw it."""

    month: Month
    address: str
    is_so_far: bool
    is_closed: bool

    @property
    def agrees(self) -> bool:
        return self.month.difference == 0 and not self.month.differences

    @property
    def received(self) -> Mapping[str, Any]:
        return self.month.payments

    @property
    def received_difference(self) -> Decimal:
        return Decimal(self.month.payments["difference"]["amount"])


@dataclass(frozen=True, slots=True)
class Ledgers:
    """One organisation: the newest month on top, those before it below."""

    organisation: Organisation
    result: TieOutResult
    lines: Sequence[MonthLine]
    is_stale: bool

    @property
    def newest(self) -> MonthLine:
        return self.lines[0]

    @property
    def currency(self) -> str:
        return self.result.content["currency"]


@dataclass(frozen=True, slots=True)
class BooksFacts:
    """What an organisation is like today: its light, its lock dates, what they hold."""

    organisation: Organisation
    light: Look
    reason: str | None
    last_success_at: datetime | None
    chart: Chart | None
    behind: BehindLock
    clearing: Sequence[Uncleared]

    @property
    def currency(self) -> str | None:
        return self.chart.facts.currency if self.chart else None

    @property
    def locks(self) -> Sequence[tuple[str, date]]:
        if self.chart is None:
            return ()
        facts = self.chart.facts
        named = (("Period lock", facts.period_lock_on), ("Year end lock", facts.year_end_lock_on))
        return [(word, on) for word, on in named if on is not None]


@dataclass(frozen=True, slots=True)
class BooksPart:
    ledgers: Sequence[Ledgers]
    uncompared: Sequence[Organisation]  # connected, and no tie-out of them yet
    facts: Sequence[BooksFacts]


def books_part(*, is_emulated: bool, today: date, now: datetime) -> BooksPart:
    """Within an operator's scope, for somebody who sees every location."""
    connections = _newest_connections()
    organisations = [each.organisation for each in connections]
    results = {
        each.organisation_id: each
        for each in TieOutResult.objects.order_by("organisation", "-read_at", "-id").distinct(
            "organisation"
        )
    }
    closed = set(
        MonthClose.objects.filter(reopened_at=None).values_list("organisation_id", "month_on")
    )
    several = len(organisations) > 1
    return BooksPart(
        ledgers=[
            _ledgers(each, results[each.pk], closed, several=several, today=today, now=now)
            for each in organisations
            if each.pk in results
        ],
        uncompared=[each for each in organisations if each.pk not in results],
        facts=_facts(connections, is_emulated=is_emulated),
    )


def _newest_connections() -> list[Connection]:
    """One an organisation; one that works before one that did."""
    found: dict[int, Connection] = {}
    every = Connection.objects.select_related("organisation").order_by("-connected_at", "-id")
    for each in sorted(every, key=lambda one: one.state == ConnectionState.DISCONNECTED):
        found.setdefault(each.organisation_id, each)
    return sorted(found.values(), key=lambda each: (each.organisation.name, each.pk))


def _ledgers(
    organisation: Organisation,
    result: TieOutResult,
    closed: set[tuple[int, date]],
    *,
    several: bool,
    today: date,
    now: datetime,
) -> Ledgers:
    content = result.content
    names = sorted((each["month"] for each in content.get("by_month", ())), reverse=True)
    # A record dated ahead belongs to no month that a person asks about yet.
    upto = [each for each in names if each <= f"{today:%Y-%m}"] or [f"{result.on:%Y-%m}"]
    lines: list[MonthLine] = []
    for name in upto[:MONTHS_SHOWN]:
        month = month_of(content, date.fromisoformat(f"{name}-01"))
        chosen = f"&organisation={organisation.public_id}" if several else ""
        lines.append(
            MonthLine(
                month=month,
                address=f"{reverse('tie-out')}?month={name}{chosen}",
                is_so_far=month.last >= today,
                is_closed=(organisation.pk, month.first) in closed,
            )
        )
    return Ledgers(organisation, result, lines, is_stale=now - result.read_at > STALE)


def _facts(connections: Sequence[Connection], *, is_emulated: bool) -> Sequence[BooksFacts]:
    charts = {
        each.organisation_id: chart_content.read(each.organisation.chart)
        if each.organisation.chart
        else None
        for each in connections
    }
    behind = behind_locks()
    clearing = uncleared(charts)
    return [
        BooksFacts(
            organisation=each.organisation,
            light=Books(connection=each, is_emulated=is_emulated).light,
            reason=each.reason,
            last_success_at=each.last_success_at,
            chart=charts[each.organisation_id],
            behind=behind.get(each.organisation_id, NOTHING),
            clearing=[one for one in clearing if one.organisation_id == each.organisation_id],
        )
        for each in connections
    ]
