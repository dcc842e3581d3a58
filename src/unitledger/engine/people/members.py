"""Who works for an operator: inviting, changing, deactivating; the last administrator stays."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from unitledger.engine.auditing import Actor, Subject, name_of, note, person
from unitledger.engine.people import two_steps
from unitledger.engine.people.passwords import set_password
from unitledger.engine.people.sessions import end_sessions
from unitledger.engine.ports import Ids
from unitledger.store.base import PublicId
from unitledger.store.people import LinkPurpose, Membership, Operator, PersonLink, Role, User
from unitledger.store.places import Location

LINK_LIFE = timedelta(days=7)
NAME_MAX = 120
EMAIL_MAX = 150  # what a login's name holds


class PeopleError(Exception):
    """It cannot be done. The message is for the administrator; `field` names what is wrong."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class LastAdministrator(PeopleError):
    def __init__(self) -> None:
        super().__init__(
            "This is the last administrator. Make somebody else an administrator first.",
            field="role",
        )


class NotTheirs(PeopleError):
    """The person's login opens other operators too: no administrator of one may take it over."""

    def __init__(self) -> None:
        super().__init__(
            "This person also works for other operators, so only they can change how they sign in."
        )


class LinkSpent(Exception):
    """The link was used, withdrawn, has run out, or never was one."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link for one person. `token` is None where the same form made it before."""

    row: PersonLink
    token: str | None


def invite(
    operator_id: int,
    *,
    email: str,
    role: str,
    location_ids: Collection[int],
    key: str,
    by: Actor,
    ids: Ids,
    now: datetime,
) -> MadeLink:
    """Make a link by which one person joins. An older one to the same address ends.

    The same form sent twice makes one link. Raises `PeopleError`.
    """
    email = _email(email)
    chosen = _role(role)
    locations = _locations(operator_id, chosen, location_ids)
    is_member = Membership.objects.filter(
        operator_id=operator_id, user__username=email, deactivated_at=None
    ).exists()
    if is_member:
        raise PeopleError(f"{email} works for this operator already.", field="email")
    with transaction.atomic():
        _lock(operator_id)
        made = _make_link(
            operator_id,
            purpose=LinkPurpose.INVITE,
            email=email,
            key=key,
            by=by,
            ids=ids,
            now=now,
            role=chosen,
            location_ids=locations,
        )
        if made.token is not None:
            subject = Subject("invitation", str(made.row.public_id), email)
            names = Location.objects.filter(id__in=locations).order_by("name")
            after = {"role": chosen, "locations": list(names.values_list("name", flat=True))}
            note(operator_id, by, "person_invited", subject, after=after)
    return made


def withdraw(operator_id: int, link: PublicId, *, by: Actor, now: datetime) -> None:
    """End a link that nobody has used. Raises `LinkSpent` where there is none such."""
    with transaction.atomic():
        ended = PersonLink.objects.filter(
            operator_id=operator_id, public_id=link, used_at=None, withdrawn_at=None
        )
        row = ended.select_for_update().first()
        if row is None:
            raise LinkSpent
        ended.update(withdrawn_at=now)
        subject = Subject("invitation", str(row.public_id), row.email)
        note(operator_id, by, "link_withdrawn", subject)


def open_link(token: str, *, now: datetime) -> PersonLink:
    """The link that this token belongs to, if it is still good. Raises `LinkSpent`."""
    row = (
        PersonLink.objects.select_related("operator", "user")
        .filter(token_hash=_hash(token))
        .first()
    )
    if row is None or row.used_at or row.withdrawn_at or row.expires_at <= now:
        raise LinkSpent
    return row


def accept_invitation(
    token: str,
    *,
    now: datetime,
    user: User | None = None,
    name: str = "",
    password: str = "",
    address: str | None = None,
) -> User:
    """Join by a link: `user` where the person has a login and is signed in, else a new login.

    Raises `LinkSpent`, and `PasswordRefused` or `PeopleError` for what was typed.
    """
    with transaction.atomic():
        link = _take_link(token, LinkPurpose.INVITE, now=now)
        if user is None:
            user = new_user(link.email, name=name, password=password)
        elif user.username.casefold() != link.email:
            raise PeopleError(f"This invitation is for {link.email}. Sign in as that person.")
        _lock(link.operator_id)
        if Membership.objects.filter(
            operator_id=link.operator_id, user=user, deactivated_at=None
        ).exists():
            # Let in another way since: an older invitation changes neither role nor locations.
            raise LinkSpent
        membership, _ = Membership.objects.update_or_create(
            operator_id=link.operator_id,
            user=user,
            defaults={"role": link.role, "deactivated_at": None},
        )
        membership.locations.set(link.location_ids)
        by = person(user, address=address)
        note(
            link.operator_id, by, "invitation_accepted", subject_of(user), after={"role": link.role}
        )
    return user


def change(
    operator_id: int,
    whom: PublicId,
    *,
    role: str,
    location_ids: Collection[int],
    by: Actor,
) -> Membership:
    """Another role, other locations. Raises `PeopleError`."""
    chosen = _role(role)
    locations = _locations(operator_id, chosen, location_ids)
    with transaction.atomic():
        _lock(operator_id)
        membership = _membership(operator_id, whom)
        if chosen is not Role.ADMINISTRATOR:
            _check_another_administrator(membership)
        before = _content(membership)
        membership.role = chosen
        membership.save(update_fields=["role"])
        membership.locations.set(locations)
        after = _content(membership)
        if after != before:
            subject = subject_of(membership.user)
            note(operator_id, by, "person_changed", subject, before=before, after=after)
    return membership


def deactivate(operator_id: int, whom: PublicId, *, by: Actor, now: datetime) -> None:
    """They open nothing of this operator any more, at once. Raises `PeopleError`."""
    with transaction.atomic():
        _lock(operator_id)
        membership = _membership(operator_id, whom)
        if membership.deactivated_at is None:
            _check_another_administrator(membership)
            membership.deactivated_at = now
            membership.save(update_fields=["deactivated_at"])
            note(operator_id, by, "person_deactivated", subject_of(membership.user))


def reactivate(operator_id: int, whom: PublicId, *, by: Actor) -> None:
    with transaction.atomic():
        _lock(operator_id)
        membership = _membership(operator_id, whom)
        if membership.deactivated_at is not None:
            membership.deactivated_at = None
            membership.save(update_fields=["deactivated_at"])
            note(operator_id, by, "person_reactivated", subject_of(membership.user))


def make_reset_link(
    operator_id: int, whom: PublicId, *, key: str, by: Actor, ids: Ids, now: datetime
) -> MadeLink:
    """A link by which the person chooses a new password. Raises `NotTheirs`, `PeopleError`."""
    with transaction.atomic():
        _lock(operator_id)
        membership = _membership(operator_id, whom)
        _check_theirs(membership)
        made = _make_link(
            operator_id,
            purpose=LinkPurpose.RESET,
            email=membership.user.username,
            key=key,
            by=by,
            ids=ids,
            now=now,
            user=membership.user,
        )
        if made.token is not None:
            note(operator_id, by, "password_reset_begun", subject_of(membership.user))
    return made


def reset_password(token: str, password: str, *, now: datetime, address: str | None) -> User:
    """Take the new password; every session of the person ends. Raises `LinkSpent`,
    `PasswordRefused`."""
    with transaction.atomic():
        link = _take_link(token, LinkPurpose.RESET, now=now)
        user = link.user
        if user is None or _works_elsewhere(user.pk, link.operator_id):
            raise LinkSpent  # since the link was made, the person's login opens more doors
        set_password(user, password)
        end_sessions(user)
        by = person(user, address=address)
        note(link.operator_id, by, "password_reset", subject_of(user))
    return user


def reset_two_steps(operator_id: int, whom: PublicId, *, by: Actor) -> None:
    """Let somebody in again who lost phone and codes. Raises `NotTheirs`, `PeopleError`."""
    with transaction.atomic():
        membership = _membership(operator_id, whom)
        _check_theirs(membership)
        two_steps.turn_off(membership.user, by=by)


def require_two_steps(operator_id: int, *, is_required: bool, by: Actor) -> None:
    """Whether everybody who works for the operator signs in with two steps."""
    with transaction.atomic():
        operator = Operator.objects.select_for_update().get(id=operator_id)
        if operator.requires_two_steps != is_required:
            before = {"requires_two_steps": operator.requires_two_steps}
            operator.requires_two_steps = is_required
            operator.save(update_fields=["requires_two_steps"])
            subject = Subject("operator", str(operator.public_id), operator.name)
            after = {"requires_two_steps": is_required}
            note(operator_id, by, "operator_changed", subject, before=before, after=after)


def new_user(email: str, *, name: str, password: str) -> User:
    """A login. Raises `PeopleError`, `PasswordRefused`."""
    email, name = _email(email), name.strip()
    if not name or len(name) > NAME_MAX:
        raise PeopleError(f"Give your name, in up to {NAME_MAX} letters.", field="name")
    if User.objects.filter(username=email).exists():
        raise PeopleError("You have a login already: sign in, then open the link again.")
    user = User(username=email, email=email, first_name=name)
    set_password(user, password)
    return user


def subject_of(user: User) -> Subject:
    return Subject("person", str(user.public_id), name_of(user))


def _lock(operator_id: int) -> None:
    """One change of an operator's people at a time: two could each spare the other's last
    administrator."""
    Operator.objects.select_for_update().get(id=operator_id)


def _membership(operator_id: int, whom: PublicId) -> Membership:
    found = (
        Membership.objects.select_related("user")
        .filter(operator_id=operator_id, user__public_id=whom)
        .first()
    )
    if found is None:
        raise PeopleError("There is no such person here.")
    return found


def _check_another_administrator(membership: Membership) -> None:
    others = Membership.objects.filter(
        operator_id=membership.operator_id, role=Role.ADMINISTRATOR, deactivated_at=None
    ).exclude(id=membership.pk)
    is_one = membership.role == Role.ADMINISTRATOR and membership.deactivated_at is None
    if is_one and not others.exists():
        raise LastAdministrator


def _check_theirs(membership: Membership) -> None:
    if _works_elsewhere(membership.user_id, membership.operator_id):
        raise NotTheirs


def _works_elsewhere(user_id: int, operator_id: int) -> bool:
    """Also where they were deactivated: that door may be opened again."""
    return Membership.objects.filter(user_id=user_id).exclude(operator_id=operator_id).exists()


def _make_link(
    operator_id: int,
    *,
    purpose: LinkPurpose,
    email: str,
    key: str,
    by: Actor,
    ids: Ids,
    now: datetime,
    role: Role | None = None,
    location_ids: Sequence[int] = (),
    user: User | None = None,
) -> MadeLink:
    kept = PersonLink.objects.filter(operator_id=operator_id, key=key).first()
    if kept is not None:
        return MadeLink(kept, None)
    PersonLink.objects.filter(
        operator_id=operator_id, purpose=purpose, email=email, used_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    token = ids.state_token()
    row = PersonLink.objects.create(
        operator_id=operator_id,
        purpose=purpose,
        key=key,
        token_hash=_hash(token),
        email=email,
        role=role,
        location_ids=list(location_ids),
        user=user,
        created_by_name=by.name,
        expires_at=now + LINK_LIFE,
    )
    return MadeLink(row, token)


def _take_link(token: str, purpose: LinkPurpose, *, now: datetime) -> PersonLink:
    """Within a transaction: the link, taken. Of two at the same moment one gets it."""
    row = (
        PersonLink.objects.select_for_update(of=("self",))
        .filter(token_hash=_hash(token), purpose=purpose)
        .first()
    )
    if row is None or row.used_at or row.withdrawn_at or row.expires_at <= now:
        raise LinkSpent
    row.used_at = now
    row.save(update_fields=["used_at"])
    return row


def _email(typed: str) -> str:
    email = typed.strip().casefold()
    try:
        validate_email(email)
    except ValidationError as error:
        raise PeopleError(
            "Write an e-mail address, as in mary@example.com.", field="email"
        ) from error
    if len(email) > EMAIL_MAX:
        raise PeopleError("An e-mail address has at most 150 letters here.", field="email")
    return email


def _role(typed: str) -> Role:
    try:
        return Role(typed)
    except ValueError as error:
        raise PeopleError("Choose a role.", field="role") from error


def _locations(operator_id: int, role: Role, chosen: Collection[int]) -> list[int]:
    """The operator's own among them. An administrator has all, which is none by name."""
    if role is Role.ADMINISTRATOR or not chosen:
        return []
    found = sorted(
        Location.objects.filter(operator_id=operator_id, id__in=list(chosen)).values_list(
            "id", flat=True
        )
    )
    if len(found) != len(set(chosen)):
        raise PeopleError("Choose locations of this operator.", field="locations")
    return found


def _content(membership: Membership) -> dict[str, object]:
    names = membership.locations.order_by("name").values_list("name", flat=True)
    return {"role": str(membership.role), "locations": list(names)}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
