"""While anything is open nothing is planned or sent: the condition every planner asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection as database

from unitledger.engine import sql

# Of the organisation in `%(organisation)s`.
BARRED = """
    EXISTS (SELECT 1 FROM going_live w
             WHERE w.organisation_id = %(organisation)s AND w.went_live_at IS NULL
               AND (w.state <> 'done'
                    OR EXISTS (SELECT 1 FROM going_live_match m
                                WHERE m.organisation_id = w.organisation_id
                                  AND m.answer = 'open')
                    OR EXISTS (SELECT 1 FROM going_live_question q
                                WHERE q.organisation_id = w.organisation_id
                                  AND q.answered_at IS NULL)))
"""
# A look that was asked for or broke off; or records that nobody has compared yet.
_WANTS_LOOK = """
    SELECT EXISTS (
        SELECT 1 FROM going_live w
         WHERE w.organisation_id = %(organisation)s AND w.went_live_at IS NULL
           AND (w.state IN ('asked', 'reading')
                OR (w.state IN ('new', 'done') AND EXISTS (
                    SELECT 1 FROM document d
                     WHERE d.operator_id = %(operator)s AND d.id > w.matched_to
                       AND d.planned_version <> d.wanted_version AND d.state <> 'skipped'
                       AND (d.organisation_id = %(organisation)s
                            OR d.organisation_id IS NULL)))))
"""


def is_before_first(organisation_id: int) -> bool:
    """Whether the organisation is on its way to its first write."""
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM going_live WHERE organisation_id = %s "
            "AND went_live_at IS NULL)",
            [organisation_id],
        )
    )


def is_barred(organisation_id: int) -> bool:
    return bool(sql.value(f"SELECT {BARRED}", {"organisation": organisation_id}))


def wants_look(operator_id: int, organisation_id: int) -> bool:
    """Whether a run has something to look at or to compare before anything may go."""
    arguments = {"operator": operator_id, "organisation": organisation_id}
    return bool(sql.value(_WANTS_LOOK, arguments))


def booked_names(organisation_id: int) -> Sequence[str]:
    """Names of contacts that a person said are not our tenants of the same name."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT shown->>'name' FROM going_live_match WHERE organisation_id = %s "
            "AND kind = 'contact' AND answer = 'booked' AND shown->>'name' IS NOT NULL",
            [organisation_id],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [row[0] for row in rows]
