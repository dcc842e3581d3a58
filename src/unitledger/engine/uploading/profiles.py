"""Saved import profiles: TOML text by name, the same for pages and the command line."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from unitledger.core.refusals import SourceRefused
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.uploads import ImportProfile

NAME_MAX = 80
TEXT_MAX = 200_000
PROFILES_MAX = 200


class ProfileRefused(SourceRefused):
    """Why a profile was not saved."""


def save_profile(
    operator_id: int, *, name: str, text: str, by: Actor, now: datetime
) -> ImportProfile:
    """Save a profile that is known to be right, in place of one of that name.

    Raises ProfileRefused.
    """
    plain = " ".join(name.split())
    if not plain or len(plain) > NAME_MAX or not plain.isprintable():
        raise ProfileRefused(
            "A profile has a name of its own.", remedy=f"Give it one of up to {NAME_MAX} letters."
        )
    if len(text) > TEXT_MAX:
        raise ProfileRefused("The profile is too long.", remedy="Take out what is not needed.")
    with transaction.atomic():
        held = (
            ImportProfile.objects.select_for_update()
            .filter(operator_id=operator_id, name=plain)
            .first()
        )
        if held and held.text == text:
            return held
        if held is None and saved_profiles(operator_id).count() >= PROFILES_MAX:
            raise ProfileRefused(
                f"{PROFILES_MAX} profiles are saved.", remedy="Remove some that are not used."
            )
        saved, is_new = ImportProfile.objects.update_or_create(
            operator_id=operator_id,
            name=plain,
            defaults={"text": text, "saved_by_name": by.name, "saved_at": now},
        )
        act = "import_profile_saved" if is_new else "import_profile_changed"
        note(operator_id, by, act, _subject(saved), after={"text": text})
    return saved


def remove_profile(profile: ImportProfile, *, by: Actor) -> None:
    """Uploads that were read with it keep their copy."""
    with transaction.atomic():
        count, _ = ImportProfile.objects.filter(
            operator_id=profile.operator_id, pk=profile.pk
        ).delete()
        if count:
            before = {"text": profile.text}
            note(
                profile.operator_id, by, "import_profile_removed", _subject(profile), before=before
            )


def saved_profiles(operator_id: int):
    return ImportProfile.objects.filter(operator_id=operator_id).order_by("name")


def find_profile(operator_id: int, name: str) -> ImportProfile | None:
    return saved_profiles(operator_id).filter(name=" ".join(name.split())).first()


def _subject(profile: ImportProfile) -> Subject:
    return Subject("import_profile", str(profile.public_id), profile.name)
