"""Apply in the report: ask for ticked records again, and say what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentKind
from unitledger.engine.asking import NothingAsked, Outcome, ask_again, outcome
from unitledger.engine.handling.deciding import NotDone
from unitledger.engine.report import Filter, ReportRow, report
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.requests import ResyncRequest
from unitledger.web import words
from unitledger.web.choosing import (
    NOTHING_TICKED,
    Unfit,
    ask_once,
    chosen,
    needs_asking,
    unfit_answer,
)
from unitledger.web.frame import current_books, framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import handling
from unitledger.web.pages.report import ShownRow, asked_by, shown
from unitledger.web.report_query import KINDS, STATUSES, Query
from unitledger.web.scope import operator_scope

RESYNC = "resync"
A_CALL = 50  # records in one request to Xero
LISTED = 10
LOOKED_AT_OFTEN = timedelta(minutes=10)
NO_OPTION = "No sync option is chosen. Choose ReSync or another option, then Apply."


@require_POST
@for_bookkeepers
def apply(request: HttpRequest, member: Member) -> HttpResponse:
    """Do with the ticked records what was chosen. A second click is answered as the first."""
    with operator_scope(member.operator_id):
        _, query = asked_by(QueryDict(request.POST.get("address", "")), member)
    option = request.POST.get("option", "")
    try:
        if option in handling.OPTIONS:
            return handling.decide_on(request, member, query, handling.OPTIONS[option])
        if option != RESYNC:
            raise Unfit(NO_OPTION)
        records = chosen(request, member, query)
        if needs_asking(request, records):
            return _ask_once(request, member, query, records)
        asked = ask_again(
            member.operator_id,
            query.kind,
            records,
            form_key=request.POST.get("key", ""),
            user_id=member.user.pk,
            user_name=member.user.get_full_name() or member.user.username,
            now=now(),
            by=member.actor,
        )
    except (Unfit, NothingAsked, NotDone) as unfit:
        says = str(unfit) or NOTHING_TICKED
        return unfit_answer(request, member, says, address=query.address())
    return HttpResponseRedirect(reverse("resync-request", args=[asked.public_id]))


def _ask_once(
    request: HttpRequest, member: Member, query: Query, records: Sequence[int]
) -> HttpResponse:
    return ask_once(
        request,
        member,
        query,
        records,
        verb="ReSync",
        says="Those that are not in Xero are sent, up to 50 in a call. Those that are in Xero "
        "are compared with it and not sent a second time.",
        calls=math.ceil(len(records) / A_CALL),
    )


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
        connection = current_books(member.organisation_id).connection
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
