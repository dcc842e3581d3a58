"""Webhooks of one world: who subscribed, what happened, what is due, and how it went.

No sockets here: `due` says what to send, `settle` is told what came back. Documented: proving the
intent to receive, five seconds to answer, a retry at once and then every 15 minutes for 24 hours,
then disabled; undelivered events kept 31 days and replayed in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from fauxero.accounting.tables import Change
from fauxero.clock import Clock
from fauxero.ids import Ids
from fauxero.shelf import Shelf
from fauxero.webhooks.changes import Happened, happened
from fauxero.webhooks.payload import events_job, intent_job
from fauxero.webhooks.records import (
    CATEGORIES,
    DISABLED,
    KEPT_FOR,
    OK,
    PENDING,
    RETRY_EVERY,
    RETRY_FOR,
    Attempt,
    Event,
    Job,
    Post,
    Reply,
    Subscription,
)

XERO_API = "https://api.xero.com/api.xro/2.0"
EVENTS_A_POST_MAX = 100  # not documented
ATTEMPTS_KEPT = 1_000


class Problem(ValueError):
    """A subscription cannot be as asked; the text says why."""


class Webhooks:
    """See the module. `is_connected(app_id, organisation_id)` says whose changes an app hears."""

    def __init__(self, *, clock: Clock, ids: Ids, is_connected: Callable[[str, str], bool]) -> None:
        self._clock = clock
        self._ids = ids
        self._is_connected = is_connected
        self.subscriptions: Shelf[Subscription] = Shelf("webhooks", Subscription)
        self.events: Shelf[Event] = Shelf("webhook_events", Event)
        self.attempts: deque[Attempt] = deque(maxlen=ATTEMPTS_KEPT)
        self.notices: list[str] = []  # what the app's developers were mailed
        self._in_flight: set[str] = set()

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        return (self.subscriptions, self.events)

    # ---- subscribing

    def subscribe(
        self, *, app_id: str, url: str, categories: Sequence[str], key: str | None = None
    ) -> Subscription:
        """Make or change an app's webhook. A new address must prove its intent again."""
        wanted = tuple(dict.fromkeys(name.upper() for name in categories))
        if not wanted or not set(wanted) <= set(CATEGORIES):
            raise Problem(f"categories: some of {', '.join(CATEGORIES)}")
        before = self.subscriptions.get(app_id)
        key = key or (before.key if before else self._new_key())
        if before is not None and (before.url, before.key) == (url, key):
            changed = replace(before, categories=wanted)
        elif before is not None:
            changed = replace(
                before, url=url, key=key, categories=wanted, status=PENDING, wants_intent=True
            )
        else:
            changed = Subscription(app_id, url, key, wanted)
        return self.subscriptions.put(app_id, changed)

    def send_intent(self, app_id: str) -> Subscription:
        """Ask the app to prove its intent to receive, as the portal's button does."""
        return self.subscriptions.put(
            app_id, replace(self.subscriptions[app_id], wants_intent=True)
        )

    def unsubscribe(self, app_id: str) -> None:
        self.subscriptions.drop(app_id)
        for event in list(self.events_of(app_id)):
            self.events.drop(_key(event))

    def events_of(self, app_id: str) -> Iterator[Event]:
        """Undelivered events, oldest first."""
        return (event for event in self.events if event.app_id == app_id)

    def _new_key(self) -> str:
        return (self._ids.uuid() + self._ids.uuid()).replace("-", "")

    # ---- what happens in the books

    def note(self, organisation_id: str, changes: Sequence[Change], *, on_payment: bool) -> None:
        """Keep an event for each change that a connected app has subscribed to."""
        if not len(self.subscriptions):
            return
        found = list(happened(changes, on_payment=on_payment))
        for subscription in list(self.subscriptions):
            if not subscription.was_ok:
                continue
            if not self._is_connected(subscription.app_id, organisation_id):
                continue
            for part in found:
                if part.category in subscription.categories:
                    self._keep(subscription.app_id, organisation_id, part)

    def _keep(self, app_id: str, organisation_id: str, part: Happened) -> None:
        subscription = self.subscriptions[app_id]
        sequence = subscription.sequence + 1
        self.subscriptions.put(app_id, replace(subscription, sequence=sequence))
        event = Event(
            app_id=app_id,
            sequence=sequence,
            organisation_id=organisation_id,
            category=part.category,
            type=part.type,
            resource_id=part.resource_id,
            at=self._clock.now(),
            document_type=part.document_type,
            document_status=part.document_status,
        )
        self.events.put(_key(event), event)

    # ---- delivering

    def due(self, *, api_url: str) -> list[Job]:
        """Return what is to be sent now, and count it as on its way until it is settled.

        `api_url` is where an event says that its resource is to be read.
        """
        now = self._clock.now()
        self._forget_old(now)
        jobs = [
            job
            for subscription in self.subscriptions
            if subscription.app_id not in self._in_flight
            and (job := self._job(subscription, now, api_url)) is not None
        ]
        self._in_flight |= {job.app_id for job in jobs}
        return jobs

    def _job(self, subscription: Subscription, now: datetime, api_url: str) -> Job | None:
        if subscription.wants_intent:
            return intent_job(subscription, new_id=self._ids.uuid)
        if subscription.status != OK or (subscription.next_at or now) > now:
            return None
        waiting = list(self.events_of(subscription.app_id))[:EVENTS_A_POST_MAX]
        if not waiting:
            return None
        return events_job(subscription, waiting, api_url=api_url, new_id=self._ids.uuid)

    def next_at(self) -> datetime | None:
        """When a retry falls due that is not due yet; None when there is none."""
        waiting = [
            subscription.next_at
            for subscription in self.subscriptions
            if subscription.status == OK
            and subscription.next_at is not None
            and next(self.events_of(subscription.app_id), None) is not None
        ]
        return min(waiting, default=None)

    def settle(self, job: Job, replies: Sequence[Reply]) -> None:
        """Take note of what an app answered to each post of a job."""
        self._in_flight.discard(job.app_id)
        now = self._clock.now()
        accepted = [
            _is_accepted(job, post, reply) for post, reply in zip(job.posts, replies, strict=True)
        ]
        for post, reply, is_accepted in zip(job.posts, replies, accepted, strict=True):
            self.attempts.append(_attempt(job, post, reply, is_accepted, now))
        subscription = self.subscriptions.get(job.app_id)
        if subscription is None or subscription.url != job.url:
            return  # taken away or moved meanwhile
        if job.is_intent:
            self._proved(subscription, is_ok=all(accepted))
        elif all(accepted):
            self._delivered(subscription, job)
        else:
            self._failed(subscription, now)

    def _proved(self, subscription: Subscription, *, is_ok: bool) -> None:
        changed = replace(subscription, wants_intent=False)
        if is_ok:
            changed = replace(changed, status=OK, was_ok=True, failing_since=None, next_at=None)
        self.subscriptions.put(subscription.app_id, changed)

    def _delivered(self, subscription: Subscription, job: Job) -> None:
        for event in list(self.events_of(subscription.app_id)):
            if event.sequence <= job.last_sequence:
                self.events.drop(_key(event))
        self.subscriptions.put(
            subscription.app_id, replace(subscription, failing_since=None, next_at=None)
        )

    def _failed(self, subscription: Subscription, now: datetime) -> None:
        since = subscription.failing_since
        if since is None:
            changed = replace(subscription, failing_since=now, next_at=now)
        elif now - since >= RETRY_FOR:
            changed = replace(subscription, status=DISABLED, failing_since=None, next_at=None)
            self.notices.append(
                f"{now.isoformat()} app {subscription.app_id}: webhooks to {subscription.url} "
                f"have failed since {since.isoformat()} and are disabled"
            )
        else:
            changed = replace(subscription, next_at=now + RETRY_EVERY)
        self.subscriptions.put(subscription.app_id, changed)

    def _forget_old(self, now: datetime) -> None:
        for event in [event for event in self.events if event.at + KEPT_FOR <= now]:
            self.events.drop(_key(event))


def _key(event: Event) -> str:
    return f"{event.app_id}/{event.sequence:010d}"


def _is_accepted(job: Job, post: Post, reply: Reply) -> bool:
    """Documented: 401 to a wrong signature; to a right one 200 in an intent, else any 2xx."""
    if reply.status is None:
        return False
    if not post.is_rightly_signed:
        return reply.status == 401
    return reply.status == 200 if job.is_intent else 200 <= reply.status < 300


def _attempt(job: Job, post: Post, reply: Reply, is_accepted: bool, now: datetime) -> Attempt:
    return Attempt(
        app_id=job.app_id,
        at=now,
        kind="intent" if job.is_intent else "events",
        is_rightly_signed=post.is_rightly_signed,
        is_accepted=is_accepted,
        first_sequence=job.first_sequence,
        last_sequence=job.last_sequence,
        reply=reply,
    )
