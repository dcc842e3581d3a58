"""The rows of runs and what they are decided by: is there work, when is the next due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from unitledger.core.brakes import Brake
from unitledger.core.effects import EffectKind
from unitledger.engine import claiming, lease, planning, sql, verifying
from unitledger.engine.going_live import barring
from unitledger.engine.lease import Lease
from unitledger.engine.recording import Tally
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.journal import Run, RunState

BY_ITSELF = "event"
CONNECTION_LOST = "Xero no longer accepts our permission. Reconnect to Xero."


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What one stretch came to. `due_at`: when there will be something to do again."""

    state: RunState
    tally: Tally
    calls: int
    due_at: datetime | None = None
    message: str = ""
    brakes: Sequence[Brake] = ()


def has_work(held: Lease, *, now: datetime) -> bool:
    """Whether a run would do anything. Asks our rows only: a wake-up for nothing costs no call."""
    return (
        planning.has_work(held, now=now)
        or barring.wants_look(held.operator_id, held.organisation_id)
        or _has_effects(held, now=now)
        or verifying.needs_verifying(held)
        or verifying.are_drafts_awaited(held, now=now)
        or connection_state(held) == ConnectionState.HELD
    )


def has_waiting(held: Lease, kind: EffectKind) -> bool:
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM effect WHERE organisation_id = %s AND kind = %s "
            "AND state = 'waiting')",
            [held.organisation_id, kind],
        )
    )


def next_due_at(held: Lease, *, now: datetime) -> datetime | None:
    """When the next look or the next rested effect is due; None where nothing is timed."""
    return sql.value(
        """
        SELECT min(due.at) FROM (
            SELECT look_at AS at FROM effect
             WHERE organisation_id = %(organisation)s AND state = 'unknown'
            UNION ALL
            SELECT not_before FROM effect
             WHERE organisation_id = %(organisation)s AND state = 'waiting'
               AND brake <> 'held' AND not_before > %(now)s) due
        """,
        {"organisation": held.organisation_id, "now": now},
    )


@dataclass
class Stopping:
    """Whether the stretch should end: the process is asked to, or a person paused the sync."""

    held: Lease
    is_process_stopping: Callable[[], bool]
    is_paused: bool = False

    def __call__(self) -> bool:
        return self.is_paused or self.is_process_stopping()

    def look(self) -> None:
        """Ask the row; between two batches, so that what is on its way is finished."""
        self.is_paused = connection_state(self.held) == ConnectionState.PAUSED

    @property
    def message(self) -> str:
        if not self.is_paused:
            return ""
        reason = Connection.objects.values_list("reason", flat=True).get(id=self.held.connection_id)
        return reason or "Paused."


def begin(held: Lease, *, trigger: str, now: datetime) -> int:
    """Open the run's row; one that a dead holder left open is closed as interrupted.

    A worker's run carries the name of who asked for it, where somebody did.
    """
    with transaction.atomic():
        lease.check(held)
        asked = Connection.objects.values("asked_trigger", "asked_by_name").get(
            id=held.connection_id
        )
        Connection.objects.filter(id=held.connection_id).update(
            asked_trigger=None, asked_by_name=""
        )
        Run.objects.filter(
            organisation_id=held.organisation_id, state=RunState.RUNNING, fence__lt=held.fence
        ).update(state=RunState.INTERRUPTED, finished_at=now, message="The process ended.")
        run = Run.objects.create(
            operator_id=held.operator_id,
            organisation_id=held.organisation_id,
            trigger=asked["asked_trigger"] or trigger if trigger == BY_ITSELF else trigger,
            started_by_name=asked["asked_by_name"],
            fence=held.fence,
            owner=held.owner,
            started_at=now,
        )
    return run.pk


def end(
    held: Lease,
    run_id: int,
    *,
    state: RunState,
    message: str,
    tally: Tally,
    calls: int,
    now: datetime,
) -> None:
    Run.objects.filter(id=run_id, fence=held.fence).update(
        state=state,
        phase="ended",
        finished_at=now,
        message=message,
        effects_applied=tally.applied,
        effects_refused=tally.refused,
        effects_unknown=tally.unknown,
        calls_used=calls,
    )
    if state is RunState.FINISHED:
        Connection.objects.filter(id=held.connection_id).update(last_success_at=now)


def enter_phase(run_id: int, phase: str) -> None:
    Run.objects.filter(id=run_id).update(phase=phase)
    if phase == "sending":
        _keep_what_waits(run_id)


def _keep_what_waits(run_id: int) -> None:
    """What the run sets out to write, for people who look at it later."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE run r SET planned = w.kinds, effects_planned = w.total
              FROM (SELECT COALESCE(jsonb_object_agg(kind, n), '{}') AS kinds,
                           COALESCE(sum(n), 0) AS total
                      FROM (SELECT e.kind, count(*) AS n FROM effect e
                             WHERE e.organisation_id =
                                   (SELECT organisation_id FROM run WHERE id = %(run)s)
                               AND e.state = 'waiting' AND e.brake <> 'held'
                             GROUP BY e.kind) k) w
             WHERE r.id = %(run)s
            """,
            {"run": run_id},
        )


def show_progress(run_id: int, *, tally: Tally, calls: int) -> None:
    Run.objects.filter(id=run_id).update(
        effects_applied=tally.applied,
        effects_refused=tally.refused,
        effects_unknown=tally.unknown,
        calls_used=calls,
    )


def count_repeat(held: Lease, batch_id: int) -> None:
    """Write down that the batch is sent once more, before it is."""
    with transaction.atomic(), database.cursor() as cursor:
        lease.check(held)
        cursor.execute("UPDATE batch SET sends = sends + 1 WHERE id = %s", [batch_id])


def is_due(held: Lease, *, now: datetime) -> bool:
    return Connection.objects.filter(id=held.connection_id, due_at__lte=now).exists()


def connection_state(held: Lease) -> str:
    return Connection.objects.values_list("state", flat=True).get(id=held.connection_id)


def unhold(held: Lease) -> None:
    Connection.objects.filter(id=held.connection_id, state=ConnectionState.HELD).update(
        state=ConnectionState.ACTIVE, reason=None
    )


def lose_connection(held: Lease) -> None:
    Connection.objects.filter(id=held.connection_id).update(
        state=ConnectionState.LOST, reason=CONNECTION_LOST
    )


def _has_effects(held: Lease, *, now: datetime) -> bool:
    """Anything that may be sent or looked for now; what waits for a person does not count."""
    ready = " OR ".join(
        f"EXISTS (SELECT 1 {claiming.ready_from_sql(kind)})" for kind in claiming.KINDS_IN_ORDER
    )
    return bool(
        sql.value(
            f"""
            SELECT EXISTS (SELECT 1 FROM effect WHERE organisation_id = %(organisation)s
                              AND state = 'unknown' AND look_at <= %(now)s)
                OR {ready}
            """,
            {"organisation": held.organisation_id, "now": now},
        )
    )
