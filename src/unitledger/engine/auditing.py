"""The audit log: one entry for each act that changes something, in the act's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unitledger.logs import redact
from unitledger.store.audit import ActorKind, AuditEntry
from unitledger.store.base import PublicId
from unitledger.store.people import User

NAME_MAX = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a program with a key, or unitledger itself."""

    kind: ActorKind
    name: str
    public_id: PublicId | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on: `kind` a word of the glossary, `id` its public id, `name` as people say."""

    kind: str
    id: str
    name: str


SYSTEM = Actor(ActorKind.SYSTEM, "unitledger")
COMMAND_LINE = Actor(ActorKind.SYSTEM, "command line")


def person(user: User, *, address: str | None = None) -> Actor:
    return Actor(ActorKind.PERSON, name_of(user), user.public_id, address)


def name_of(user: User) -> str:
    return user.get_full_name() or user.username


def note(
    operator_id: int,
    by: Actor,
    act: str,
    subject: Subject,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry, for good. Call it inside the transaction of what it tells of.

    `act` is a word like `organisation_connected`: what was done, in the past. `before` and
    `after` hold the fields that changed; what looks like a secret is left out of them.
    """
    return AuditEntry.objects.create(
        operator_id=operator_id,
        actor_kind=by.kind,
        actor_name=by.name[:NAME_MAX],
        actor_id=by.public_id,
        address=by.address,
        act=act,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_name=subject.name[:NAME_MAX],
        before=redact(before) if before is not None else None,
        after=redact(after) if after is not None else None,
    )
