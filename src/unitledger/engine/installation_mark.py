"""Whether this database is still where it was: a restored or moved one starts held.

A copy of the database does not know what the books received after it was taken, and the first
one may still be writing. So its connections are held: the engine matches them against the books
before the first send.
"""

from __future__ import annotations

from django.db import transaction

from unitledger.engine.ports import Ids
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.holdings import Installation

HELD_REASON = (
    "This database was restored or moved. It is matched with Xero before anything is sent."
)


def check_installation_mark(kept: str | None, *, ids: Ids) -> str:
    """Compare the mark kept beside the installation's files with the database's own.

    Returns the mark to keep there from now on. Where they differ, every active connection is held
    and a new mark is made, so that the copy this one was taken from is held too if it starts here.
    """
    with transaction.atomic():
        row = Installation.objects.select_for_update().first()
        if row is not None and row.mark == kept:
            return row.mark
        mark = ids.state_token()
        if row is None:
            # Of two processes that start together, the second finds the first one's row.
            row, is_new = Installation.objects.get_or_create(defaults={"mark": mark})
            if is_new:
                return mark
        Installation.objects.update(mark=mark)
        Connection.objects.filter(state=ConnectionState.ACTIVE).update(
            state=ConnectionState.HELD, reason=HELD_REASON
        )
        return mark
