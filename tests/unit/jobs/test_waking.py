"""Which organisations are woken, and that a job carries nothing but a wake-up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection as database_connection
from django.db import transaction

from tests.conftest import Database
from tests.connected import Stage, connected, installed, new_operator
from unitledger.engine.lease import this_process
from unitledger.engine.waking import due_organisations
from unitledger.jobs.tasks import send_for, sweep
from unitledger.jobs.waking import wake

DEAD = this_process().rpartition("/")[0].rpartition("/")[0] + "/999999999/1"
ELSEWHERE = "another machine:boot/1/1"


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch) as running:
        yield running


@pytest.fixture
def organisation_id(xero: Stage) -> int:
    from unitledger.store.models import Connection

    connection_id = connected(xero, new_operator())
    Connection.objects.update(due_at=None)
    return Connection.objects.get(id=connection_id).organisation_id


def _put(**values: object) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(**values)


def _jobs() -> list[tuple[str, dict[str, object]]]:
    with database_connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args::text FROM procrastinate_jobs WHERE status = 'todo'")
        return cursor.fetchall()


def _due(xero: Stage) -> list[int]:
    return due_organisations(now=xero.tools.clock.now())


def test_what_is_not_due_is_left_alone(xero: Stage, organisation_id: int) -> None:
    _put(due_at=xero.tools.clock.now() + timedelta(minutes=1))

    assert _due(xero) == []


def test_what_is_due_is_woken(xero: Stage, organisation_id: int) -> None:
    _put(due_at=xero.tools.clock.now())

    assert _due(xero) == [organisation_id]


@pytest.mark.parametrize("state", ["paused", "lost", "disconnected"])
def test_a_connection_that_does_not_work_is_not_woken(
    xero: Stage, organisation_id: int, state: str
) -> None:
    _put(due_at=xero.tools.clock.now(), state=state)

    assert _due(xero) == []


def test_what_somebody_works_on_is_left_to_them(xero: Stage, organisation_id: int) -> None:
    now = xero.tools.clock.now()
    _put(due_at=now, lease_owner=ELSEWHERE, lease_until=now + timedelta(seconds=5))

    assert _due(xero) == []


def test_a_lease_that_ran_out_is_work_to_recover(xero: Stage, organisation_id: int) -> None:
    _put(lease_owner=ELSEWHERE, lease_until=xero.tools.clock.now() - timedelta(seconds=1))

    assert _due(xero) == [organisation_id]


def test_a_holder_that_is_surely_dead_need_not_run_out(xero: Stage, organisation_id: int) -> None:
    _put(lease_owner=DEAD, lease_until=xero.tools.clock.now() + timedelta(seconds=9))

    assert _due(xero) == [organisation_id]


def test_an_organisation_is_asked_for_once(xero: Stage, organisation_id: int) -> None:
    wake(organisation_id)
    wake(organisation_id)
    send_for(organisation_id)

    assert _jobs() == [("look_at", f'{{"organisation_id": {organisation_id}}}')]


def test_asking_twice_does_not_spoil_the_callers_transaction(
    xero: Stage, organisation_id: int
) -> None:
    from unitledger.store.models import Operator

    send_for(organisation_id)
    with transaction.atomic():
        send_for(organisation_id)
        Operator.objects.update(name="Renamed")

    assert Operator.objects.get().name == "Renamed"


def test_a_rolled_back_transaction_asks_for_nothing(xero: Stage, organisation_id: int) -> None:
    with transaction.atomic():
        wake(organisation_id)
        transaction.set_rollback(True)

    assert _jobs() == []
    assert _due(xero) == []


def test_a_sweep_sends_for_what_is_due(xero: Stage, organisation_id: int) -> None:
    _put(due_at=xero.tools.clock.now())

    sweep(timestamp=0)

    assert [name for name, _ in _jobs()] == ["look_at"]


def test_a_job_can_block_nothing(xero: Stage, organisation_id: int) -> None:
    """No lock, no retry, no delay: each of those could keep an organisation waiting for good."""
    wake(organisation_id)

    with database_connection.cursor() as cursor:
        cursor.execute("SELECT lock, scheduled_at, attempts FROM procrastinate_jobs")
        assert cursor.fetchall() == [(None, None, 0)]
