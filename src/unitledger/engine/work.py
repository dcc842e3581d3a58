"""One stretch of work on one organisation: plan, send, settle, verify, let go.

The holder of the lease does all of it; another process that finds the lease taken leaves.
Everything a stretch needs to know is in rows, so it may be killed at any instruction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from unitledger.core.brakes import Brake, BrakeLimits
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind, Verdict
from unitledger.core.exchange import Access, BooksUnavailable
from unitledger.engine import (
    braking,
    budget,
    claiming,
    crashpoints,
    lease,
    planning,
    recording,
    recovery,
    runs,
    targets,
    undoing,
    verifying,
)
from unitledger.engine.access import MINIMUM_LIFE
from unitledger.engine.budget import DayUsedUp, Refusal
from unitledger.engine.claiming import Claimed
from unitledger.engine.going_live import barring, looking
from unitledger.engine.lease import Lease, LeaseLost
from unitledger.engine.reading import Reader
from unitledger.engine.recording import Answered, Tally
from unitledger.engine.runs import RunOutcome
from unitledger.engine.sending import FLIGHTS_MAX, Flight, Sender
from unitledger.engine.stopping import Stop, fresh_access, stopped_by
from unitledger.engine.tools import Tools
from unitledger.store.connections import ConnectionState
from unitledger.store.journal import RunState

# How long a stretch waits by itself for something that will be due; beyond that it lets go
# of the lease and says when it wants to be woken.
PATIENCE = timedelta(seconds=90)
# The same process may repeat the same key and bytes while Xero surely still knows the key
# (it keeps keys six minutes from the first call; documented).
REPEAT_WITHIN = timedelta(minutes=4)
REPEATS_MAX = 2
_ON_CONTACTS = (EffectKind.CREATE_CONTACT, EffectKind.CREATE_INVOICE, EffectKind.UPDATE_INVOICE)


def _never() -> bool:
    return False


def work_on(
    organisation_id: int,
    tools: Tools,
    *,
    trigger: str,
    owner: str | None = None,
    is_asked_by_person: bool = False,
    is_stopping: Callable[[], bool] = _never,
    limits: BrakeLimits | None = None,
) -> RunOutcome | None:
    """Do what there is to do. None: another process holds the lease, or there is nothing
    to work on; then no call is made and no row is written.

    `is_asked_by_person` takes documents that a mapping or chart problem had stopped into
    the plan again. `is_stopping` is asked between sends: what is in flight is recorded.
    """
    held = lease.take(organisation_id, owner=owner or lease.this_process(), now=tools.clock.now())
    if held is None:
        return None
    outcome: RunOutcome | None = None
    try:
        while True:
            lease.clear_wake_up(held, now=tools.clock.now())
            latest = _stretch(
                held,
                tools,
                trigger=trigger,
                is_asked_by_person=is_asked_by_person,
                is_stopping=is_stopping,
                limits=limits or BrakeLimits(),
            )
            outcome = latest or outcome
            # Work that arrived meanwhile would wait for nobody, since others left.
            if latest is None or latest.state is not RunState.FINISHED or is_stopping():
                break
            now = tools.clock.now()
            if not (runs.is_due(held, now=now) or _made_work(latest, held, now=now)):
                break
    except LeaseLost:
        return outcome
    lease.release(held, due_at=outcome.due_at if outcome else recovery.next_look_at(held))
    return outcome


def _made_work(outcome: RunOutcome, held: Lease, *, now: datetime) -> bool:
    """Whether what was settled lets go on what had to wait for it, and nobody else would."""
    has_settled = outcome.tally.applied + outcome.tally.refused > 0
    return has_settled and planning.has_work(held, now=now)


def _stretch(
    held: Lease,
    tools: Tools,
    *,
    trigger: str,
    is_asked_by_person: bool,
    is_stopping: Callable[[], bool],
    limits: BrakeLimits,
) -> RunOutcome | None:
    recording.record_abandoned(held, tools=tools)
    undoing.settle(held, now=tools.clock.now())
    if is_asked_by_person:
        planning.replan_blocked(held)
    if not runs.has_work(held, now=tools.clock.now()):
        return None
    run_id = runs.begin(held, trigger=trigger, now=tools.clock.now())
    stopping = runs.Stopping(held, is_stopping)
    stretch = _Stretch(held=held, tools=tools, run_id=run_id, is_stopping=stopping)
    due_at, message, brakes = None, "", ()
    try:
        brakes = stretch.go(limits=limits)
        state = RunState.INTERRUPTED if stopping() else RunState.FINISHED
        message = stopping.message
        due_at = runs.next_due_at(held, now=tools.clock.now())
    except Stop as stop:
        state, message, due_at = stop.state, str(stop), stop.due_at
    except DayUsedUp as used_up:
        state, message, due_at = RunState.OUT_OF_QUOTA, str(used_up), used_up.resumes_at
    finally:
        stretch.close()
    stretch.record_last()
    runs.end(
        held,
        run_id,
        state=state,
        message=message,
        tally=stretch.tally,
        calls=stretch.calls,
        now=tools.clock.now(),
    )
    return RunOutcome(
        state=state,
        tally=stretch.tally,
        calls=stretch.calls,
        due_at=due_at,
        message=message,
        brakes=brakes,
    )


@dataclass
class _Stretch:
    """The state of one stretch, all of it expendable."""

    held: Lease
    tools: Tools
    run_id: int
    is_stopping: runs.Stopping
    tally: Tally = field(default_factory=Tally)
    calls: int = 0
    sender: Sender = field(init=False)
    reader: Reader = field(init=False)
    chart: Chart = field(init=False)
    _renewed: float = field(init=False)
    _kinds: frozenset[EffectKind] = frozenset()  # of which anything waits
    _nothing_ready: set[EffectKind] = field(default_factory=set)
    _swept: set[DocumentKind] = field(default_factory=set)  # a moment ago
    _walked_to: dict[EffectKind, int] = field(default_factory=dict)  # ids of effects
    _access: Access | None = None
    _access_until: float = 0.0  # on the clock's `elapsed`
    _wait_until: datetime | None = None
    _is_token_doubted: bool = False
    _is_closed: bool = False

    def __post_init__(self) -> None:
        self.sender = Sender(self.tools)
        self.reader = Reader(held=self.held, tools=self.tools, access=self.access, paced=self.paced)
        self._renewed = self.tools.clock.elapsed()

    def go(self, *, limits: BrakeLimits) -> tuple[Brake, ...]:
        """All phases in their order."""
        try:
            self.chart = self.reader.chart()
            self._clear_the_way()
            self._plan()
            self._look_around()
            brakes = braking.hold_back(self.held, currency=self.chart.facts.currency, limits=limits)
            self._phase("sending")
            self._send_all()
            undoing.settle(self.held, now=self.tools.clock.now())
            self._verify()
        except BooksUnavailable as unavailable:
            raise stopped_by(self.held, self.tools, unavailable) from unavailable
        verifying.name_what_waits(self.held)
        return brakes

    # -- phases

    def _clear_the_way(self) -> None:
        """Before the first write of all: what may be there already is for a person to say."""
        if not barring.is_before_first(self.held.organisation_id):
            return
        self._phase("looking")
        way = looking.clear(self.held, tools=self.tools, reader=self.reader, chart=self.chart)
        self._swept |= way.swept
        if way.sentence is not None:
            self._verify()  # what was linked meanwhile
            raise Stop(RunState.FINISHED, way.sentence)

    def _plan(self) -> None:
        self._phase("planning")
        ground = planning.ground(self.held, self.chart)
        planning.plan(self.held, tools=self.tools, ground=ground, renew=self.renew)

    def _look_around(self) -> None:
        """Before the first send: what the books hold that could clash or is ours already."""
        self._phase("looking")
        is_held = runs.connection_state(self.held) == ConnectionState.HELD
        swept = set(self._swept)
        for kind in DocumentKind:
            is_first = not self.reader.has_swept(kind)
            is_leant_on = kind is DocumentKind.CONTACT and self._leans_on_contacts()
            if is_held or ((is_first or is_leant_on) and kind not in self._swept):
                self.reader.sweep(kind, from_start=is_held)
                swept.add(kind)
        self.tally.add(
            recovery.adopt_waiting(self.held, tools=self.tools, reader=self.reader, swept=swept)
        )
        if is_held:
            runs.unhold(self.held)
        if verifying.are_drafts_awaited(self.held, now=self.tools.clock.now()):
            verifying.verify(self.held, tools=self.tools, reader=self.reader)

    def _leans_on_contacts(self) -> bool:
        """New contacts must not take a name in use; invoices follow a contact that was merged."""
        return any(runs.has_waiting(self.held, kind) for kind in _ON_CONTACTS)

    def _send_all(self) -> None:
        self._look_again()
        while not self.is_stopping():
            self.renew()
            self.record_ended(wait_seconds=0)
            if len(self.sender) < FLIGHTS_MAX and self._launch():
                continue
            if len(self.sender):
                self.record_ended(wait_seconds=0.2)
                continue
            if self._settle_unknown():
                continue
            if not self._wait():
                break
        while len(self.sender):
            self.renew()
            self.record_ended(wait_seconds=0.5)

    def _verify(self) -> None:
        if self.is_stopping() or not verifying.needs_verifying(self.held):
            return
        self._phase("verifying")
        verifying.verify(self.held, tools=self.tools, reader=self.reader)

    # -- steps

    def _launch(self) -> bool:
        """Claim and send the next batch; False where nothing can go now."""
        self._wait_until = None
        in_flight = {each.request.kind for each in self.sender.flights}
        for kind in claiming.KINDS_IN_ORDER:
            if kind not in self._kinds or kind in self._nothing_ready:
                continue
            is_fed = bool(claiming.FEEDS.get(kind, frozenset()) & in_flight)
            outcome = self._claim(kind, is_partial_allowed=not is_fed)
            if isinstance(outcome, Refusal):
                if outcome.is_day:
                    raise DayUsedUp(outcome.until)
                self._wait_until = outcome.until
                return False
            if outcome:
                return True
            self._nothing_ready.add(kind)
        return False

    def _claim(self, kind: EffectKind, *, is_partial_allowed: bool) -> bool | Refusal:
        among = None
        if kind in claiming.LOOKED_AT_FIRST:
            among = targets.approved(
                self.held, kind, tools=self.tools, reader=self.reader, chart=self.chart
            )
            if not among:
                return False
        access = self.access()
        # Those that wait for something else are not asked again for every fifty.
        after = self._walked_to.pop(kind, 0) if among is None else 0
        claimed = claiming.claim(
            self.held,
            kind,
            run_id=self.run_id,
            access=access,
            tools=self.tools,
            is_partial_allowed=is_partial_allowed,
            among=among,
            after=after,
            batches_max=FLIGHTS_MAX - len(self.sender),
        )
        if isinstance(claimed, Refusal):
            return claimed
        if claimed:
            self.tools.reached(crashpoints.CLAIM_COMMITTED)
            self._walked_to[kind] = max(each.effect_id for each in claimed[-1].effects)
        for each in claimed:
            self._send(each, access)
        # Nothing behind what was walked: something before it may have become ready.
        return bool(claimed) or (
            after > 0 and self._claim(kind, is_partial_allowed=is_partial_allowed)
        )

    def _send(self, claimed: Claimed, access: Access) -> None:
        self.calls += 1
        deadline = self.tools.clock.elapsed() + claiming.SEND_WITHIN.total_seconds()
        self.sender.add(
            Flight(
                batch_id=claimed.batch_id,
                request=claimed.request,
                access=access,
                effects=claimed.effects,
                claimed_at=claimed.claimed_at,
                deadline=deadline,
                answer=self.sender.start(claimed.request, access, deadline=deadline),
            )
        )

    def record_ended(self, *, wait_seconds: float) -> None:
        ended = [
            flight
            for flight in self.sender.ended(wait_seconds=wait_seconds)
            if not self._is_repeated(flight)
        ]
        if not ended:
            return
        answered = [
            Answered(
                batch_id=each.batch_id,
                effects=each.effects,
                token_expires_at=each.access.expires_at,
                answer=each.came_to(),
            )
            for each in ended
        ]
        outcomes = recording.record_answers(self.held, answered, tools=self.tools)
        self.tools.reached(crashpoints.RECORDED)
        self.tally.add(outcomes)
        self.is_stopping.look()
        for each in ended:
            self._nothing_ready -= claiming.MAY_FOLLOW[each.request.kind.document_kind]
        for each in ended:
            answer = each.answer.result()
            self._heed(answer.whole, http_status=answer.http_status)

    def _is_repeated(self, flight: Flight) -> bool:
        """Whether the flight ended without an answer and is on its way once more."""
        answer = flight.answer.result()
        self.tools.reached(crashpoints.ANSWERED)
        has_no_answer = answer.whole is Verdict.UNKNOWN and answer.http_status is None
        return has_no_answer and self._repeat(flight)

    def close(self) -> None:
        """Start nothing more; what is on its way ends by itself."""
        self._is_closed = True
        self.sender.close()

    def record_last(self) -> None:
        """Record what came in while the stretch was ending, whatever ended it."""
        while len(self.sender):
            with contextlib.suppress(Stop):
                self.record_ended(wait_seconds=1)

    def _repeat(self, flight: Flight) -> bool:
        """Send the same bytes under the same key again: only we may, and only soon.

        The connection of the attempt before is closed by now. Xero answers a key it knows
        with the answer of the first call, so the write happens once.
        """
        now = self.tools.clock.now()
        too_late = now - flight.claimed_at > REPEAT_WITHIN
        if self._is_closed or self.is_stopping() or flight.repeats >= REPEATS_MAX or too_late:
            return False
        if budget.spend(self.held.organisation_id, now=now) is not None:
            return False
        runs.count_repeat(self.held, flight.batch_id)
        self.calls += 1
        flight.repeats += 1
        deadline = self.tools.clock.elapsed() + claiming.SEND_WITHIN.total_seconds()
        flight.answer = self.sender.start(flight.request, flight.access, deadline=deadline)
        self.sender.add(flight)
        return True

    def _heed(self, whole: Verdict | None, *, http_status: int | None) -> None:
        """What the answer as a whole means for the rest of the stretch."""
        if whole is Verdict.DISCONNECTED:
            runs.lose_connection(self.held)
            raise Stop(RunState.FAILED, "Xero no longer accepts our permission.")
        if whole is Verdict.OFFLINE:
            until = self.tools.clock.now() + recording.REST_WHEN_OFFLINE
            budget.rest(self.held.organisation_id, until=until, by="offline")
        if whole is Verdict.NOT_SENT and http_status == 401:
            if self._is_token_doubted:
                raise Stop(RunState.FAILED, "Xero refuses a token it has just given us.")
            self._is_token_doubted = True
        elif whole is None:
            self._is_token_doubted = False

    def _settle_unknown(self) -> bool:
        outcomes = recovery.look(self.held, tools=self.tools, reader=self.reader)
        self.tally.add(outcomes)
        if outcomes:
            self._look_again()
        return bool(outcomes)

    def _look_again(self) -> None:
        """Take nothing for granted of what may be sent next."""
        self._kinds = claiming.kinds_waiting(self.held)
        self._nothing_ready.clear()
        self._walked_to.clear()

    def _wait(self) -> bool:
        """Sleep a little where something is due soon; False where it is not."""
        now = self.tools.clock.now()
        due = [each for each in (self._wait_until, runs.next_due_at(self.held, now=now)) if each]
        if not due or min(due) - now > PATIENCE:
            return False
        self.tools.clock.sleep(min(1.0, max(0.02, (min(due) - now).total_seconds())))
        self._look_again()
        return True

    # -- what the steps share

    def access(self) -> Access:
        """A permission with life enough for a batch; asked for anew when it runs low."""
        is_fresh = self.tools.clock.elapsed() < self._access_until and not self._is_token_doubted
        if self._access is None or not is_fresh:
            self._access = fresh_access(
                self.held, self.tools, is_token_doubted=self._is_token_doubted
            )
            life = self._access.expires_at - self.tools.clock.now() - MINIMUM_LIFE
            self._access_until = self.tools.clock.elapsed() + life.total_seconds()
        return self._access

    def paced(self, calls: int) -> None:
        """Take calls from the budget for reads, waiting within the minute's limit."""
        for _ in range(calls):
            while True:
                self.renew()
                now = self.tools.clock.now()
                refusal = budget.spend(self.held.organisation_id, now=now)
                if refusal is None:
                    self.calls += 1
                    break
                if refusal.is_day:
                    raise DayUsedUp(refusal.until)
                if self.is_stopping():
                    raise Stop(RunState.INTERRUPTED, "Stopped while waiting for Xero's limit.")
                seconds = (refusal.until - now).total_seconds()
                self.tools.clock.sleep(min(1.0, max(0.02, seconds)))

    def renew(self) -> None:
        """Renew the lease where it is time, and show the progress."""
        elapsed = self.tools.clock.elapsed()
        if elapsed - self._renewed < lease.RENEW_EVERY.total_seconds():
            return
        lease.renew(self.held, now=self.tools.clock.now())
        runs.show_progress(self.run_id, tally=self.tally, calls=self.calls)
        self.is_stopping.look()
        self._look_again()
        self._renewed = elapsed

    def _phase(self, name: str) -> None:
        runs.enter_phase(self.run_id, name)
        lease.renew(self.held, now=self.tools.clock.now())
