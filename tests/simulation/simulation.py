"""One seed: a fresh operator, a fresh Xero, a life of accidents, and an audit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.business import business
from tests.simulation import auditor, bookkeeping_acts, business_acts, disturbances
from tests.simulation.stage import Stage

Act = Callable[[Stage], None]

# Minutes that pass after each sync that a person asks for while everything settles: first
# few, then past the end of every token, then past the end of a day's limit.
SETTLING_MINUTES = (1, 5, 10, 20, 20, 40, 60, 120, 600, 900, 1)
# And after those that come by themselves, for what the last person's made.
CALMING_MINUTES = (1, 3, 5, 40)
STEPS = 60


class Failed(AssertionError):
    """A seed whose audit failed; the message is its diary and how to run it again."""


def simulate(seed: int, *, steps: int = STEPS, kills: bool = True) -> list[str]:
    """Run one seed in the database that Django is connected to; its diary. Raises `Failed`."""
    rng = random.Random(f"unitledger {seed}")
    limits = {"day": rng.choice((250, 1_000, 5_000))}
    with business(**limits) as made:
        stage = Stage(business=made, rng=rng)
        try:
            with _awake(stage):
                _live(stage, steps=steps, kills=kills)
                _settle(stage)
        except Exception as error:  # whatever went wrong, its diary must be told
            raise Failed(_told(seed, steps, stage, error)) from error
    return stage.diary


@contextmanager
def _awake(stage: Stage) -> Iterator[None]:
    """Whatever happens, no sender is left asleep."""
    try:
        yield
    finally:
        stage.wakes_sleepers()


def _live(stage: Stage, *, steps: int, kills: bool) -> None:
    disturbances.reconnect(stage)  # a consent of its own, which can be withdrawn
    business_acts.rents(stage)
    ours = (*disturbances.ACTS, *((disturbances.KILLING,) if kills else ()))
    for _ in range(steps):
        group = stage.rng.random()
        if stage.rng.random() < 0.4:
            disturbances.is_reconnected(stage)
        if group < 0.4:
            _draw(stage, business_acts.ACTS)
        elif group < 0.55:
            _draw(stage, bookkeeping_acts.ACTS)
        else:
            _watched(stage, lambda: _draw(stage, ours))
        auditor.check_now(stage)


def _watched(stage: Stage, act: Callable[[], None]) -> None:
    before = auditor.untouchables(stage.books())
    act()
    auditor.check_untouched(stage, before)


def _draw(stage: Stage, acts: tuple[tuple[int, Act], ...]) -> None:
    weights = [weight for weight, _ in acts]
    _, act = stage.rng.choices(acts, weights)[0]
    act(stage)


def _settle(stage: Stage) -> None:
    disturbances.faults_end(stage)
    disturbances.wakes_up(stage)
    stage.business.passes(1_300)  # the latest of the late requests is in
    disturbances.is_reconnected(stage)
    for minutes in SETTLING_MINUTES:
        disturbances.is_approved(stage)
        _watched(stage, lambda: stage.writes(f"sync asked for: {stage.syncs()}"))
        disturbances.is_reconnected(stage)
        stage.business.passes(minutes * 60)
    for minutes in CALMING_MINUTES:
        stage.writes(f"sync: {stage.syncs(is_asked_by_person=False)}")
        stage.business.passes(minutes * 60)
    auditor.check_settled(stage)
    _check_quiet(stage)


def _check_quiet(stage: Stage) -> None:
    """A further sync makes no call and changes nothing; one asked for changes no books."""
    unverified = _unverified(stage)
    calls, rows, books = stage.business.calls(), _rows(stage), stage.books()
    stage.syncs(is_asked_by_person=False)
    if stage.business.calls() != calls:
        raise auditor.Wrong(
            f"a sync with nothing to do made {_latest(stage, calls)}; unverified: "
            + ", ".join(unverified)
        )
    if _rows(stage) != rows:
        raise auditor.Wrong("a sync with nothing to do changed documents")
    stage.syncs()  # which may learn a better reason
    after, rows = stage.books(), _rows(stage)
    if (after.invoices, after.payments) != (books.invoices, books.payments):
        raise auditor.Wrong("a sync with nothing to do changed the books")
    stage.syncs()
    if _rows(stage) != rows:
        changed = [each for each in zip(rows, _rows(stage), strict=True) if each[0] != each[1]]
        raise auditor.Wrong(f"a sync asked for with nothing to do changed {changed}")


def _rows(stage: Stage) -> list[Any]:
    from unitledger.store.models import Document

    rows = Document.objects.filter(operator_id=stage.business.operator_id).order_by("id")
    return list(rows.values_list("number", "state", "problems", "xero_id", "applied_version"))


def _unverified(stage: Stage) -> list[str]:
    from unitledger.store.models import Document

    rows = Document.objects.filter(
        operator_id=stage.business.operator_id,
        state="synced",
        verified_at__isnull=True,
        xero_id__isnull=False,
    ).exclude(kind="contact")
    return [f"{each.kind} {each.number} {'' if each.is_wanted else '(void)'}" for each in rows]


def _latest(stage: Stage, calls: int) -> str:
    entries = stage.business.server.run(
        lambda world: [each for each in world.log.entries() if each.counted]
    )
    return ", ".join(f"{each.method} {each.path}" for each in entries[calls:])


def _told(seed: int, steps: int, stage: Stage, error: Exception) -> str:
    diary = "\n".join(stage.diary)
    again = f"./run simulate --from {seed} --seeds 1 --steps {steps}"
    return f"seed {seed}\n{diary}\n\n{type(error).__name__}: {error}\n\nAgain: {again}"
