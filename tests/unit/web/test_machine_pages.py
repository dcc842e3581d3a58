"""Settings pages of the doors for machines: who is told, what came, how it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.connected import new_operator
from tests.people import signed_in, works_for
from tests.receiving import Receiver, receiver
from tests.unit.webhooks.test_source_hooks import billed
from unitledger import wiring
from unitledger.engine.arriving import hooks
from unitledger.sources.sixstorage import sign

pytestmark = pytest.mark.usefixtures("database")
MACHINES = "/settings/api-and-webhooks"
SOURCE = "/settings/billing-source"
SECRET = "a secret between two"


@pytest.fixture
def operator_id() -> int:
    return new_operator()


@pytest.fixture
def mary(operator_id: int) -> Client:
    return signed_in(works_for("mary", operator_id))


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("UNITLEDGER_WEBHOOKS_PRIVATE", "1")
    with receiver() as kept:
        yield kept


def _text(answer) -> str:
    return answer.content.decode()


def test_an_address_is_added_tested_and_removed(mary: Client, listening: Receiver) -> None:
    answer = mary.post(
        f"{MACHINES}/add", {"name": "Warehouse", "url": listening.url, "state": ["failed"]}
    )
    page = _text(mary.get(answer["Location"]))
    secret = re.search(r'value="(whsec_[^"]+)"', page)
    assert secret is not None
    assert "Failed" in page
    assert secret[1] not in _text(mary.get(answer["Location"]))  # shown once

    page = _text(mary.post(f"{answer['Location']}/test", follow=True))
    assert "The test arrived: 200" in page
    assert json.loads(listening.got[0][1])["type"] == "test"
    assert "Delivered" in page

    again = re.search(r"/deliveries/[0-9a-f-]+/again", page)
    assert again is not None
    assert "It goes again" in _text(mary.post(f"{MACHINES}{again[0]}", follow=True))

    page = _text(mary.post(f"{answer['Location']}/switch", {"to": "off"}, follow=True))
    assert "told nothing more" in page
    mary.post(f"{answer['Location']}/remove")
    assert "Nobody is told of changes" in _text(mary.get(MACHINES))


def test_a_test_that_is_not_taken_says_what_came_back(mary: Client, listening: Receiver) -> None:
    listening.status = 500
    answer = mary.post(f"{MACHINES}/add", {"name": "Warehouse", "url": listening.url})

    page = _text(mary.post(f"{answer['Location']}/test", follow=True))

    assert "It answered 500" in page
    assert "Waiting" in page


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("", "https://example.com/", "1 to 80 letters"),
        ("Screen", "http://127.0.0.1/", "begins with https://"),
        ("Screen", "https://127.0.0.1/", "private network"),
        ("Screen", "not an address", "whole address"),
    ],
)
def test_a_wrong_address_keeps_what_was_typed(mary: Client, name: str, url: str, said: str) -> None:
    answer = mary.post(f"{MACHINES}/add", {"name": name, "url": url, "state": ["failed"]})

    page = _text(answer)
    assert answer.status_code == 422
    assert said in page
    assert f'value="{url}"' in page
    assert 'value="failed" checked' in page


def test_an_address_twice_is_refused(mary: Client, listening: Receiver) -> None:
    typed = {"name": "Warehouse", "url": listening.url}
    mary.post(f"{MACHINES}/add", typed)

    assert "told already" in _text(mary.post(f"{MACHINES}/add", typed))


def test_a_message_is_looked_at_and_the_profile_corrected(mary: Client, operator_id: int) -> None:
    from unitledger.store.models import HookArrival, SourceHook

    page = _text(mary.post(f"{SOURCE}/open", {"name": "6Storage", "secret": SECRET}, follow=True))
    address = re.search(r"http://localhost(/hooks/6storage/[0-9a-f-]+)", page)
    assert address is not None
    assert SECRET not in page
    moved = billed()
    moved["data"]["bill"] = moved["data"].pop("invoice")
    body = json.dumps(moved).encode()
    Client(HTTP_HOST="localhost").post(
        address[1],
        body,
        content_type="application/json",
        headers={"X-6Storage-webhook-signature": sign(body, secret=SECRET)},
    )
    (arrival_id,) = hooks.unread()
    now = wiring.shared_tools().clock.now()
    arrival = hooks.read_arrival(arrival_id, now=now, read=wiring.read_hook_message)
    assert "Invoice create" in _text(mary.get(f"{SOURCE}?state=refused"))
    page = _text(mary.get(f"{SOURCE}/messages/{arrival.public_id}"))
    assert "data.invoice.id" in page
    assert "Padlock" in page

    profile = f"{SOURCE}/{SourceHook.objects.get().public_id}/profile"
    corrected = wiring.example_hook_profile().replace("data.invoice", "data.bill")
    page = _text(
        mary.post(
            profile,
            {"profile": corrected, "message": str(arrival.public_id), "act": "preview"},
        )
    )
    assert "Taken in" in page
    assert "Nothing of this was kept." in page
    mary.post(profile, {"profile": corrected, "act": "save"})
    page = _text(mary.post(f"{SOURCE}/messages/{arrival.public_id}/read", follow=True))
    assert "Read again: taken in" in page
    assert HookArrival.objects.get().state == "taken"


def test_a_profile_that_is_wrong_is_not_saved_and_not_lost(mary: Client) -> None:
    from unitledger.store.models import SourceHook

    mary.post(f"{SOURCE}/open", {"name": "6Storage", "secret": SECRET})
    hook = SourceHook.objects.get()

    answer = mary.post(
        f"{SOURCE}/{hook.public_id}/profile", {"profile": "name = 1\nx = <b>", "act": "save"}
    )

    assert answer.status_code == 422
    assert "not TOML" in _text(answer)
    assert "x = &lt;b&gt;" in _text(answer)
    assert SourceHook.objects.get().profile == hook.profile


@pytest.mark.parametrize("role", ["viewer", "bookkeeper"])
def test_only_administrators_open_these_pages(operator_id: int, role: str) -> None:
    client = signed_in(works_for("vic", operator_id, role))

    for path in (MACHINES, SOURCE):
        assert client.get(path).status_code == 403


def test_another_operators_addresses_are_not_there(mary: Client, listening: Receiver) -> None:
    from unitledger.store.models import SourceHook, WebhookTarget

    mary.post(f"{MACHINES}/add", {"name": "Marys depot", "url": listening.url})
    mary.post(f"{SOURCE}/open", {"name": "6Storage", "secret": SECRET})
    stranger = signed_in(works_for("tom", new_operator()))
    target, hook = WebhookTarget.objects.get().public_id, SourceHook.objects.get().public_id

    assert stranger.get(f"{MACHINES}/{target}").status_code == 404
    assert stranger.post(f"{MACHINES}/{target}/remove").status_code == 404
    assert stranger.get(f"{SOURCE}/{hook}/profile").status_code == 404
    assert "Marys depot" not in _text(stranger.get(MACHINES))
    assert str(hook) not in _text(stranger.get(SOURCE))


def test_the_apis_description_loads_nothing_from_elsewhere() -> None:
    answer = Client(HTTP_HOST="localhost").get("/api/v1/docs")
    page = _text(answer)

    assert answer.status_code == 200
    assert "POST /api/v1/invoices" in page
    assert "decimal as text" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://localhost", "")
    assert len(answer.content) < 100_000
