"""fauxero's time: the machine's clock, or one that a test moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class OutOfTime(ValueError):
    """A time that no books are kept at."""


class Clock:
    """Aware UTC instants. `speed` 1 follows the machine; 0 stands still until moved.

    Time ends at LATEST, where a clock of any speed stands still.
    """

    def __init__(self, *, start_at: datetime | None = None, speed: float = 1.0) -> None:
        self._base_at = start_at or datetime.now(UTC)
        self._base_tick = time.monotonic()
        self._speed = speed

    def now(self) -> datetime:
        if not self._speed:
            return self._base_at
        seconds = (time.monotonic() - self._base_tick) * self._speed
        if seconds > (LATEST - self._base_at).total_seconds():
            return LATEST
        return self._base_at + timedelta(seconds=seconds)

    def set(self, at: datetime, *, speed: float | None = None) -> None:
        """Raise OutOfTime for what lies before EARLIEST or after LATEST."""
        if not EARLIEST <= at <= LATEST:
            raise OutOfTime(f"the time must lie between {EARLIEST.year} and {LATEST.year}")
        self._base_at, self._base_tick = at, time.monotonic()
        if speed is not None:
            self._speed = speed

    def advance(self, seconds: float) -> None:
        try:
            at = self.now() + timedelta(seconds=seconds)
        except OverflowError:
            raise OutOfTime("the time would leave the calendar") from None
        self.set(at)

    @property
    def speed(self) -> float:
        return self._speed
