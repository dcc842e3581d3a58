"""Whether the books move while they are read: then what is read of them is no one moment's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from unitledger.engine.waking import is_free
from unitledger.store.connections import Connection
from unitledger.store.journal import Run, RunState


class RunUnderWay(Exception):
    """A sync writes to the books: a comparison now would show differences that are none."""

    def __init__(self, organisation: str, run_id: int) -> None:
        super().__init__(
            f"Sync run {run_id} is writing to {organisation}: what was read would show differences "
            "that are none. Tie out again when it has ended."
        )


def running(connection: Connection, *, now: datetime) -> Run | None:
    """The run that is going on; a row that a killed process left open is none."""
    row = Connection.objects.values("lease_owner", "lease_until").get(id=connection.pk)
    if is_free(row["lease_owner"], row["lease_until"], now=now):
        return None
    return Run.objects.filter(
        organisation_id=connection.organisation_id, state=RunState.RUNNING
    ).first()


def newest(organisation_id: int) -> int:
    """The id of the newest run, to tell later ones by; 0 where there was none."""
    return (
        Run.objects.filter(organisation_id=organisation_id)
        .order_by("-id")
        .values_list("id", flat=True)
        .first()
        or 0
    )


def wrote_since(organisation_id: int, *, newest_id: int) -> int | None:
    """A later run that has written, or still may."""
    wrote = Q(effects_applied__gt=0) | Q(effects_unknown__gt=0) | Q(state=RunState.RUNNING)
    found = Run.objects.filter(wrote, organisation_id=organisation_id, id__gt=newest_id)
    return found.values_list("id", flat=True).first()
