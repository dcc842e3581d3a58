"""Whatever is lost, late or refused: at most one object, and no end that tells a lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from unitledger.core.effects import (
    Attempted,
    EffectKind,
    EffectState,
    Looked,
    Sight,
    Standing,
    Verdict,
    settle,
)

TOKEN_LIFE = timedelta(minutes=30)
MARGIN = timedelta(minutes=2)
LIST_LAG_MAX = timedelta(minutes=1)
# What Xero does with a second arrival: a second number is refused, a second payment booked.
REFUSED_TWICE = {EffectKind.CREATE_INVOICE: True, EffectKind.CREATE_PAYMENT: False}
ENDS = (EffectState.APPLIED, EffectState.REFUSED, EffectState.NEEDS_ATTENTION)


@dataclass
class Flight:
    """An attempt whose answer we never got, still on its way."""

    arrives_before: datetime


class OneEffect(RuleBasedStateMachine):
    """One effect after the other, its sender, and books that may be slow, silent or closed.

    The books keep their own account of what they made and when. The sender is as hasty as the
    protocol allows: it sends and looks at the very first moment it may.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
        self.begin(EffectKind.CREATE_PAYMENT)

    def begin(self, kind: EffectKind) -> None:
        self.flights: list[Flight] = []
        self.made_at: list[datetime] = []
        self.standing = Standing(kind=kind, state=EffectState.WAITING)

    def arrive(self) -> bool:
        """The books take the write, or refuse it as a second one."""
        if REFUSED_TWICE[self.standing.kind] and self.made_at:
            return False
        self.made_at.append(self.now)
        return True

    def end_attempt(self, verdict: Verdict) -> None:
        evidence = Attempted(
            verdict=verdict, at=self.now, safe_after=self.now + TOKEN_LIFE + MARGIN
        )
        self.standing = settle(self.standing, evidence)

    @precondition(lambda self: self.standing.state in ENDS)
    @rule(kind=st.sampled_from(list(REFUSED_TWICE)))
    def another_effect_begins(self, kind: EffectKind) -> None:
        self.begin(kind)

    @precondition(lambda self: self.standing.state is EffectState.WAITING)
    @rule(
        outcome=st.sampled_from(
            [
                "answered",
                "lost before commit",
                "lost after commit",
                "lost on its way",
                Verdict.NOT_SENT,
                Verdict.OFFLINE,
                Verdict.REQUEST_REFUSED,
                Verdict.REFUSED,
            ]
        )
    )
    def is_sent(self, outcome: str) -> None:
        self.now = max(self.now, self.standing.not_before or self.now)
        self.standing = replace(
            self.standing, state=EffectState.IN_FLIGHT, batch_size=self.standing.batch_max
        )
        if isinstance(outcome, Verdict):
            return self.end_attempt(outcome)
        if outcome == "answered":
            return self.end_attempt(Verdict.APPLIED if self.arrive() else Verdict.TAKEN)
        if outcome == "lost after commit":
            self.arrive()
        if outcome == "lost on its way":
            self.flights.append(Flight(arrives_before=self.now + TOKEN_LIFE))
        return self.end_attempt(Verdict.UNKNOWN)

    @precondition(lambda self: self.flights)
    @rule()
    def a_late_write_arrives(self) -> None:
        flight = self.flights.pop()
        if self.now < flight.arrives_before:
            self.arrive()

    @precondition(lambda self: self.standing.state is EffectState.UNKNOWN)
    @rule(lags=st.booleans())
    def is_looked_up(self, lags: bool) -> None:
        assert self.standing.look_at is not None
        self.now = max(self.now, self.standing.look_at)
        seen_to = self.now - LIST_LAG_MAX if lags else self.now
        is_shown = any(made_at <= seen_to for made_at in self.made_at)
        sight = Sight.OURS if is_shown else Sight.ABSENT
        self.standing = settle(self.standing, Looked(sight=sight, at=self.now))

    @rule(minutes=st.sampled_from([1, 5, 29, 33]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def nothing_is_made_twice(self) -> None:
        assert len(self.made_at) <= 1

    @invariant()
    def applied_means_made(self) -> None:
        if self.standing.state is EffectState.APPLIED:
            assert len(self.made_at) == 1

    @invariant()
    def a_payment_that_may_be_sent_again_is_not_there_and_not_on_its_way(self) -> None:
        """Whether we send it again or a person does, having been told that it is not there."""
        told_absent = (EffectState.WAITING, EffectState.REFUSED, EffectState.NEEDS_ATTENTION)
        if REFUSED_TWICE[self.standing.kind] or self.standing.state not in told_absent:
            return
        assert self.made_at == []
        assert all(flight.arrives_before <= self.now for flight in self.flights)

    @invariant()
    def it_is_never_sent_more_often_than_a_person_would_bear(self) -> None:
        assert self.standing.absences <= 3


OneEffect.TestCase.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
TestOneEffect = OneEffect.TestCase
