"""The go-ahead of the first sync: refused while anything is open, once given gone."""

from __future__ import annotations

from datetime import datetime

from unitledger.engine.going_live import matching, standing
from unitledger.engine.going_live.barring import wants_look
from unitledger.engine.going_live.looking import forget_contacts
from unitledger.store.connections import Connection
from unitledger.store.going_live import GoingLive

ARRIVED = (
    "Records have just arrived that are still to be compared with what Xero holds. That takes a "
    "worker a moment: try again."
)


class StillOpen(Exception):
    """Something is not answered, or not known well enough; the message says what."""


def check(connection: Connection, *, now: datetime) -> bool:
    """Inside the go-ahead's transaction: whether the organisation goes live by it.

    False where it has not been read yet: a run reads it before it sends anything, and takes the
    go-ahead back if it finds something to ask. Raises `StillOpen`.
    """
    matching.settle(connection.organisation_id, now=now)
    found = standing.under_way(connection.organisation_id)
    if found is None or not found.is_read:
        return False
    if not found.is_answered:
        raise StillOpen(found.sentence)
    if wants_look(connection.operator_id, connection.organisation_id):
        raise StillOpen(ARRIVED)
    why = standing.outdated(found.row, connection, now=now)
    if why is not None:
        raise StillOpen(why)
    return True


def go_live(organisation_id: int, *, by_name: str, now: datetime) -> None:
    """From now on everything is sent; what was kept to compare contacts by goes."""
    rows = GoingLive.objects.filter(organisation_id=organisation_id, went_live_at=None)
    if rows.update(went_live_at=now, went_live_by_name=by_name):
        forget_contacts(organisation_id)
