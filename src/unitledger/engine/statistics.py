"""Let PostgreSQL know how large the tables have become, before it plans over them.

PostgreSQL analyses tables by itself, about a minute after they changed. A backfill plans right
after an import of any size: a planner that still believes in an empty table joins a hundred
thousand documents with themselves row by row, which takes hours instead of a second.
"""

from __future__ import annotations

from django.db import connection as database

ROWS_CHANGED_MIN = 1000  # below, a bad plan costs little


def refresh(*tables: str) -> None:
    """Analyse those of the tables that changed much since they were analysed.

    Outside of a transaction: another worker that analyses the same table would wait for it.
    """
    with database.cursor() as cursor:
        # What this session changed would otherwise be counted up to a second late.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE relname = ANY(%s) "
            "AND schemaname = current_schema() "
            "AND n_mod_since_analyze > %s + n_live_tup / 5 ORDER BY relname",
            [list(tables), ROWS_CHANGED_MIN],
        )
        stale = [row[0] for row in cursor.fetchall()]
        if stale:
            cursor.execute(f"ANALYZE {', '.join(stale)}")
