"""Real worker processes: they take up what is due, stop when asked, and replace a killed one."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from tests.business import Business
from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of, seconds_until, worker
from unitledger.jobs.waking import wake

TAKEN_OVER_SECONDS = 15.0


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def _all_synced(operator: Business) -> bool:
    return set(operator.states().values()) == {"synced"}


def _is_sending() -> bool:
    from unitledger.store.models import Batch

    return Batch.objects.filter(state="sending").exists()


def test_a_worker_brings_in_what_was_asked_for_and_stops_when_asked(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))

    with worker() as process:
        wake(operator.organisation_id)
        seconds_until(lambda: _all_synced(operator))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 50.00"]


def test_another_worker_takes_over_within_seconds_of_a_kill(operator: Business) -> None:
    """
    a worker sends · kill -9 · another one looks, and sends what is missing, once
    """
    for number in range(1001, 1004):
        operator.bills(str(number), "120.00", tenant=f"Tenant {number}", tenant_key=str(number))
        operator.is_paid(f"R{number}", (str(number), "50.00"), tenant=f"Tenant {number}")
    operator.fault("delay", method="PUT", path="/Invoices", seconds=3.0)

    with worker() as first:
        wake(operator.organisation_id)
        seconds_until(lambda: _is_sending() and operator.contacts() != [])
        first.send_signal(signal.SIGKILL)
        first.wait()
    with worker():
        taken = seconds_until(lambda: _all_synced(operator))

    assert taken <= TAKEN_OVER_SECONDS
    assert operator.books() == [
        f"{number} AUTHORISED 120.00 paid 50.00" for number in range(1001, 1004)
    ]
    assert len(operator.payments()) == 3
