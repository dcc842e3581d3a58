"""Before an update, a void or a deletion: read the target and compare (invariant 6).

Xero offers no conditional write, so an edit made in the minute between this look and our
write can still be overwritten; the verifying sweep makes it a finding.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.chart import Chart
from unitledger.core.compare import Act, Applied, BooksCopy, compare, copy_of
from unitledger.core.documents import wanted_from_content
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Held
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine import effect_rows, lease, recording
from unitledger.engine.claiming import ready_sql
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.reasons import problems_to_json
from unitledger.engine.tools import Tools

# Xero advises about forty ids in one address.
LOOK_AT_ONCE = 40
_DRIFTS = frozenset({ProblemCode.VOIDED_IN_BOOKS, ProblemCode.EDITED_IN_BOOKS})


@dataclass(frozen=True, slots=True)
class _Target:
    effect_id: int
    document_id: int
    target_id: str
    source_version: int
    content: dict[str, Any] | None
    applied_version: int
    applied_content: dict[str, Any] | None
    parent_id: str | None  # its contact in Xero, where it is an invoice


def approved(
    held: Lease, kind: EffectKind, *, tools: Tools, reader: Reader, chart: Chart
) -> list[int]:
    """The effects of this kind that may be sent within the minute, their targets looked at.

    Those that must not be sent are settled here: already as wanted, or a person's business.
    """
    targets = _waiting(held, kind, now=tools.clock.now())
    if not targets:
        return []
    shown = {
        each.xero_id: each
        for each in reader.read_now(kind.document_kind, [each.target_id for each in targets])
    }
    fit: list[int] = []
    done: list[int] = []
    stopped: list[tuple[_Target, Problem]] = []
    for target in targets:
        change = _compared(target, kind, shown.get(target.target_id), chart=chart)
        if isinstance(change, Problem):
            stopped.append((target, change))
        elif change is Act.LEAVE:
            done.append(target.effect_id)
        else:
            fit.append(target.effect_id)
    _settle(held, done=done, stopped=stopped, tools=tools)
    return fit


def _compared(
    target: _Target, kind: EffectKind, held: Held | None, *, chart: Chart
) -> Act | Problem:
    applied = (
        None
        if target.applied_content is None
        else Applied(
            version=target.applied_version, wanted=wanted_from_content(target.applied_content)
        )
    )
    wanted = None if target.content is None else wanted_from_content(target.content)
    if held is None or applied is None:
        return Problem.of(ProblemCode.VOIDED_IN_BOOKS)
    contact_id = target.parent_id if kind is EffectKind.UPDATE_INVOICE else None
    books: BooksCopy = copy_of(held, applied=applied.wanted, wanted=wanted, contact_id=contact_id)
    change = compare(
        kind=kind.document_kind,
        version=target.source_version,
        wanted=wanted,
        applied=applied,
        books=books,
        chart=chart,
    )
    return change.problem if change.problem is not None else change.act


def _waiting(held: Lease, kind: EffectKind, *, now: datetime) -> list[_Target]:
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.document_id, e.target_id, e.source_version,
                   COALESCE(e.content, s.content), d.applied_version, d.applied_content,
                   p.xero_id
              FROM effect e
              JOIN document d ON d.id = e.document_id
              LEFT JOIN document p ON p.id = d.parent_id
              LEFT JOIN LATERAL (
                   SELECT n.content FROM effect_dependency y JOIN effect n ON n.id = y.effect_id
                    WHERE y.needs_id = e.id LIMIT 1) s ON true
             WHERE {ready_sql(kind)}
             ORDER BY e.priority DESC, e.id LIMIT %(most)s
            """,
            {"organisation": held.organisation_id, "now": now, "most": LOOK_AT_ONCE},
        )
        return [
            _Target(
                effect_id=row[0],
                document_id=row[1],
                target_id=row[2],
                source_version=row[3],
                content=_json(row[4]),
                applied_version=row[5],
                applied_content=_json(row[6]),
                parent_id=row[7],
            )
            for row in cursor.fetchall()
        ]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _settle(
    held: Lease,
    *,
    done: Sequence[int],
    stopped: Sequence[tuple[_Target, Problem]],
    tools: Tools,
) -> None:
    if not done and not stopped:
        return
    with transaction.atomic():
        lease.check(held)
        effect_rows.write(
            held,
            [
                recording.adopted(each, xero_id=each.target_id or "", total=None)
                for each in effect_rows.open_effects(done)
            ],
            now=tools.clock.now(),
        )
        _stop(stopped)


def _stop(stopped: Sequence[tuple[_Target, Problem]]) -> None:
    """What a person must decide: the waiting writes of these documents are taken back."""
    if not stopped:
        return
    documents = [target.document_id for target, _ in stopped]
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET state = 'superseded' "
            "WHERE state = 'waiting' AND document_id = ANY(%s)",
            [documents],
        )
        cursor.execute(
            """
            UPDATE document d SET state = p.state, problems = p.problems::jsonb
              FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS p (id, state, problems)
             WHERE d.id = p.id
            """,
            [
                documents,
                [
                    "drifted" if problem.code in _DRIFTS else "needs_attention"
                    for _, problem in stopped
                ],
                [problems_to_json([problem]) for _, problem in stopped],
            ],
        )
