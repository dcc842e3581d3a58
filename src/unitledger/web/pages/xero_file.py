"""Reports > File for Xero: invoices as Xero's own import takes them, where nothing is connected
or the sync is paused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine import xero_file as files
from unitledger.engine.xero_file import Codes, NoFile, XeroFile
from unitledger.web.exports import lines_of
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_bookkeepers
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope

LEFT_OUT_SHOWN = 100
PRICES = {"inclusive": True, "exclusive": False}


@require_GET
@never_cache
@for_bookkeepers
def page(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        start, end, error = _period(request)
        context: dict[str, Any] = {"start": start, "end": end, "error": error}
        try:
            codes = files.codes_of_books(member.operator_id)
        except NoFile as none:
            context["none"] = str(none)
        else:
            if not error:
                context |= _made(member, codes, start, end)
    status = 422 if error else 200
    return framed(request, member, "web/machines/xero_file.html", context, status=status)


@require_GET
@never_cache
@for_bookkeepers
def download(request: HttpRequest, member: Member, prices: str, part: int) -> HttpResponseBase:
    start, end, error = _period(request)
    if prices not in PRICES or error:
        raise Http404("There is no such file.")
    with operator_scope(member.operator_id):
        try:
            codes = files.codes_of_books(member.operator_id)
        except NoFile as none:
            raise Http404(str(none)) from None
        made = _file(member, codes, start, end)
        if not 1 <= part <= made.parts(prices_include_tax=PRICES[prices]):
            raise Http404("There is no such file.")
        rows = list(made.rows(prices_include_tax=PRICES[prices], part=part))
    answer = StreamingHttpResponse(
        lines_of(files.COLUMNS, rows), content_type="text/csv; charset=utf-8"
    )
    name = f"xero-invoices-{start}-{end}-{prices}-{part}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _file(member: Member, codes: Codes, start: date, end: date) -> XeroFile:
    return files.xero_file(
        member.operator_id, codes, start_on=start, end_on=end, location_ids=member.location_ids
    )


def _made(member: Member, codes: Codes, start: date, end: date) -> dict[str, Any]:
    made = _file(member, codes, start, end)
    return {
        "currency": codes.chart.facts.currency,
        "files": [
            {
                "word": word,
                "count": made.count(prices_include_tax=value),
                "amount": made.amount(prices_include_tax=value),
                "parts": range(1, made.parts(prices_include_tax=value) + 1),
            }
            for word, value in PRICES.items()
            if made.count(prices_include_tax=value)
        ],
        "invoices_max": files.INVOICES_MAX,
        "left_out": made.left_out[:LEFT_OUT_SHOWN],
        "left_out_count": len(made.left_out),
    }


def _period(request: HttpRequest) -> tuple[date, date, str]:
    """Both days included; this month unless asked for another."""
    day = today()
    start, end = day.replace(day=1), day
    try:
        if request.GET.get("from"):
            start = date.fromisoformat(request.GET["from"])
        if request.GET.get("to"):
            end = date.fromisoformat(request.GET["to"])
    except ValueError:
        return start, end, "This is not a day. Write it as 2026-03-01."
    if end < start:
        return start, end, "The last day is before the first. Change one of them."
    return start, end, ""
