"""The acts of Books > Sync runs: now, pause, resume, how often, go ahead, approve, decline."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from unitledger.engine import braking, steering
from unitledger.engine.steering import SteeringError
from unitledger.jobs.waking import wake
from unitledger.store.connections import Connection
from unitledger.store.journal import Run
from unitledger.web.frame import now
from unitledger.web.members import Member, for_bookkeepers
from unitledger.web.pages.runs import may_steer
from unitledger.web.scope import operator_scope

EVERYWHERE_ONLY = "Only somebody who sees every location can steer the sync."


@require_POST
@for_bookkeepers
def sync_now(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        steering.sync_now(organisation_id, by=member.actor, now=now())
        wake(organisation_id)
        messages.info(request, "Asked for. It begins as soon as a worker is free.")

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def pause(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        steering.pause(organisation_id, by=member.actor)
        messages.info(
            request,
            "Paused. What is on its way is finished; nothing more is sent.",
        )

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def resume(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        if steering.resume(organisation_id, by=member.actor, now=now()):
            wake(organisation_id)
        messages.info(request, "Resumed. It goes on where it stopped.")

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def go_ahead(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        if steering.go_ahead(organisation_id, by=member.actor, now=now()):
            wake(organisation_id)
        messages.info(request, "Everything from the start date on is sent now.")

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def schedule(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)
    typed = request.POST.get("minutes", "")

    def act() -> None:
        minutes = int(typed) if typed.isascii() and typed.isdigit() else None
        if typed and minutes is None:
            raise SteeringError("Choose one of the offered times.")
        steering.schedule(organisation_id, minutes, by=member.actor, now=now())
        messages.info(request, "Saved.")

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def approve(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        count = braking.approve(organisation_id, by=member.actor, shown=_shown(request), now=now())
        if count:
            wake(organisation_id)
        messages.info(request, _counted(count, "goes", "go", "with the next batches."))

    return _done(request, member, act)


@require_POST
@for_bookkeepers
def decline(request: HttpRequest, member: Member) -> HttpResponse:
    organisation_id = chosen_organisation(request, member)

    def act() -> None:
        count = braking.decline(organisation_id, by=member.actor, shown=_shown(request))
        messages.info(request, _counted(count, "is", "are", "not sent. Xero keeps what it holds."))

    return _done(request, member, act)


def chosen_organisation(request: HttpRequest, member: Member) -> int:
    """The id of the posted organisation; 404 for another operator's or none."""
    if not may_steer(member):
        raise PermissionDenied(EVERYWHERE_ONLY)
    try:
        public_id = UUID(request.POST.get("organisation", ""))
    except ValueError:
        raise Http404("There is no such organisation.") from None
    with operator_scope(member.operator_id):
        found = (
            Connection.objects.filter(organisation__public_id=public_id)
            .values_list("organisation_id", flat=True)
            .first()
        )
    if found is None:
        raise Http404("There is no such organisation.")
    return found


def _done(request: HttpRequest, member: Member, act: Callable[[], None]) -> HttpResponse:
    """Do it, say what came of it, and go back to where the person was."""
    try:
        act()
    except (SteeringError, braking.PlanMoved) as error:
        messages.error(request, str(error))
    run = request.POST.get("run", "")
    if run:
        with operator_scope(member.operator_id):
            known = Run.objects.filter(public_id=_uuid(run)).exists()
        if known:
            return redirect("run", public_id=run)
    return redirect("runs")


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _shown(request: HttpRequest) -> int | None:
    typed = request.POST.get("shown", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else None


def _counted(count: int, one: str, many: str, rest: str) -> str:
    if count == 0:
        return "Nothing was held any more."
    noun, verb = ("write", one) if count == 1 else ("writes", many)
    return f"{count:,} {noun} {verb} {rest}"
