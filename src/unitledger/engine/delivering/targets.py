"""The addresses that want to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction

from unitledger.core.documents import DocumentState
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.ports import Ids
from unitledger.engine.tools import Vault
from unitledger.store.webhooks import TargetState, WebhookTarget

NAME_MAX = 80
URL_MAX = 2000
TARGETS_MAX = 20
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with


class TargetRefused(Exception):
    """The address was not taken. The text is for people."""


class CheckUrl(Protocol):
    def __call__(self, url: str) -> None:
        """Raises where nothing may be posted there; its text is for people."""
        ...


@dataclass(frozen=True, slots=True)
class MadeTarget:
    """`secret` is shown now and never again."""

    target: WebhookTarget
    secret: str


def add_target(
    operator_id: int,
    *,
    name: str,
    url: str,
    states: Collection[str],
    check_url: CheckUrl,
    vault: Vault,
    ids: Ids,
    by: Actor,
) -> MadeTarget:
    """Raises `TargetRefused`, or what `check_url` raises."""
    name, url = name.strip(), url.strip()
    if not name or len(name) > NAME_MAX:
        raise TargetRefused(f"Give the address a name of 1 to {NAME_MAX} letters.")
    if not url or len(url) > URL_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise TargetRefused("Give the whole address, as in https://example.com/changes.")
    unknown = set(states) - {str(state) for state in DocumentState}
    if unknown:
        raise TargetRefused(f"There is no state “{sorted(unknown)[0]}”.")
    check_url(url)
    secret = SECRET_PREFIX + ids.state_token()
    with transaction.atomic():
        mine = WebhookTarget.objects.filter(operator_id=operator_id)
        if mine.filter(url=url).exists():
            raise TargetRefused("This address is told already.")
        if mine.count() >= TARGETS_MAX:
            raise TargetRefused(f"{TARGETS_MAX} addresses are the limit.")
        target = WebhookTarget.objects.create(
            operator_id=operator_id,
            name=name,
            url=url,
            states=sorted(set(states)),
            secret_sealed=vault.seal(secret),
        )
        after = {"url": url, "states": target.states}
        note(operator_id, by, "webhook_added", _subject(target), after=after)
    return MadeTarget(target, secret)


def renew_secret(target: WebhookTarget, *, vault: Vault, ids: Ids, by: Actor) -> str:
    """A new secret; the old one ends at once."""
    secret = SECRET_PREFIX + ids.state_token()
    with transaction.atomic():
        WebhookTarget.objects.filter(id=target.pk).update(secret_sealed=vault.seal(secret))
        note(target.operator_id, by, "webhook_secret_renewed", _subject(target))
    return secret


def switch(target: WebhookTarget, *, is_on: bool, by: Actor) -> None:
    """Off: nothing more is collected for it. On again: from now on."""
    state = TargetState.ACTIVE if is_on else TargetState.OFF
    if target.state == state:
        return
    with transaction.atomic():
        WebhookTarget.objects.filter(id=target.pk).update(
            state=state, failures_in_a_row=0, disabled_because=None
        )
        act = "webhook_switched_on" if is_on else "webhook_switched_off"
        note(target.operator_id, by, act, _subject(target))


def remove(target: WebhookTarget, *, by: Actor) -> None:
    """Forget the address with its deliveries."""
    with transaction.atomic():
        note(target.operator_id, by, "webhook_removed", _subject(target))
        WebhookTarget.objects.filter(id=target.pk).delete()


def _subject(target: WebhookTarget) -> Subject:
    return Subject("webhook", str(target.public_id), target.name)
