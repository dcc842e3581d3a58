"""A person ticks records and asks for them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database
from django.db import transaction

PERSONS_PRIORITY = 10

# The ticked documents of the operator, and what of theirs must be in the books before them.
_ASKED = """
    WITH RECURSIVE asked AS (
        SELECT id, parent_id FROM document
         WHERE operator_id = %(operator)s AND id = ANY(%(documents)s)
        UNION
        SELECT d.id, d.parent_id FROM document d JOIN asked a ON d.id = a.parent_id
         WHERE d.operator_id = %(operator)s)
"""
_PLAN_AGAIN = """
    UPDATE document SET planned_version = 0, priority = %(priority)s
     WHERE id IN (SELECT id FROM asked)
       AND (applied_version <> wanted_version OR overwrite_version = wanted_version)
       AND state NOT IN ('skipped', 'out_of_scope')
       AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = document.id
                        AND e.state IN ('waiting', 'in_flight', 'unknown'))
    RETURNING id
"""
_HURRY = """
    UPDATE effect SET priority = %(priority)s
     WHERE state = 'waiting' AND document_id IN (SELECT id FROM asked)
    RETURNING document_id
"""
_VERIFY_AGAIN = """
    UPDATE document SET verified_at = NULL
     WHERE id IN (SELECT id FROM asked) AND state IN ('synced', 'drifted')
    RETURNING id
"""
_WAKE = """
    UPDATE connection SET due_at = LEAST(due_at, %(now)s)
     WHERE state IN ('active', 'held') AND organisation_id IN
           (SELECT organisation_id FROM document WHERE id IN (SELECT id FROM asked))
"""


@dataclass(frozen=True, slots=True)
class Resync:
    """Of the documents asked for: how many go again, go sooner, and are compared again."""

    again: int
    sooner: int
    verified_again: int
    needed_too: int  # what they hang on and that goes again or sooner with them


def resync(operator_id: int, document_ids: Sequence[int], *, now: datetime) -> Resync:
    """Put these documents, and what they hang on, into the next batches of the running work.

    What is in the books already is only compared again: asking twice writes nothing twice.
    """
    asked = set(document_ids)
    moved: list[set[int]] = []
    with transaction.atomic(), database.cursor() as cursor:
        arguments = {
            "operator": operator_id,
            "documents": list(document_ids),
            "priority": PERSONS_PRIORITY,
            "now": now,
        }
        for statement in (_PLAN_AGAIN, _HURRY, _VERIFY_AGAIN):
            cursor.execute(f"{_ASKED} {statement}", arguments)
            moved.append({row[0] for row in cursor.fetchall()})
        cursor.execute(f"{_ASKED} {_WAKE}", arguments)
    again, sooner, verified_again = (len(each & asked) for each in moved)
    return Resync(again, sooner, verified_again, needed_too=len((moved[0] | moved[1]) - asked))
