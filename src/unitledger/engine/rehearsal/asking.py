"""A person asks for a rehearsal, or stops one; the truth of it stands in its row."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.connections import Connection, ConnectionState, MappingVersion, Organisation
from unitledger.store.rehearsals import Rehearsal, RehearsalState

OPEN = (RehearsalState.ASKED, RehearsalState.RUNNING)
# A worker that watches says so every second or two; what waits for one may wait longer.
SILENT_MAX = timedelta(minutes=2)
WAITED_MAX = timedelta(minutes=15)
GONE = "The worker that watched it went away. Nothing reached Xero; rehearse again."
STOPPED = "Stopped by {name}. Nothing of it is left."


class RehearsalError(Exception):
    """It cannot be rehearsed as things stand; the message says why and what can be done."""


def ask(organisation_id: int, *, by: Actor, now: datetime) -> tuple[Rehearsal, bool]:
    """The rehearsal, and whether it is new: one that is open is the one there is.

    Raises `RehearsalError` without a connection that can be read, or without a mapping.
    """
    organisation = Organisation.objects.get(id=organisation_id)
    connection = Connection.objects.filter(organisation=organisation).latest("id")
    if connection.state in (ConnectionState.LOST, ConnectionState.DISCONNECTED):
        raise RehearsalError("The organisation is not connected: connect to Xero first.")
    mapping = MappingVersion.objects.filter(organisation=organisation).order_by("version").last()
    if mapping is None:
        raise RehearsalError("There is no mapping to rehearse yet: map under Synchronize first.")
    end_silent(organisation_id, now=now)
    try:
        with transaction.atomic():
            made = Rehearsal.objects.create(
                operator_id=organisation.operator_id,
                organisation=organisation,
                asked_by_name=by.name,
                asked_at=now,
                beat_at=now,
                mapping_version=mapping.version,
            )
            subject = Subject("rehearsal", str(made.public_id), organisation.name)
            note(
                organisation.operator_id,
                by,
                "rehearsal_asked",
                subject,
                after={"mapping_version": mapping.version},
            )
            return made, True
    except IntegrityError:
        return Rehearsal.objects.get(organisation=organisation, state__in=OPEN), False


def stop(rehearsal_id: int, *, by: Actor, now: datetime) -> bool:
    """End it; whoever watches it sees that. False where it had ended."""
    with transaction.atomic():
        found = Rehearsal.objects.select_for_update().get(id=rehearsal_id)
        if found.state not in OPEN:
            return False
        found.state, found.ended_at = RehearsalState.STOPPED, now
        found.message = STOPPED.format(name=by.name)
        found.save(update_fields=["state", "ended_at", "message"])
        subject = Subject("rehearsal", str(found.public_id), found.organisation.name)
        note(found.operator_id, by, "rehearsal_stopped", subject)
    return True


def asked_rehearsals() -> list[int]:
    """Ids of those that no worker has taken yet, the oldest first."""
    asked = Rehearsal.objects.filter(state=RehearsalState.ASKED).order_by("id")
    return list(asked.values_list("id", flat=True))


def end_silent(organisation_id: int, *, now: datetime) -> None:
    """End what a gone worker left open, so that it does not stand in the way for good."""
    mine = Rehearsal.objects.filter(organisation_id=organisation_id)
    for state, longest in (
        (RehearsalState.ASKED, WAITED_MAX),
        (RehearsalState.RUNNING, SILENT_MAX),
    ):
        mine.filter(state=state, beat_at__lt=now - longest).update(
            state=RehearsalState.FAILED, message=GONE, ended_at=now
        )


def is_silent(found: Rehearsal, *, now: datetime) -> bool:
    """Whether whoever was to watch it seems to be gone."""
    longest = SILENT_MAX if found.state == RehearsalState.RUNNING else WAITED_MAX
    return found.state in OPEN and found.beat_at < now - longest


def newest(organisation_id: int) -> Rehearsal | None:
    found = Rehearsal.objects.filter(organisation_id=organisation_id)
    return found.order_by("-asked_at", "-id").first()
