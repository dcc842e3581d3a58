"""Where the way to the first sync begins: with an organisation's first connection."""

from __future__ import annotations

from datetime import datetime

from unitledger.store.connections import Connection, Organisation
from unitledger.store.going_live import GoingLive
from unitledger.store.journal import Document


def open_at_first(organisation: Organisation, *, now: datetime) -> bool:
    """The same where the organisation was never connected before."""
    if Connection.objects.filter(organisation=organisation).exists():
        return False
    return open_for(organisation, now=now)


def open_for(organisation: Organisation, *, now: datetime) -> bool:
    """Have the organisation looked at before anything is written to it.

    False where that has begun already, or something of ours is in its books: then the first
    write lies behind.
    """
    has_ours = Document.objects.filter(organisation=organisation, xero_id__isnull=False).exists()
    if has_ours:
        return False
    _, is_new = GoingLive.objects.get_or_create(
        organisation=organisation,
        defaults={"operator_id": organisation.operator_id, "opened_at": now},
    )
    return is_new
