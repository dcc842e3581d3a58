"""Decide about records by hand: skip, handled in Xero, keep, write again, link, unlink, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentKind
from unitledger.engine.exporting import NOUNS
from unitledger.engine.handling.deciding import NotDone, Person, decide
from unitledger.engine.handling.undoing import undo
from unitledger.engine.link_candidates import Ours, candidates, ours
from unitledger.engine.linking import link
from unitledger.engine.report import Filter, record_ids, report
from unitledger.store.handlings import Handling, HandlingAct
from unitledger.store.journal import Document
from unitledger.store.records import SourceRecord
from unitledger.web.choosing import Unfit, ask_once, chosen, needs_asking
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.options import OPTIONS, Option, may
from unitledger.web.report_query import KINDS, Query
from unitledger.web.scope import operator_scope

LISTED = 10
SEARCH_MAX = 100
LINK_ONE = "One record is linked at a time. Tick one, then Apply."
UNLINKING = "Only an administrator can unlink a record from what Xero holds."


def decide_on(request: HttpRequest, member: Member, query: Query, option: Option) -> HttpResponse:
    """The report's Apply with another option than ReSync. Raises `Unfit` or `NotDone`."""
    if not may(member, option.act):
        raise PermissionDenied(UNLINKING)
    records = chosen(request, member, query)
    if option.act is HandlingAct.LINK:
        return _to_link_page(request, records[0] if len(records) == 1 else None)
    if needs_asking(request, records):
        return ask_once(request, member, query, records, verb=option.word, says=option.does)
    handling = decide(
        member.operator_id,
        option.act,
        query.kind,
        records,
        note=request.POST.get("note", ""),
        by=_person(member),
        key=request.POST.get("key", ""),
        now=now(),
    )
    return HttpResponseRedirect(reverse("decision", args=[handling.public_id]))


def _to_link_page(request: HttpRequest, record_id: int | None) -> HttpResponse:
    if record_id is None:
        raise Unfit(LINK_ONE)
    public_id = SourceRecord.objects.values_list("public_id", flat=True).get(id=record_id)
    address = reverse("record-link", args=[public_id])
    if getattr(request, "htmx", False):
        # A page of its own, not a part of this one.
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _person(member: Member) -> Person:
    return Person(member.actor, user_id=member.user.pk)


@require_GET
@never_cache
@for_members
def decision(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """What was decided, what was left out of it and why, and the way back."""
    with operator_scope(member.operator_id):
        handling, rows = _seen(member, public_id)
    return _decision_answer(request, member, handling, rows)


@require_POST
@for_bookkeepers
def undo_decision(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """Take it back; twice is once."""
    with operator_scope(member.operator_id):
        handling, rows = _seen(member, public_id)
    if not may(member, HandlingAct(handling.act)):
        raise PermissionDenied(UNLINKING)
    try:
        undo(handling, by=_person(member), now=now())
    except NotDone as not_done:
        return _decision_answer(request, member, handling, rows, says=str(not_done))
    return HttpResponseRedirect(reverse("decision", args=[handling.public_id]))


def _seen(member: Member, public_id: UUID) -> tuple[Handling, list[Any]]:
    """The decision and its first rows; not found by who may not see each of its records."""
    handling = Handling.objects.filter(public_id=public_id).first()
    if handling is None:
        raise Http404("There is no such decision.")
    asked = Filter(
        operator_id=member.operator_id,
        kind=DocumentKind(handling.kind),
        location_ids=member.location_ids,
        record_ids=handling.record_ids,
    )
    visible = record_ids(asked, limit=len(handling.record_ids))
    rows = list(report(asked, limit=LISTED).rows)
    if len(visible) < len(handling.record_ids):
        raise Http404("There is no such decision.")
    return handling, rows


def _decision_answer(
    request: HttpRequest, member: Member, handling: Handling, rows: list[Any], *, says: str = ""
) -> HttpResponse:
    kind = DocumentKind(handling.kind)
    by = next(name for name, each in KINDS.items() if each is kind)
    act = HandlingAct(handling.act)
    count = len(handling.record_ids)
    context = {
        "handling": handling,
        "option": OPTIONS[str(act)],
        "rows": rows,
        "count": count,
        "noun": by if count != 1 else NOUNS[kind],
        "hidden": max(0, count - len(rows)),
        "left_out": [
            (why, len(numbers), ", ".join(numbers[:3]))
            for why, numbers in handling.left_out.items()
        ],
        "says": says,
        "may_undo": may(member, act) and handling.undone_at is None,
        "back": f"{reverse('integration-report')}?by={by}",
    }
    status = 422 if says and not getattr(request, "htmx", False) else 200
    return framed(request, member, "web/decision.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@for_bookkeepers
def link_record(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """Find what Xero holds of a record, compare the two, and link them."""
    with operator_scope(member.operator_id):
        document = _document(member, public_id, request)
        about = ours(member.operator_id, document.pk)
    if request.method == "POST":
        return _link(request, member, document, about)
    return _link_page(request, member, document, about)


def _document(member: Member, public_id: UUID, request: HttpRequest) -> Document:
    """Of a record in parts the one that is asked for, else the first that is not in Xero."""
    asked = request.POST.get("document") or request.GET.get("document", "")
    found = [
        each
        for each in Document.objects.filter(record__public_id=public_id).order_by("id")
        if member.may_see(each.location_id) or each.kind == DocumentKind.CONTACT
    ]
    if not found:
        raise Http404("There is no such record.")
    free = [each for each in found if each.xero_id is None] or found
    return next((each for each in found if str(each.public_id) == asked), free[0])


def _link(
    request: HttpRequest, member: Member, document: Document, about: Ours | None
) -> HttpResponse:
    xero_id = request.POST.get("xero_id", "")
    try:
        handling = link(
            member.operator_id,
            document.pk,
            xero_id,
            accepts_differences=request.POST.get("accepts") == "yes",
            by=_person(member),
            key=request.POST.get("key", ""),
            now=now(),
        )
    except NotDone as not_done:
        return _link_page(request, member, document, about, says=str(not_done), about_id=xero_id)
    return HttpResponseRedirect(reverse("decision", args=[handling.public_id]))


def _link_page(
    request: HttpRequest,
    member: Member,
    document: Document,
    about: Ours | None,
    *,
    says: str = "",
    about_id: str = "",
) -> HttpResponse:
    search = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX]
    with operator_scope(member.operator_id):
        found = candidates(member.operator_id, about, search=search) if about else ()
        record = SourceRecord.objects.get(id=document.record_id)
        parts = list(
            Document.objects.filter(record=record, xero_id=None).exclude(pk=document.pk)[:LISTED]
        )
    context = {
        "document": document,
        "record": record,
        "parts": parts,
        "one": NOUNS[DocumentKind(document.kind)],
        "ours": about,
        "found": found,
        "search": search,
        "says": says,
        "about_id": about_id,
        "form_key": wiring.shared_tools().ids.state_token(),
    }
    return framed(request, member, "web/link.html", context, status=422 if says else 200)
