"""From changes of documents to messages: one a record and address, saying where it stands now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from unitledger.core.documents import DocumentKind
from unitledger.engine.exporting import row_content
from unitledger.engine.ports import Ids
from unitledger.engine.report import Filter, ReportRow, report
from unitledger.store.people import Operator
from unitledger.store.webhooks import TargetState, WebhookDelivery, WebhookTarget

CHANGES = 1000  # taken at a time
STATE_CHANGED = "record.state_changed"
TEST = "test"

# Deleted and read at once: a change that is committed later is found later, and none twice.
_TAKE = """
    DELETE FROM state_change WHERE id IN (
        SELECT id FROM state_change WHERE operator_id = %s ORDER BY id LIMIT %s
        FOR UPDATE SKIP LOCKED)
    RETURNING id, document_id, old_state, new_state, at
"""


@dataclass(frozen=True, slots=True)
class Changed:
    """A record's changes since it was last told of: from where, and when last."""

    record_id: int
    kind: DocumentKind
    was: str
    at: datetime
    sequence: int


def operators_with_changes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT operator_id FROM state_change")
        return [row[0] for row in cursor.fetchall()]


def prepare(operator_id: int, *, now: datetime, ids: Ids) -> int:
    """Make messages of the operator's changes; how many. Changes and messages are one
    transaction."""
    with transaction.atomic():
        changed = _taken(operator_id)
        targets = list(
            WebhookTarget.objects.filter(operator_id=operator_id, state=TargetState.ACTIVE)
        )
        if not changed or not targets:
            return 0
        deliveries = list(_deliveries(operator_id, changed, targets, now=now, ids=ids))
        WebhookDelivery.objects.bulk_create(deliveries)
    return len(deliveries)


def test_message(target: WebhookTarget, *, now: datetime, ids: Ids) -> WebhookDelivery:
    """A message that says nothing, to see whether it arrives."""
    operator = Operator.objects.get(id=target.operator_id)
    body = {**_envelope(TEST, operator, at=now, ids=ids), "record": None}
    return WebhookDelivery.objects.create(
        operator_id=target.operator_id,
        target=target,
        event=TEST,
        about="a test",
        body=json.dumps(body, ensure_ascii=False),
        next_at=now,
        created_at=now,
    )


test_message.__test__ = False  # pyright: ignore[reportFunctionMemberAccess] - not a test of pytest


def _taken(operator_id: int) -> list[Changed]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [operator_id, CHANGES])
        rows = sorted(cursor.fetchall())
        cursor.execute(
            "SELECT id, record_id, kind FROM document WHERE operator_id = %s AND id = ANY(%s)",
            [operator_id, [row[1] for row in rows]],
        )
        documents = {each: (record, kind) for each, record, kind in cursor.fetchall()}
    found: dict[int, Changed] = {}
    for sequence, document_id, old, _, at in rows:
        if document_id not in documents:
            continue
        record, kind = documents[document_id]
        was = found[record].was if record in found else old
        found[record] = Changed(record, DocumentKind(kind), was, at, sequence)
    return list(found.values())


def _deliveries(
    operator_id: int,
    changed: Sequence[Changed],
    targets: Sequence[WebhookTarget],
    *,
    now: datetime,
    ids: Ids,
) -> Iterator[WebhookDelivery]:
    operator = Operator.objects.get(id=operator_id)
    rows = _rows(operator_id, changed)
    for each in changed:
        row = rows.get(each.record_id)
        if row is None or str(row.state) == each.was:
            continue  # it went and came back before anybody was told
        envelope = _envelope(STATE_CHANGED, operator, at=each.at, ids=ids)
        body = {
            **envelope,
            "sequence": each.sequence,
            "old_state": each.was,
            "state": str(row.state),
            "record": _record(row, operator),
        }
        for target in targets:
            if not target.states or str(row.state) in target.states:
                yield WebhookDelivery(
                    operator_id=operator_id,
                    target=target,
                    event=STATE_CHANGED,
                    about=f"{row.kind} {row.number}",
                    body=json.dumps(body, ensure_ascii=False),
                    next_at=now,
                    created_at=now,
                )


def _rows(operator_id: int, changed: Sequence[Changed]) -> Mapping[int, ReportRow]:
    rows: dict[int, ReportRow] = {}
    for kind in {each.kind for each in changed}:
        records = [each.record_id for each in changed if each.kind is kind]
        asked = Filter(operator_id=operator_id, kind=kind, record_ids=records)
        rows.update({row.record_id: row for row in report(asked, limit=CHANGES).rows})
    return rows


def _record(row: ReportRow, operator: Operator) -> dict[str, Any]:
    base = (operator.link_base or "").rstrip("/")
    url = f"{base}/records/{row.public_id}" if base else None
    return {**row_content(row), "url": url}


def _envelope(event: str, operator: Operator, *, at: datetime, ids: Ids) -> dict[str, Any]:
    return {
        "id": ids.state_token(),
        "type": event,
        "at": at.isoformat(),
        "operator": str(operator.public_id),
    }
