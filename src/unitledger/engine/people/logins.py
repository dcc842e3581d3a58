"""What happens to a login: told in the log of every operator that it opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, name_of, note, person
from unitledger.engine.people.passwords import set_password
from unitledger.engine.people.sessions import end_sessions
from unitledger.store.people import Membership, Theme, User

NAME_MAX = 120


class NameRefused(Exception):
    """It is empty or too long."""

    def __init__(self) -> None:
        super().__init__(f"Give your name, in up to {NAME_MAX} letters.")


def note_login(user: User, by: Actor, act: str, *, after: Mapping[str, Any] | None = None) -> None:
    subject = Subject("person", str(user.public_id), name_of(user))
    operators = Membership.objects.filter(user=user, deactivated_at=None)
    for operator_id in operators.values_list("operator_id", flat=True):
        note(operator_id, by, act, subject, after=after)


def change_password(
    user: User,
    password: str,
    *,
    session: str | None,
    address: str | None,
    by: Actor | None = None,
) -> None:
    """Take a new password; every other session of the person ends. Raises `PasswordRefused`.

    `by`: who changes it, where it is not the person.
    """
    with transaction.atomic():
        set_password(user, password)
        end_sessions(user, but=session)
        note_login(user, by or person(user, address=address), "password_changed")


def rename(user: User, typed: str, *, address: str | None) -> None:
    """Raises `NameRefused`."""
    name = " ".join(typed.split())
    if not name or len(name) > NAME_MAX:
        raise NameRefused
    by = person(user, address=address)
    with transaction.atomic():
        before = name_of(user)
        user.first_name, user.last_name = name, ""
        user.save(update_fields=["first_name", "last_name"])
        if name != before:
            note_login(user, by, "person_renamed", after={"name": name})


def choose_theme(user: User, typed: str) -> Theme:
    """How pages look to this person; an unknown word is taken for `auto`."""
    theme = Theme(typed) if typed in {str(each) for each in Theme} else Theme.AUTO
    user.theme = theme
    user.save(update_fields=["theme"])
    return theme
