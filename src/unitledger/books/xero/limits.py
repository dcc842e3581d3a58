"""What an answer's headers say of Xero's limits."""

from __future__ import annotations

from collections.abc import Mapping

from unitledger.core.exchange import Limits

NOTHING_SAID = Limits()


def read_limits(headers: Mapping[str, str]) -> Limits:
    """Read the limit headers; what is missing or unreadable is None. Names in any case.

    Documented: the three counters on every answer about an organisation. Recorded on the wire:
    `Retry-After` and `X-Rate-Limit-Problem` beside them on a 429.
    """
    return Limits(
        minute_remaining=_count(headers.get("x-minlimit-remaining")),
        day_remaining=_count(headers.get("x-daylimit-remaining")),
        app_minute_remaining=_count(headers.get("x-appminlimit-remaining")),
        retry_after_seconds=_count(headers.get("retry-after")),
        problem=_problem(headers.get("x-rate-limit-problem")),
    )


def _count(spelled: str | None) -> int | None:
    if spelled is None or not spelled.strip().isascii() or not spelled.strip().isdigit():
        return None
    return int(spelled) if len(spelled) < 12 else None


def _problem(spelled: str | None) -> str | None:
    """Name the limit. `minute` and `day` are recorded; the spelling of the others is not
    documented, hence the search for a part of the word."""
    if not spelled:
        return None
    word = spelled.lower()
    if "app" in word:
        return "appminute"
    return next((each for each in ("minute", "day", "concurrent") if each in word), word[:40])
