"""A person pauses the sync, goes on, asks for it now, says how often, and lets the first one go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.business import Business, business
from unitledger.engine import crashpoints, steering
from unitledger.engine.auditing import COMMAND_LINE, Actor
from unitledger.engine.resync import resync
from unitledger.engine.runs import BY_ITSELF
from unitledger.engine.waking import due_organisations
from unitledger.store.audit import ActorKind

MARY = Actor(ActorKind.PERSON, "Mary Holt")


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def _connection(operator: Business):
    return steering.current(operator.organisation_id)


def _now(operator: Business):
    return operator.tools.clock.now()


def _paused_after_the_first_batch(operator: Business) -> None:
    """Pause in the middle of a run, once its first answers are recorded."""

    def reached(point: str) -> None:
        if point == crashpoints.RECORDED:
            steering.pause(operator.organisation_id, by=MARY)

    operator.syncs(tools=replace(operator.tools, reached=reached))


def test_what_is_paused_sends_nothing_until_it_is_resumed(operator: Business) -> None:
    operator.bills("1001", "120.00")
    steering.pause(operator.organisation_id, by=MARY)

    assert operator.syncs() is None
    assert due_organisations(now=_now(operator)) == []
    assert operator.books() == []

    steering.resume(operator.organisation_id, by=MARY, now=_now(operator))
    operator.syncs()
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_a_pause_lets_what_is_on_its_way_end_and_leaves_nothing_half_sent(
    operator: Business,
) -> None:
    from unitledger.store.models import Effect, Run

    for number in range(1001, 1121):
        operator.bills(str(number), "10.00")
    _paused_after_the_first_batch(operator)

    run = Run.objects.latest("id")
    assert (run.state, run.message) == (
        "interrupted",
        "Paused by Mary Holt. Nothing is sent until somebody resumes.",
    )
    assert not Effect.objects.filter(state__in=["in_flight", "unknown"]).exists()
    assert len(operator.books()) < 120

    steering.resume(operator.organisation_id, by=MARY, now=_now(operator))
    operator.settles()
    assert len(operator.books()) == 120


def test_a_pause_is_told_in_the_audit_log_once(operator: Business) -> None:
    from unitledger.store.models import AuditEntry

    assert steering.pause(operator.organisation_id, by=MARY)
    assert not steering.pause(operator.organisation_id, by=MARY)

    assert [each.actor_name for each in AuditEntry.objects.filter(act="sync_paused")] == [
        "Mary Holt"
    ]


def test_what_was_held_is_held_again_after_a_pause(operator: Business) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(state="held")
    steering.pause(operator.organisation_id, by=MARY)
    steering.resume(operator.organisation_id, by=MARY, now=_now(operator))

    assert _connection(operator).state == "held"


def test_the_next_run_carries_the_name_of_who_asked_for_it(operator: Business) -> None:
    from unitledger.store.models import Run

    operator.bills("1001", "120.00")
    steering.sync_now(operator.organisation_id, by=MARY, now=_now(operator))
    operator.syncs(trigger=BY_ITSELF, is_asked_by_person=False)
    operator.bills("1002", "80.00")
    operator.syncs(trigger=BY_ITSELF, is_asked_by_person=False)

    told = [(each.trigger, each.started_by_name) for each in Run.objects.order_by("id")]
    assert told == [("person", "Mary Holt"), ("event", "")]


def test_a_run_keeps_what_it_set_out_to_write(operator: Business) -> None:
    from unitledger.store.models import Run

    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()

    assert Run.objects.get().planned == {
        "create_contact": 1,
        "create_invoice": 1,
        "create_payment": 1,
    }


def test_asking_now_takes_up_what_a_problem_had_stopped(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()
    assert operator.states()["invoice 1001"] == "failed"

    steering.sync_now(operator.organisation_id, by=MARY, now=_now(operator))
    operator.syncs(is_asked_by_person=False)

    assert operator.states()["invoice 1001"] == "synced"


def test_asking_a_paused_sync_is_refused_with_the_way_on(operator: Business) -> None:
    steering.pause(operator.organisation_id, by=MARY)

    with pytest.raises(steering.SteeringError, match="resume it"):
        steering.sync_now(operator.organisation_id, by=MARY, now=_now(operator))


def test_the_schedule_makes_due_and_says_when_next(operator: Business) -> None:
    now = _now(operator)
    steering.schedule(operator.organisation_id, 30, by=MARY, now=now)
    steering.keep_to_schedule(now=now + timedelta(minutes=29))
    assert due_organisations(now=now + timedelta(minutes=29)) == []

    steering.keep_to_schedule(now=now + timedelta(minutes=30))

    assert due_organisations(now=now + timedelta(minutes=30)) == [operator.organisation_id]
    assert _connection(operator).next_run_at == now + timedelta(minutes=60)


def test_on_events_only_nothing_is_ever_scheduled(operator: Business) -> None:
    now = _now(operator)
    steering.schedule(operator.organisation_id, None, by=COMMAND_LINE, now=now)
    steering.keep_to_schedule(now=now + timedelta(days=2))

    assert due_organisations(now=now + timedelta(days=2)) == []
    assert _connection(operator).next_run_at is None


def test_a_scheduled_look_with_nothing_to_send_makes_no_call(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    calls = operator.calls()

    steering.keep_to_schedule(now=_now(operator) + timedelta(days=1))

    assert operator.syncs(trigger=BY_ITSELF, is_asked_by_person=False) is None
    assert operator.calls() == calls


def _awaits_go_ahead(operator: Business) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(awaits_go_ahead=True)


def test_nothing_is_sent_before_the_go_ahead(operator: Business) -> None:
    _awaits_go_ahead(operator)
    operator.bills("1001", "120.00")

    assert operator.syncs() is None
    assert operator.books() == []

    steering.go_ahead(operator.organisation_id, by=MARY, now=_now(operator))
    operator.syncs()
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_before_the_go_ahead_a_few_chosen_records_go_with_what_they_hang_on(
    operator: Business,
) -> None:
    from unitledger.store.models import Document

    _awaits_go_ahead(operator)
    for number, name in (("1001", "Ada Marsh"), ("1002", "Ben Cole"), ("1003", "Cy Dunn")):
        operator.bills(number, "120.00", tenant=name)
    operator.is_paid("R1", ("1002", "120.00"), tenant="Ben Cole")
    chosen = Document.objects.get(kind="payment", number="R1")

    resync(operator.operator_id, [chosen.pk], now=_now(operator))
    operator.syncs(is_asked_by_person=False)

    assert operator.books() == ["1002 PAID 120.00 paid 120.00"]
    assert operator.contacts() == ["Ben Cole"]

    steering.go_ahead(operator.organisation_id, by=MARY, now=_now(operator))
    operator.syncs()
    assert len(operator.books()) == 3
