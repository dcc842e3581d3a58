"""Idempotency keys: six minutes' memory of what a write was answered.

Documented: kept for 6 minutes from the first call, per app; at most 128 characters; another URL,
method or body under the same key is refused; answers are replayed, errors included.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fauxero.http.exchange import Answer, Request
from fauxero.shelf import Shelf

KEPT_FOR = timedelta(minutes=6)
LENGTH_MAX = 128
METHODS = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A key in use. No status yet: the first call has been accepted and is being processed."""

    fingerprint: str
    first_at: datetime
    status: int | None = None
    body: bytes = b""
    content_type: str | None = None

    @property
    def answer(self) -> Answer | None:
        if self.status is None:
            return None
        return Answer(self.status, self.body, self.content_type)


def fingerprint(request: Request, organisation_id: str) -> str:
    """What must be the same for a second use of a key to be the same request."""
    target = f"{request.method} {request.path.lower()}?{request.query_string} {organisation_id}\n"
    return hashlib.sha256(target.encode() + request.body).hexdigest()


class KeyStore:
    def __init__(self) -> None:
        self.kept: Shelf[Kept] = Shelf("idempotency_keys", Kept)

    def find(self, app_id: str, key: str, now: datetime) -> Kept | None:
        self._forget_old(now)
        found = self.kept.get(f"{app_id}/{key}")
        return found if found is not None and _is_kept(found, now) else None

    def reserve(self, app_id: str, key: str, print_: str, now: datetime) -> None:
        self.kept.drop(f"{app_id}/{key}")  # so that the shelf stays in order of age
        self.kept.put(f"{app_id}/{key}", Kept(fingerprint=print_, first_at=now))

    def settle(self, app_id: str, key: str, answer: Answer) -> None:
        """Keep the answer for a reserved key; a reservation that has run out stays forgotten."""
        name = f"{app_id}/{key}"
        found = self.kept.get(name)
        if found is not None:
            settled = replace(
                found, status=answer.status, body=answer.body, content_type=answer.content_type
            )
            self.kept.put(name, settled)

    def release(self, app_id: str, key: str) -> None:
        self.kept.drop(f"{app_id}/{key}")

    def _forget_old(self, now: datetime) -> None:
        while (name := self.kept.oldest_key()) is not None:
            if _is_kept(self.kept[name], now):
                return
            self.kept.drop(name)


def _is_kept(found: Kept, now: datetime) -> bool:
    return found.first_at <= now < found.first_at + KEPT_FOR
