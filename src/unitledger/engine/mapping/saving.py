"""Saving a changed mapping: a new version, told in the audit log, and the next plan told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core import mapping as mappings
from unitledger.core.chart import Chart
from unitledger.core.mapping import Mapping
from unitledger.core.mapping_changes import told
from unitledger.core.mapping_edit import with_ids
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.mapping import touching
from unitledger.engine.reading import stored_chart
from unitledger.store.connections import MappingVersion, Organisation
from unitledger.store.people import Operator

Change = Callable[[Mapping], Mapping]


@dataclass(frozen=True, slots=True)
class Saved:
    version: int
    is_new: bool  # False: the mapping said so already
    planned_again: int


def newest(organisation_id: int) -> tuple[Mapping | None, int]:
    """The mapping in force and its number; None and 0 before the first."""
    row = _newest_row(organisation_id)
    return (mappings.from_content(row.content), row.version) if row else (None, 0)


def first_mapping(operator_id: int) -> Mapping:
    """A mapping that says nothing yet but by what handle our contacts go."""
    operator = Operator.objects.get(id=operator_id)
    return Mapping(contact_prefix=f"{operator.handle_key}-")


def save_change(
    organisation_id: int, change: Change, *, by: Actor, user_id: int | None, now: datetime
) -> Saved:
    """Apply one change to the mapping in force, whoever changed it meanwhile.

    Saving what is so already makes no version, so that a double click makes one. What is in
    the books stays as it is; what is not goes by the new version. Raises what `change` raises.
    """
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=organisation_id)
        row = _newest_row(organisation_id)
        before = mappings.from_content(row.content) if row else None
        start = before or first_mapping(organisation.operator_id)
        chart = stored_chart(organisation_id)
        after = change(start)
        after = with_ids(after, chart) if chart else after
        if before is not None and mappings.to_content(before) == mappings.to_content(after):
            return Saved(version=row.version if row else 0, is_new=False, planned_again=0)
        version = MappingVersion.objects.create(
            operator_id=organisation.operator_id,
            organisation=organisation,
            version=row.version + 1 if row else 1,
            content=mappings.to_content(after),
            created_by_id=user_id,
        )
        planned = touching.plan_again(organisation.operator_id, organisation_id, before, after)
        _wake(organisation_id, now=now)
        _note(organisation, version.version, before, after, chart=chart, by=by)
    return Saved(version=version.version, is_new=True, planned_again=planned)


def _newest_row(organisation_id: int) -> MappingVersion | None:
    return (
        MappingVersion.objects.filter(organisation_id=organisation_id).order_by("-version").first()
    )


def _wake(organisation_id: int, *, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET due_at = LEAST(due_at, %s) "
            "WHERE organisation_id = %s AND state IN ('active', 'held')",
            [now, organisation_id],
        )


def _note(
    organisation: Organisation,
    version: int,
    before: Mapping | None,
    after: Mapping,
    *,
    chart: Chart | None,
    by: Actor,
) -> None:
    changes = told(before, after, chart)
    was: dict[str, Any] = {each.subject: each.before for each in changes if each.before}
    is_now: dict[str, Any] = {each.subject: each.after for each in changes if each.after}
    note(
        organisation.operator_id,
        by,
        "mapping_saved",
        Subject("mapping", str(organisation.public_id), f"{organisation.name}, version {version}"),
        before=was,
        after=is_now,
    )
