"""Write down what evidence came to: the only place where an effect's state changes once sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection as database
from django.db import transaction

from unitledger.core.effects import (
    REST_WHEN_OFFLINE,
    Attempted,
    EffectState,
    Looked,
    Sight,
    Verdict,
    settle,
)
from unitledger.core.exchange import Answer, ElementAnswer
from unitledger.engine import budget, crashpoints, lease
from unitledger.engine.effect_rows import OpenEffect, Outcome, open_effects, write
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools

# Xero never sees our fence; the bearer token is the only fence it checks. Two minutes for
# the difference of clocks.
AFTER_TOKEN_EXPIRY = timedelta(minutes=2)
# A request of a process that is surely gone: its time-out, and five minutes for what may
# still lie in a buffer between here and there.
SEND_TIMEOUT = timedelta(seconds=60)
AFTER_DEAD_SENDER = SEND_TIMEOUT + timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Answered:
    """One batch whose sending has ended, and how."""

    batch_id: int
    effects: Sequence[OpenEffect]  # as they were claimed; nobody else changes them in flight
    token_expires_at: datetime
    answer: Answer


@dataclass(slots=True)
class Tally:
    """What a run has come to so far."""

    applied: int = 0
    refused: int = 0
    unknown: int = 0

    def add(self, outcomes: Iterable[Outcome]) -> None:
        for each in outcomes:
            match each.standing.state:
                case EffectState.APPLIED:
                    self.applied += 1
                case EffectState.REFUSED | EffectState.NEEDS_ATTENTION:
                    self.refused += 1
                case EffectState.UNKNOWN:
                    self.unknown += 1
                case _:
                    pass


def record_answers(held: Lease, answered: Sequence[Answered], *, tools: Tools) -> list[Outcome]:
    """A verdict per element, matched by handle; one transaction for what came in together."""
    with transaction.atomic():
        lease.check(held)
        now = tools.clock.now()
        outcomes: list[Outcome] = []
        for each in answered:
            by_handle = {element.handle: element for element in each.answer.elements}
            outcomes += [
                _attempted(
                    effect, by_handle.get(effect.handle), each.answer, now, each.token_expires_at
                )
                for effect in each.effects
            ]
            _end_batch(each.batch_id, each.answer, now=now)
        write(held, outcomes, now=now)
        budget.learn(
            held.organisation_id,
            budget.together([each.answer.limits for each in answered]),
            now=now,
            bytes_read=sum(each.answer.bytes_read for each in answered),
        )
        tools.reached(crashpoints.RECORDING)
    return outcomes


def record_abandoned(held: Lease, *, tools: Tools) -> int:
    """Batches of an earlier holder that never recorded their answer: unknown, to be looked at."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id, effect_ids, owner, deadline_at, token_expires_at FROM batch "
            "WHERE organisation_id = %s AND state = 'sending' AND fence < %s",
            [held.organisation_id, held.fence],
        )
        abandoned = cursor.fetchall()
    for batch_id, effect_ids, owner, deadline_at, token_expires_at in abandoned:
        safe_after = _safe_after(
            is_dead=lease.is_known_dead(owner),
            deadline_at=deadline_at,
            token_expires_at=token_expires_at,
        )
        with transaction.atomic():
            lease.check(held)
            now = tools.clock.now()
            attempt = Attempted(verdict=Verdict.UNKNOWN, at=now, safe_after=safe_after)
            outcomes = [
                Outcome(effect=each, standing=settle(each.standing, attempt))
                for each in open_effects(effect_ids)
            ]
            _end_batch(batch_id, None, now=now)
            write(held, outcomes, now=now)
    return len(abandoned)


def record_looks(held: Lease, seen: Sequence[Outcome], *, tools: Tools) -> None:
    """What looking at the books settled; `seen` comes from `recovery`."""
    tools.reached(crashpoints.LOOKED)
    with transaction.atomic():
        lease.check(held)
        write(held, seen, now=tools.clock.now())
        tools.reached(crashpoints.SETTLING)


def looked(
    effect: OpenEffect,
    sight: Sight,
    *,
    at: datetime,
    xero_id: str | None = None,
    total: Decimal | None = None,
) -> Outcome:
    """What a look that began at `at` settles of an unknown effect."""
    return Outcome(
        effect=effect,
        standing=settle(effect.standing, Looked(sight, at)),
        xero_id=xero_id,
        shown_total=total,
        messages=effect.messages,
        sight=sight,
    )


def adopted(effect: OpenEffect, *, xero_id: str, total: Decimal | None) -> Outcome:
    """A waiting effect whose wish the books show already: an earlier life of ours sent it."""
    standing = replace(
        effect.standing, state=EffectState.APPLIED, last_verdict=Verdict.ALREADY_APPLIED
    )
    return Outcome(effect=effect, standing=standing, xero_id=xero_id, shown_total=total)


def attended(effect: OpenEffect, sight: Sight) -> Outcome:
    """A waiting effect that must not be sent: what is there is not ours."""
    standing = replace(effect.standing, state=EffectState.NEEDS_ATTENTION)
    return Outcome(effect=effect, standing=standing, sight=sight)


def _attempted(
    effect: OpenEffect,
    element: ElementAnswer | None,
    answer: Answer,
    now: datetime,
    token_expires_at: datetime,
) -> Outcome:
    verdict = answer.whole or (element.verdict if element else Verdict.UNKNOWN)
    attempt = Attempted(
        verdict=verdict,
        at=now,
        safe_after=token_expires_at + AFTER_TOKEN_EXPIRY,
        retry_at=now + REST_WHEN_OFFLINE if verdict is Verdict.OFFLINE else None,
    )
    return Outcome(
        effect=effect,
        standing=settle(effect.standing, attempt),
        xero_id=element.xero_id if element else None,
        shown_total=element.held.total if element and element.held else None,
        messages=(element.messages if element else ()) or answer.messages,
        held=element.held if element and verdict is Verdict.APPLIED else None,
        warnings=element.warnings if element and verdict is Verdict.APPLIED else (),
    )


def _safe_after(*, is_dead: bool, deadline_at: datetime, token_expires_at: datetime) -> datetime:
    by_token = token_expires_at + AFTER_TOKEN_EXPIRY
    return min(by_token, deadline_at + AFTER_DEAD_SENDER) if is_dead else by_token


def _end_batch(batch_id: int, answer: Answer | None, *, now: datetime) -> None:
    is_answered = answer is not None and answer.http_status is not None
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE batch SET state = %s, http_status = %s, messages = %s::jsonb, ended_at = %s "
            "WHERE id = %s AND state = 'sending'",
            [
                "answered" if is_answered else "unanswered",
                answer.http_status if answer else None,
                json.dumps(list(answer.messages) if answer else []),
                now,
                batch_id,
            ],
        )
