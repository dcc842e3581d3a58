"""What a person decides about an organisation's sync: pause, go on, now, how often.

None of it makes a call. A run that is going on sees a pause between two batches: what is on its
way is finished and recorded, then it lets go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction

from unitledger.engine import lease, planning
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.going_live import starting
from unitledger.store.connections import Connection, ConnectionState

# On events only, or besides them every so many minutes.
SCHEDULES: Sequence[int | None] = (None, 5, 15, 30, 60, 240, 1440)
_WORKING = (ConnectionState.ACTIVE, ConnectionState.HELD)


class SteeringError(Exception):
    """It cannot be done as things stand; the message says why and what can."""


def current(organisation_id: int) -> Connection:
    """The newest connection of the organisation."""
    found = Connection.objects.filter(organisation_id=organisation_id)
    return found.select_related("organisation").latest("id")


def pause(organisation_id: int, *, by: Actor) -> bool:
    """Send nothing more until somebody resumes; False where it was paused already.

    Raises `SteeringError` where nothing could be sent anyway.
    """
    with transaction.atomic():
        connection = _locked(organisation_id)
        if connection.state == ConnectionState.PAUSED:
            return False
        if connection.state not in _WORKING:
            raise SteeringError("Nothing is sent: the organisation is not connected.")
        connection.paused_state = connection.state
        connection.state = ConnectionState.PAUSED
        connection.reason = f"Paused by {by.name}. Nothing is sent until somebody resumes."
        connection.save(update_fields=["state", "paused_state", "reason"])
        note(connection.operator_id, by, "sync_paused", _subject(connection))
    return True


def resume(organisation_id: int, *, by: Actor, now: datetime) -> bool:
    """Go on where it stopped; False where it was not paused."""
    with transaction.atomic():
        connection = _locked(organisation_id)
        if connection.state != ConnectionState.PAUSED:
            return False
        _unpause(connection)
        note(connection.operator_id, by, "sync_resumed", _subject(connection))
        ask(organisation_id, by=by, now=now)
    return True


def sync_now(organisation_id: int, *, by: Actor, now: datetime) -> None:
    """Ask for a run, and take what a problem had stopped into its plan again."""
    with transaction.atomic():
        connection = _locked(organisation_id)
        if connection.state not in _WORKING:
            raise SteeringError(_why_not(connection))
        planning.replan(organisation_id)
        ask(organisation_id, by=by, now=now)
        note(connection.operator_id, by, "sync_asked", _subject(connection))


def go_ahead(organisation_id: int, *, by: Actor, now: datetime) -> bool:
    """A person has looked at what would be sent: send all of it. False: that was said before.

    Raises `SteeringError` while it is open whether Xero holds some of it already.
    """
    with transaction.atomic():
        connection = _locked(organisation_id)
        try:
            goes_live = starting.check(connection, now=now)
        except starting.StillOpen as still_open:
            raise SteeringError(str(still_open)) from still_open
        if goes_live:
            starting.go_live(organisation_id, by_name=by.name, now=now)
        if not connection.awaits_go_ahead:
            return False
        Connection.objects.filter(id=connection.pk).update(awaits_go_ahead=False)
        if connection.state == ConnectionState.PAUSED:
            _unpause(connection)
        ask(organisation_id, by=by, now=now)
        note(connection.operator_id, by, "sync_go_ahead_given", _subject(connection))
    return True


def schedule(organisation_id: int, minutes: int | None, *, by: Actor, now: datetime) -> None:
    """Run every so many minutes, or on events only. Events are never waited with."""
    if minutes not in SCHEDULES:
        raise SteeringError("Choose one of the offered times.")
    with transaction.atomic():
        connection = _locked(organisation_id)
        before = connection.sync_every_minutes
        connection.sync_every_minutes = minutes
        connection.next_run_at = None if minutes is None else now + timedelta(minutes=minutes)
        connection.save(update_fields=["sync_every_minutes", "next_run_at"])
        note(
            connection.operator_id,
            by,
            "sync_schedule_changed",
            _subject(connection),
            before={"every_minutes": before},
            after={"every_minutes": minutes},
        )


def ask(organisation_id: int, *, by: Actor, now: datetime) -> None:
    """Wake the organisation and remember for whom; the next run carries the name."""
    Connection.objects.filter(organisation_id=organisation_id).update(
        asked_trigger="person", asked_by_name=by.name
    )
    lease.wake(organisation_id, now=now)


def keep_to_schedule(*, now: datetime) -> int:
    """Make due what its schedule says, and say when next. Counts what was made due."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE connection
               SET due_at = CASE WHEN next_run_at IS NULL THEN due_at
                                 ELSE LEAST(due_at, %(now)s) END,
                   asked_trigger = CASE WHEN next_run_at IS NULL THEN asked_trigger
                                        ELSE COALESCE(asked_trigger, 'schedule') END,
                   next_run_at = %(now)s + make_interval(mins => sync_every_minutes)
             WHERE state IN ('active', 'held') AND sync_every_minutes IS NOT NULL
               AND (next_run_at IS NULL OR next_run_at <= %(now)s)
            """,
            {"now": now},
        )
        return cursor.rowcount


def _locked(organisation_id: int) -> Connection:
    found = Connection.objects.select_for_update(of=("self",)).filter(
        organisation_id=organisation_id
    )
    return found.select_related("organisation").latest("id")


def _unpause(connection: Connection) -> None:
    Connection.objects.filter(id=connection.pk).update(
        state=connection.paused_state or ConnectionState.ACTIVE, paused_state=None, reason=None
    )


def _why_not(connection: Connection) -> str:
    if connection.state == ConnectionState.PAUSED:
        return "The sync is paused: resume it."
    return "The organisation is not connected: connect to Xero first."


def _subject(connection: Connection) -> Subject:
    return Subject("connection", str(connection.public_id), connection.organisation.name)
