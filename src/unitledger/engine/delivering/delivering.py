"""Delivering messages: written down before each try, tried again by our own schedule.

A message may arrive twice where a process died behind the request: its id tells. The order is
not promised: `sequence` tells which of two is the newer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import F

from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.delivering.schedule import FAILURES_MAX, wait_after
from unitledger.engine.ports import Clock
from unitledger.engine.tools import Vault
from unitledger.store.webhooks import (
    DeliveryState,
    TargetState,
    WebhookDelivery,
    WebhookTarget,
    WebhookTry,
)

SIGNATURE = "X-Unitledger-Signature"
AT_A_TIME = 50
HELD = timedelta(minutes=2)  # longer than any attempt: afterwards another process may try
GONE = 410


class Posted(Protocol):
    @property
    def status(self) -> int | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def answer(self) -> str: ...
    @property
    def milliseconds(self) -> int: ...
    @property
    def is_taken(self) -> bool: ...


class Poster(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        """One attempt. Never raises for what the network does."""
        ...


def deliver_due(*, clock: Clock, poster: Poster, vault: Vault) -> int:
    """Try what is due, the longest due first; how many tries were made.

    An address that does not answer is left alone for the rest of the round.
    """
    made, silent = 0, set[int]()
    for delivery_id, target_id in _due(clock.now()):
        if target_id in silent:
            continue
        posted = deliver(delivery_id, clock=clock, poster=poster, vault=vault)
        if posted is not None:
            made += 1
            if posted.status is None:
                silent.add(target_id)
    return made


def deliver(delivery_id: int, *, clock: Clock, poster: Poster, vault: Vault) -> Posted | None:
    """One try of one message; None where another process has it, or it waits no more."""
    now = clock.now()
    with transaction.atomic():
        delivery = (
            WebhookDelivery.objects.select_for_update(skip_locked=True)
            .filter(id=delivery_id, state=DeliveryState.WAITING, next_at__lte=now)
            .first()
        )
        if delivery is None:
            return None
        WebhookDelivery.objects.filter(id=delivery.pk).update(
            next_at=now + HELD, tries=F("tries") + 1
        )
    target = WebhookTarget.objects.get(id=delivery.target_id)
    secret = vault.open(target.secret_sealed)
    body = delivery.body.encode()
    headers = headers_of(delivery, body, secret=secret, at=now)
    posted = poster.post(target.url, body, headers)
    _record(delivery.pk, target.pk, posted, tries=delivery.tries + 1, now=clock.now())
    return posted


def headers_of(
    delivery: WebhookDelivery, body: bytes, *, secret: str, at: datetime
) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "unitledger-webhooks/1",
        "X-Unitledger-Event": delivery.event,
        "X-Unitledger-Delivery": str(delivery.public_id),
        SIGNATURE: signature(body, secret=secret, at=at),
    }


def signature(body: bytes, *, secret: str, at: datetime) -> str:
    """`t=1760000000,v1=…`: HMAC-SHA256 over the time, a dot and the body, in hex."""
    seconds = int(at.timestamp())
    signed = f"{seconds}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def send_again(delivery: WebhookDelivery, *, now: datetime, by: Actor) -> None:
    """From the first try on, whatever became of it before."""
    with transaction.atomic():
        WebhookDelivery.objects.filter(id=delivery.pk).update(
            state=DeliveryState.WAITING, tries=0, next_at=now, delivered_at=None
        )
        subject = Subject("webhook_delivery", str(delivery.public_id), delivery.about)
        note(delivery.operator_id, by, "webhook_sent_again", subject)


def _due(now: datetime) -> list[tuple[int, int]]:
    return list(
        WebhookDelivery.objects.filter(
            state=DeliveryState.WAITING, next_at__lte=now, target__state=TargetState.ACTIVE
        )
        .order_by("next_at", "id")
        .values_list("id", "target_id")[:AT_A_TIME]
    )


def _record(delivery_id: int, target_id: int, posted: Posted, *, tries: int, now: datetime) -> None:
    with transaction.atomic():
        delivery = WebhookDelivery.objects.select_for_update().get(id=delivery_id)
        WebhookTry.objects.create(
            operator_id=delivery.operator_id,
            delivery=delivery,
            at=now,
            status=posted.status,
            error=posted.error,
            answer=posted.answer.replace("\x00", "\ufffd"),
            milliseconds=posted.milliseconds,
        )
        delivery.last_status, delivery.last_error = posted.status, posted.error
        if posted.is_taken:
            delivery.state = DeliveryState.DELIVERED
            delivery.delivered_at, delivery.next_at = now, None
            WebhookTarget.objects.filter(id=target_id).update(failures_in_a_row=0)
        else:
            _failed(delivery, target_id, posted, tries=tries, now=now)
        delivery.save()


def _failed(
    delivery: WebhookDelivery, target_id: int, posted: Posted, *, tries: int, now: datetime
) -> None:
    wait = wait_after(tries) if posted.status != GONE else None
    delivery.state = DeliveryState.WAITING if wait else DeliveryState.GIVEN_UP
    delivery.next_at = now + wait if wait else None
    target = WebhookTarget.objects.select_for_update().get(id=target_id)
    target.failures_in_a_row += 1
    if posted.status == GONE:
        _disable(target, "It answered 410 Gone.")
    elif wait is None and target.failures_in_a_row >= FAILURES_MAX:
        _disable(target, f"{target.failures_in_a_row} attempts in a row failed.")
    target.save(update_fields=["failures_in_a_row", "state", "disabled_because"])


def _disable(target: WebhookTarget, because: str) -> None:
    target.state, target.disabled_because = TargetState.DISABLED, because
    subject = Subject("webhook", str(target.public_id), target.name)
    note(target.operator_id, SYSTEM, "webhook_disabled", subject, after={"because": because})
