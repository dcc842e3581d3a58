"""Xero's four limits, counted on the world's clock.

Documented: 5 calls in flight, 60 a minute and 5,000 a day (1,000 on the Starter tier) for one app
and one organisation; 10,000 a minute for one app over all organisations. Windows are fixed and
open at different times for each organisation: here a window opens with its first call.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fauxero.shelf import Shelf

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

TIERS = {"starter": 1_000, "core": 5_000, "plus": 5_000, "advanced": 5_000, "enterprise": 5_000}


@dataclass(frozen=True, slots=True)
class Limits:
    """One organisation's limits, and the app's own minute."""

    concurrent: int = 5
    minute: int = 60
    day: int = 5_000
    app_minute: int = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    opened_at: datetime
    used: int

    def is_open(self, now: datetime, length: timedelta) -> bool:
        # A clock that was set back would otherwise keep an exhausted window for ever.
        return self.opened_at <= now < self.opened_at + length


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may go on, and the headers that its answer carries either way."""

    headers: tuple[tuple[str, str], ...]
    problem: str | None = None


class Limiter:
    def __init__(self) -> None:
        self.windows: Shelf[Window] = Shelf("windows", Window)
        self._in_flight: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def in_flight(self, app_id: str, organisation_id: str, limits: Limits) -> Iterator[bool]:
        """Hold one of the places in flight; gives False when they are all taken."""
        pair = (app_id, organisation_id)
        has_place = self._in_flight[pair] < limits.concurrent
        if has_place:
            self._in_flight[pair] += 1
        try:
            yield has_place
        finally:
            if has_place:
                self._in_flight[pair] -= 1

    def admit(
        self,
        *,
        app_id: str,
        organisation_id: str,
        limits: Limits,
        now: datetime,
        has_place: bool = True,
        forced: str | None = None,
    ) -> Admission:
        """Count a call, or refuse it without counting. `forced` names a limit to pretend."""
        pair = f"{app_id}/{organisation_id}"
        minute = self._window(f"minute/{pair}", now, MINUTE)
        day = self._window(f"day/{pair}", now, DAY)
        app_minute = self._window(f"app/{app_id}", now, MINUTE)
        problem = forced or _problem(limits, minute, day, app_minute, has_place)
        if problem is not None:
            waits = {"minute": (minute, MINUTE), "day": (day, DAY)}
            headers = _remaining(limits, minute, day, app_minute, hit=problem)
            return Admission((*headers, *_refusal(problem, waits, now)), problem)
        for key, window in (
            (f"minute/{pair}", minute),
            (f"day/{pair}", day),
            (f"app/{app_id}", app_minute),
        ):
            self.windows.put(key, replace(window, used=window.used + 1))
        counted = [replace(window, used=window.used + 1) for window in (minute, day, app_minute)]
        return Admission(_remaining(limits, *counted))

    def used(self, *, app_id: str, organisation_id: str, now: datetime) -> dict[str, int]:
        pair = f"{app_id}/{organisation_id}"
        return {
            "minute": self._window(f"minute/{pair}", now, MINUTE).used,
            "day": self._window(f"day/{pair}", now, DAY).used,
            "app_minute": self._window(f"app/{app_id}", now, MINUTE).used,
        }

    def _window(self, key: str, now: datetime, length: timedelta) -> Window:
        window = self.windows.get(key)
        if window is None or not window.is_open(now, length):
            return Window(opened_at=now, used=0)
        return window


def _problem(
    limits: Limits, minute: Window, day: Window, app_minute: Window, has_place: bool
) -> str | None:
    if not has_place:
        return "concurrent"
    if day.used >= limits.day:
        return "day"
    if minute.used >= limits.minute:
        return "minute"
    if app_minute.used >= limits.app_minute:
        return "appminute"
    return None


def _remaining(
    limits: Limits, minute: Window, day: Window, app_minute: Window, *, hit: str | None = None
) -> tuple[tuple[str, str], ...]:
    def left(limit: int, window: Window, name: str) -> str:
        return "0" if hit == name else str(max(0, limit - window.used))

    return (
        ("X-DayLimit-Remaining", left(limits.day, day, "day")),
        ("X-MinLimit-Remaining", left(limits.minute, minute, "minute")),
        ("X-AppMinLimit-Remaining", left(limits.app_minute, app_minute, "appminute")),
    )


def _refusal(
    problem: str, waits: dict[str, tuple[Window, timedelta]], now: datetime
) -> tuple[tuple[str, str], ...]:
    """Retry-After is documented for the minute and the day only."""
    headers = (("X-Rate-Limit-Problem", problem),)
    if problem not in waits:
        return headers
    window, length = waits[problem]
    seconds = max(1, math.ceil((window.opened_at + length - now).total_seconds()))
    return (("Retry-After", str(seconds)), *headers)
