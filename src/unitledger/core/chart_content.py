"""The stored form of a chart: JSON text, percentages as strings, dates and instants in ISO."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from unitledger.core.chart import Account, Chart, OrganisationFacts, TaxRate, TrackingCategory


def dumps(chart: Chart) -> str:
    return json.dumps(
        {
            "facts": asdict(chart.facts),
            "accounts": [asdict(each) for each in chart.accounts],
            "tax_rates": [asdict(each) for each in chart.tax_rates],
            "tracking": [asdict(each) for each in chart.tracking],
            "read_at": chart.read_at,
        },
        default=_plain,
        ensure_ascii=False,
    )


def loads(text: str) -> Chart:
    return read(json.loads(text))


def read(content: dict[str, Any]) -> Chart:
    """The chart of a stored form that was parsed already."""
    facts: dict[str, Any] = dict(content["facts"])
    for lock in ("period_lock_on", "year_end_lock_on"):
        facts[lock] = None if facts[lock] is None else date.fromisoformat(facts[lock])
    rates = [{**each, "percent": Decimal(each["percent"])} for each in content["tax_rates"]]
    return Chart(
        facts=OrganisationFacts(**facts),
        accounts=tuple(Account(**each) for each in content["accounts"]),
        tax_rates=tuple(TaxRate(**each) for each in rates),
        tracking=tuple(map(_category, content["tracking"])),
        read_at=datetime.fromisoformat(content["read_at"]),
    )


def _category(fields: dict[str, Any]) -> TrackingCategory:
    archived = tuple(fields.get("archived_options", ()))
    return TrackingCategory(**{**fields, "archived_options": archived})


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no stored form")
