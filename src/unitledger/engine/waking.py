"""Which organisations want to be looked at: what is due, and what a gone worker left."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from unitledger.engine.lease import is_known_dead
from unitledger.store.connections import Connection, ConnectionState

WORKING = (ConnectionState.ACTIVE, ConnectionState.HELD)


def due_organisations(*, now: datetime) -> list[int]:
    """Ids of organisations to wake, the longest due first.

    A lease that ran out, or whose holder is known to be dead, counts as due: its work is to be
    recovered even where nothing else waits.
    """
    connections = Connection.objects.filter(state__in=WORKING).filter(
        Q(due_at__lte=now) | Q(lease_owner__isnull=False)
    )
    rows = connections.order_by(F("due_at").asc(nulls_last=True)).values_list(
        "organisation_id", "due_at", "lease_owner", "lease_until"
    )
    return [
        organisation_id
        for organisation_id, due_at, owner, until in rows
        if is_free(owner, until, now=now) and (owner is not None or due_at <= now)
    ]


def is_free(owner: str | None, until: datetime | None, *, now: datetime) -> bool:
    return owner is None or until is None or until <= now or is_known_dead(owner)
