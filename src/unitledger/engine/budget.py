"""Xero's limits, shared by every process through one row an organisation.

Xero allows an app 60 calls a minute and 5,000 (or 1,000) a day in one organisation
(documented, Limits page; the figures left are in the headers of every answer). Its minute is
a fixed window whose beginning we do not know, so we allow no more than its size in *any*
sixty seconds: that never runs into a refusal, whatever the window's beginning.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django.db import connection as database

from unitledger.core.exchange import Limits

if TYPE_CHECKING:
    # Commands take this module's errors before Django's models may be imported.
    from unitledger.store.connections import CallBudget

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SECONDS_A_CALL = 0.3  # while the minute's calls last; Xero usually answers within a second
PEOPLE_DAY_RESERVE = 50  # calls of the day that automatic work leaves to people
PEOPLE_MINUTE_RESERVE = 1
REST_AFTER_CONCURRENT = timedelta(seconds=2)
REST_AFTER_DAY = timedelta(hours=1)  # where Xero does not say when its day begins again
BLOCKED_BY_DAY = "day"


class HasClock(Protocol):
    """Anything with the clock on it; `Tools` in practice."""

    @property
    def clock(self) -> _Clock: ...


class _Clock(Protocol):
    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class DayUsedUp(Exception):
    """The day's calls are used up; the work goes on at `resumes_at`."""

    def __init__(self, resumes_at: datetime) -> None:
        self.resumes_at = resumes_at
        super().__init__(f"Xero's limit for the day is used up; it goes on at {resumes_at:%H:%M}.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no call may be made now, and when one may."""

    until: datetime
    is_day: bool


def spend(organisation_id: int, *, now: datetime, for_person: bool = False) -> Refusal | None:
    """Take one call from the budget. None: taken. Never waits."""
    taken = spend_up_to(1, organisation_id, now=now, for_person=for_person)
    return taken if isinstance(taken, Refusal) else None


def spend_up_to(
    most: int, organisation_id: int, *, now: datetime, for_person: bool = False
) -> int | Refusal:
    """Take as many calls as there are, `most` at most; their number, never 0. Never waits."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE call_budget b
               SET recent_calls = g.recent || array_fill(%(now)s::timestamptz, ARRAY[g.given]),
                   day_remaining = day_remaining - g.given,
                   calls_total = calls_total + g.given
              FROM (SELECT organisation_id, recent,
                           LEAST(%(most)s::int,
                                 minute_limit - %(minute_reserve)s - cardinality(recent),
                                 CASE WHEN day_remaining IS NULL OR day_said_at < %(day_stale)s
                                      THEN %(most)s::int
                                      ELSE day_remaining - %(day_reserve)s END) AS given
                      FROM call_budget, LATERAL (
                           SELECT ARRAY(SELECT t FROM unnest(recent_calls) t
                                         WHERE t > %(minute)s) AS recent) r
                     WHERE organisation_id = %(organisation)s
                       AND (blocked_until_at IS NULL OR blocked_until_at <= %(now)s)
                       FOR UPDATE OF call_budget) g
             WHERE b.organisation_id = g.organisation_id AND g.given > 0
            RETURNING g.given
            """,
            {
                "organisation": organisation_id,
                "most": most,
                "now": now,
                "minute": now - MINUTE,
                "day_stale": now - REST_AFTER_DAY,
                "day_reserve": 0 if for_person else PEOPLE_DAY_RESERVE,
                "minute_reserve": 0 if for_person else PEOPLE_MINUTE_RESERVE,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        return row[0]
    refusal = _refusal(organisation_id, now=now, for_person=for_person)
    if refusal is None:
        raise LookupError(f"organisation {organisation_id} has calls left and gives none")
    return refusal


def wait_and_spend(organisation_id: int, *, tools: HasClock, for_person: bool = False) -> None:
    """Take one call, sleeping within the minute's limit only; raises `DayUsedUp`.

    For readers that hold no lease (a person's tie-out). The dispatcher never sleeps here.
    """
    while True:
        now = tools.clock.now()
        refusal = spend(organisation_id, now=now, for_person=for_person)
        if refusal is None:
            return
        if refusal.is_day:
            raise DayUsedUp(refusal.until)
        tools.clock.sleep(max(0.05, (refusal.until - now).total_seconds()))


def learn(organisation_id: int, limits: Limits, *, now: datetime, bytes_read: int = 0) -> None:
    """Believe what Xero's answer said of its limits, over what we counted."""
    blocked = _block_of(limits, now=now)
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE call_budget
               SET day_remaining = COALESCE(%(day)s, day_remaining),
                   day_said_at = CASE WHEN %(day)s IS NULL THEN day_said_at ELSE %(now)s END,
                   minute_limit = GREATEST(minute_limit, COALESCE(%(minute)s, 0) + 1),
                   blocked_until_at = COALESCE(%(until)s, blocked_until_at),
                   blocked_by = COALESCE(%(by)s, blocked_by),
                   bytes_total = bytes_total + %(bytes)s
             WHERE organisation_id = %(organisation)s
            """,
            {
                "organisation": organisation_id,
                "now": now,
                "day": limits.day_remaining,
                "minute": limits.minute_remaining,
                "until": blocked[0] if blocked else None,
                "by": blocked[1] if blocked else None,
                "bytes": bytes_read,
            },
        )


def together(said: Sequence[Limits]) -> Limits:
    """What several answers that came in together said: the least that is left of the day."""
    problems = [each for each in said if each.problem is not None]
    days = [each.day_remaining for each in said if each.day_remaining is not None]
    minutes = [each.minute_remaining for each in said if each.minute_remaining is not None]
    waits = [each.retry_after_seconds for each in problems if each.retry_after_seconds is not None]
    return Limits(
        day_remaining=min(days, default=None),
        minute_remaining=max(minutes, default=None),
        retry_after_seconds=max(waits, default=None),
        problem=next(
            (str(each.problem) for each in problems if BLOCKED_BY_DAY in str(each.problem)),
            problems[0].problem if problems else None,
        ),
    )


def time_for(calls: int, found: CallBudget, *, now: datetime) -> timedelta:
    """How long that many calls take within the minute's limit; the day's is left aside."""
    allowed = found.minute_limit - PEOPLE_MINUTE_RESERVE
    used = sum(1 for at in found.recent_calls if at > now - MINUTE)
    beyond = calls - max(0, allowed - used)
    if beyond <= 0:
        return timedelta(seconds=calls * SECONDS_A_CALL)
    return math.ceil(beyond / allowed) * MINUTE


def left_today(found: CallBudget, *, now: datetime) -> int | None:
    """Calls that automatic work may still make today; None where Xero's last word is old."""
    if found.day_remaining is None or found.day_said_at is None:
        return None
    if found.day_said_at < now - DAY:
        return None
    return max(0, found.day_remaining - PEOPLE_DAY_RESERVE)


def rest(organisation_id: int, *, until: datetime, by: str) -> None:
    """Make no call before then, whoever asks."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE call_budget SET blocked_until_at = %s, blocked_by = %s "
            "WHERE organisation_id = %s",
            [until, by, organisation_id],
        )


def _block_of(limits: Limits, *, now: datetime) -> tuple[datetime, str] | None:
    if limits.problem is None:
        return None
    problem = limits.problem.lower()
    if limits.retry_after_seconds is not None:
        return now + timedelta(seconds=limits.retry_after_seconds), problem
    if BLOCKED_BY_DAY in problem:
        return now + REST_AFTER_DAY, BLOCKED_BY_DAY
    # The concurrent and the app's limit come without Retry-After (documented).
    return now + REST_AFTER_CONCURRENT, problem


def _refusal(organisation_id: int, *, now: datetime, for_person: bool) -> Refusal | None:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT blocked_until_at, blocked_by, day_remaining, day_said_at, minute_limit, "
            "recent_calls FROM call_budget WHERE organisation_id = %s",
            [organisation_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"organisation {organisation_id} has no budget row")
    blocked_until, blocked_by, day_remaining, day_said_at, minute_limit, recent = row
    if blocked_until is not None and blocked_until > now:
        return Refusal(until=blocked_until, is_day=BLOCKED_BY_DAY in (blocked_by or ""))
    reserve = 0 if for_person else PEOPLE_DAY_RESERVE
    if day_remaining is not None and day_remaining <= reserve:
        return Refusal(until=day_said_at + REST_AFTER_DAY, is_day=True)
    allowed = minute_limit - (0 if for_person else PEOPLE_MINUTE_RESERVE)
    in_minute = sorted(each for each in recent if each > now - MINUTE)
    freed = in_minute[max(0, len(in_minute) - allowed)] if in_minute else now
    return Refusal(until=freed + MINUTE, is_day=False)
