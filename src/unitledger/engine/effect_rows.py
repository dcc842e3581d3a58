"""Where effects stand, in their rows and in those of their documents: read and written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.effects import EffectKind, EffectState, Sight, Standing, Verdict
from unitledger.core.exchange import Held
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine import holdings, noting, taking_up
from unitledger.engine.lease import Lease
from unitledger.engine.reasons import problems_to_json

_FAILURES = frozenset({EffectState.REFUSED, EffectState.NEEDS_ATTENTION})


@dataclass(frozen=True, slots=True)
class OpenEffect:
    """An effect in flight or unknown, as it stands in its row."""

    effect_id: int
    document_id: int
    handle: str
    standing: Standing
    total: Decimal | None
    target_id: str | None
    content: Mapping[str, Any] | None
    what: str  # how people know the document: "invoice 0000611365"
    messages: Sequence[str] = ()  # what the books last said
    contact_id: str | None = None  # in Xero, that a changed invoice shall stand on


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one effect now stands, and what the books showed of it."""

    effect: OpenEffect
    standing: Standing
    xero_id: str | None = None
    shown_total: Decimal | None = None
    messages: Sequence[str] = ()
    sight: Sight | None = None
    held: Held | None = None
    warnings: Sequence[str] = ()  # of the books, about what they took


def open_effects(effect_ids: Sequence[int]) -> list[OpenEffect]:
    """The effects with their standing, in the order of their ids."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.document_id, e.handle, e.kind, e.state, e.batch_size, e.batch_max,
                   e.absences, e.unknowns, e.safe_after, e.not_before, e.look_at,
                   e.last_verdict, e.total, e.target_id, e.content, d.kind || ' ' || d.number,
                   e.messages, {holdings.followed_sql("p")}
              FROM effect e JOIN document d ON d.id = e.document_id
              LEFT JOIN document p ON p.id = d.parent_id AND e.kind = 'update_invoice'
             WHERE e.id = ANY(%s) ORDER BY e.id
            """,
            [list(effect_ids)],
        )
        return [_open_effect(row) for row in cursor.fetchall()]


def write(held: Lease, outcomes: Sequence[Outcome], *, now: datetime) -> None:
    """Effects, documents and holdings of these outcomes, inside the caller's transaction."""
    if not outcomes:
        return
    _write_effects(outcomes, now=now)
    applied = [each for each in outcomes if each.standing.state is EffectState.APPLIED]
    _write_applied(applied, now=now)
    noting.keep_warnings({each.effect.document_id: each.warnings for each in applied})
    _write_unapplied(
        [each for each in outcomes if each.standing.state is not EffectState.APPLIED], now=now
    )
    holdings.keep(
        operator_id=held.operator_id,
        organisation_id=held.organisation_id,
        held=[each.held for each in outcomes if each.held is not None],
        documents={
            each.xero_id: each.effect.document_id for each in applied if each.xero_id is not None
        },
        now=now,
    )


def _open_effect(row: tuple[Any, ...]) -> OpenEffect:
    content = json.loads(row[15]) if isinstance(row[15], str) else row[15]
    return OpenEffect(
        effect_id=row[0],
        document_id=row[1],
        handle=row[2],
        standing=Standing(
            kind=EffectKind(row[3]),
            state=EffectState(row[4]),
            batch_size=row[5],
            batch_max=row[6],
            absences=row[7],
            unknowns=row[8],
            safe_after=row[9],
            not_before=row[10],
            look_at=row[11],
            last_verdict=None if row[12] is None else Verdict(row[12]),
        ),
        total=row[13],
        target_id=row[14],
        content=content,
        what=row[16],
        messages=json.loads(row[17]) if isinstance(row[17], str) else row[17],
        contact_id=row[18],
    )


def _write_effects(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    plain: list[Outcome] = []
    others: list[Outcome] = []
    for each in outcomes:
        (plain if _is_plainly_applied(each) else others).append(each)
    _write_standings(others, now=now)
    if not plain:
        return
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET state = 'applied', last_verdict = 'applied', look_at = NULL, "
            "messages = '[]'::jsonb, settled_at = %s WHERE id = ANY(%s)",
            [now, [each.effect.effect_id for each in plain]],
        )


def _is_plainly_applied(outcome: Outcome) -> bool:
    """The usual case, in which nothing changes but what `_write_effects` names."""
    before, after = outcome.effect.standing, outcome.standing
    return (
        after.state is EffectState.APPLIED
        and after.last_verdict is Verdict.APPLIED
        and after.look_at is None
        and not outcome.messages
        and _rest_of(before) == _rest_of(after)
    )


def _rest_of(standing: Standing) -> tuple[object, ...]:
    return (
        standing.batch_max,
        standing.absences,
        standing.unknowns,
        standing.safe_after,
        standing.not_before,
    )


def _write_standings(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    if not outcomes:
        return
    settled = (EffectState.APPLIED, EffectState.REFUSED, EffectState.NEEDS_ATTENTION)
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE effect e
               SET state = p.state, last_verdict = p.verdict, batch_max = p.batch_max,
                   absences = p.absences, unknowns = p.unknowns, safe_after = p.safe_after,
                   not_before = p.not_before, look_at = p.look_at,
                   messages = p.messages::jsonb, settled_at = p.settled_at
              FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::smallint[], %s::smallint[],
                          %s::smallint[], %s::timestamptz[], %s::timestamptz[],
                          %s::timestamptz[], %s::text[], %s::timestamptz[])
                   AS p (id, state, verdict, batch_max, absences, unknowns, safe_after,
                         not_before, look_at, messages, settled_at)
             WHERE e.id = p.id
            """,
            [
                [each.effect.effect_id for each in outcomes],
                [str(each.standing.state) for each in outcomes],
                [each.standing.last_verdict for each in outcomes],
                [each.standing.batch_max for each in outcomes],
                [each.standing.absences for each in outcomes],
                [each.standing.unknowns for each in outcomes],
                [each.standing.safe_after for each in outcomes],
                [each.standing.not_before for each in outcomes],
                [each.standing.look_at for each in outcomes],
                [json.dumps(list(each.messages), ensure_ascii=False) for each in outcomes],
                [now if each.standing.state in settled else None for each in outcomes],
            ],
        )


def _write_applied(applied: Sequence[Outcome], *, now: datetime) -> None:
    """The documents show what was written; a different total is a person's business."""
    if not applied:
        return
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document d
               SET xero_id = COALESCE(p.xero_id, d.xero_id),
                   applied_content = e.content,
                   applied_version = CASE WHEN e.kind = 'delete_payment' AND d.is_wanted THEN 0
                                          ELSE e.source_version END,
                   mapping_version = e.mapping_version,
                   incarnation = e.incarnation, overwrite_version = NULL,
                   state = CASE WHEN p.problems IS NOT NULL THEN 'drifted'
                                WHEN d.wanted_version = e.source_version
                                     AND NOT (e.kind = 'delete_payment' AND d.is_wanted)
                                     THEN 'synced'
                                ELSE 'changed' END,
                   problems = COALESCE(p.problems, '[]')::jsonb,
                   last_attempt_at = %(now)s, verified_at = NULL
              FROM json_to_recordset(%(applied)s::json)
                   AS p (effect_id bigint, xero_id text, problems text)
              JOIN effect e ON e.id = p.effect_id
             WHERE d.id = e.document_id
            """,
            {
                "now": now,
                "applied": json.dumps(
                    [
                        {
                            "effect_id": each.effect.effect_id,
                            "xero_id": each.xero_id or each.effect.target_id,
                            "problems": _total_problem(each),
                        }
                        for each in applied
                    ]
                ),
            },
        )
    taking_up.take_up_invoices(_ids(applied, EffectKind.DELETE_PAYMENT))
    found = [each for each in applied if each.held is None]
    taking_up.take_for_earlier(_ids(found, EffectKind.CREATE_CONTACT, EffectKind.CREATE_INVOICE))


def _ids(outcomes: Sequence[Outcome], *kinds: EffectKind) -> list[int]:
    return [each.effect.effect_id for each in outcomes if each.effect.standing.kind in kinds]


def _total_problem(outcome: Outcome) -> str | None:
    expected, shown = outcome.effect.total, outcome.shown_total
    if expected is None or shown is None or expected == shown:
        return None
    if outcome.held is None:
        # Seen later, by looking: somebody has changed what we wrote.
        seen = f"total {shown}, not {expected}"
        return problems_to_json([Problem.of(ProblemCode.EDITED_IN_BOOKS, differences=seen)])
    problem = Problem.of(ProblemCode.TOTAL_DIFFERS, total=expected, computed=shown)
    return problems_to_json([problem])


def _write_unapplied(outcomes: Sequence[Outcome], *, now: datetime) -> None:
    if not outcomes:
        return
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document d
               SET state = p.state, problems = p.problems::jsonb, last_attempt_at = %s
              FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS p (id, state, problems)
             WHERE d.id = p.id
            """,
            [
                now,
                [each.effect.document_id for each in outcomes],
                [_document_state(each) for each in outcomes],
                [problems_to_json(_reasons(each)) for each in outcomes],
            ],
        )
        # A payment whose deletion ended without success is not made anew.
        cursor.execute(
            "UPDATE effect e SET state = 'superseded' FROM effect_dependency n "
            "WHERE n.needs_id = ANY(%s) AND e.id = n.effect_id AND e.state = 'waiting'",
            [[each.effect.effect_id for each in outcomes if each.standing.state in _FAILURES]],
        )


def _document_state(outcome: Outcome) -> str:
    match outcome.standing.state:
        case EffectState.REFUSED:
            return "failed"
        case EffectState.NEEDS_ATTENTION:
            return "needs_attention"
        case EffectState.UNKNOWN:
            return "waiting"
        case _:
            return "queued"


def _reasons(outcome: Outcome) -> list[Problem]:
    standing = outcome.standing
    match standing.state:
        case EffectState.REFUSED:
            return [_refusal(outcome)]
        case EffectState.UNKNOWN:
            return [Problem.of(ProblemCode.OUTCOME_UNKNOWN, settled_by=_settled_by(standing))]
        case EffectState.NEEDS_ATTENTION:
            return [_attention(outcome)]
        case _:
            return []


def _attention(outcome: Outcome) -> Problem:
    match outcome.sight:
        case Sight.NOT_OURS:
            return Problem.of(ProblemCode.EXISTS_NOT_OURS, what=outcome.effect.what.capitalize())
        case Sight.NEITHER:
            return Problem.of(ProblemCode.EDITED_IN_BOOKS, differences="see the record in Xero")
        case _ if outcome.standing.last_verdict is Verdict.TAKEN:
            # Refused as taken, and nobody seen who has it.
            return _refusal(outcome)
        case _:
            return Problem.of(ProblemCode.UNKNOWN_THRICE)


def _refusal(outcome: Outcome) -> Problem:
    said = " ".join(outcome.messages) or "it gave no reason."
    return Problem.of(ProblemCode.REFUSED_BY_BOOKS, messages=said)


def _settled_by(standing: Standing) -> str:
    latest = max(each for each in (standing.safe_after, standing.look_at) if each is not None)
    return f"{latest:%H:%M} UTC"
