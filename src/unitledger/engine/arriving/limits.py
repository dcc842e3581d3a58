"""How often a key may call: so many times a minute, counted in the database for every process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a key's minute after this call."""

    limit: int
    calls: int
    ends_at: datetime

    @property
    def is_exceeded(self) -> bool:
        return self.calls > self.limit

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.calls)

    def seconds_left(self, now: datetime) -> int:
        return max(1, round((self.ends_at - now).total_seconds()))


def count_call(operator_id: int, key_id: int, *, now: datetime, limit: int) -> Allowance:
    """Count one call of a key; the caller refuses it where the allowance is exceeded."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO call_window AS w (operator_id, key_id, began_at, calls)
            VALUES (%(operator)s, %(key)s, %(now)s, 1)
            ON CONFLICT (key_id) DO UPDATE SET
                began_at = CASE WHEN w.began_at <= %(past)s THEN %(now)s ELSE w.began_at END,
                calls = CASE WHEN w.began_at <= %(past)s THEN 1 ELSE w.calls + 1 END
            RETURNING began_at, calls
            """,
            {"operator": operator_id, "key": key_id, "now": now, "past": now - WINDOW},
        )
        row = cursor.fetchone()
    assert row is not None
    return Allowance(limit=limit, calls=row[1], ends_at=row[0] + WINDOW)
