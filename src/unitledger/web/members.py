"""Who is asking, and for which operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from unitledger.engine.auditing import Actor, person
from unitledger.store.people import Membership, Operator, Role, User
from unitledger.web.scope import locations_of_asker

SESSION_KEY = "operator_id"
ORGANISATION_KEY = "organisation_id"  # which of several organisations the Xero pages are about
ADMINISTRATORS_ONLY = "Only an administrator can open this."
BOOKKEEPERS_ONLY = "Only a bookkeeper or an administrator can do this."
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class OperatorChoice:
    """An operator that a person works for."""

    public_id: UUID
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person in the role they have for one operator."""

    user: User
    operator_id: int
    operator_name: str
    role: Role
    location_ids: tuple[int, ...] = ()  # none: every location of the operator
    address: str | None = None  # where they ask from
    operators: tuple[OperatorChoice, ...] = ()
    operator: Operator | None = None
    organisation_id: int | None = None  # the chosen one of several; none: the newest

    @property
    def actor(self) -> Actor:
        """Who the audit log says it was."""
        return person(self.user, address=self.address)

    @property
    def may_resync(self) -> bool:
        """Bookkeeping: mapping, syncing, deciding about records. (AC-59)"""
        return self.role in (Role.ADMINISTRATOR, Role.BOOKKEEPER)

    @property
    def may_connect(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def sees_every_location(self) -> bool:
        return not self.location_ids

    def may_see(self, location_id: int | None) -> bool:
        """Whether a thing at this location is theirs to see; what has no location is not,
        for somebody who sees some locations only."""
        return self.sees_every_location or location_id in self.location_ids


Page = Callable[Concatenate[HttpRequest, Member, P], HttpResponseBase]
PersonsPage = Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_people(page: PersonsPage[P]) -> Guarded[P]:
    """A page about the person themselves, for everybody who is signed in."""

    @login_required
    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        assert isinstance(request.user, User)
        return page(request, request.user, *args, **kwargs)

    return guarded


def for_members(page: Page[P]) -> Guarded[P]:
    """A page for people who are signed in and work for an operator, in whatever role."""

    @login_required
    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        member = member_of(request)
        if lacks_second_step(member):
            return redirect("two-steps")
        locations_of_asker.set(member.location_ids)
        return page(request, member, *args, **kwargs)

    return guarded


def for_bookkeepers(page: Page[P]) -> Guarded[P]:
    """A page that changes bookkeeping: mapping, syncing, what is done with a record."""

    @for_members
    @wraps(page)
    def guarded(
        request: HttpRequest, member: Member, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not member.may_resync:
            raise PermissionDenied(BOOKKEEPERS_ONLY)
        return page(request, member, *args, **kwargs)

    return guarded


def for_administrators(page: Page[P]) -> Guarded[P]:
    """A page about the operator itself: its connection, people, keys and log."""

    @for_members
    @wraps(page)
    def guarded(
        request: HttpRequest, member: Member, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not member.may_connect:
            raise PermissionDenied(ADMINISTRATORS_ONLY)
        return page(request, member, *args, **kwargs)

    return guarded


def member_of(request: HttpRequest) -> Member:
    """The membership chosen in this session, or the person's first."""
    user = request.user
    assert isinstance(user, User)
    memberships = memberships_of(user)
    if not memberships:
        raise PermissionDenied("Your account belongs to no operator. Ask an administrator.")
    chosen = request.session.get(SESSION_KEY)
    current = next((each for each in memberships if each.operator_id == chosen), memberships[0])
    return Member(
        user=user,
        operator_id=current.operator_id,
        operator_name=current.operator.name,
        role=Role(current.role),
        location_ids=locations_in(current),
        address=address_of(request),
        operators=tuple(
            OperatorChoice(each.operator.public_id, each.operator.name, each is current)
            for each in memberships
        ),
        operator=current.operator,
        organisation_id=request.session.get(ORGANISATION_KEY),
    )


def memberships_of(user: User) -> list[Membership]:
    """The operators that the person works for now, the oldest membership first."""
    return list(
        Membership.objects.filter(user=user, deactivated_at=None)
        .select_related("operator")
        .order_by("id")
    )


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from. Behind the proxy that UNITLEDGER_URL speaks of: what that
    proxy says, which is the last address of its list; the ones before it anybody can write."""
    nearest: str | None = request.META.get("REMOTE_ADDR") or None
    if settings.SECURE_PROXY_SSL_HEADER is None or not _is_close(nearest):
        return nearest
    told = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return _address(told) or nearest


def _is_close(address: str | None) -> bool:
    """On this machine or in its own network, where the proxy is."""
    read = _address(address or "")
    return read is not None and ip_address(read).is_private


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def locations_in(membership: Membership) -> tuple[int, ...]:
    """The locations a person is kept to; none: all of them. An administrator gives them out,
    and so has all of them."""
    if membership.role == Role.ADMINISTRATOR:
        return ()
    return tuple(membership.locations.order_by("id").values_list("id", flat=True))


def lacks_second_step(member: Member) -> bool:
    """The operator asks for two steps, and the person has not turned theirs on yet."""
    operator = member.operator
    return operator is not None and operator.requires_two_steps and not member.user.has_two_steps
