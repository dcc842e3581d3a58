"""Hold back a plan that changes or voids more than is done without a person (invariant 7)."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection as database
from django.db import transaction

from unitledger.core.brakes import Brake, BrakeLimits, check_brakes
from unitledger.core.compare import Act, Change
from unitledger.core.effects import EffectKind
from unitledger.core.plan import plan_of
from unitledger.engine import lease
from unitledger.engine.lease import Lease
from unitledger.engine.reasons import problems_to_json

_ACTS = {
    EffectKind.VOID_INVOICE: Act.VOID,
    EffectKind.DELETE_PAYMENT: Act.VOID,
    EffectKind.UPDATE_INVOICE: Act.UPDATE,
}
_KINDS = [str(kind) for kind in _ACTS]
# A payment is replaced by deleting it first, and what waits for the deletion is held with it.
# A brake on either act holds both: until a person has looked, no payment leaves the books.
_HELD_BY = {
    EffectKind.VOID_INVOICE: {Act.VOID},
    EffectKind.DELETE_PAYMENT: {Act.VOID, Act.REPLACE},
    EffectKind.UPDATE_INVOICE: {Act.UPDATE},
}


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


def approve(organisation_id: int) -> int:
    """A person has looked: let the held writes of the organisation go. Counts them."""
    with transaction.atomic(), database.cursor() as cursor:
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
        return cursor.rowcount


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
