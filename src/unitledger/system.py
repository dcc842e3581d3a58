"""The machine's clock and randomness: nothing else in unitledger reads either."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

from django.db import connection

RANDOM_BYTES = 24


class DatabaseClock:
    """The database's clock, the only one that several machines share."""

    def now(self) -> datetime:
        with connection.cursor() as cursor:
            # Not now(): that stands still while a transaction is open.
            cursor.execute("SELECT clock_timestamp()")
            row = cursor.fetchone()
        assert row is not None
        return row[0].astimezone(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def elapsed(self) -> float:
        return time.monotonic()


class RandomIds:
    def idempotency_key(self) -> str:
        return secrets.token_urlsafe(RANDOM_BYTES)

    def state_token(self) -> str:
        return secrets.token_urlsafe(RANDOM_BYTES)
