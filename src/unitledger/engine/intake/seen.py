"""Which records a file spoke of so far: a key stands for one content throughout a file.

Kept in a temporary table of the importing session, because a million keys do not belong in
memory; made anew from the rows already done when an import goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from django.db import connection

from unitledger.engine.intake.identities import Known


class Seen:
    """One file's memory. Lives in the database session; leave it when the file is done."""

    def __enter__(self) -> Seen:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS import_seen (record_id bigint PRIMARY KEY)"
            )
            cursor.execute("TRUNCATE import_seen")
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exception is not None:
            return  # the session may be lost or its transaction broken; the table ends with it
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS import_seen")

    def mark(self, known: Iterable[Known]) -> None:
        """Mark those that an earlier row spoke of."""
        by_id = {each.record_id: each for each in known}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record_id FROM import_seen WHERE record_id = ANY(%s)", [list(by_id)]
            )
            for (record_id,) in cursor.fetchall():
                by_id[record_id].was_seen = True

    def remember(self, known: Iterable[Known]) -> None:
        ids = sorted({each.record_id for each in known})
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO import_seen SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING", [ids]
            )
