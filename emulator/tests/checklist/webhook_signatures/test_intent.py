"""Signature and intent to receive. Evidence: documented (Webhooks page); which posts of an intent
are wrongly signed, and how many, is unsure."""

from __future__ import annotations

from typing import Any

import pytest

from fauxero.webhooks.payload import signature
from tests.checklist.hooks import Receiver, shown, subscribe
from tests.conftest import Xero


def test_a_signature_is_base64_of_hmac_sha256_over_the_raw_body() -> None:
    # Worked out with: printf '{"events":[]}' | openssl dgst -sha256 -hmac key -binary | base64
    assert signature("key", b'{"events":[]}') == EXPECTED


EXPECTED = "Qrz9n8NSnnBLDlKIZEhYxzL4J+L5wKUqtKk3FuhGKW0="


def test_the_intent_is_proved_by_telling_right_signatures_from_wrong(
    xero: Xero, receiver: Receiver
) -> None:
    state = subscribe(xero, receiver)
    assert state["status"] == "ok"
    assert set(receiver.signatures) == {True, False}
    for post in receiver.posts:
        assert post["events"] == []
        assert (post["firstEventSequence"], post["lastEventSequence"]) == (0, 0)
        assert len(post["entropy"]) == 20
    assert len({post["entropy"] for post in receiver.posts}) == len(receiver.posts)


@pytest.mark.parametrize("answers", [200, 401, 202, 500])
def test_an_address_that_answers_all_alike_does_not_prove_its_intent(
    xero: Xero, receiver: Receiver, answers: int
) -> None:
    receiver.judge = lambda body, signature: answers
    assert subscribe(xero, receiver)["status"] == "pending"
    xero.put("Contacts", {"Name": "Ann"})
    assert shown(xero)["undelivered"] == 0


def test_a_new_address_has_to_prove_its_intent_again(hooked: Xero, receiver: Receiver) -> None:
    other = Receiver("another")
    other.judge = lambda body, signature: 200
    state = subscribe(hooked, other)
    other.stop()
    assert state["status"] == "pending"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://example.org/hook"},
        {"url": "http://10.0.0.1/hook"},
        {"url": "ftp://localhost/hook"},
        {"url": "localhost"},
        {"url": "http://localhost:99999/"},
        {"url": "http://a:b@localhost/"},
        {"url": "http://localhost/a\r\nX-Injected: yes"},
        {"url": "http://localhost/", "categories": ["PAYMENT"]},
        {"url": "http://localhost/", "categories": []},
        {"url": "http://localhost/", "client_id": "nobody"},
        {"url": "http://localhost/", "other": 1},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(xero: Xero, wrong: dict[str, Any]) -> None:
    answer = xero.http.post("/_fauxero/webhooks", json=wrong)
    assert answer.status_code in (400, 404), answer.text
    assert xero.control("GET", "webhooks")["webhooks"] == []


def test_another_machine_may_be_named_and_then_needs_https(xero: Xero) -> None:
    xero.control("POST", "settings", {"webhook_hosts": ["hooks.example"]})
    wrong = xero.http.post("/_fauxero/webhooks", json={"url": "http://hooks.example/"})
    assert wrong.status_code == 400
