"""What hangs on a record that a person left out: it cannot go, and says so."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection as database

_IS_LEFT_OUT = "p.state = 'skipped' AND p.xero_id IS NULL"
_NAME = f"""
    UPDATE document d
       SET state = 'needs_attention',
           problems = jsonb_build_array(jsonb_build_object(
               'code', 'needed_is_left_out',
               'facts', jsonb_build_object('what', p.kind || ' ' || p.number)))
      FROM document p
     WHERE d.operator_id = %(operator)s AND p.id = d.parent_id AND {_IS_LEFT_OUT}
       AND d.state IN ('new', 'queued', 'changed', 'waiting') AND d.is_wanted
       AND d.xero_id IS NULL
"""
_RELEASE = """
    UPDATE document d SET state = 'queued', problems = '[]'::jsonb
      FROM document p
     WHERE d.operator_id = %(operator)s AND d.parent_id = ANY(%(documents)s)
       AND p.id = d.parent_id AND p.state <> 'skipped'
       AND d.problems @> '[{"code": "needed_is_left_out"}]'
"""


def name_all(operator_id: int, organisation_id: int) -> None:
    """Every document of the organisation that waits for one that was left out."""
    with database.cursor() as cursor:
        cursor.execute(
            f"{_NAME} AND d.organisation_id = %(organisation)s AND p.operator_id = %(operator)s "
            "AND p.kind IN ('contact', 'invoice')",
            {"operator": operator_id, "organisation": organisation_id},
        )


def name_below(operator_id: int, document_ids: Sequence[int]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            f"{_NAME} AND d.parent_id = ANY(%(documents)s)",
            {"operator": operator_id, "documents": list(document_ids)},
        )


def release_below(operator_id: int, document_ids: Sequence[int]) -> None:
    """What hangs on these may go again, as far as they are taken up."""
    with database.cursor() as cursor:
        cursor.execute(_RELEASE, {"operator": operator_id, "documents": list(document_ids)})
