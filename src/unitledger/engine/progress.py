"""How far the work on an organisation is: for people who wait, read from rows alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database

from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind
from unitledger.engine import budget
from unitledger.engine.waking import WORKING, is_free
from unitledger.store.connections import CallBudget, Connection
from unitledger.store.journal import Run, RunState

VERIFYING_CALLS = len(DocumentKind)


@dataclass(frozen=True, slots=True)
class Progress:
    """One look. Estimates are for the sending that is known of now."""

    is_connected: bool  # nothing goes on without
    is_running: bool  # somebody holds the lease
    is_due: bool  # somebody should
    phase: str
    run_id: int | None
    calls_used: int
    calls_left: int  # estimated
    time_left: timedelta  # estimated, within Xero's calls a minute
    documents_left: int
    unknown: int  # writes whose outcome is still to be found out
    settled_by: datetime | None  # when the next of them will be looked for


def progress(organisation_id: int, *, now: datetime, calls: CallBudget | None = None) -> Progress:
    """`calls` is the organisation's budget, where it was read already."""
    connection = Connection.objects.filter(organisation_id=organisation_id).latest("id")
    run = Run.objects.filter(organisation_id=organisation_id).order_by("-id").first()
    waiting = _waiting(organisation_id, operator_id=connection.operator_id)
    calls_left = _calls(waiting)
    unknown, settled_by = _unknown(organisation_id)
    return Progress(
        is_connected=connection.state in WORKING,
        is_running=not is_free(connection.lease_owner, connection.lease_until, now=now),
        is_due=connection.due_at is not None and connection.due_at <= now,
        phase=run.phase if run else "",
        run_id=run.pk if run else None,
        calls_used=run.calls_used if run and run.state == RunState.RUNNING else 0,
        calls_left=calls_left,
        time_left=_time(calls_left, calls, organisation_id, now=now),
        documents_left=sum(waiting.values()),
        unknown=unknown,
        settled_by=settled_by,
    )


def _waiting(organisation_id: int, *, operator_id: int) -> Mapping[EffectKind, int]:
    """Writes to be made: planned ones, and one for each document that is still to be planned."""
    counts: dict[EffectKind, int] = {}
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind, count(*) FROM effect
             WHERE organisation_id = %(organisation)s AND state IN ('waiting', 'in_flight')
               AND brake <> 'held'
             GROUP BY kind
            UNION ALL
            SELECT 'create_' || kind, count(*) FROM document
             WHERE operator_id = %(operator)s AND planned_version <> wanted_version
               AND (organisation_id = %(organisation)s OR organisation_id IS NULL)
             GROUP BY kind
            """,
            {"organisation": organisation_id, "operator": operator_id},
        )
        for kind, count in cursor.fetchall():
            counts[EffectKind(kind)] = counts.get(EffectKind(kind), 0) + count
    return counts


def _calls(waiting: Mapping[EffectKind, int]) -> int:
    writes = sum(math.ceil(count / kind.batch_max) for kind, count in waiting.items())
    return writes + VERIFYING_CALLS if writes else 0


def _unknown(organisation_id: int) -> tuple[int, datetime | None]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(look_at) FROM effect "
            "WHERE organisation_id = %s AND state = 'unknown'",
            [organisation_id],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (0, None)


def _time(
    calls: int, found: CallBudget | None, organisation_id: int, *, now: datetime
) -> timedelta:
    if not calls:
        return timedelta(0)
    found = found or CallBudget.objects.filter(organisation_id=organisation_id).first()
    return timedelta(0) if found is None else budget.time_for(calls, found, now=now)
