"""Filters of the integration report, kept under a name by a person or for everybody."""

from __future__ import annotations

from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.handlings import SavedFilter

NAME_MAX = 60
KEPT_MAX = 30  # a person's own; more than that nobody finds anything in


class NotKept(ValueError):
    """The filter cannot be kept; says why in words."""


def keep_filter(
    operator_id: int, *, user_id: int, name: str, address: str, is_shared: bool, by: Actor
) -> SavedFilter:
    """Under a person's name for it; the same name again takes the place of the one before."""
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise NotKept("Give the filter a name to find it by.")
    if len(name) > NAME_MAX:
        raise NotKept(f"A name has at most {NAME_MAX} characters; this one has {len(name)}.")
    mine = SavedFilter.objects.filter(operator_id=operator_id, user_id=user_id)
    with transaction.atomic():
        if mine.exclude(name=name).count() >= KEPT_MAX:
            raise NotKept(f"You keep {KEPT_MAX} filters already. Remove one first.")
        kept, _ = SavedFilter.objects.update_or_create(
            operator_id=operator_id,
            user_id=user_id,
            name=name,
            defaults={"address": address, "is_shared": is_shared},
        )
        subject = Subject("saved_filter", str(kept.public_id), name)
        note(operator_id, by, "filter_kept", subject, after={"is_shared": is_shared})
    return kept


def remove_filter(kept: SavedFilter, *, by: Actor) -> None:
    with transaction.atomic():
        subject = Subject("saved_filter", str(kept.public_id), kept.name)
        note(kept.operator_id, by, "filter_removed", subject)
        kept.delete()
