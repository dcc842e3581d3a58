"""Where the documents of some records stand, locked against the work that is going on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import ProblemCode


@dataclass(frozen=True, slots=True)
class Standing:
    """One document, as a person's decision finds it."""

    document_id: int
    record_id: int
    organisation_id: int | None
    parent_id: int | None
    kind: DocumentKind
    number: str
    state: DocumentState
    problems: Sequence[dict[str, Any]]
    is_wanted: bool
    wanted_version: int
    planned_version: int
    applied_version: int
    overwrite_version: int | None
    xero_id: str | None
    applied_content: dict[str, Any] | None
    amount: Decimal | None
    currency: str | None
    is_on_its_way: bool  # an attempt is in flight, of unknown outcome, or may still arrive
    has_children_in_books: bool

    def has_problem(self, *codes: ProblemCode) -> bool:
        return any(each["code"] in codes for each in self.problems)

    @property
    def before(self) -> dict[str, Any]:
        """The columns that an act may change, to be put back by its undoing."""
        return {
            "state": str(self.state),
            "problems": list(self.problems),
            "planned_version": self.planned_version,
            "applied_version": self.applied_version,
            "overwrite_version": self.overwrite_version,
            "xero_id": self.xero_id,
            "applied_content": self.applied_content,
        }


_LOCK_CONNECTIONS = """
    SELECT c.id FROM connection c
     WHERE c.operator_id = %(operator)s AND c.organisation_id IN
           (SELECT organisation_id FROM document WHERE id = ANY(%(documents)s))
     ORDER BY c.id FOR UPDATE
"""
_STANDING = """
    SELECT d.id, d.record_id, d.organisation_id, d.parent_id, d.kind, d.number, d.state,
           d.problems, d.is_wanted, d.wanted_version, d.planned_version, d.applied_version,
           d.overwrite_version, d.xero_id, d.applied_content, d.amount, d.currency,
           EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id
                    AND (e.state IN ('in_flight', 'unknown')
                         OR (e.state = 'waiting' AND e.safe_after > %(now)s))),
           EXISTS (SELECT 1 FROM document c WHERE c.parent_id = d.id AND c.kind = 'payment'
                    AND c.xero_id IS NOT NULL AND c.applied_content IS NOT NULL)
      FROM document d
     WHERE d.operator_id = %(operator)s AND d.id = ANY(%(documents)s)
     ORDER BY d.id
"""


def document_ids(operator_id: int, kind: DocumentKind, record_ids: Sequence[int]) -> list[int]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM document WHERE operator_id = %s AND kind = %s "
            "AND record_id = ANY(%s) ORDER BY id",
            [operator_id, str(kind), list(record_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def locked(operator_id: int, documents: Sequence[int], *, now: datetime) -> Sequence[Standing]:
    """Inside a transaction: these documents, held still until the commit.

    Their connections first: whoever claims or records writes holds the fence on them, so no
    write of these documents goes on its way between this look and the commit.
    """
    arguments = {"operator": operator_id, "documents": list(documents), "now": now}
    with database.cursor() as cursor:
        cursor.execute(_LOCK_CONNECTIONS, arguments)
        cursor.execute(f"{_STANDING} FOR UPDATE OF d", arguments)
        return [_standing(row) for row in cursor.fetchall()]


def seen(operator_id: int, documents: Sequence[int], *, now: datetime) -> Sequence[Standing]:
    """The same as they stand this moment, for who only looks."""
    arguments = {"operator": operator_id, "documents": list(documents), "now": now}
    with database.cursor() as cursor:
        cursor.execute(_STANDING, arguments)
        return [_standing(row) for row in cursor.fetchall()]


def _standing(row: tuple[Any, ...]) -> Standing:
    return Standing(
        document_id=row[0],
        record_id=row[1],
        organisation_id=row[2],
        parent_id=row[3],
        kind=DocumentKind(row[4]),
        number=row[5],
        state=DocumentState(row[6]),
        problems=_json(row[7]),
        is_wanted=row[8],
        wanted_version=row[9],
        planned_version=row[10],
        applied_version=row[11],
        overwrite_version=row[12],
        xero_id=row[13],
        applied_content=_json(row[14]),
        amount=row[15],
        currency=row[16],
        is_on_its_way=row[17],
        has_children_in_books=row[18],
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
