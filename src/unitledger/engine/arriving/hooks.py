"""Messages of the storage software: kept byte for byte, then read, and readable again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F

from unitledger.core.arrivals import Arrived, Outcome, RowResult
from unitledger.core.billing import Invoice, Payment, RecordKey, Tenant, from_content
from unitledger.core.refusals import Rule, SourceRefused, refuse
from unitledger.core.source_messages import Message
from unitledger.engine.arriving.results import problems
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.intake import Limits, currencies_of_books
from unitledger.engine.intake.importing import wake_connections
from unitledger.engine.intake.taking import take_in
from unitledger.engine.tools import Vault
from unitledger.store.records import RecordIdentifier, RecordVersion
from unitledger.store.webhooks import HookArrival, HookArrivalState, SourceHook

BODY_MAX = 1_000_000
NAME_MAX = 80
SECRET_MAX = 500
CHUNK = 50
IsSigned = Callable[[bytes, str, str], bool]  # body, header, secret
Read = Callable[[str, bytes], Message]  # the profile's text, the body


class Received(StrEnum):
    """What became of one request to a hook's address."""

    NO_SUCH_ADDRESS = "no_such_address"
    WRONG_SIGNATURE = "wrong_signature"
    TOO_LARGE = "too_large"
    KEPT = "kept"
    REPEATED = "repeated"


class HookRefused(Exception):
    """The address was not made or changed. The text is for people."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading a message would come to. Nothing of it was kept."""

    event: str
    state: HookArrivalState
    results: list[dict[str, Any]]


def open_hook(
    operator_id: int, *, name: str, secret: str, profile: str, vault: Vault, by: Actor
) -> SourceHook:
    """An address to receive messages at; `secret` is what the storage software signs with."""
    name, secret = name.strip(), secret.strip()
    if not name or len(name) > NAME_MAX:
        raise HookRefused(f"Give the address a name of 1 to {NAME_MAX} letters.")
    if not 8 <= len(secret) <= SECRET_MAX:
        raise HookRefused("The signing secret has at least 8 letters.")
    with transaction.atomic():
        if SourceHook.objects.filter(operator_id=operator_id, name=name).exists():
            raise HookRefused(f"There is an address “{name}” already.")
        hook = SourceHook.objects.create(
            operator_id=operator_id,
            name=name,
            secret_sealed=vault.seal(secret),
            profile=profile,
        )
        note(operator_id, by, "source_hook_opened", _subject(hook))
    return hook


def close_hook(hook: SourceHook, *, is_open: bool, by: Actor) -> None:
    """A closed address takes nothing; what it has received stays."""
    if hook.is_open == is_open:
        return
    with transaction.atomic():
        SourceHook.objects.filter(id=hook.pk).update(is_open=is_open)
        act = "source_hook_opened" if is_open else "source_hook_closed"
        note(hook.operator_id, by, act, _subject(hook))


def save_profile(hook: SourceHook, profile: str, *, by: Actor) -> None:
    """For messages from now on, and for those that are read again. The caller has checked it."""
    if hook.profile == profile:
        return
    with transaction.atomic():
        SourceHook.objects.filter(id=hook.pk).update(profile=profile)
        note(
            hook.operator_id,
            by,
            "source_hook_profile_saved",
            _subject(hook),
            before={"profile": hook.profile},
            after={"profile": profile},
        )


def receive(
    hook_id: object,
    body: bytes,
    *,
    signature: str,
    content_type: str,
    now: datetime,
    vault: Vault,
    is_signed: IsSigned,
) -> Received:
    """Keep a rightly signed message; a wrong or a repeated one changes no record.

    The signature covers no time, so the same bytes again count as a replay.
    """
    hook = SourceHook.objects.filter(public_id=hook_id, is_open=True).first()
    if hook is None:
        return Received.NO_SUCH_ADDRESS
    if len(body) > BODY_MAX:
        return Received.TOO_LARGE
    if not is_signed(body, signature, vault.open(hook.secret_sealed)):
        SourceHook.objects.filter(id=hook.pk).update(refused=F("refused") + 1, last_refused_at=now)
        return Received.WRONG_SIGNATURE
    digest = hashlib.sha256(body).digest()
    with transaction.atomic():
        _, is_new = HookArrival.objects.get_or_create(
            operator_id=hook.operator_id,
            hook=hook,
            body_hash=digest,
            defaults={"body": body, "content_type": content_type[:200], "received_at": now},
        )
        if not is_new:
            HookArrival.objects.filter(hook=hook, body_hash=digest).update(
                repeats=F("repeats") + 1, last_repeated_at=now
            )
    return Received.KEPT if is_new else Received.REPEATED


def unread() -> list[int]:
    """Messages that nobody has read yet, the oldest first."""
    return list(
        HookArrival.objects.filter(state=HookArrivalState.NEW)
        .order_by("id")
        .values_list("id", flat=True)[:CHUNK]
    )


def read_arrival(arrival_id: int, *, now: datetime, read: Read) -> HookArrival:
    """Read a message by its hook's profile as it is now; again, where it was read before.

    What it says is decided as any arrival is: nothing is taken in twice.
    """
    with transaction.atomic():
        arrival = HookArrival.objects.select_for_update().get(id=arrival_id)
        profile = SourceHook.objects.values_list("profile", flat=True).get(id=arrival.hook_id)
        preview = _take(arrival.operator_id, profile, bytes(arrival.body), now=now, read=read)
        arrival.event = preview.event
        arrival.state = preview.state
        setattr(arrival, "results", preview.results)  # noqa: B010 - a JSON column takes a list
        arrival.readings += 1
        arrival.read_at = now
        arrival.save()
    return arrival


def preview(operator_id: int, profile: str, body: bytes, *, now: datetime, read: Read) -> Preview:
    """What a message would come to with this profile. Keeps nothing."""
    with _undone():
        return _take(operator_id, profile, body, now=now, read=read)


def replay(arrival: HookArrival, *, now: datetime, read: Read, by: Actor) -> HookArrival:
    done = read_arrival(arrival.pk, now=now, read=read)
    subject = Subject("hook_arrival", str(arrival.public_id), done.event or "message")
    note(arrival.operator_id, by, "hook_arrival_read_again", subject, after={"state": done.state})
    return done


def _take(operator_id: int, profile: str, body: bytes, *, now: datetime, read: Read) -> Preview:
    try:
        message = read(profile, body)
    except SourceRefused as refused:
        wrong = {"field": "", "rule": "unreadable", "message": refused.message}
        problem = {**wrong, "remedy": refused.remedy}
        return Preview("", HookArrivalState.REFUSED, [_one("message", None, "refused", [problem])])
    event = message.event[:200]
    if not message.is_known:
        return Preview(event, HookArrivalState.UNKNOWN, [])
    arrived = list(message.arrived)
    if message.void is not None:
        arrived = [_voided(operator_id, message.void)]
    if not arrived:
        return Preview(event, HookArrivalState.IGNORED, [])
    rows = take_in(
        operator_id,
        arrived,
        now=now,
        zone=message.zone,
        limits=Limits(currencies=currencies_of_books(operator_id)),
    )
    results = [result for row in rows for result in _results(row)]
    is_refused = any(row.is_refused for row in rows)
    if any(each["outcome"] in ("created", "changed") for each in results):
        wake_connections(operator_id, now=now)
    state = HookArrivalState.REFUSED if is_refused else HookArrivalState.TAKEN
    return Preview(event, state, results)


def _voided(operator_id: int, key: RecordKey) -> Arrived:
    """The record as it is known, voided."""
    raw = {"void": f"{key.kind} {key.value}"}
    found = RecordIdentifier.objects.filter(
        operator_id=operator_id,
        source=key.source,
        kind=str(key.kind),
        identifier_type=key.identifier_type,
        value=key.value,
    ).first()
    if found is None:
        return _refused(key, raw)
    newest = (
        RecordVersion.objects.filter(operator_id=operator_id, record_id=found.record_id)
        .order_by("-version")
        .first()
    )
    assert newest is not None  # a record has a version
    content: Any = newest.content
    record: Tenant | Invoice | Payment = from_content(content)
    if isinstance(record, Tenant):
        return _refused(key, raw)
    return Arrived(records=(replace(record, is_void=True),), raw=raw, kinds=(record.kind,))


def _refused(key: RecordKey, raw: dict[str, str]) -> Arrived:
    refusal = refuse(Rule.NOTHING_TO_VOID, "key", kind=key.kind, what=key.kind, value=key.value)
    return Arrived(records=(), raw=raw, refusals=(refusal,), kinds=(key.kind,))


def _results(row: RowResult) -> Iterator[dict[str, Any]]:
    wrong = problems(row.refusals)
    if not row.records:
        yield _one("message", None, str(Outcome.REFUSED), wrong)
    for place, each in enumerate(row.records):
        changes = [
            {"field": change.field, "old": change.old, "new": change.new} for change in each.changes
        ]
        said = _one(
            str(each.kind),
            each.key.value if each.key else None,
            str(each.outcome),
            wrong if place == 0 else [],
        )
        yield {**said, "changes": changes}


def _one(
    kind: str, value: str | None, outcome: str, problems: list[dict[str, str]]
) -> dict[str, Any]:
    return {"kind": kind, "id": value, "outcome": outcome, "problems": problems, "changes": []}


def _subject(hook: SourceHook) -> Subject:
    return Subject("source_hook", str(hook.public_id), hook.name)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
