"""Making, checking and revoking the keys that programs use."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.ports import Ids
from unitledger.store.api_keys import ApiKey, ApiScope
from unitledger.store.audit import ActorKind
from unitledger.store.base import PublicId

NAME_MAX = 80
# Written at most this often: a busy program does not write a row at every request.
LAST_USED_GRAIN = timedelta(minutes=1)
# ul_live_ or ul_test_, eight letters to find the key by, then the secret.
PREFIX_LETTERS = 8


class KeyRefused(Exception):
    """The key was not made. The message is for the person who asked."""


class NoSuchKey(Exception):
    """The operator has no such key."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key. `text` is the only copy there will ever be."""

    row: ApiKey
    text: str


@dataclass(frozen=True, slots=True)
class VerifiedKey:
    """A key that is good: whose it is and what it may do."""

    id: int
    public_id: PublicId
    operator_id: int
    name: str
    scopes: frozenset[str]
    is_test: bool

    def may(self, scope: ApiScope) -> bool:
        return str(scope) in self.scopes

    def actor(self, *, address: str | None = None) -> Actor:
        return Actor(ActorKind.API_KEY, self.name, self.public_id, address)


def make(
    operator_id: int,
    *,
    name: str,
    scopes: Collection[str],
    is_test: bool,
    by: Actor,
    ids: Ids,
    user_id: int | None = None,
) -> MadeKey:
    """Make a key. Raises `KeyRefused` where the name or the scopes will not do."""
    name = name.strip()
    chosen = sorted(set(scopes))
    if not name or len(name) > NAME_MAX:
        raise KeyRefused(f"Give the key a name of 1 to {NAME_MAX} letters: what uses it.")
    unknown = [each for each in chosen if each not in {str(scope) for scope in ApiScope}]
    if not chosen or unknown:
        raise KeyRefused("Choose at least one thing that the key may do.")
    prefix = f"ul_{'test' if is_test else 'live'}_{_letters(ids)}"
    secret = ids.state_token()
    with transaction.atomic():
        row = ApiKey.objects.create(
            operator_id=operator_id,
            name=name,
            prefix=prefix,
            secret_hash=_hash(secret),
            scopes=chosen,
            is_test=is_test,
            created_by_id=user_id,
        )
        row.refresh_from_db()
        after = {"name": name, "scopes": chosen, "is_test": is_test}
        note(operator_id, by, "api_key_made", _subject(row), after=after)
    return MadeKey(row, f"{prefix}_{secret}")


def verify(text: str, *, now: datetime) -> VerifiedKey | None:
    """The key that this text is, or None where it is none, is wrong or was revoked.

    Takes as long for a wrong secret as for a right one.
    """
    kind, _, rest = text.strip().partition("_")
    mode, _, rest = rest.partition("_")
    letters, _, secret = rest.partition("_")
    row = ApiKey.objects.filter(prefix=f"{kind}_{mode}_{letters}").first()
    kept = bytes(row.secret_hash) if row is not None else bytes(32)
    is_right = hmac.compare_digest(_hash(secret), kept)
    if row is None or not is_right or row.revoked_at is not None:
        return None
    if row.last_used_at is None or now - row.last_used_at > LAST_USED_GRAIN:
        ApiKey.objects.filter(id=row.pk).update(last_used_at=now)
    return VerifiedKey(
        id=row.pk,
        public_id=row.public_id,
        operator_id=row.operator_id,
        name=row.name,
        scopes=frozenset(row.scopes),
        is_test=row.is_test,
    )


def revoke(operator_id: int, key: PublicId, *, by: Actor, now: datetime) -> ApiKey:
    """End a key at once, for good; a second time changes nothing. Raises `NoSuchKey`."""
    with transaction.atomic():
        row = (
            ApiKey.objects.select_for_update()
            .filter(operator_id=operator_id, public_id=key)
            .first()
        )
        if row is None:
            raise NoSuchKey
        if row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            note(operator_id, by, "api_key_revoked", _subject(row))
    return row


def _letters(ids: Ids) -> str:
    """Letters and digits only: the parts of a key are parted by underscores."""
    letters = ""
    while len(letters) < PREFIX_LETTERS:
        letters += "".join(each for each in ids.state_token() if each.isalnum())
    return letters[:PREFIX_LETTERS]


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _subject(row: ApiKey) -> Subject:
    return Subject("api_key", str(row.public_id), row.name)
