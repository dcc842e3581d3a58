"""Reading the chart and the items afresh because a person asks, and saying what is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from unitledger.core import chart_content
from unitledger.core.chart import Chart, Item
from unitledger.core.chart_changes import chart_changes
from unitledger.core.exchange import Access, Limits
from unitledger.engine.reading import stored_chart
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, Organisation
from unitledger.store.xero_items import ItemList


@dataclass(frozen=True, slots=True)
class Refreshed:
    chart: Chart
    news: tuple[str, ...]  # a sentence for each account, rate or option that came, went, changed


def refresh(connection_id: int, *, tools: Tools) -> Refreshed:
    """Read chart and items, keep them. Five calls. Raises what reading the books raises."""
    connection = Connection.objects.select_related("organisation").get(id=connection_id)
    before = stored_chart(connection.organisation_id)
    reader = BooksReader(connection_id, connection.organisation_id, tools)
    chart = reader.chart()
    items = reader.once(_items(tools))
    keep_chart(connection.organisation_id, chart)
    ItemList.objects.update_or_create(
        organisation_id=connection.organisation_id,
        defaults={
            "operator_id": connection.operator_id,
            "items": [asdict(each) for each in items],
            "read_at": tools.clock.now(),
        },
    )
    return Refreshed(chart=chart, news=chart_changes(before, chart))


def keep_chart(organisation_id: int, chart: Chart) -> None:
    Organisation.objects.filter(id=organisation_id).update(
        name=chart.facts.name,
        chart=json.loads(chart_content.dumps(chart)),
        chart_read_at=chart.read_at,
    )


def known_items(organisation_id: int) -> tuple[Item, ...] | None:
    """Xero's items as last read; None where they never were."""
    row = ItemList.objects.filter(organisation_id=organisation_id).first()
    return None if row is None else tuple(Item(**each) for each in row.items)


def _items(tools: Tools) -> Callable[[Access], tuple[tuple[Item, ...], Limits, int]]:
    def read(permission: Access) -> tuple[tuple[Item, ...], Limits, int]:
        found, limits, size = tools.books.read_items(permission)
        return tuple(found), limits, size

    return read
