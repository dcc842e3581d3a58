"""Keeping a permission alive: refreshed by one process at a time, stored before it is used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.conftest import Database
from tests.connected import Stage, connected, new_operator, stage
from unitledger.core.exchange import ConsentLost, IdentityUnavailable
from unitledger.engine import crashpoints
from unitledger.engine.access import access
from unitledger.engine.installation_mark import check_installation_mark
from unitledger.engine.tools import Tools
from unitledger.system import RandomIds
from unitledger.vault import KeyVault, WrongKey

HALF_AN_HOUR = 1800


class PowerCut(BaseException):
    """No `except Exception` survives it."""


@pytest.fixture
def xero(database: Database) -> Iterator[Stage]:
    with stage("uk") as running:
        yield running


def _refreshes(xero: Stage) -> int:
    """Calls of the token endpoint behind the first, which brought the consent."""
    return len(list(xero.world.log.entries(path="/connect/token"))) - 1


def _cut_after_refresh(tools: Tools) -> Tools:
    def reached(place: str) -> None:
        if place == crashpoints.TOKEN_REFRESHED:
            raise PowerCut

    return replace(tools, reached=reached)


def test_a_live_token_is_used_as_it_is(xero: Stage) -> None:
    connection_id = connected(xero, new_operator())

    first = access(connection_id, tools=xero.tools)
    xero.advance(1200)

    assert access(connection_id, tools=xero.tools) == first
    assert _refreshes(xero) == 0


def test_a_token_about_to_run_out_is_refreshed_and_both_are_stored(xero: Stage) -> None:
    from unitledger.store.models import Consent

    connection_id = connected(xero, new_operator())
    before = access(connection_id, tools=xero.tools)
    refresh_before = xero.tools.vault.open(Consent.objects.get().refresh_token_sealed)

    xero.advance(HALF_AN_HOUR - 299)
    after = access(connection_id, tools=xero.tools)

    consent = Consent.objects.get()
    assert after.token != before.token
    assert xero.tools.vault.open(consent.access_token_sealed) == after.token
    assert xero.tools.vault.open(consent.refresh_token_sealed) != refresh_before
    assert consent.access_expires_at == after.expires_at


def test_two_at_once_refresh_once(xero: Stage) -> None:
    from django.db import connections

    connection_id = connected(xero, new_operator())
    xero.advance(HALF_AN_HOUR)
    seen: list[str] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        try:
            seen.append(access(connection_id, tools=xero.tools).token)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 4
    assert len(set(seen)) == 1
    assert _refreshes(xero) == 1


def test_a_worker_killed_before_it_stored_the_new_tokens_costs_no_consent(xero: Stage) -> None:
    """
    09:30  refreshes   the answer comes, the power goes
    09:59  refreshes   with the old token, within its half hour of grace
    """
    connection_id = connected(xero, new_operator())
    xero.advance(HALF_AN_HOUR)
    with pytest.raises(PowerCut):
        access(connection_id, tools=_cut_after_refresh(xero.tools))

    xero.advance(HALF_AN_HOUR - 60)
    granted = access(connection_id, tools=xero.tools)

    assert granted.expires_at > xero.tools.clock.now()
    assert _refreshes(xero) == 2


def test_after_the_grace_a_person_is_asked(xero: Stage) -> None:
    from unitledger.store.models import Connection, Consent

    connection_id = connected(xero, new_operator())
    xero.advance(HALF_AN_HOUR)
    with pytest.raises(PowerCut):
        access(connection_id, tools=_cut_after_refresh(xero.tools))

    xero.advance(HALF_AN_HOUR + 60)
    with pytest.raises(ConsentLost):
        access(connection_id, tools=xero.tools)

    connection = Connection.objects.get()
    assert (connection.state, Consent.objects.get().state) == ("lost", "lost")
    assert connection.reason == "Xero no longer accepts our permission. Reconnect to Xero."


def test_a_lost_consent_is_not_asked_for_again(xero: Stage) -> None:
    connection_id = connected(xero, new_operator())
    xero.advance(61 * 24 * 3600)  # refresh tokens live for 60 days unused
    for _ in range(2):
        with pytest.raises(ConsentLost):
            access(connection_id, tools=xero.tools)

    assert _refreshes(xero) == 1


def test_an_identity_service_that_is_away_loses_nothing(xero: Stage) -> None:
    from unitledger.store.models import Connection

    connection_id = connected(xero, new_operator())
    xero.advance(HALF_AN_HOUR)
    xero.server.stop()

    with pytest.raises(IdentityUnavailable):
        access(connection_id, tools=xero.tools)

    assert Connection.objects.get().state == "active"


def test_keys_that_xero_no_longer_accepts_need_a_person(xero: Stage) -> None:
    from unitledger.engine import connecting
    from unitledger.store.models import Connection

    operator_id = new_operator()
    connection_id = connected(xero, operator_id)
    connecting.save_app_keys(
        operator_id,
        client_id=xero.world.demo_app.id,
        client_secret="replaced",
        vault=xero.tools.vault,
    )
    xero.advance(HALF_AN_HOUR)

    with pytest.raises(ConsentLost, match="Enter them again"):
        access(connection_id, tools=xero.tools)

    assert "Client Secret" in (Connection.objects.get().reason or "")


def test_another_key_opens_nothing_and_says_so(xero: Stage) -> None:
    from cryptography.fernet import Fernet

    connection_id = connected(xero, new_operator())
    strange = replace(xero.tools, vault=KeyVault(Fernet.generate_key()))

    with pytest.raises(WrongKey, match="encryption key"):
        access(connection_id, tools=strange)


def test_a_database_in_its_place_stays_as_it_is(xero: Stage) -> None:
    from unitledger.store.models import Connection

    mark = check_installation_mark(None, ids=RandomIds())
    connected(xero, new_operator())

    assert check_installation_mark(mark, ids=RandomIds()) == mark
    assert Connection.objects.get().state == "active"


@pytest.mark.parametrize("kept", [None, "the mark of another copy"])
def test_a_restored_database_is_held_until_it_is_matched(xero: Stage, kept: str | None) -> None:
    from unitledger.store.models import Connection

    old = check_installation_mark(None, ids=RandomIds())
    connected(xero, new_operator())

    new = check_installation_mark(kept, ids=RandomIds())

    connection = Connection.objects.get()
    assert connection.state == "held"
    assert "restored or moved" in (connection.reason or "")
    # The copy this one was taken from is held too, should it start here.
    assert new not in (old, kept)
    assert check_installation_mark(new, ids=RandomIds()) == new
