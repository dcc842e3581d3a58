"""One run as people follow it: what is sent of each kind, in which calls, what is held back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection as database

from unitledger.core.arithmetic import ZERO
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.effects import EffectKind, EffectState
from unitledger.core.problems import Problem
from unitledger.engine import budget
from unitledger.engine.claiming import KINDS_IN_ORDER
from unitledger.engine.planning import loaded
from unitledger.engine.progress import Progress, progress
from unitledger.engine.reasons import problems_of
from unitledger.engine.standing import FOR_A_PERSON
from unitledger.store.connections import CallBudget
from unitledger.store.journal import Batch, BatchState, Effect, Run, RunState

BATCHES_SHOWN = 6
REASONS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class KindFigures:
    """The writes of one kind: of a run that is going on also what is still to go."""

    kind: EffectKind
    sent: int
    total: int
    calls: int
    calls_total: int
    is_sending: bool

    @property
    def is_done(self) -> bool:
        return self.sent >= self.total and not self.is_sending


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """One request: how many went, and what came of them."""

    kind: EffectKind
    at: datetime
    first: str
    last: str
    size: int
    accepted: int
    is_open: bool
    took: timedelta | None

    @property
    def held_back(self) -> int:
        return self.size - self.accepted


@dataclass(frozen=True, slots=True)
class Reason:
    """Documents that wait for a person, by why."""

    problem: Problem | None
    state: DocumentState
    kind: DocumentKind
    count: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class RunFigures:
    run: Run
    look: Progress
    kinds: Sequence[KindFigures]
    batches: Sequence[BatchFigures]
    reasons: Sequence[Reason]
    calls_a_minute: int
    calls_left_today: int | None
    resumes_at: datetime | None  # where the day's calls are used up
    synced: Decimal  # money of the invoices in the books
    in_scope: Decimal  # and of all that belong there

    @property
    def is_running(self) -> bool:
        return self.run.state == RunState.RUNNING

    @property
    def sent(self) -> int:
        return sum(each.sent for each in self.kinds)

    @property
    def total(self) -> int:
        return sum(each.total for each in self.kinds)

    @property
    def calls(self) -> int:
        return self.run.calls_used

    @property
    def calls_total(self) -> int:
        return self.calls + self.look.calls_left if self.is_running else self.calls

    @property
    def for_a_person(self) -> int:
        return sum(each.count for each in self.reasons)


def percent(look: Progress) -> int | None:
    """How far by calls; None where nothing is known to be left."""
    whole = look.calls_used + look.calls_left
    return None if whole == 0 else min(99, 100 * look.calls_used // whole)


def run_figures(run: Run, *, now: datetime) -> RunFigures:
    found = CallBudget.objects.filter(organisation_id=run.organisation_id).first()
    look = progress(run.organisation_id, now=now, calls=found)
    synced, in_scope = _money(run.organisation_id)
    return RunFigures(
        run=run,
        look=look,
        kinds=_kinds(run),
        batches=_batches(run),
        reasons=_reasons(run),
        calls_a_minute=(
            sum(1 for at in found.recent_calls if at > now - budget.MINUTE) if found else 0
        ),
        calls_left_today=budget.left_today(found, now=now) if found else None,
        resumes_at=found.blocked_until_at if found and _is_day_used_up(found, now) else None,
        synced=synced,
        in_scope=in_scope,
    )


def _is_day_used_up(found: CallBudget, now: datetime) -> bool:
    is_blocked = found.blocked_until_at is not None and found.blocked_until_at > now
    return is_blocked and budget.BLOCKED_BY_DAY in (found.blocked_by or "")


def _kinds(run: Run) -> list[KindFigures]:
    sent = _sent(run)
    waiting = _waiting(run) if run.state == RunState.RUNNING else {}
    figures: list[KindFigures] = []
    for kind in KINDS_IN_ORDER:
        done, calls, open_count = sent.get(kind, (0, 0, 0))
        left = waiting.get(kind, 0)
        planned = int(run.planned.get(str(kind), 0))
        # What ended without a call was found in the books already, or stopped by a look at them.
        total = done + left if run.state == RunState.RUNNING else max(done, planned)
        if total == 0 and calls == 0:
            continue
        figures.append(
            KindFigures(
                kind=kind,
                sent=done,
                total=max(total, done),
                calls=calls,
                calls_total=calls + math.ceil(left / kind.batch_max),
                is_sending=open_count > 0,
            )
        )
    return figures


def _sent(run: Run) -> Mapping[EffectKind, tuple[int, int, int]]:
    """By kind: writes that were answered, calls, and calls that are on their way."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT kind, COALESCE(sum(cardinality(effect_ids)) "
            "FILTER (WHERE state <> 'sending'), 0), sum(sends), "
            "count(*) FILTER (WHERE state = 'sending') FROM batch WHERE run_id = %s GROUP BY kind",
            [run.pk],
        )
        return {EffectKind(row[0]): (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _waiting(run: Run) -> Mapping[EffectKind, int]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*) FROM effect WHERE organisation_id = %s "
            "AND state IN ('waiting', 'in_flight') AND brake <> 'held' GROUP BY kind",
            [run.organisation_id],
        )
        return {EffectKind(kind): count for kind, count in cursor.fetchall()}


def _batches(run: Run) -> list[BatchFigures]:
    batches = list(Batch.objects.filter(run=run).order_by("-id")[:BATCHES_SHOWN])
    ids = [each for batch in batches for each in batch.effect_ids]
    effects = {
        each.pk: each
        for each in Effect.objects.filter(id__in=ids)
        .select_related("document")
        .only("id", "state", "document__number")
    }
    return [_batch(each, effects) for each in batches]


def _batch(batch: Batch, effects: Mapping[int, Effect]) -> BatchFigures:
    mine = [effects[each] for each in batch.effect_ids if each in effects]
    return BatchFigures(
        kind=EffectKind(batch.kind),
        at=batch.claimed_at,
        first=mine[0].document.number if mine else "",
        last=mine[-1].document.number if mine else "",
        size=len(batch.effect_ids),
        accepted=sum(1 for each in mine if each.state == EffectState.APPLIED),
        is_open=batch.state == BatchState.SENDING,
        took=batch.ended_at - batch.claimed_at if batch.ended_at else None,
    )


def _reasons(run: Run) -> list[Reason]:
    """By the first problem's code, in the words of one of its documents."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.kind, d.state, count(*), sum(d.amount),
                   (array_agg(d.problems ORDER BY d.id))[1]
              FROM document d
             WHERE d.operator_id = %s AND d.organisation_id = %s AND d.state = ANY(%s)
             GROUP BY d.kind, d.state, d.problems->0->>'code'
             ORDER BY count(*) DESC LIMIT %s
            """,
            [
                run.operator_id,
                run.organisation_id,
                [str(each) for each in FOR_A_PERSON],
                REASONS_SHOWN,
            ],
        )
        return [
            Reason(
                problem=next(iter(problems_of(loaded(problems) or [])), None),
                state=DocumentState(state),
                kind=DocumentKind(kind),
                count=count,
                amount=amount if kind != DocumentKind.CONTACT else None,
            )
            for kind, state, count, amount, problems in cursor.fetchall()
        ]


def _money(organisation_id: int) -> tuple[Decimal, Decimal]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(amount) FILTER (WHERE state = 'synced' AND is_wanted), 0), "
            "COALESCE(sum(amount) FILTER (WHERE is_wanted), 0) FROM document "
            "WHERE kind = 'invoice' AND state NOT IN ('skipped', 'out_of_scope') "
            "AND (organisation_id = %s OR organisation_id IS NULL) "
            "AND operator_id = (SELECT operator_id FROM organisation WHERE id = %s)",
            [organisation_id, organisation_id],
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else (ZERO, ZERO)
