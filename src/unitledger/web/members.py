"""Who is asking, and for which operator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from unitledger.engine.auditing import Actor, person
from unitledger.store.people import Membership, Role, User

SESSION_KEY = "operator_id"
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person in the role they have for one operator."""

    user: User
    operator_id: int
    operator_name: str
    role: Role
    location_ids: tuple[int, ...] = ()  # none: every location of the operator
    address: str | None = None  # where they ask from

    @property
    def actor(self) -> Actor:
        """Who the audit log says it was."""
        return person(self.user, address=self.address)

    @property
    def may_resync(self) -> bool:
        return self.role in (Role.ADMINISTRATOR, Role.BOOKKEEPER)

    @property
    def may_connect(self) -> bool:
        return self.role == Role.ADMINISTRATOR


Page = Callable[Concatenate[HttpRequest, Member, P], HttpResponseBase]


def for_members(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for people who are signed in and belong to an operator."""

    @login_required
    @wraps(page)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return page(request, member_of(request), *args, **kwargs)

    return guarded


def for_administrators(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that changes how the operator is connected."""

    @for_members
    @wraps(page)
    def guarded(
        request: HttpRequest, member: Member, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not member.may_connect:
            raise PermissionDenied("Only an administrator can change the connection.")
        return page(request, member, *args, **kwargs)

    return guarded


def member_of(request: HttpRequest) -> Member:
    """The membership chosen in this session, or the person's first."""
    user = request.user
    assert isinstance(user, User)
    memberships = list(
        Membership.objects.filter(user=user).select_related("operator").order_by("id")
    )
    if not memberships:
        raise PermissionDenied("Your account belongs to no operator. Ask an administrator.")
    chosen = request.session.get(SESSION_KEY)
    membership = next((each for each in memberships if each.operator_id == chosen), memberships[0])
    return Member(
        user=user,
        operator_id=membership.operator_id,
        operator_name=membership.operator.name,
        role=Role(membership.role),
        address=request.META.get("REMOTE_ADDR") or None,
        location_ids=tuple(membership.locations.order_by("id").values_list("id", flat=True)),
    )
