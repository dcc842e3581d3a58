"""When a delivery that failed is tried again, and when we give up."""

from __future__ import annotations

from datetime import timedelta

WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
TRIES_MAX = len(WAITS) + 1
FAILURES_MAX = TRIES_MAX  # in a row, when a delivery is given up: the address is disabled


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None: give up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None
