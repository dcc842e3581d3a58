"""Apply in the report: ask for ticked records again, and say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentKind
from unitledger.engine.asking import RECORDS_MAX, NothingAsked, Outcome, ask_again, outcome
from unitledger.engine.report import Filter, ReportRow, record_ids, report, totals
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.records import SourceRecord
from unitledger.store.requests import ResyncRequest
from unitledger.web import words
from unitledger.web.frame import current_books, framed, now
from unitledger.web.members import Member, for_members
from unitledger.web.pages.report import ShownRow, asked_by, money_of, shown
from unitledger.web.report_query import KINDS, STATUSES, Query
from unitledger.web.scope import operator_scope

RESYNC = "resync"
ASKED_ONCE_OVER = 50
LISTED = 10
LOOKED_AT_OFTEN = timedelta(minutes=10)
NOTHING_TICKED = "Nothing is ticked. Tick the records, then choose Apply."
NO_OPTION = "No sync option is chosen. Choose ReSync, then Apply."
TOO_MANY = "These are more than {most:,} records. Narrow the filter and ask in parts."


class _Unfit(ValueError):
    """What was posted cannot be done; says why in words."""


@require_POST
@for_members
def apply(request: HttpRequest, member: Member) -> HttpResponse:
    """Do with the ticked records what was chosen. A second click is answered as the first."""
    if not member.may_resync:
        raise PermissionDenied("Only a bookkeeper or an administrator can sync records again.")
    with operator_scope(member.operator_id):
        _, query = asked_by(QueryDict(request.POST.get("address", "")), member)
    try:
        if request.POST.get("option") != RESYNC:
            raise _Unfit(NO_OPTION)
        chosen = _chosen(request, member, query)
        if len(chosen) > ASKED_ONCE_OVER and request.POST.get("confirmed") != "yes":
            return _ask_once(request, member, query, chosen)
        asked = ask_again(
            member.operator_id,
            query.kind,
            chosen,
            form_key=request.POST.get("key", ""),
            user_id=member.user.pk,
            user_name=member.user.get_full_name() or member.user.username,
            now=now(),
            by=member.actor,
        )
    except (_Unfit, NothingAsked) as unfit:
        context = {"says": str(unfit) or NOTHING_TICKED, "address": query.address()}
        status = 200 if getattr(request, "htmx", False) else 422
        return framed(request, member, "web/resync_unfit.html", context, status=status)
    return HttpResponseRedirect(reverse("resync-request", args=[asked.public_id]))


def _chosen(request: HttpRequest, member: Member, query: Query) -> Sequence[int]:
    """The record ids of what is ticked, or of all that match: those that this person may see."""
    with operator_scope(member.operator_id):
        if request.POST.get("scope") == "all":
            chosen = record_ids(query.filter(member), limit=RECORDS_MAX + 1)
        else:
            ticked = SourceRecord.objects.filter(public_id__in=_uuids(request)).values_list("id")
            among = [record for (record,) in ticked[: RECORDS_MAX + 1]]
            asked = Filter(
                operator_id=member.operator_id,
                kind=query.kind,
                location_ids=member.location_ids,
                record_ids=among,
            )
            chosen = record_ids(asked, limit=RECORDS_MAX + 1)
    if len(chosen) > RECORDS_MAX:
        raise _Unfit(TOO_MANY.format(most=RECORDS_MAX))
    if not chosen:
        raise _Unfit(NOTHING_TICKED)
    return chosen


def _uuids(request: HttpRequest) -> list[UUID]:
    found: list[UUID] = []
    for typed in request.POST.getlist("record"):
        try:
            found.append(UUID(typed))
        except ValueError:
            continue  # no page of ours offers it
    return found


def _ask_once(
    request: HttpRequest, member: Member, query: Query, chosen: Sequence[int]
) -> HttpResponse:
    asked = Filter(operator_id=member.operator_id, kind=query.kind, record_ids=chosen)
    with operator_scope(member.operator_id):
        amount, currency = money_of(totals(asked))
    context = {
        "count": len(chosen),
        "amount": amount,
        "currency": currency,
        "noun": query.by,
        "address": query.address(),
        "key": request.POST.get("key", ""),
        "scope": request.POST.get("scope", ""),
        "records": request.POST.getlist("record"),
    }
    return framed(request, member, "web/resync_confirm.html", context)


@require_GET
@never_cache
@for_members
def resync_request(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """What has come of one Apply by now: the confirmation, and the progress until then."""
    with operator_scope(member.operator_id):
        asked = ResyncRequest.objects.filter(public_id=public_id).first()
        if asked is None:
            raise Http404("There is no such request.")
        done = outcome(asked)
        rows = _listed(asked, done, member)
        connection = current_books().connection
    by = next(name for name, kind in KINDS.items() if kind == asked.kind)
    report_address = reverse("integration-report")
    context: dict[str, Any] = {
        "asked": asked,
        "done": done,
        "settled": done.total - done.under_way,
        "rows": rows,
        "hidden": done.total - len(rows) if done.total > LISTED else 0,
        "noun": by,
        "is_old": now() - asked.asked_at > LOOKED_AT_OFTEN,
        "standstill": _standstill(connection),
        "back": f"{report_address}?by={by}",
        "failures": f"{report_address}?by={by}&status=needs-you&period=custom"
        f"&request={asked.public_id}",
        "everything": f"{report_address}?by={by}&status=all&period=custom"
        f"&request={asked.public_id}",
    }
    return framed(request, member, "web/resync_request.html", context)


def _listed(asked: ResyncRequest, done: Outcome, member: Member) -> Sequence[Any]:
    """Every record of a short list; of a long one the failures."""
    among = asked.record_ids if done.total <= LISTED else done.failed_ids[:LISTED]
    if not among:
        return ()
    found = Filter(
        operator_id=member.operator_id,
        kind=DocumentKind(asked.kind),
        location_ids=member.location_ids,
        record_ids=among,
        states=() if done.total <= LISTED else STATUSES["needs-you"],
    )
    return [_standing(row, done) for row in report(found, limit=LISTED).rows]


def _standing(row: ReportRow, done: Outcome) -> ShownRow:
    """An earlier failure that is being tried again is no failure of this request's."""
    is_tried_again = row.record_id in done.under_way_ids and row.state in STATUSES["needs-you"]
    if not is_tried_again or row.is_sending:
        return shown(row)
    return ShownRow(row=replace(row, reasons=()), look=words.UNDER_WAY, fix=None)


def _standstill(connection: Connection | None) -> str | None:
    """Why nothing moves, where the connection is the reason."""
    look = words.NOT_CONNECTED
    if connection is not None:
        state = ConnectionState(connection.state)
        if state in (ConnectionState.ACTIVE, ConnectionState.HELD):
            return None
        look = words.CONNECTIONS[state]
    return f"{look.word}: nothing is sent until that is mended. What was asked for is kept."
