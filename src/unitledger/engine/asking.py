"""A person's Apply in the report: asked for once, kept with its author, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.report import WORST_FIRST
from unitledger.engine.resync import resync
from unitledger.store.journal import Document
from unitledger.store.requests import ResyncRequest

RECORDS_MAX = 20_000

_FAILED = (DocumentState.FAILED, DocumentState.NEEDS_ATTENTION, DocumentState.DRIFTED)
_LEFT_OUT = (DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE)


class NothingAsked(ValueError):
    """No record was ticked, or none of those that were is this operator's."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Records by what came of them, each by the worst of its parts, as they stand now."""

    synced: int = 0
    failed: int = 0
    waiting: int = 0
    left_out: int = 0  # skipped by a person, or dated before the start date
    failed_ids: Sequence[int] = field(default=())
    # Of all these: will be looked at without anybody doing anything.
    under_way_ids: Sequence[int] = field(default=())

    @property
    def under_way(self) -> int:
        return len(self.under_way_ids)

    @property
    def total(self) -> int:
        return self.synced + self.failed + self.waiting + self.left_out


def ask_again(
    operator_id: int,
    kind: DocumentKind,
    record_ids: Sequence[int],
    *,
    form_key: str,
    user_id: int,
    user_name: str,
    now: datetime,
    by: Actor = SYSTEM,
) -> ResyncRequest:
    """Put these records into the next batches of the running work, and write down who asked.

    The same form with the same records is one request however often it arrives, also twice at
    the same moment. Raises `NothingAsked`; at most `RECORDS_MAX` records, which callers check.
    """
    wanted = sorted(set(record_ids))
    if len(wanted) > RECORDS_MAX:
        raise ValueError(f"{len(wanted)} records are more than {RECORDS_MAX} at once")
    with transaction.atomic():
        documents = Document.objects.filter(
            operator_id=operator_id, kind=kind, record_id__in=wanted
        ).values_list("id", "record_id")
        found = list(documents)
        if not found:
            raise NothingAsked
        request, is_new = ResyncRequest.objects.get_or_create(
            operator_id=operator_id,
            key=_key(form_key, kind, wanted),
            defaults={
                "user_id": user_id,
                "user_name": user_name,
                "kind": kind,
                "record_ids": sorted({record for _, record in found}),
                "asked_at": now,
            },
        )
        if is_new:
            resync(operator_id, [document for document, _ in found], now=now)
            subject = Subject("resync_request", str(request.public_id), f"{kind} ReSync")
            after = {"records": len(request.record_ids), "kind": str(kind)}
            note(operator_id, by, "resync_asked", subject, after=after)
    return request


def _key(form_key: str, kind: DocumentKind, record_ids: Sequence[int]) -> str:
    """A page that is gone back to keeps its key; other records under it are another request."""
    said = f"{form_key} {kind} {','.join(map(str, record_ids))}"
    return hashlib.sha256(said.encode()).hexdigest()


# Under way: to be planned, planned and not sent, sent and not answered, or to be compared with
# the books again. What a brake holds, or what waits for another record, moves by neither.
_STANDING = """
    SELECT d.record_id,
           (%(worst_first)s::text[])[min(array_position(%(worst_first)s::text[], d.state))],
           bool_or((d.planned_version <> d.wanted_version
                    AND d.state NOT IN ('skipped', 'out_of_scope'))
                OR d.state IN ('new', 'queued', 'changed')
                OR (d.state IN ('synced', 'drifted') AND d.xero_id IS NOT NULL
                    AND d.verified_at IS NULL)
                OR EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id
                            AND e.state IN ('in_flight', 'unknown')))
      FROM document d
     WHERE d.operator_id = %(operator)s AND d.kind = %(kind)s AND d.record_id = ANY(%(records)s)
     GROUP BY d.record_id ORDER BY d.record_id
"""


def outcome(request: ResyncRequest) -> Outcome:
    """What the request's records have come to by now. A failure that is being tried again waits."""
    with database.cursor() as cursor:
        cursor.execute(
            _STANDING,
            {
                "worst_first": [str(state) for state in WORST_FIRST],
                "operator": request.operator_id,
                "kind": request.kind,
                "records": request.record_ids,
            },
        )
        rows = [(record, DocumentState(state), moves) for record, state, moves in cursor.fetchall()]
    failed = [record for record, state, moves in rows if state in _FAILED and not moves]
    synced = sum(1 for _, state, _ in rows if state is DocumentState.SYNCED)
    left_out = sum(1 for _, state, _ in rows if state in _LEFT_OUT)
    return Outcome(
        synced=synced,
        failed=len(failed),
        waiting=len(rows) - synced - len(failed) - left_out,
        left_out=left_out,
        failed_ids=failed,
        under_way_ids=[record for record, _, moves in rows if moves],
    )
