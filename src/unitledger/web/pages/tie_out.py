"""Books > Tie-out: both ledgers side by side, down to the document, and closing a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentKind
from unitledger.engine.auditing import name_of
from unitledger.engine.month_end.asking import OPEN, ask_for_tie_out, is_silent
from unitledger.engine.month_end.closing import (
    NotClosable,
    close_month,
    fingerprint,
    last_day,
    month_of,
    obstacles,
    reopen_month,
    standing_close,
)
from unitledger.store.connections import Organisation
from unitledger.store.month_ends import MonthClose, TieOutRequest
from unitledger.store.tie_outs import TieOutResult
from unitledger.web import words
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope

HISTORY = 12
DIFFERENCES_SHOWN = 100
STALE = timedelta(hours=24)
WAITS_LONG = timedelta(seconds=30)
WHOLE_ONLY = (
    "You see some locations only. A tie-out compares the whole organisation; "
    "an administrator can show you every location."
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for: which books, which month, and the tie-out that shows it."""

    organisations: Sequence[Organisation]
    organisation: Organisation | None
    result: TieOutResult | None
    newest: TieOutResult | None
    first: date | None

    def address(self, **changes: str) -> str:
        parts = QueryDict(mutable=True)
        if self.organisation is not None and len(self.organisations) > 1:
            parts["organisation"] = str(self.organisation.public_id)
        if self.first is not None:
            parts["month"] = f"{self.first:%Y-%m}"
        parts.update(changes)
        return f"{reverse('tie-out')}?{parts.urlencode()}"


@require_GET
@never_cache
@for_members
def tie_out(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


def _page(
    request: HttpRequest, member: Member, *, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    if member.location_ids:
        raise PermissionDenied(WHOLE_ONLY)
    asked = request.POST if request.method == "POST" else request.GET
    with operator_scope(member.operator_id):
        chosen = _chosen(asked)
        context = {
            "chosen": chosen,
            "errors": errors or {},
            "typed": asked if errors else {},
            "making": _making(chosen),
            "form_key": wiring.shared_tools().ids.state_token(),
            "my_name": name_of(member.user),
            **(_shown(chosen) if chosen.result is not None else {}),
        }
    template = "web/_tie_out_making.html" if getattr(request, "htmx", False) else "web/tie_out.html"
    return framed(request, member, template, context, status=422 if errors else 200)


def _chosen(asked: QueryDict) -> Chosen:
    organisations = list(Organisation.objects.order_by("name", "id"))
    wanted = asked.get("organisation")
    organisation = next(
        (each for each in organisations if str(each.public_id) == wanted),
        organisations[0] if organisations else None,
    )
    if wanted and organisation is not None and str(organisation.public_id) != wanted:
        raise Http404("There is no such organisation.")
    kept = TieOutResult.objects.filter(organisation=organisation).order_by("-read_at", "-id")
    newest = kept.first() if organisation else None
    result, first = newest, _first_day(asked.get("month", ""))
    if asked.get("result"):
        result = kept.filter(public_id=_uuid(asked["result"])).first()
        if result is None:
            raise Http404("There is no such tie-out.")
    elif first is not None and newest is not None and newest.on < last_day(first):
        # One that reaches the month's end shows more of it than the newest does.
        result = kept.filter(on__gte=last_day(first)).first() or newest
    if first is None and result is not None:
        first = _newest_month(result)
    return Chosen(organisations, organisation, result, newest, first)


def _first_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(f"{typed}-01") if typed else None
    except ValueError as trouble:
        raise Http404("There is no such month.") from trouble


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as trouble:
        raise Http404("There is no such tie-out.") from trouble


def _newest_month(result: TieOutResult) -> date:
    months = [each["month"] for each in result.content.get("by_month", ())]
    upto = [each for each in months if each <= f"{result.on:%Y-%m}"]
    return _first_day(upto[-1] if upto else f"{result.on:%Y-%m}") or result.on.replace(day=1)


def _making(chosen: Chosen) -> dict[str, Any] | None:
    """The tie-out under way, or the newest that failed after the newest that was kept."""
    if chosen.organisation is None:
        return None
    asked = TieOutRequest.objects.filter(organisation=chosen.organisation).order_by("-id").first()
    if asked is None:
        return None
    at = now()
    is_open = asked.state in OPEN and not is_silent(asked, now=at)
    if not is_open and asked.result_id is not None:
        return None
    if not is_open and chosen.newest is not None and chosen.newest.read_at > asked.asked_at:
        return None
    return {
        "asked": asked,
        "is_open": is_open,
        "is_waiting_long": asked.state == "asked" and at - asked.asked_at > WAITS_LONG,
    }


def _shown(chosen: Chosen) -> dict[str, Any]:
    result, organisation, first = chosen.result, chosen.organisation, chosen.first
    assert result is not None and organisation is not None and first is not None
    content = result.content
    month = month_of(content, first)
    close = standing_close(organisation.pk, first)
    day = today()
    return {
        "result": result,
        "currency": content["currency"],
        "start_on": date.fromisoformat(content["start_on"]),
        "month": month,
        "months": _months(content, first),
        "kinds": [
            {"name": words.KINDS[DocumentKind(each["kind"])], **each} for each in content["by_kind"]
        ],
        "locations": content["by_location"],
        "accounts": content["by_account"],
        "receivables": content["receivables"],
        "differences": [*month.differences, *month.whole][:DIFFERENCES_SHOWN],
        "others": [
            each
            for each in content["differences"]
            if not each["accepted"] and each not in month.differences and each not in month.whole
        ][:DIFFERENCES_SHOWN],
        "is_stale": now() - result.read_at > STALE,
        "close": close,
        "fingerprint": close.fingerprint if close else fingerprint(organisation, month),
        "is_changed": close is not None and close.fingerprint != fingerprint(organisation, month),
        "obstacles": obstacles(result, first, today=day),
        "closes": list(
            MonthClose.objects.filter(organisation=organisation, month_on=first).order_by("-id")[
                :HISTORY
            ]
        ),
        "history": list(
            TieOutResult.objects.filter(organisation=organisation)
            .defer("content")
            .order_by("-read_at", "-id")[:HISTORY]
        ),
    }


def _months(content: Mapping[str, Any], first: date) -> list[tuple[str, date]]:
    names = {each["month"] for each in content.get("by_month", ())} | {f"{first:%Y-%m}"}
    return [(name, date.fromisoformat(f"{name}-01")) for name in sorted(names, reverse=True)]


@require_POST
@for_members
def ask(request: HttpRequest, member: Member) -> HttpResponse:
    """Have a tie-out made. A second click finds the first one's."""
    _for_bookkeepers(member, "make a tie-out")
    with operator_scope(member.operator_id):
        chosen = _chosen(request.POST)
    if chosen.organisation is None:
        raise Http404("There is no organisation to tie out with.")
    on = None
    if request.POST.get("upto") == "month" and chosen.first is not None:
        on = last_day(chosen.first)
    ask_for_tie_out(
        chosen.organisation.pk,
        on=on,
        key=request.POST.get("key", ""),
        user_id=member.user.pk,
        user_name=name_of(member.user),
        by=member.actor,
        now=now(),
    )
    return HttpResponseRedirect(chosen.address())


@require_POST
@for_members
def close(request: HttpRequest, member: Member) -> HttpResponse:
    _for_bookkeepers(member, "close a month")
    with operator_scope(member.operator_id):
        chosen = _chosen(request.POST)
        day = today()
    if chosen.organisation is None or chosen.result is None or chosen.first is None:
        raise Http404("There is no tie-out of that month.")
    try:
        close_month(
            chosen.organisation.pk,
            chosen.first,
            result_id=chosen.result.pk,
            prepared_by=request.POST.get("prepared_by", ""),
            reviewed_by=request.POST.get("reviewed_by", ""),
            said=request.POST.get("note", ""),
            user_id=member.user.pk,
            by=member.actor,
            today=day,
            now=now(),
        )
    except NotClosable as unfit:
        return _page(request, member, errors={"close": str(unfit)})
    messages.success(request, f"{chosen.first:%B %Y} is closed.")
    return HttpResponseRedirect(chosen.address())


@require_POST
@for_members
def reopen(request: HttpRequest, member: Member) -> HttpResponse:
    _for_bookkeepers(member, "reopen a month")
    with operator_scope(member.operator_id):
        chosen = _chosen(request.POST)
        standing = (
            standing_close(chosen.organisation.pk, chosen.first)
            if chosen.organisation and chosen.first
            else None
        )
    if standing is None:
        return HttpResponseRedirect(chosen.address())
    try:
        reopen_month(
            standing.pk,
            why=request.POST.get("why", ""),
            user_id=member.user.pk,
            by=member.actor,
            now=now(),
        )
    except NotClosable as unfit:
        return _page(request, member, errors={"reopen": str(unfit)})
    messages.success(request, f"{standing.month_on:%B %Y} is open again.")
    return HttpResponseRedirect(chosen.address())


def _for_bookkeepers(member: Member, act: str) -> None:
    if member.location_ids:
        raise PermissionDenied(WHOLE_ONLY)
    if not member.may_resync:
        raise PermissionDenied(f"Only a bookkeeper or an administrator can {act}.")
