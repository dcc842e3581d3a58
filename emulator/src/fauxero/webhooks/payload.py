"""The body of a webhook and its signature. Shapes from Xero's published webhook description."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from fauxero.webhooks.records import CATEGORIES, Event, Job, Post, Subscription

ENTROPY_LENGTH = 20
# Neither how many posts an intent has nor their order is documented: "several, some wrong".
INTENT_SIGNATURES = (False, True, False, True)


def signature(key: str, body: bytes) -> str:
    """`x-xero-signature`: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


def events_job(
    subscription: Subscription, events: Sequence[Event], *, api_url: str, new_id: Callable[[], str]
) -> Job:
    body = _body([_shown(event, api_url) for event in events], events, new_id)
    return Job(
        subscription.app_id,
        subscription.url,
        (Post(body, signature(subscription.key, body)),),
        events[0].sequence,
        events[-1].sequence,
    )


def intent_job(subscription: Subscription, *, new_id: Callable[[], str]) -> Job:
    """Posts without events, some of them signed with a key that is not the app's."""
    posts: list[Post] = []
    for is_right in INTENT_SIGNATURES:
        body = _body([], (), new_id)
        key = subscription.key if is_right else f"not {subscription.key}"
        posts.append(Post(body, signature(key, body), is_right))
    return Job(subscription.app_id, subscription.url, tuple(posts))


def _body(shown: list[dict[str, Any]], events: Sequence[Event], new_id: Callable[[], str]) -> bytes:
    data = {
        "events": shown,
        "firstEventSequence": events[0].sequence if events else 0,
        "lastEventSequence": events[-1].sequence if events else 0,
        "entropy": _entropy(new_id()),
    }
    return json.dumps(data, separators=(",", ":")).encode()


def _entropy(drawn: str) -> str:
    digits = hashlib.sha256(drawn.encode()).digest()
    return "".join(chr(ord("A") + digit % 26) for digit in digits[:ENTROPY_LENGTH])


def _shown(event: Event, api_url: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "resourceUrl": f"{api_url}/{CATEGORIES[event.category]}/{event.resource_id}",
        "resourceId": event.resource_id,
        "tenantId": event.organisation_id,
        "tenantType": "ORGANISATION",
        "eventCategory": event.category,
        "eventType": event.type,
        "eventDateUtc": _wire(event.at),
    }
    if event.document_type is not None:
        shown["data"] = {"Type": event.document_type, "Status": event.document_status}
    return shown


def _wire(at: datetime) -> str:
    """Milliseconds and no zone."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}"
