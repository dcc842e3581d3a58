"""Books > Sync runs: what was written when, and one run as it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine import braking, run_figures
from unitledger.engine.going_live import standing
from unitledger.engine.going_live.standing import Open
from unitledger.engine.run_figures import KindFigures, RunFigures
from unitledger.engine.steering import SCHEDULES
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.dry_runs import DryRun
from unitledger.store.journal import Run, RunState
from unitledger.store.undoing import Undo
from unitledger.web import words
from unitledger.web.fixes import page_of
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_members
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 30
WORKING = (ConnectionState.ACTIVE, ConnectionState.HELD)
SCHEDULE_WORDS = {
    None: "On events only",
    5: "Every 5 minutes",
    15: "Every 15 minutes",
    30: "Every 30 minutes",
    60: "Every hour",
    240: "Every 4 hours",
    1440: "Every day",
}
PHASES = {
    "starting": "Starting.",
    "planning": "Working out what is to be sent.",
    "looking": "Looking at what Xero holds, before the first send.",
    "verifying": "Comparing what Xero shows with what was sent.",
}


@dataclass(frozen=True, slots=True)
class ShownRun:
    run: Run
    look: Look
    took: timedelta | None
    by: str


@dataclass(frozen=True, slots=True)
class ShownKind:
    figures: KindFigures
    name: str
    look: Look


@dataclass(frozen=True, slots=True)
class Steered:
    """One organisation's sync, as a person steers it."""

    connection: Connection
    held: braking.HeldBack
    held_words: Sequence[tuple[str, braking.HeldLine]]
    currency: str | None
    before_first: Open | None = None  # read before the first write, and not live yet

    @property
    def is_working(self) -> bool:
        return self.connection.state in WORKING

    @property
    def is_paused(self) -> bool:
        return self.connection.state == ConnectionState.PAUSED

    @property
    def schedule(self) -> str:
        return SCHEDULE_WORDS.get(self.connection.sync_every_minutes, "On a schedule of its own")


@require_GET
@never_cache
@for_members
def runs(request: HttpRequest, member: Member) -> HttpResponse:
    """The newest runs first; `before` is the last one of the page before."""
    before = request.GET.get("before", "")
    with operator_scope(member.operator_id):
        found = Run.objects.select_related("organisation").order_by("-id")
        if before.isascii() and before.isdigit():
            found = found.filter(id__lt=min(int(before), 2**62))
        page = list(found[: ROWS + 1])
        steered = steered_connections()
        context: dict[str, Any] = {
            "runs": [shown(each, now()) for each in page[:ROWS]],
            "next": page[ROWS - 1].pk if len(page) > ROWS else None,
            "is_first_page": not before,
            "steered": steered,
            "has_several": len(steered) > 1,
            "schedules": [(each, SCHEDULE_WORDS[each]) for each in SCHEDULES],
            "may_steer": may_steer(member),
        }
    return framed(request, member, "web/sync/runs.html", context)


@require_GET
@never_cache
@for_members
def run(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = Run.objects.select_related("organisation").filter(public_id=public_id).first()
        if found is None:
            raise Http404("There is no such run.")
        figures = run_figures.run_figures(found, now=now())
        connection = Connection.objects.filter(organisation_id=found.organisation_id).latest("id")
        newest = Run.objects.filter(organisation_id=found.organisation_id).latest("id")
        chart = found.organisation.chart
        context: dict[str, Any] = {
            "run": found,
            "shown": shown(found, now()),
            "figures": figures,
            "kinds": _kinds(figures),
            "reasons": _reasons(figures),
            "batch_names": words.EFFECT_KINDS,
            "connection": connection,
            "is_newest": newest.pk == found.pk,
            "is_paused": connection.state == ConnectionState.PAUSED,
            "is_lost": connection.state in (ConnectionState.LOST, ConnectionState.DISCONNECTED),
            "sentence": sentence(figures, now=now()),
            "end": _end(figures, connection),
            "currency": chart["facts"]["currency"] if chart else None,
            "undos": list(Undo.objects.filter(run=found).order_by("-id")[:3]),
            "may_steer": may_steer(member),
        }
    return framed(request, member, "web/sync/run.html", context)


def may_steer(member: Member) -> bool:
    """A person kept to some locations does not decide for the others."""
    return member.may_resync and member.sees_every_location


def steered_connections() -> list[Steered]:
    """Within an operator's scope: the newest connection of each organisation."""
    newest: dict[int, Connection] = {}
    for each in Connection.objects.select_related("organisation").order_by("id"):
        newest[each.organisation_id] = each
    return [
        _steered(each) for each in newest.values() if each.state != ConnectionState.DISCONNECTED
    ]


def shown(run: Run, at: datetime) -> ShownRun:
    ended = run.finished_at or (at if run.state == RunState.RUNNING else None)
    asked_for = words.TRIGGERS.get(run.trigger, run.trigger)
    return ShownRun(
        run=run,
        look=words.RUNS[run.state],
        took=ended - run.started_at if ended else None,
        by=run.started_by_name or asked_for,
    )


def sentence(figures: RunFigures, *, now: datetime) -> dict[str, Any]:
    """The parts of the first sentence of a run that is going on."""
    seconds = figures.look.time_left.total_seconds()
    return {
        "phase": PHASES.get(figures.run.phase),
        "minutes": round(seconds / 60) if seconds >= 60 else 0,
        "ends_at": now + figures.look.time_left,
        "unknown": figures.look.unknown,
        "settled_by": figures.look.settled_by,
    }


def newest_dry_run(organisation_id: int) -> DryRun | None:
    return DryRun.objects.filter(organisation_id=organisation_id).order_by("-asked_at").first()


def _steered(connection: Connection) -> Steered:
    held = braking.held_back(connection.organisation_id)
    chart = connection.organisation.chart
    before_first = standing.under_way(connection.organisation_id)
    return Steered(
        connection=connection,
        held=held,
        held_words=[(words.EFFECT_KINDS[each.kind], each) for each in held.lines],
        currency=chart["facts"]["currency"] if chart else None,
        before_first=before_first if before_first and before_first.is_begun else None,
    )


def _kinds(figures: RunFigures) -> list[ShownKind]:
    """In the order of sending, each with where it stands."""
    shown: list[ShownKind] = []
    waits = 0
    for each in figures.kinds:
        if each.is_done:
            look = Look("Done", "synced", "ok")
        elif not figures.is_running:
            look = Look("Not all", "waiting", "wait")
        elif each.is_sending or waits == 0:
            look = words.SENDING
            waits += 1
        else:
            look = Look("Next" if waits == 1 else "After that", "queued", "mute")
            waits += 1
        shown.append(ShownKind(each, words.EFFECT_KINDS[each.kind], look))
    return shown


def _reasons(figures: RunFigures) -> list[dict[str, Any]]:
    return [
        {
            "sentence": each.problem.sentence if each.problem else "No reason is known.",
            "remedy": each.problem.remedy if each.problem else "",
            "fix": page_of(each.problem.code) if each.problem else None,
            "nouns": words.NOUNS[each.kind],
            "look": words.DOCUMENTS[each.state],
            "count": each.count,
            "amount": each.amount,
        }
        for each in figures.reasons
    ]


def _end(figures: RunFigures, connection: Connection) -> str:
    """Which of the ends the run came to: what the top card turns into."""
    run = figures.run
    if run.state == RunState.RUNNING:
        return "running"
    if run.state == RunState.OUT_OF_QUOTA:
        return "day"
    if run.state == RunState.FAILED:
        return "lost"
    if run.state == RunState.INTERRUPTED:
        return "paused" if connection.state == ConnectionState.PAUSED else "interrupted"
    return "done"
