"""Books > Sync runs > A few first: chosen records go to Xero before all the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentKind
from unitledger.engine.asking import NothingAsked, ask_again, outcome
from unitledger.engine.going_live import standing
from unitledger.engine.report import Filter, Status, report
from unitledger.jobs.waking import wake
from unitledger.store.connections import LocationRoute, Organisation
from unitledger.store.records import SourceRecord
from unitledger.store.requests import ResyncRequest
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers
from unitledger.web.pages.dry_run import asked_connection
from unitledger.web.pages.report import shown
from unitledger.web.pages.runs import WORKING, may_steer
from unitledger.web.pages.steering import chosen_organisation
from unitledger.web.scope import operator_scope

CHOSEN_MAX = 10
OFFERED = 30
KINDS = {"invoices": DocumentKind.INVOICE, "payments": DocumentKind.PAYMENT}
NONE_TICKED = "Nothing is ticked. Tick one to ten records, then send them."
TOO_MANY = "These are more than ten. Tick ten at most: the point is to look at each in Xero."


@require_GET
@never_cache
@for_bookkeepers
def first_push(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_bookkeepers
def send(request: HttpRequest, member: Member) -> HttpResponse:
    """Send the ticked records with what they hang on. A second click finds the first."""
    organisation_id = chosen_organisation(request, member)
    kind = KINDS.get(request.POST.get("by", ""), DocumentKind.INVOICE)
    with operator_scope(member.operator_id):
        ticked = _ticked(request, member, kind)
    if not 0 < len(ticked) <= CHOSEN_MAX:
        return _page(request, member, error=TOO_MANY if ticked else NONE_TICKED)
    before_first = standing.under_way(organisation_id)
    if before_first is not None and before_first.is_read and not before_first.is_answered:
        return _page(request, member, error=before_first.sentence)
    try:
        asked = ask_again(
            member.operator_id,
            kind,
            ticked,
            form_key=request.POST.get("key", ""),
            user_id=member.user.pk,
            user_name=member.actor.name,
            now=now(),
            by=member.actor,
        )
    except NothingAsked:
        return _page(request, member, error=NONE_TICKED)
    wake(organisation_id)
    address = f"organisation={request.POST['organisation']}&request={asked.public_id}"
    return HttpResponseRedirect(f"{reverse('first-push')}?{address}")


def _page(request: HttpRequest, member: Member, *, error: str = "") -> HttpResponse:
    by = request.POST.get("by") or request.GET.get("by", "invoices")
    kind = KINDS.get(by, DocumentKind.INVOICE)
    search = request.GET.get("q", "")[:100]
    with operator_scope(member.operator_id):
        connection = asked_connection(request)
        asked = _asked(request.GET.get("request", ""))
        context: dict[str, Any] = {
            "connection": connection,
            "organisation": connection.organisation,
            "by": by if by in KINDS else "invoices",
            "search": search,
            "error": error,
            "ticked": set(request.POST.getlist("record")),
            "rows": _offered(member, kind, search, connection.organisation_id),
            "asked": asked,
            "sent": _sent(asked, member) if asked else (),
            "done": outcome(asked) if asked else None,
            "is_working": connection.state in WORKING,
            "may_steer": may_steer(member),
            "form_key": wiring.shared_tools().ids.state_token(),
        }
    return framed(
        request, member, "web/sync/first_push.html", context, status=422 if error else 200
    )


def _offered(
    member: Member, kind: DocumentKind, search: str, organisation_id: int
) -> Sequence[Any]:
    """Records that are not in Xero yet, the newest first; of several organisations' those of the
    locations that post to this one."""
    places: Sequence[int] = member.location_ids
    if Organisation.objects.count() > 1:
        posting = LocationRoute.objects.filter(organisation_id=organisation_id)
        routed = set(posting.values_list("location_id", flat=True))
        places = [each for each in routed if member.may_see(each)]
        if not places:
            return []
    found = Filter(
        operator_id=member.operator_id,
        kind=kind,
        status=Status.NON_SYNCED,
        location_ids=places,
        search=search,
    )
    return [shown(row) for row in report(found, limit=OFFERED).rows]


def _sent(asked: ResyncRequest, member: Member) -> Sequence[Any]:
    found = Filter(
        operator_id=member.operator_id,
        kind=DocumentKind(asked.kind),
        location_ids=member.location_ids,
        record_ids=asked.record_ids[:CHOSEN_MAX],
    )
    return [shown(row) for row in report(found, limit=CHOSEN_MAX).rows]


def _asked(typed: str) -> ResyncRequest | None:
    try:
        return ResyncRequest.objects.filter(public_id=UUID(typed)).first()
    except ValueError:
        return None


def _ticked(request: HttpRequest, member: Member, kind: DocumentKind) -> list[int]:
    """The record ids of what is ticked, as far as this person may see them."""
    ids: list[UUID] = []
    for typed in request.POST.getlist("record"):
        try:
            ids.append(UUID(typed))
        except ValueError:
            continue  # no page of ours offers it
    records = list(SourceRecord.objects.filter(public_id__in=ids).values_list("id", flat=True))
    if not records:
        return []
    mine = Filter(
        operator_id=member.operator_id,
        kind=kind,
        location_ids=member.location_ids,
        record_ids=records,
    )
    return [row.record_id for row in report(mine, limit=1000).rows]
