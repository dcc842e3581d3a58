"""fauxero's time: the machine's clock, or one that a test moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC instants. `speed` 1 follows the machine; 0 stands still until moved."""

    def __init__(self, *, start_at: datetime | None = None, speed: float = 1.0) -> None:
        self._base_at = start_at or datetime.now(UTC)
        self._base_tick = time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        return self._base_at + timedelta(seconds=(time.monotonic() - self._base_tick) * self._speed)

    def set(self, at: datetime, *, speed: float | None = None) -> None:
        self._base_at, self._base_tick = at, time.monotonic()
        if speed is not None:
            self._speed = speed

    def advance(self, seconds: float) -> None:
        self.set(self.now() + timedelta(seconds=seconds))

    @property
    def speed(self) -> float:
        return self._speed
