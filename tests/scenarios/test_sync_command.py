"""`unitledger sync`: what it says, and what its exit status promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.business import Business
from tests.conftest import Database
from tests.connected import Stage, installed, new_operator
from tests.installed import business_of
from unitledger.cli import group

ELSEWHERE = "another machine:boot/1/1"


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch) as stage:
        yield stage


@pytest.fixture
def operator(xero: Stage) -> Business:
    return business_of(xero)


def _sync(*options: str) -> Result:
    return CliRunner().invoke(group, ["sync", *options])


def _said(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def test_everything_synced_is_status_nought(operator: Business) -> None:
    operator.bills("1001", "120.00")

    result = _sync("--wait")

    assert result.exit_code == 0, result.output
    assert "finished with" in result.stdout
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_the_second_time_no_call_is_made(operator: Business) -> None:
    operator.bills("1001", "120.00")
    _sync("--wait")
    calls = operator.calls()

    result = _sync("--wait")

    assert (result.exit_code, operator.calls()) == (0, calls)
    assert "nothing to send; no call was made" in result.stdout


def test_what_waits_for_a_person_is_status_three(operator: Business) -> None:
    operator.bills("1002", "80.00")
    _sync("--wait")  # nothing stood there, so it went live
    operator.bookkeeper(
        "raise_invoice",
        contact_name="Somebody Else",
        number="1001",
        date=date(2026, 3, 1),
        due_date=date(2026, 3, 15),
        lines=[
            {"description": "By hand", "quantity": 1, "unit_amount": "66.00", "account_code": "200"}
        ],
    )
    operator.bills("1001", "120.00")

    result = _sync("--wait", "--json")

    assert result.exit_code == 3
    states = {(each["kind"], each["state"]): each["count"] for each in _said(result)["records"]}
    assert states == {
        ("contact", "synced"): 1,
        ("invoice", "needs_attention"): 1,
        ("invoice", "synced"): 1,
    }


def test_a_used_up_day_is_status_four_and_says_when_it_goes_on(operator: Business) -> None:
    from unitledger.store.models import CallBudget

    operator.bills("1001", "120.00")
    CallBudget.objects.update(day_remaining=5, day_said_at=operator.tools.clock.now())

    result = _sync("--wait")

    assert result.exit_code == 4
    assert "limit for the day is used up; it goes on at" in result.stdout


def test_without_a_connection_a_person_is_needed(xero: Stage) -> None:
    new_operator()

    result = _sync("--wait")

    assert result.exit_code == 3
    assert "connect to Xero" in result.stderr


def test_a_lost_connection_needs_a_person(operator: Business) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(state="lost", reason="Reconnect to Xero.")

    result = _sync("--wait", "--json")

    assert result.exit_code == 3
    assert _said(result)["organisations"][0]["state"] == "lost"


def test_without_waiting_the_worker_is_asked(operator: Business) -> None:
    from unitledger.store.models import Connection

    operator.bills("1001", "120.00")
    Connection.objects.update(due_at=None)

    result = _sync()

    assert result.exit_code == 0
    assert "The worker was asked." in result.stdout
    assert operator.books() == []
    assert Connection.objects.get().due_at is not None


def test_while_another_process_works_it_waits_and_takes_over(operator: Business) -> None:
    from unitledger.store.models import Connection

    operator.bills("1001", "120.00")
    until = operator.tools.clock.now() + timedelta(seconds=1.5)
    Connection.objects.update(lease_owner=ELSEWHERE, lease_until=until)

    result = _sync("--wait")

    assert result.exit_code == 0
    assert operator.tools.clock.now() > until
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_an_unknown_operator_is_named_with_those_there_are(operator: Business) -> None:
    result = _sync("--operator", "Nobody")

    assert result.exit_code == 2
    assert "There is no one operator 'Nobody'" in result.stderr
