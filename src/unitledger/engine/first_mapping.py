"""The first mapping of an organisation: suggested from its chart, saved for a person to check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import transaction

from unitledger.core import chart_content
from unitledger.core import mapping as mappings
from unitledger.core.chart import Chart
from unitledger.core.mapping import Mapping
from unitledger.core.suggest import COMMON_METHODS, Suggestion, suggest_mapping
from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, MappingVersion, Organisation


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
    with transaction.atomic():
        _keep_chart(connection.organisation_id, chart)
        save_mapping(connection.organisation_id, suggestion.mapping, user_id=user_id, by=by)
    return suggestion


def save_mapping(
    organisation_id: int, mapping: Mapping, *, user_id: int | None, by: Actor = SYSTEM
) -> MappingVersion:
    """Save a mapping as the next version; it touches unsent documents only."""
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=organisation_id)
        newest = (
            MappingVersion.objects.filter(organisation=organisation).order_by("-version").first()
        )
        saved = MappingVersion.objects.create(
            operator_id=organisation.operator_id,
            organisation=organisation,
            version=newest.version + 1 if newest else 1,
            content=mappings.to_content(mapping),
            created_by_id=user_id,
        )
        subject = Subject("mapping", str(organisation.public_id), organisation.name)
        note(
            organisation.operator_id, by, "mapping_saved", subject, after={"version": saved.version}
        )
    return saved


def _keep_chart(organisation_id: int, chart: Chart) -> None:
    Organisation.objects.filter(id=organisation_id).update(
        name=chart.facts.name,
        chart=json.loads(chart_content.dumps(chart)),
        chart_read_at=chart.read_at,
    )
