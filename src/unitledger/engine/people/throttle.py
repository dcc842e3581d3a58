"""Slowing down those who guess passwords, without locking out whom they guess at.

Tries are counted in the database, so that many processes and machines count together; a try is
counted before it is looked at, so that many at once do not slip through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from unitledger.store.sign_ins import SignInTries


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a while; then a pause."""

    tries: int
    within: timedelta
    pause: timedelta


# One person from one place; one person from everywhere, so that many addresses do not help;
# everybody from one place, so that many names do not help.
OF_BOTH = Limit(5, timedelta(minutes=15), timedelta(minutes=5))
OF_ACCOUNT = Limit(30, timedelta(hours=1), timedelta(minutes=15))
OF_ADDRESS = Limit(60, timedelta(hours=1), timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try stands: `again_at` where it came too soon, else how many may follow."""

    left: int
    again_at: datetime | None = None

    @property
    def is_blocked(self) -> bool:
        return self.again_at is not None


def count_try(account: str, address: str | None, *, now: datetime) -> Tried:
    """Count one try to sign in as `account` from `address`, before it is looked at."""
    with transaction.atomic():
        counted = [_count(subject, limit, now=now) for subject, limit in _limits(account, address)]
    blocked = [each.again_at for each in counted if each.again_at is not None]
    return Tried(
        left=min(each.left for each in counted), again_at=max(blocked) if blocked else None
    )


def forget_tries(account: str, address: str | None) -> None:
    """The person came in: their tries count no longer, nor this one against the address."""
    with transaction.atomic():
        for subject, limit in _limits(account, address):
            if limit == OF_ADDRESS:
                SignInTries.objects.filter(subject=subject).update(
                    tries=Greatest(F("tries") - 1, 0), blocked_until_at=None
                )
            else:
                SignInTries.objects.filter(subject=subject).delete()


def _limits(account: str, address: str | None) -> Sequence[tuple[str, Limit]]:
    name = account.casefold()
    return (
        # Always in one order, so that two tries at once cannot wait for each other.
        (_subject("account", name), OF_ACCOUNT),
        (_subject("address", address or ""), OF_ADDRESS),
        (_subject("both", f"{address} {name}"), OF_BOTH),
    )


def _subject(kind: str, text: str) -> str:
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


def _count(subject: str, limit: Limit, *, now: datetime) -> Tried:
    """A try while blocked moves nothing: waiting helps, also when somebody goes on guessing.

    The last try of a while is still looked at; the pause is for the ones behind it.
    """
    SignInTries.objects.bulk_create(
        [SignInTries(subject=subject, tries=0, began_at=now)], ignore_conflicts=True
    )
    row = SignInTries.objects.select_for_update().get(subject=subject)
    if row.blocked_until_at is not None and row.blocked_until_at > now:
        return Tried(left=0, again_at=row.blocked_until_at)
    if row.blocked_until_at is not None or row.began_at < now - limit.within:
        row.tries, row.began_at, row.blocked_until_at = 0, now, None
    row.tries += 1
    if row.tries >= limit.tries:
        row.blocked_until_at = now + limit.pause
    row.save()
    return Tried(left=limit.tries - row.tries)
