"""Take back what a person decided a moment ago, as far as nothing has gone on from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentState
from unitledger.engine import auditing
from unitledger.engine.auditing import Subject
from unitledger.engine.handling import hanging
from unitledger.engine.handling.deciding import NotDone, Person, wake
from unitledger.engine.handling.standing import Standing, locked
from unitledger.store.handlings import Handling, HandlingAct
from unitledger.store.holdings import Finding, FindingState
from unitledger.store.journal import Document

GONE_ON = "It has gone on since: it can no longer be taken back as it was."
TAKEN = "Another record was linked to what Xero holds since: unlink that one first."


def undo(handling: Handling, *, by: Person, now: datetime) -> None:
    """Put back what stood before. A second time changes nothing. Raises `NotDone`."""
    with transaction.atomic():
        documents = [int(each) for each in handling.before]
        standings = locked(handling.operator_id, documents, now=now)
        handling.refresh_from_db()
        if handling.undone_at is not None:
            return
        if not all(_stands(handling, each) for each in standings):
            raise NotDone(GONE_ON)
        _check_free(handling)
        _supersede(documents)
        for each in standings:
            _put_back(each, handling.before[str(each.document_id)])
        _settle_around(handling, documents)
        handling.undone_at = now
        handling.undone_by = by.actor.name
        handling.save(update_fields=["undone_at", "undone_by"])
        auditing.note(
            handling.operator_id,
            by.actor,
            "decision_undone",
            Subject("records", str(handling.public_id), f"{handling.act} of {handling.at:%H:%M}"),
            before={"act": handling.act, "count": len(handling.record_ids), "note": handling.note},
        )
        wake(documents, now=now)


def _stands(handling: Handling, standing: Standing) -> bool:
    """Whether the document is still as the act left it."""
    if standing.is_on_its_way:
        return False
    match HandlingAct(handling.act):
        case HandlingAct.WRITE:
            return standing.overwrite_version == standing.wanted_version
        case HandlingAct.LINK:
            return standing.xero_id is not None and standing.xero_id == _linked(handling, standing)
        case HandlingAct.TAKE_UP:
            # Sent meanwhile is sent; still to be sent may be left out again.
            before = handling.before[str(standing.document_id)]
            return standing.xero_id == before["xero_id"]
        case _:
            act = str(handling.public_id)
            return any(each.get("facts", {}).get("act") == act for each in standing.problems)


def _linked(handling: Handling, standing: Standing) -> str | None:
    return handling.before[str(standing.document_id)].get("linked_to")


def _check_free(handling: Handling) -> None:
    ids = [each["xero_id"] for each in handling.before.values() if each["xero_id"]]
    mine = [int(each) for each in handling.before]
    taken = Document.objects.filter(
        operator_id=handling.operator_id, kind=handling.kind, xero_id__in=ids
    ).exclude(id__in=mine)
    if taken.exists():
        raise NotDone(TAKEN)


def _supersede(documents: Sequence[int]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET state = 'superseded' "
            "WHERE state = 'waiting' AND document_id = ANY(%s)",
            [list(documents)],
        )


def _put_back(standing: Standing, before: Mapping[str, Any]) -> None:
    """As it was; what was to be sent then is planned again, for its writes were taken back."""
    is_behind = before["applied_version"] != standing.wanted_version
    was_left_out = before["state"] == DocumentState.SKIPPED
    replans = (is_behind or before["overwrite_version"] is not None) and not was_left_out
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document SET state = %s, problems = %s::jsonb, planned_version = %s, "
            "applied_version = %s, overwrite_version = %s, xero_id = %s, "
            "applied_content = %s::jsonb, verified_at = NULL WHERE id = %s",
            [
                before["state"],
                json.dumps(before["problems"], ensure_ascii=False),
                0 if replans else before["planned_version"],
                before["applied_version"],
                before["overwrite_version"],
                before["xero_id"],
                None
                if before["applied_content"] is None
                else json.dumps(before["applied_content"], ensure_ascii=False),
                standing.document_id,
            ],
        )


def _settle_around(handling: Handling, documents: Sequence[int]) -> None:
    """The findings that were accepted with it, and what hangs on the records."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_object x SET document_id = NULL FROM document d "
            "WHERE x.document_id = d.id AND d.id = ANY(%s) "
            "AND x.xero_id IS DISTINCT FROM d.xero_id",
            [list(documents)],
        )
    Finding.objects.filter(
        document_id__in=documents, state=FindingState.ACCEPTED, closed_at=handling.at
    ).update(state=FindingState.OPEN, closed_at=None)
    hanging.release_below(handling.operator_id, documents)
    hanging.name_below(handling.operator_id, documents)
