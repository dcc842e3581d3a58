"""Hold back a plan that changes or voids more than is done without a person (invariant 7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.brakes import Brake, BrakeLimits, check_brakes
from unitledger.core.compare import Act, Change
from unitledger.core.effects import EffectKind
from unitledger.core.plan import plan_of
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine import lease
from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.lease import Lease
from unitledger.engine.reasons import problems_of, problems_to_json
from unitledger.store.connections import Organisation

_ACTS = {
    EffectKind.VOID_INVOICE: Act.VOID,
    EffectKind.DELETE_PAYMENT: Act.VOID,
    EffectKind.UPDATE_INVOICE: Act.UPDATE,
    # A wrong file can rename every tenant: no money moves, but the count speaks.
    EffectKind.UPDATE_CONTACT: Act.UPDATE,
}
_KINDS = [str(kind) for kind in _ACTS]
# A payment is replaced by deleting it first, and what waits for the deletion is held with it.
# A brake on either act holds both: until a person has looked, no payment leaves the books.
_HELD_BY = {
    EffectKind.VOID_INVOICE: {Act.VOID},
    EffectKind.DELETE_PAYMENT: {Act.VOID, Act.REPLACE},
    EffectKind.UPDATE_INVOICE: {Act.UPDATE},
    EffectKind.UPDATE_CONTACT: {Act.UPDATE},
}


class PlanMoved(Exception):
    """What is held is no longer what the person was shown."""

    def __init__(self) -> None:
        super().__init__("More has come in since you looked. Look at it again, then decide.")


@dataclass(frozen=True, slots=True)
class HeldLine:
    """The held writes of one kind: what the books show of them, and would show."""

    kind: EffectKind
    count: int
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class HeldBack:
    """All that waits for a person's approval in one organisation."""

    lines: Sequence[HeldLine]
    reasons: Sequence[str]  # each brake's sentence
    newest_id: int | None  # changes whenever something joins

    @property
    def count(self) -> int:
        return sum(each.count for each in self.lines)


def hold_back(held: Lease, *, currency: str, limits: BrakeLimits) -> tuple[Brake, ...]:
    """Brake the waiting writes that take away or change too much together.

    Counts what is not approved yet, whatever plan it came from: many small plans that no
    run has carried out are one large plan.
    """
    waiting = _waiting(held)
    brakes = check_brakes(plan_of(waiting.items(), currency=currency), limits=limits)
    kinds = {kind for brake in brakes for kind in _held_kinds(brake)}
    with transaction.atomic():
        lease.check(held)
        for brake in brakes:
            _name(held, brake)
        _set_brake(held, [str(kind) for kind in kinds])
    return brakes


def held_back(organisation_id: int) -> HeldBack:
    """What a brake holds now, for the person who decides."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.kind, count(*), max(e.id),
                   sum(COALESCE(d.applied_content->>'total', d.applied_content->>'amount',
                                '0')::numeric),
                   sum(COALESCE(e.total, n.total, 0)),
                   jsonb_agg(DISTINCT d.problems)
              FROM effect e JOIN document d ON d.id = e.document_id
              LEFT JOIN effect_dependency y ON y.needs_id = e.id
              LEFT JOIN effect n ON n.id = y.effect_id AND n.state = 'waiting'
             WHERE e.organisation_id = %s AND e.state = 'waiting' AND e.brake = 'held'
             GROUP BY e.kind ORDER BY e.kind
            """,
            [organisation_id],
        )
        rows = cursor.fetchall()
    stored = [_loaded(problems) for row in rows for problems in _loaded(row[5])]
    sentences = {each.sentence: None for problems in stored for each in problems_of(problems)}
    return HeldBack(
        lines=[HeldLine(EffectKind(row[0]), row[1], row[3], row[4]) for row in rows],
        reasons=list(sentences),
        newest_id=max((row[2] for row in rows), default=None),
    )


def approve(
    organisation_id: int,
    *,
    by: Actor = SYSTEM,
    shown: int | None = None,
    now: datetime | None = None,
) -> int:
    """A person has looked: let the held writes of the organisation go. Counts them.

    `shown` is `HeldBack.newest_id` as the person saw it; raises `PlanMoved` where more is held.
    """
    with transaction.atomic(), database.cursor() as cursor:
        _check_shown(organisation_id, shown)
        cursor.execute(
            "UPDATE document d SET state = 'changed', problems = '[]'::jsonb FROM effect e "
            "WHERE e.document_id = d.id AND e.organisation_id = %s AND e.state = 'waiting' "
            "AND e.brake = 'held'",
            [organisation_id],
        )
        cursor.execute(
            "UPDATE effect SET brake = 'approved' "
            "WHERE organisation_id = %s AND state = 'waiting' AND brake = 'held'",
            [organisation_id],
        )
        count = cursor.rowcount
        if count:
            _note(organisation_id, by, "held_writes_approved", count)
            if now is not None:
                lease.wake(organisation_id, now=now)
    return count


def decline(organisation_id: int, *, by: Actor = SYSTEM, shown: int | None = None) -> int:
    """A person says no: Xero keeps what it holds. Counts the documents.

    Each says so until its source changes again or somebody asks for it.
    """
    problem = problems_to_json([Problem.of(ProblemCode.CHANGE_DECLINED, by=by.name)])
    with transaction.atomic(), database.cursor() as cursor:
        _check_shown(organisation_id, shown)
        cursor.execute(
            """
            WITH held AS (
                SELECT document_id FROM effect
                 WHERE organisation_id = %s AND state = 'waiting' AND brake = 'held'
            ), gone AS (
                UPDATE effect SET state = 'superseded'
                 WHERE state = 'waiting' AND document_id IN (SELECT document_id FROM held))
            UPDATE document SET state = 'drifted', problems = %s::jsonb
             WHERE id IN (SELECT document_id FROM held)
            """,
            [organisation_id, problem],
        )
        count = cursor.rowcount
        if count:
            _note(organisation_id, by, "held_writes_declined", count)
    return count


def _check_shown(organisation_id: int, shown: int | None) -> None:
    if shown is not None and held_back(organisation_id).newest_id not in (shown, None):
        raise PlanMoved


def _note(organisation_id: int, by: Actor, act: str, count: int) -> None:
    organisation = Organisation.objects.get(id=organisation_id)
    subject = Subject("organisation", str(organisation.public_id), organisation.name)
    note(organisation.operator_id, by, act, subject, after={"writes": count})


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _waiting(held: Lease) -> dict[str, Change]:
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id, e.kind, COALESCE(d.applied_content->>'total',
                                          d.applied_content->>'amount', '0')::numeric,
                   COALESCE(e.total, n.total, 0), n.id IS NOT NULL
              FROM effect e
              JOIN document d ON d.id = e.document_id
              LEFT JOIN effect_dependency y ON y.needs_id = e.id
              LEFT JOIN effect n ON n.id = y.effect_id
             WHERE e.organisation_id = %s AND e.state = 'waiting' AND e.kind = ANY(%s)
               AND e.brake <> 'approved'
            """,
            [held.organisation_id, _KINDS],
        )
        rows: list[tuple[int, str, Decimal, Decimal, bool]] = cursor.fetchall()
    return {
        str(effect): _change(EffectKind(kind), before=before, after=after, is_replaced=is_replaced)
        for effect, kind, before, after, is_replaced in rows
    }


def _change(kind: EffectKind, *, before: Decimal, after: Decimal, is_replaced: bool) -> Change:
    act = Act.REPLACE if is_replaced else _ACTS[kind]
    return Change(act=act, kind=kind.document_kind, before=before, after=after)


def _held_kinds(brake: Brake) -> list[EffectKind]:
    return [kind for kind, acts in _HELD_BY.items() if acts.intersection(brake.acts)]


def _name(held: Lease, brake: Brake) -> None:
    """Every document that is held says so, and how to go on."""
    kinds = [str(kind) for kind in _held_kinds(brake)]
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document d SET state = 'needs_attention', problems = %s::jsonb FROM effect e "
            "WHERE e.document_id = d.id AND e.organisation_id = %s AND e.state = 'waiting' "
            "AND e.kind = ANY(%s) AND e.brake <> 'approved'",
            [problems_to_json([brake.problem]), held.organisation_id, kinds],
        )


def _set_brake(held: Lease, kinds: list[str]) -> None:
    """Held where a brake stands now, free where none does any more."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET brake = CASE WHEN kind = ANY(%s) THEN 'held' ELSE 'free' END "
            "WHERE organisation_id = %s AND state = 'waiting' AND kind = ANY(%s) "
            "AND brake <> 'approved'",
            [kinds, held.organisation_id, _KINDS],
        )
