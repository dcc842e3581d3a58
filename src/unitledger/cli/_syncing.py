"""Bringing an organisation's books up to date while a person waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from unitledger.cli._progress import Stopping

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.progress import Progress
    from unitledger.engine.tools import Tools

WATCH_SECONDS = 0.3
SYNCED, ERROR, FOR_A_PERSON, INTERRUPTED = 0, 1, 3, 4


@dataclass
class Synced:
    """What became of one organisation. `state` as in a run, or `lost`, `paused`, or `open`: a
    person is asked what is there already, or for the go-ahead."""

    organisation: str
    state: str = "finished"
    message: str = ""
    calls_used: int = 0
    run_ids: list[int] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        return {
            "finished": SYNCED,
            "interrupted": INTERRUPTED,
            "out_of_quota": INTERRUPTED,
            "lost": FOR_A_PERSON,
            "paused": FOR_A_PERSON,
            "open": FOR_A_PERSON,
        }.get(self.state, ERROR)


def bring_up_to_date(organisation_id: int, *, tools: Tools, stopping: Stopping) -> Synced:
    """Work on the organisation, or watch the worker that does, until nothing goes by itself.

    Waits also for writes that got no answer: they are settled by looking, which may take until
    their token has run out. Ctrl-C ends the waiting and loses nothing.
    """
    from unitledger.engine.lease import this_process, wake
    from unitledger.engine.progress import progress
    from unitledger.engine.work import work_on
    from unitledger.store.connections import Connection
    from unitledger.store.journal import Run, RunState

    connection = (
        Connection.objects.filter(organisation_id=organisation_id)
        .select_related("organisation")
        .latest("id")
    )
    result = Synced(organisation=connection.organisation.name)
    runs = Run.objects.filter(organisation_id=organisation_id)
    if progress(organisation_id, now=tools.clock.now()).is_running:
        # A run that a worker is in the middle of is part of what is waited for.
        runs = runs.exclude(state=RunState.RUNNING)
    before = runs.order_by("-id").first()
    wake(organisation_id, now=tools.clock.now())
    is_first, due_at = True, None
    while True:
        outcome = work_on(
            organisation_id,
            tools,
            trigger="cli",
            owner=this_process(),
            is_asked_by_person=is_first,
            is_stopping=stopping,
        )
        is_first = is_first and outcome is None
        if outcome is not None:
            due_at = outcome.due_at
            if str(outcome.state) != "finished":
                break
        now = tools.clock.now()
        look = progress(organisation_id, now=now)
        if stopping() or not _goes_on(look, due_at, now=now):
            break
        stopping.wait(WATCH_SECONDS)
    since = before.pk if before else 0
    _sum_up(result, organisation_id, since=since, now=tools.clock.now())
    if stopping() and result.state == "finished":
        result.state = "interrupted"
    return result


def _goes_on(look: Progress, due_at: datetime | None, *, now: datetime) -> bool:
    """Somebody works on it, an outcome is to be looked for, or something rests for a while."""
    rests = due_at is not None and due_at > now
    return look.is_running or (look.is_connected and (look.unknown > 0 or rests))


def _sum_up(result: Synced, organisation_id: int, *, since: int, now: datetime) -> None:
    """The runs of this process and of the worker's alike: what they came to stands in rows."""
    from unitledger.engine.going_live import standing
    from unitledger.engine.progress import progress
    from unitledger.store.connections import Connection, ConnectionState
    from unitledger.store.journal import Run, RunState

    runs = list(Run.objects.filter(organisation_id=organisation_id, id__gt=since).order_by("id"))
    result.run_ids = [run.pk for run in runs]
    result.calls_used = sum(run.calls_used for run in runs)
    ended = [run for run in runs if run.state != RunState.RUNNING]
    if ended:
        result.state, result.message = ended[-1].state, ended[-1].message
    connection = Connection.objects.filter(organisation_id=organisation_id).latest("id")
    if connection.state in (ConnectionState.LOST, ConnectionState.PAUSED):
        result.state, result.message = connection.state, connection.reason or result.message
    if not connection.awaits_go_ahead or result.state != "finished":
        return
    before_first = standing.under_way(organisation_id)
    if before_first is not None and not before_first.is_answered:
        result.state, result.message = "open", before_first.sentence
    elif progress(organisation_id, now=now).documents_left:
        result.state, result.message = "open", standing.AWAITS_GO_AHEAD
