"""Before an update, a void or a deletion: read the target and compare (invariant 6).

Xero offers no conditional write, so an edit made in the minute between this look and our
write can still be overwritten; the verifying sweep makes it a finding.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.chart import Chart
from unitledger.core.compare import Act, Applied, BooksCopy, compare, copy_of
from unitledger.core.documents import DocumentKind, wanted_from_content
from unitledger.core.effects import EffectKind, EffectState
from unitledger.core.exchange import Held
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine import effect_rows, holdings, lease, noting, recording
from unitledger.engine.claiming import ready_sql
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.reasons import problems_to_json
from unitledger.engine.tools import Tools

# Xero advises about forty ids in one address.
LOOK_AT_ONCE = 40
MERGED_NOTE = "Merged in Xero into another contact, which stays as it is kept there."
# Nearly always the contact it hangs on now. Where its tenant has changed since, the contact whose
# number ends as that of the tenant we wrote it for; a mapping may put a prefix before it.
_STOOD_ON = f"""
    CASE WHEN e.kind NOT IN ('update_invoice', 'void_invoice') THEN NULL
         WHEN e.content IS NULL OR e.content->>'contact' = d.applied_content->>'contact'
              THEN {holdings.followed_sql("p")}
         ELSE (SELECT {holdings.followed_sql("c")} FROM document c
                WHERE c.operator_id = d.operator_id AND c.organisation_id = d.organisation_id
                  AND c.kind = 'contact' AND c.xero_id IS NOT NULL
                  AND right(c.handle, length(d.applied_content->>'contact'))
                      = d.applied_content->>'contact'
                LIMIT 1) END
"""
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
    is_overwriting: bool
    parent_id: str | None  # its contact in Xero, where it is an invoice
    stood_on: str | None  # the contact in Xero that we last wrote the invoice on


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
    targets = _on_merged_contacts(held, targets, shown, reader=reader)
    fit: list[int] = []
    done: list[_Target] = []
    merged: list[_Target] = []
    stopped: list[tuple[_Target, Problem]] = []
    for target in targets:
        seen = shown.get(target.target_id)
        change = _compared(target, kind, seen, chart=chart)
        if isinstance(change, Problem):
            stopped.append((target, change))
        elif change is Act.LEAVE:
            done.append(target)
        else:
            fit.append(target.effect_id)
        if seen is not None and seen.merged_to:
            merged.append(target)
    _settle(held, done=done, merged=merged, stopped=stopped, tools=tools)
    return fit


def _on_merged_contacts(
    held: Lease, targets: Sequence[_Target], shown: Mapping[str, Held], *, reader: Reader
) -> list[_Target]:
    """The invoices' contacts as they are now: an invoice that stands on another contact than
    ours may have been moved there, or gone along with its contact."""
    left = {
        target.stood_on
        for target in targets
        if target.stood_on and _contact_of(shown.get(target.target_id)) != target.stood_on
    }
    if not left:
        return list(targets)
    reader.read_now(DocumentKind.CONTACT, sorted(left))
    merged = holdings.followed(held.organisation_id, left)
    return [
        replace(
            target,
            parent_id=merged.get(target.parent_id or "", target.parent_id),
            stood_on=merged.get(target.stood_on or "", target.stood_on),
        )
        for target in targets
    ]


def _contact_of(invoice: Held | None) -> str | None:
    return None if invoice is None else invoice.contact_id


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
    if held.merged_to:
        return Act.LEAVE  # what became of it is another contact, and the bookkeeper's
    books: BooksCopy = copy_of(
        held,
        applied=applied.wanted,
        wanted=wanted,
        contact_id=target.parent_id if kind is EffectKind.UPDATE_INVOICE else None,
        stood_on=target.stood_on,
    )
    change = compare(
        kind=kind.document_kind,
        version=target.source_version,
        wanted=wanted,
        applied=applied,
        books=books,
        chart=chart,
        is_overwriting=target.is_overwriting,
    )
    return change.problem if change.problem is not None else change.act


def _waiting(held: Lease, kind: EffectKind, *, now: datetime) -> list[_Target]:
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.document_id, e.target_id, e.source_version,
                   COALESCE(e.content, s.content), d.applied_version, d.applied_content,
                   d.overwrite_version IS NOT DISTINCT FROM e.source_version,
                   {holdings.followed_sql("p")}, {_STOOD_ON}
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
                is_overwriting=row[7],
                parent_id=row[8],
                stood_on=row[9],
            )
            for row in cursor.fetchall()
        ]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _settle(
    held: Lease,
    *,
    done: Sequence[_Target],
    merged: Sequence[_Target],
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
                for each in effect_rows.open_effects([each.effect_id for each in done])
                # A person may have decided otherwise while we looked.
                if each.standing.state is EffectState.WAITING
            ],
            now=tools.clock.now(),
        )
        noting.keep({each.document_id: [MERGED_NOTE] for each in merged})
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
            UPDATE document d
               SET state = p.state, problems = p.problems::jsonb, overwrite_version = NULL
              FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS p (id, state, problems)
             WHERE d.id = p.id AND d.state <> 'skipped'
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
