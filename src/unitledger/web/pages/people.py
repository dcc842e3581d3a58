"""Settings > People: who works for the operator, in which role, at which locations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unitledger import wiring
from unitledger.engine.people import members
from unitledger.engine.people.members import LinkSpent, MadeLink, PeopleError
from unitledger.store.people import LinkPurpose, Membership, PersonLink, Role
from unitledger.store.places import Location
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators

LINK_KEY = "link_shown_once"
ROLES = {
    Role.ADMINISTRATOR: "everything: connection, people, keys, and all locations",
    Role.BOOKKEEPER: "mapping, syncing, ReSync, imports, month end",
    Role.VIEWER: "reads and exports, changes nothing",
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    membership: Membership
    locations: Sequence[str]
    is_you: bool


@require_GET
@never_cache
@for_administrators
def people(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def invite(request: HttpRequest, member: Member) -> HttpResponse:
    typed = {
        "email": request.POST.get("email", "").replace("\x00", ""),
        "role": request.POST.get("role", ""),
        "locations": _ids(request),
    }
    try:
        made = members.invite(
            member.operator_id,
            email=typed["email"],
            role=typed["role"],
            location_ids=typed["locations"],
            key=request.POST.get("key", ""),
            by=member.actor,
            ids=wiring.shared_tools().ids,
            now=now(),
        )
    except PeopleError as refused:
        return _page(request, member, errors={refused.field: str(refused)}, typed=typed)
    _show_once(request, made)
    return redirect("people")


@require_POST
@for_administrators
def withdraw(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    try:
        members.withdraw(member.operator_id, public_id, by=member.actor, now=now())
    except LinkSpent as spent:
        raise Http404("There is no such link.") from spent
    messages.info(request, "The link opens nothing any more.")
    return redirect("people")


@require_POST
@for_administrators
def require_two_steps(request: HttpRequest, member: Member) -> HttpResponse:
    is_required = request.POST.get("required") == "yes"
    members.require_two_steps(member.operator_id, is_required=is_required, by=member.actor)
    messages.info(
        request,
        "Everybody is asked to set up a second step at their next page."
        if is_required
        else "A second step is everybody's own choice.",
    )
    return redirect("people")


@require_http_methods(["GET", "POST"])
@never_cache
@for_administrators
def one_person(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    membership = _membership(member, public_id)
    if request.method == "GET":
        return _person_page(request, member, membership)
    try:
        members.change(
            member.operator_id,
            public_id,
            role=request.POST.get("role", ""),
            location_ids=_ids(request),
            by=member.actor,
        )
    except PeopleError as refused:
        return _person_page(request, member, membership, error=refused)
    messages.info(request, f"Saved for {membership.user.get_full_name() or membership.user}.")
    return redirect("people")


@require_POST
@for_administrators
def deactivate(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    def act() -> None:
        members.deactivate(member.operator_id, public_id, by=member.actor, now=now())
        messages.info(request, "Deactivated: this login opens nothing of yours any more.")

    return _act(request, member, public_id, act)


@require_POST
@for_administrators
def reactivate(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    def act() -> None:
        members.reactivate(member.operator_id, public_id, by=member.actor)
        messages.info(request, "Active again, in the role of before.")

    return _act(request, member, public_id, act)


@require_POST
@for_administrators
def reset_password(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    def act() -> None:
        made = members.make_reset_link(
            member.operator_id,
            public_id,
            key=request.POST.get("key", ""),
            by=member.actor,
            ids=wiring.shared_tools().ids,
            now=now(),
        )
        _show_once(request, made)

    return _act(request, member, public_id, act)


@require_POST
@for_administrators
def reset_two_steps(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    def act() -> None:
        members.reset_two_steps(member.operator_id, public_id, by=member.actor)
        messages.info(request, "The second step is off for this person.")

    return _act(request, member, public_id, act)


def _act(
    request: HttpRequest, member: Member, public_id: UUID, act: Callable[[], None]
) -> HttpResponse:
    """Do it and go back to everybody; a refusal is said beside the person."""
    membership = _membership(member, public_id)
    try:
        act()
    except PeopleError as refused:
        return _person_page(request, member, membership, error=refused)
    return redirect("people")


def _page(
    request: HttpRequest,
    member: Member,
    *,
    errors: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    links = PersonLink.objects.filter(
        operator_id=member.operator_id, used_at=None, withdrawn_at=None, expires_at__gt=now()
    ).order_by("-id")
    context = {
        "rows": _rows(member),
        "links": list(links),
        "roles": ROLES,
        "locations": list(_locations(member)),
        "typed": typed or {"email": "", "role": Role.BOOKKEEPER, "locations": []},
        "errors": errors or {},
        "shown_once": request.session.pop(LINK_KEY, None),
        "key": wiring.shared_tools().ids.state_token(),
        "requires_two_steps": member.operator is not None and member.operator.requires_two_steps,
    }
    status = 422 if errors else 200
    return framed(request, member, "web/people/people.html", context, status=status)


def _person_page(
    request: HttpRequest,
    member: Member,
    membership: Membership,
    *,
    error: PeopleError | None = None,
) -> HttpResponse:
    chosen = _ids(request) if request.method == "POST" and "role" in request.POST else None
    context = {
        "person": membership.user,
        "membership": membership,
        "roles": ROLES,
        "role": request.POST.get("role", membership.role),
        "locations": list(_locations(member)),
        "chosen": chosen
        if chosen is not None
        else list(membership.locations.values_list("id", flat=True)),
        "error": error,
        "key": wiring.shared_tools().ids.state_token(),
        "is_you": membership.user_id == member.user.pk,
    }
    status = 422 if error else 200
    return framed(request, member, "web/people/person.html", context, status=status)


def _rows(member: Member) -> list[PersonRow]:
    memberships = (
        Membership.objects.filter(operator_id=member.operator_id)
        .select_related("user")
        .prefetch_related("locations")
        .order_by("deactivated_at", "user__first_name", "user__username")
    )
    return [
        PersonRow(
            membership=each,
            locations=sorted(location.name for location in each.locations.all()),
            is_you=each.user_id == member.user.pk,
        )
        for each in memberships
    ]


def _membership(member: Member, person: UUID) -> Membership:
    found = (
        Membership.objects.filter(operator_id=member.operator_id, user__public_id=person)
        .select_related("user")
        .first()
    )
    if found is None:
        raise Http404("There is no such person.")
    return found


def _locations(member: Member) -> QuerySet[Location]:
    return Location.objects.filter(operator_id=member.operator_id).order_by("name")


def _ids(request: HttpRequest) -> list[int]:
    typed = request.POST.getlist("location")
    return [int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 18]


def _show_once(request: HttpRequest, made: MadeLink) -> None:
    """Only the page that comes next shows the link; a second click shows nothing new."""
    if made.token is None:
        return
    request.session[LINK_KEY] = {
        "email": made.row.email,
        "is_reset": made.row.purpose == LinkPurpose.RESET,
        "address": request.build_absolute_uri(reverse("person-link", args=[made.token])),
    }
