"""`unitledger status`: what a scheduler asks before it asks for anything else. (AC-66)"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from tests.business import Business
from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of
from unitledger.cli import group


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def _status(*words: str) -> Any:
    return CliRunner().invoke(group, ["status", *words])


def test_status_says_whether_it_is_connected_and_who_acts_next(operator: Business) -> None:
    """
    sent             0: all is done
    failed           3: a record waits for a person
    paused, lost     3: and what to do
    """
    from unitledger.store.models import Connection, Document, Location

    Location.objects.create(
        operator_id=operator.operator_id, name="Riverside", zone="Europe/London", currency="GBP"
    )
    Connection.objects.update(awaits_go_ahead=False)
    operator.bills("1001", "120.00")
    assert json.loads(_status("--json").output)["connections"][0]["records"]["on_its_way"] == 2
    operator.syncs()

    shown = _status()
    assert shown.exit_code == 0, shown.output
    assert "connected, and syncs by itself" in shown.output
    assert "2 records are done, 0 on their way, 0 wait for a person." in shown.output

    Document.objects.filter(kind="invoice").update(state="failed")
    assert _status().exit_code == 3
    Document.objects.filter(kind="invoice").update(state="synced")
    Connection.objects.update(state="lost", reason="Xero says the consent ended.")
    lost = _status()
    assert (lost.exit_code, "connects again" in lost.output) == (3, True)
    assert "Xero says the consent ended." in lost.output


def test_without_a_connection_somebody_has_to_make_one(database: Database) -> None:
    from tests.connected import new_operator

    new_operator()

    shown = _status()

    assert (shown.exit_code, "No organisation is connected" in shown.output) == (3, True)
