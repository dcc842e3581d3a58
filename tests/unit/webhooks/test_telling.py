"""Changes are told: signed, tried again by our schedule, and never into a private network."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from fauxero.clock import Clock as WorldClock
from tests.connected import SharedClock
from tests.programs import Program, program
from tests.receiving import Receiver, receiver
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.engine.delivering import delivering, targets, telling
from unitledger.engine.delivering.schedule import TRIES_MAX
from unitledger.outbound import AddressRefused, Poster
from unitledger.system import RandomIds
from unitledger.vault import KeyVault

pytestmark = pytest.mark.usefixtures("database")
IDS = RandomIds()


@dataclass
class Stage:
    sender: Program
    receiver: Receiver
    clock: SharedClock
    vault: KeyVault
    secret: str = ""
    poster: Poster = field(default_factory=lambda: Poster(may_be_private=True))

    def wants_to_be_told(self, *states: str) -> None:
        self.secret = targets.add_target(
            self.sender.operator_id,
            name="Warehouse",
            url=self.receiver.url,
            states=states,
            check_url=self.poster.check,
            vault=self.vault,
            ids=IDS,
            by=COMMAND_LINE,
        ).secret

    def invoice_becomes(self, state: str) -> None:
        from unitledger.store.models import Document

        Document.objects.filter(kind="invoice").update(state=state)

    def tells(self) -> int:
        telling.prepare(self.sender.operator_id, now=self.clock.now(), ids=IDS)
        return delivering.deliver_due(clock=self.clock, poster=self.poster, vault=self.vault)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.receiver.got]


@pytest.fixture
def stage() -> Iterator[Stage]:
    from cryptography.fernet import Fernet

    sender = program()
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice()])
    with receiver() as listening:
        yield Stage(
            sender,
            listening,
            SharedClock(WorldClock(speed=0)),
            KeyVault(Fernet.generate_key()),
        )


def _delivery() -> Any:
    from unitledger.store.models import WebhookDelivery

    return WebhookDelivery.objects.get()


def _target() -> Any:
    from unitledger.store.models import WebhookTarget

    return WebhookTarget.objects.get()


def test_a_change_is_told_with_what_to_do_about_it(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("needs_attention")

    assert stage.tells() == 1

    (message,) = stage.told
    assert message["type"] == "record.state_changed"
    assert (message["old_state"], message["state"]) == ("new", "needs_attention")
    assert message["record"]["number"] == "INV-1"
    assert message["record"]["amount"] == "120.00"
    assert message["record"]["reasons"][0]["acts_next"] == "person"
    assert stage.tells() == 0
    assert _delivery().state == "delivered"


def test_the_signature_covers_time_and_body(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("queued")
    stage.tells()

    headers, body = stage.receiver.got[0]
    stamp, said = headers["X-Unitledger-Signature"].split(",")
    signed = stamp.removeprefix("t=").encode() + b"." + body
    expected = hmac.new(stage.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert said == f"v1={expected}"
    assert headers["X-Unitledger-Event"] == "record.state_changed"


def test_several_changes_of_a_record_are_told_as_one(stage: Stage) -> None:
    stage.wants_to_be_told()
    for state in ("queued", "waiting", "failed"):
        stage.invoice_becomes(state)

    stage.tells()

    assert [(each["old_state"], each["state"]) for each in stage.told] == [("new", "failed")]


def test_what_went_and_came_back_is_not_told(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("queued")
    stage.invoice_becomes("new")

    assert stage.tells() == 0


def test_only_the_states_asked_for_are_told(stage: Stage) -> None:
    stage.wants_to_be_told("failed")
    stage.invoice_becomes("queued")
    assert stage.tells() == 0

    stage.invoice_becomes("failed")
    assert stage.tells() == 1


def test_a_change_that_is_rolled_back_is_not_told(stage: Stage) -> None:
    from django.db import transaction

    stage.wants_to_be_told()
    with transaction.atomic():
        stage.invoice_becomes("queued")
        transaction.set_rollback(True)

    assert stage.tells() == 0


def test_nothing_is_collected_where_nobody_wants_to_be_told(stage: Stage) -> None:
    from unitledger.store.models import StateChange

    stage.invoice_becomes("queued")
    stage.wants_to_be_told()
    targets.switch(_target(), is_on=False, by=COMMAND_LINE)
    stage.invoice_becomes("failed")

    assert not StateChange.objects.exists()


def test_another_operators_changes_are_not_told(stage: Stage) -> None:
    stage.wants_to_be_told()
    other = program()
    other.knows_a_tenant()
    other.send("invoices", [other.invoice(number="SECRET-1")])
    stage.invoice_becomes("failed")  # of both

    stage.tells()

    assert [each["record"]["number"] for each in stage.told] == ["INV-1"]


def test_what_is_not_taken_comes_again_by_the_schedule(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("failed")
    stage.receiver.status = 503

    assert stage.tells() == 1
    assert stage.tells() == 0
    assert _delivery().next_at - stage.clock.now() == timedelta(seconds=10)
    stage.clock.sleep(10)
    assert stage.tells() == 1
    stage.receiver.status = 204
    stage.clock.sleep(60)
    stage.tells()

    assert (_delivery().state, _delivery().tries) == ("delivered", 3)
    assert _target().failures_in_a_row == 0
    ids = [each["id"] for each in stage.told]
    assert len(ids) == 3 and len(set(ids)) == 1


def test_an_address_that_never_answers_is_disabled_and_says_why(stage: Stage) -> None:
    from unitledger.store.models import AuditEntry, WebhookTry

    stage.wants_to_be_told()
    stage.invoice_becomes("failed")
    stage.receiver.status = 500
    for _ in range(TRIES_MAX):
        stage.tells()
        stage.clock.sleep(86_400)

    assert _delivery().state == "given_up"
    assert _target().state == "disabled"
    assert "in a row failed" in _target().disabled_because
    assert WebhookTry.objects.count() == TRIES_MAX
    assert AuditEntry.objects.filter(act="webhook_disabled").count() == 1

    stage.receiver.status = 200
    targets.switch(_target(), is_on=True, by=COMMAND_LINE)
    delivering.send_again(_delivery(), now=stage.clock.now(), by=COMMAND_LINE)
    assert stage.tells() == 1
    assert _delivery().state == "delivered"


def test_gone_means_gone(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("failed")
    stage.receiver.status = 410
    stage.tells()

    assert (_delivery().state, _target().state) == ("given_up", "disabled")


def test_a_redirect_is_not_followed(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("failed")
    stage.receiver.status = 302
    stage.receiver.headers = {"Location": stage.receiver.url}
    stage.tells()

    assert len(stage.receiver.got) == 1
    assert _delivery().last_status == 302


def test_a_test_message_is_delivered_like_any_other(stage: Stage) -> None:
    stage.wants_to_be_told()
    message = telling.test_message(_target(), now=stage.clock.now(), ids=IDS)

    posted = delivering.deliver(
        message.pk, clock=stage.clock, poster=stage.poster, vault=stage.vault
    )

    assert posted is not None and posted.is_taken
    assert stage.told[0]["type"] == "test"


def test_two_workers_deliver_a_message_once(stage: Stage) -> None:
    stage.wants_to_be_told()
    message = telling.test_message(_target(), now=stage.clock.now(), ids=IDS)

    class Rude:
        """While it posts, another worker looks at the same message."""

        def post(self, url: str, body: bytes, headers: Any) -> Any:
            assert delivering.deliver_due(clock=stage.clock, poster=self, vault=stage.vault) == 0
            return stage.poster.post(url, body, headers)

    delivering.deliver(message.pk, clock=stage.clock, poster=Rude(), vault=stage.vault)

    assert len(stage.receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://100.64.0.1/",
        "https://2130706433/",
        "https://user:word@example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://",
        "https://example.com:99999/",
    ],
)
def test_nothing_is_posted_into_a_private_network(url: str) -> None:
    poster = Poster(may_be_private=False)

    with pytest.raises(AddressRefused):
        poster.check(url)
    assert poster.post(url, b"{}", {}).status is None


def test_a_name_that_turned_private_since_is_refused_at_the_delivery(stage: Stage) -> None:
    stage.wants_to_be_told()
    stage.invoice_becomes("failed")
    stage.poster = Poster(may_be_private=False)

    stage.tells()

    assert stage.receiver.got == []
    assert _delivery().last_error
