"""The first mapping of an organisation: suggested from its chart, saved for a person to check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unitledger.core.suggest import COMMON_METHODS, Suggestion, suggest_mapping
from unitledger.engine.auditing import SYSTEM, Actor
from unitledger.engine.mapping.refreshing import keep_chart
from unitledger.engine.mapping.saving import save_change
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection


def suggest_first_mapping(
    connection_id: int,
    *,
    contact_prefix: str,
    tools: Tools,
    locations: Sequence[str] = (),
    methods: Iterable[str] = COMMON_METHODS,
    user_id: int | None = None,
    by: Actor = SYSTEM,
) -> Suggestion:
    """Read the chart, keep it, and save what it suggests as the newest mapping version.

    Four calls. Raises what reading the books raises.
    """
    connection = Connection.objects.get(id=connection_id)
    reader = BooksReader(connection_id, connection.organisation_id, tools)
    chart = reader.chart()
    suggestion = suggest_mapping(
        chart, contact_prefix=contact_prefix, locations=locations, methods=methods
    )
    keep_chart(connection.organisation_id, chart)
    save_change(
        connection.organisation_id,
        lambda _: suggestion.mapping,
        by=by,
        user_id=user_id,
        now=tools.clock.now(),
    )
    return suggestion
