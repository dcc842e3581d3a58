"""What fauxero remembers of webhooks: subscriptions, events, and attempts to deliver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# Xero: documented (webhooks; the last two since August and September 2026).
CATEGORIES: Mapping[str, str] = {
    "CONTACT": "Contacts",
    "INVOICE": "Invoices",
    "CREDITNOTE": "CreditNotes",
    "PREPAYMENT": "Prepayments",
    "OVERPAYMENT": "Overpayments",
}

ANSWER_SECONDS_MAX = 5.0
RETRY_EVERY = timedelta(minutes=15)
RETRY_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=31)

PENDING, OK, DISABLED = "pending", "ok", "disabled"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One app's webhook. `pending`: the intent to receive has not been proved yet.

    Events are collected once it was ever proved, also while it is disabled.
    """

    app_id: str
    url: str
    key: str
    categories: tuple[str, ...]
    status: str = PENDING
    was_ok: bool = False
    sequence: int = 0
    wants_intent: bool = True
    failing_since: datetime | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one resource, waiting to be delivered. `at` is when it happened."""

    app_id: str
    sequence: int
    organisation_id: str
    category: str
    type: str  # CREATE or UPDATE
    resource_id: str
    at: datetime
    document_type: str | None = None  # credit notes tell their type and status
    document_status: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One request to an app's address."""

    body: bytes
    signature: str
    is_rightly_signed: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be sent to one app now: an intent's several posts, or one of events."""

    app_id: str
    url: str
    posts: tuple[Post, ...]
    first_sequence: int = 0
    last_sequence: int = 0

    @property
    def is_intent(self) -> bool:
        return self.last_sequence == 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `status` None: nothing in time, and `error` says why."""

    status: int | None
    error: str | None = None
    seconds: float = 0.0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One post and its reply, for people to look at."""

    app_id: str
    at: datetime
    kind: str  # intent or events
    is_rightly_signed: bool
    is_accepted: bool
    first_sequence: int
    last_sequence: int
    reply: Reply
