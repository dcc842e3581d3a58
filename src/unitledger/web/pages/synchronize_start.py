"""Synchronize > Start date, and the history of mapping versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.mapping import Mapping, from_content
from unitledger.core.mapping_changes import Told, told
from unitledger.engine.auditing import name_of
from unitledger.engine.mapping.start_date import Move, Sum, left_out, move_of, move_start
from unitledger.store.connections import MappingVersion
from unitledger.store.journal import Document
from unitledger.store.people import User
from unitledger.web.frame import now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Form
from unitledger.web.scope import operator_scope

TEMPLATE = "web/mapping/start.html"
HISTORY = "web/mapping/history.html"
EARLIEST = date(1990, 1, 1)
VERSIONS_SHOWN = 20
NOUNS = {
    DocumentKind.CONTACT: "tenant,tenants",
    DocumentKind.INVOICE: "invoice,invoices",
    DocumentKind.PAYMENT: "payment,payments",
}


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    saved_at: datetime
    by: str
    changes: Sequence[Told]
    more: int
    sent: int


@require_GET
@never_cache
@for_members
def start(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form(), None)


@require_POST
@for_bookkeepers
def change_start(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what another start date would do, or move it."""
    synchronize.must_map(member)
    back = reverse("mapping-start")
    connection = synchronize.connection_of(member)
    if connection is None:
        return HttpResponseRedirect(back)
    form = Form(values={name: str(value) for name, value in request.POST.items()})
    try:
        start_on = date.fromisoformat(form.values.get("start_on", ""))
    except ValueError:
        start_on = None
    if start_on is None or start_on < EARLIEST:
        form.errors["start_on"] = f"Give a day after {EARLIEST.year}, as in 2026-01-01."
        return _page(request, member, form, None, status=422)
    if form.values.get("act") != "save":
        return _page(request, member, form, start_on)
    if move_start(connection.pk, start_on, by=member.actor, now=now()):
        messages.info(request, f"The start date is {start_on.day} {start_on:%B %Y}.")
    else:
        messages.info(request, "Nothing changed: it was that day already.")
    return HttpResponseRedirect(back)


def _page(
    request: HttpRequest,
    member: Member,
    form: Form,
    looked_at: date | None,
    *,
    status: int = 200,
) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        out: Sequence[Sum] = ()
        move: Move | None = None
        if found is not None:
            organisation_id = found.connection.organisation_id
            out = left_out(member.operator_id, organisation_id)
            if looked_at is not None:
                move = move_of(member.operator_id, organisation_id, looked_at)
    context: dict[str, Any] = {
        "part": "start",
        "form": form,
        "left_out": [(each, NOUNS[each.kind]) for each in out],
        "move": move,
        "moves": _moves(move),
        "looked_at": looked_at,
    }
    if found is not None:
        context["start_on"] = form.values.get("start_on", found.start_on.isoformat())
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)


def _moves(move: Move | None) -> Sequence[tuple[str, Sequence[tuple[Sum, str]]]]:
    if move is None:
        return ()
    parts = (
        ("Comes into scope and is sent", move.comes_in),
        ("Leaves the scope, not sent yet", move.goes_out),
        ("Stays in Xero as it is, though dated before", move.stays),
    )
    return [(words, [(each, NOUNS[each.kind]) for each in sums]) for words, sums in parts if sums]


@require_GET
@never_cache
@for_members
def history(request: HttpRequest, member: Member) -> HttpResponse:
    """Every version, what it changed, who saved it and how much went by it."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        rows: Sequence[MappingVersion] = ()
        sent: dict[int, int] = {}
        if found is not None:
            rows = _versions(found.connection.organisation_id)
            sent = _sent(found.connection.organisation_id)
    context: dict[str, Any] = {"part": "history"}
    if found is not None:
        context["versions"] = _shown(rows, sent, found.chart, _authors(rows))
        context["shown"] = VERSIONS_SHOWN
    return synchronize.part_page(request, member, found, HISTORY, context)


def _versions(organisation_id: int) -> Sequence[MappingVersion]:
    rows = MappingVersion.objects.filter(organisation_id=organisation_id)
    return list(rows.order_by("-version")[: VERSIONS_SHOWN + 1])


def _authors(rows: Sequence[MappingVersion]) -> dict[int, str]:
    """People's names are no business of the web role: asked for outside its scope."""
    ids = {row.created_by_id for row in rows if row.created_by_id is not None}
    return {each.pk: name_of(each) for each in User.objects.filter(id__in=ids)}


def _sent(organisation_id: int) -> dict[int, int]:
    counts = (
        Document.objects.filter(organisation_id=organisation_id, applied_version__gt=0)
        .values_list("mapping_version")
        .annotate(count=Count("id"))
    )
    return {version: count for version, count in counts if version is not None}


def _shown(
    rows: Sequence[MappingVersion],
    sent: dict[int, int],
    chart: Chart | None,
    authors: dict[int, str],
) -> Sequence[Version]:
    contents: dict[int, Mapping] = {row.version: from_content(row.content) for row in rows}
    shown: list[Version] = []
    for row in rows[:VERSIONS_SHOWN]:
        before = contents.get(row.version - 1)
        changes = told(before, contents[row.version], chart)
        kept = changes if before is not None else ()
        shown.append(
            Version(
                number=row.version,
                saved_at=row.created_at,
                by=authors.get(row.created_by_id or 0, "unitledger"),
                changes=kept[:10],
                more=max(0, len(kept) - 10),
                sent=sent.get(row.version, 0),
            )
        )
    return shown
