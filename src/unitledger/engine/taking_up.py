"""What a write that succeeded lets go on, or shows to be older than thought."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection as database


def take_up_invoices(deletions: Sequence[int]) -> None:
    """Plan anew the invoices that only these payments, deleted now, stood in the way of."""
    if not deletions:
        return
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document i SET planned_version = 0
              FROM effect e JOIN document d ON d.id = e.document_id
             WHERE e.id = ANY(%s) AND i.id = d.parent_id AND i.state = 'needs_attention'
               AND i.problems @> '[{"code": "paid_in_books"}]'
            """,
            [list(deletions)],
        )


def take_for_earlier(creations: Sequence[int]) -> None:
    """Found in the books by looking, these may show what an earlier effect asked for.

    A list that lagged hid that it had worked; then the source changed, and a newer effect took
    its place. So the earlier content counts as applied, and what is wanted now as an update:
    before that is sent the object is read, and left alone where it is as wanted already.
    """
    if not creations:
        return
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document d
               SET applied_content = o.content, applied_version = o.source_version,
                   state = 'changed', problems = '[]'::jsonb, planned_version = 0
              FROM (SELECT DISTINCT ON (o.document_id) o.document_id, o.content, o.source_version
                      FROM effect e
                      JOIN effect o ON o.document_id = e.document_id AND o.kind = e.kind
                     WHERE e.id = ANY(%s) AND o.id < e.id AND o.incarnation = e.incarnation
                       AND o.unknowns > 0 AND o.source_version <> e.source_version
                     ORDER BY o.document_id, o.id DESC) o
             WHERE d.id = o.document_id
            """,
            [list(creations)],
        )
