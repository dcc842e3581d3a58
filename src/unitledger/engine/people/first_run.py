"""The first operator of an installation and its first administrator; further operators."""

from __future__ import annotations

import hmac
import re
import unicodedata
from dataclasses import dataclass

from django.db import connection as database
from django.db import transaction

from unitledger.engine.auditing import SYSTEM, Actor, Subject, note, person
from unitledger.engine.people.members import PeopleError, new_user, subject_of
from unitledger.engine.ports import Ids
from unitledger.store.people import Membership, Operator, Role, User

NAME_MAX = 120
HANDLE_LETTERS = 12
_FIRST_RUN_LOCK = 7_305_811_403  # any number; everybody who claims asks for the same one


class NotFirst(Exception):
    """There is an operator already: nobody can claim this installation any more."""


class WrongToken(PeopleError):
    def __init__(self) -> None:
        super().__init__(
            "This is not the set-up token. It stands where `unitledger web` was started.",
            field="token",
        )


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What the first person types about themselves."""

    name: str
    email: str
    password: str


def is_first_run() -> bool:
    return not Operator.objects.exists()


def create_first_operator(
    name: str,
    administrator: FirstAdministrator,
    *,
    typed_token: str,
    token: str,
    link_base: str | None,
    ids: Ids,
    address: str | None = None,
) -> User:
    """Make the operator and its administrator, once; of two at the same moment one succeeds.

    Raises `NotFirst`, `WrongToken`, `PeopleError`, `PasswordRefused`.
    """
    if not hmac.compare_digest(typed_token.strip().encode(), token.encode()):
        raise WrongToken
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_RUN_LOCK])
        if not is_first_run():
            raise NotFirst
        _check_name(name)
        user = new_user(
            administrator.email, name=administrator.name, password=administrator.password
        )
        by = person(user, address=address)
        operator = create_operator(name, by=by, ids=ids, link_base=link_base)
        Membership.objects.create(operator=operator, user=user, role=Role.ADMINISTRATOR)
        note(operator.pk, by, "first_administrator_made", subject_of(user))
    return user


def create_operator(
    name: str, *, ids: Ids, by: Actor = SYSTEM, link_base: str | None = None
) -> Operator:
    """A further storage business on this installation; nobody works for it yet."""
    name = _check_name(name)
    with transaction.atomic():
        operator = Operator.objects.create(
            name=name, handle_key=_handle_key(name, ids=ids), link_base=link_base
        )
        subject = Subject("operator", str(operator.public_id), name)
        note(operator.pk, by, "operator_created", subject)
    return operator


def _check_name(typed: str) -> str:
    name = typed.strip()
    if not name or len(name) > NAME_MAX:
        raise PeopleError(
            f"Give the storage business a name of up to {NAME_MAX} letters.", field="operator"
        )
    return name


def _handle_key(name: str, *, ids: Ids) -> str:
    """Readable in the books and never again the same: `harbourstora4k2x`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z]", "", plain)[:HANDLE_LETTERS] or "operator"
    tail = re.sub(r"[^a-z0-9]", "", ids.state_token().lower())[:4]
    return f"{word}{tail}"
