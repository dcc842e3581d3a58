"""Books > Sync runs > Undo: what a run made, taken back as far as nobody touched it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentKind
from unitledger.engine import undoing
from unitledger.engine.undoing import UndoError
from unitledger.jobs.waking import wake
from unitledger.store.journal import Run
from unitledger.store.undoing import Undo, UndoItem, UndoOutcome, UndoState
from unitledger.web import words
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators, for_bookkeepers, for_members
from unitledger.web.pages.runs import may_steer
from unitledger.web.pages.steering import EVERYWHERE_ONLY
from unitledger.web.scope import operator_scope

LISTED = 50
NOUNS = {
    DocumentKind.CONTACT: "contact,contacts",
    DocumentKind.INVOICE: "invoice,invoices",
    DocumentKind.PAYMENT: "payment,payments",
}


@require_POST
@for_bookkeepers
def plan(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """Make the plan and show it; nothing is done yet."""
    if not may_steer(member):
        raise PermissionDenied(EVERYWHERE_ONLY)
    with operator_scope(member.operator_id):
        run = Run.objects.filter(public_id=public_id).first()
    if run is None:
        raise Http404("There is no such run.")
    try:
        undo = undoing.plan_undo(run.pk, by=member.actor, now=now())
    except UndoError as error:
        messages.error(request, str(error))
        return redirect("run", public_id=public_id)
    return redirect("undo", public_id=undo.public_id)


@require_GET
@never_cache
@for_members
def undo(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = _found(public_id)
        told = undoing.summary(found)
        chart = found.organisation.chart
        currency: str | None = chart["facts"]["currency"] if chart else None
        left = UndoItem.objects.filter(
            undo=found, outcome__in=(UndoOutcome.LEFT, UndoOutcome.FAILED)
        ).exclude(kind=DocumentKind.CONTACT)
        context: dict[str, Any] = {
            "undo": found,
            "run": found.run,
            "told": told,
            "planned": _by_kind(told, UndoOutcome.PLANNED),
            "undone": _by_kind(told, UndoOutcome.UNDONE),
            "going": told.of(UndoOutcome.UNDER_WAY).count,
            "done": told.of(UndoOutcome.UNDONE).count,
            "goes": told.of(UndoOutcome.PLANNED).count,
            "total": told.of(UndoOutcome.UNDER_WAY, UndoOutcome.UNDONE, UndoOutcome.FAILED).count,
            "left": [(words.KINDS[each.kind], each) for each in told.left],
            "items": list(left.select_related("document__record").order_by("id")[:LISTED]),
            "left_count": left.count(),
            "brakes": told.brakes(currency=currency or "GBP"),
            "currency": currency,
            "has_invoices": told.of(UndoOutcome.PLANNED, kind=DocumentKind.INVOICE).count > 0,
            "is_open": found.state == UndoState.PLANNED,
            "is_going": found.state == UndoState.APPROVED,
            "may_approve": member.may_connect,
        }
    return framed(request, member, "web/sync/undo.html", context)


@require_POST
@for_administrators
def approve(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    found = _of(member, public_id)
    told = undoing.summary(found)
    brakes = told.brakes(currency="GBP")
    if found.state == UndoState.PLANNED and brakes and request.POST.get("looked") != "yes":
        messages.error(
            request, "Tick that you have looked at it: it is more than is done without a person."
        )
        return redirect("undo", public_id=public_id)
    try:
        if undoing.approve(found.pk, by=member.actor, now=now()):
            wake(found.organisation_id)
    except UndoError as error:
        messages.error(request, str(error))
    return redirect("undo", public_id=public_id)


@require_POST
@for_administrators
def decline(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    found = _of(member, public_id)
    if undoing.decline(found.pk, by=member.actor):
        messages.info(request, "Nothing was undone. Everything stays in Xero as it is.")
    return redirect("run", public_id=found.run.public_id)


def _of(member: Member, public_id: UUID) -> Undo:
    with operator_scope(member.operator_id):
        return _found(public_id)


def _found(public_id: UUID) -> Undo:
    found = Undo.objects.select_related("run", "organisation").filter(public_id=public_id).first()
    if found is None:
        raise Http404("There is no such undo.")
    return found


def _by_kind(told: undoing.Summary, outcome: UndoOutcome) -> list[tuple[str, undoing.Told]]:
    """Payments are deleted before the invoices they stand on are voided."""
    lines = [
        (NOUNS[kind], told.of(outcome, kind=kind))
        for kind in (DocumentKind.PAYMENT, DocumentKind.INVOICE)
    ]
    return [(noun, line) for noun, line in lines if line.count]
