"""Connecting as an administrator does it: from page to page, through fauxero's consent page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.conftest import Database
from tests.connected import Stage, installed, new_operator
from unitledger.demo.consenting import give_consent

XERO = "/settings/integration/xero"


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch, "uk", "nz") as running:
        yield running


@pytest.fixture
def mary(xero: Stage) -> Client:
    from unitledger.store.models import Membership, User

    user = User.objects.create_user("mary@example.com", password="a door at dusk")
    Membership.objects.create(operator_id=new_operator("Ashford"), user=user, role="administrator")
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def _saves_keys(mary: Client, xero: Stage) -> None:
    app = xero.world.demo_app
    mary.post(f"{XERO}/keys", {"client_id": app.id, "client_secret": app.secret})


def _consents(mary: Client, organisation: str) -> str:
    """Where the callback leads to."""
    address = mary.post(f"{XERO}/connect")["Location"]
    back = give_consent(address, organisation=organisation)
    return mary.get(f"{XERO}/callback", {"state": back.state, "code": back.code})["Location"]


def test_from_keys_to_a_mapped_connection_and_back(mary: Client, xero: Stage) -> None:
    """
    saves the keys · connects to Xero · chooses the organisation and a start date
    · takes the suggested mapping · disconnects
    """
    _saves_keys(mary, xero)
    assert "Connect to Xero to choose the organisation" in mary.get(XERO).content.decode()

    assert _consents(mary, "Demo Company (UK)") == f"{XERO}/organisation"
    choice = mary.get(f"{XERO}/organisation").content.decode()
    assert "Demo Company (UK)" in choice
    assert "Demo Company (NZ)" not in choice

    chosen = xero.world.organisation("uk").id
    mary.post(f"{XERO}/organisation/connect", {"organisation": chosen, "start_on": "2026-01-01"})
    page = mary.get(XERO).content.decode()
    assert "Connected to <strong>Demo Company (UK)</strong>" in page
    assert "Emulator" in page
    assert "1 January 2026" in page
    assert "Connected by" in page
    assert "nothing is sent without one" in page

    mary.post(f"{XERO}/mapping")
    assert "version 1" in mary.get(XERO).content.decode()
    assert "GBP" in mary.get("/").content.decode()

    mary.post(f"{XERO}/disconnect")
    page = mary.get(XERO).content.decode()
    assert "Nothing more is sent." in page
    assert xero.world.identity.connections_of(xero.world.demo_app.id, xero.world.demo_user.id) == []


def test_no_page_ever_holds_the_secret(mary: Client, xero: Stage) -> None:
    _saves_keys(mary, xero)

    for path in ("/", XERO):
        assert xero.world.demo_app.secret not in mary.get(path).content.decode()


def test_cancelling_in_xero_is_said_calmly(mary: Client, xero: Stage) -> None:
    _saves_keys(mary, xero)
    address = mary.post(f"{XERO}/connect")["Location"]
    state = address.rpartition("state=")[2]

    mary.get(f"{XERO}/callback", {"state": state, "error": "access_denied"})

    assert "You cancelled in Xero. Nothing changed." in mary.get(XERO).content.decode()


def test_an_answer_that_nobody_asked_for_changes_nothing(mary: Client, xero: Stage) -> None:
    mary.get(f"{XERO}/callback", {"state": "made-up", "code": "c"})

    assert "We did not ask for this answer." in mary.get(XERO).content.decode()


def test_another_persons_answer_is_not_taken(mary: Client, xero: Stage) -> None:
    from unitledger.store.models import Membership, Operator, User

    _saves_keys(mary, xero)
    back = give_consent(mary.post(f"{XERO}/connect")["Location"], organisation="Demo Company (UK)")
    eve = User.objects.create_user("eve@example.com")
    Membership.objects.create(operator=Operator.objects.get(), user=eve, role="administrator")
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(eve)

    browser.get(f"{XERO}/callback", {"state": back.state, "code": back.code})

    assert "Another person asked for this answer." in browser.get(XERO).content.decode()


def test_wrong_keys_are_explained(mary: Client, xero: Stage) -> None:
    mary.post(
        f"{XERO}/keys", {"client_id": xero.world.demo_app.id, "client_secret": "not the secret"}
    )

    assert _consents(mary, "Demo Company (UK)") == XERO

    assert "The secret may have been replaced." in mary.get(XERO).content.decode()


def test_without_a_consent_there_is_nothing_to_choose(mary: Client, xero: Stage) -> None:
    assert mary.get(f"{XERO}/organisation")["Location"] == XERO
