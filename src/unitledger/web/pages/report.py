"""Reports > Accounting Software Integration Report: is each record in Xero, and if not, why."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.engine.exporting import COLUMNS, cells
from unitledger.engine.report import ReportRow, Total, pages, report, totals
from unitledger.engine.report_order import Order, SortBy
from unitledger.engine.workbook import workbook
from unitledger.store.handlings import SavedFilter
from unitledger.store.places import Location
from unitledger.web import periods, words
from unitledger.web.fixes import fix_of
from unitledger.web.frame import FALLBACK_ZONE, framed, now
from unitledger.web.members import Member, for_members
from unitledger.web.money import money_of
from unitledger.web.options import offered
from unitledger.web.report_query import (
    BROAD,
    DATES,
    KINDS,
    STATUS_WORDS,
    STATUSES,
    Places,
    Query,
    places_for,
    read_query,
)
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 50
REMEMBERED = "integration_report"
DENSITY, COMPACT = "density", "compact"
A_YEAR = 365 * 24 * 3600
SAVED_SHOWN = 60
_TILES = ("failed", "needs-attention", "waiting", "drifted", "synced", "skipped")


@dataclass(frozen=True, slots=True)
class Tile:
    """A state with its records and money; a link that shows them alone."""

    name: str
    look: Look | None  # none: one of the seed's words, which has no shape
    count: int
    amount: Decimal | None
    currency: str | None
    is_current: bool
    address: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: a link that sorts by it."""

    word: str
    classes: str
    address: str | None = None
    is_sorted: bool = False
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    row: ReportRow
    look: Look
    fix: str | None  # where what stops it can be mended, if there is a page for it


@require_GET
@never_cache
@for_members
def integration_report(request: HttpRequest, member: Member) -> HttpResponse:
    kept = request.session.get(REMEMBERED, {}).get(str(member.operator_id))
    if not request.GET and kept:
        return HttpResponseRedirect(f"{reverse('integration-report')}?{kept}")
    with operator_scope(member.operator_id):
        places, query = asked_by(request.GET, member)
        context = _context(query, places, member)
        context["saved"] = _saved(member)
    context["is_compact"] = request.COOKIES.get(DENSITY) == COMPACT
    if request.GET and not query.errors and query.request is None:
        remembered = request.session.get(REMEMBERED, {})
        request.session[REMEMBERED] = {**remembered, str(member.operator_id): query.address()}
    status = 422 if query.errors and not getattr(request, "htmx", False) else 200
    return framed(request, member, "web/report.html", context, status=status)


@require_GET
@never_cache
@for_members
def export_csv(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Every record that matches, in the order shown, written as it is read."""
    with operator_scope(member.operator_id):
        _, query = asked_by(request.GET, member)
    answer = StreamingHttpResponse(_csv(query, member), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{query.by}-{query.status}.csv"'
    return answer


@require_GET
@never_cache
@for_members
def export_xlsx(request: HttpRequest, member: Member) -> HttpResponseBase:
    """The same as a workbook, with money as numbers and days as days."""
    with operator_scope(member.operator_id):
        _, query = asked_by(request.GET, member)
        file = workbook(query.by, _export_rows(query, member))
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{query.by}-{query.status}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def _export_rows(query: Query, member: Member) -> Iterator[ReportRow]:
    for page in pages(query.filter(member), order=query.order):
        yield from page.rows


@require_POST
@for_members
def set_density(request: HttpRequest, member: Member) -> HttpResponse:
    """Rows close together or apart, as this person likes them in this browser."""
    del member
    answer = HttpResponseRedirect(
        f"{reverse('integration-report')}?{QueryDict(request.POST.get('address', '')).urlencode()}"
    )
    compact = request.POST.get("density") == COMPACT
    answer.set_cookie(
        DENSITY,
        COMPACT if compact else "roomy",
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return answer


class _Line:
    """What a csv writer writes to: hands each line on instead of keeping it."""

    def write(self, line: str) -> bytes:
        return line.encode()


def _csv(query: Query, member: Member) -> Iterator[bytes]:
    writer: Any = csv.writer(_Line())
    yield b"\xef\xbb\xbf"  # its mark, so that Excel reads names as they are written
    yield writer.writerow(COLUMNS)
    with operator_scope(member.operator_id):
        for row in _export_rows(query, member):
            yield writer.writerow(cells(row))


def asked_by(asked: QueryDict, member: Member) -> tuple[Places, Query]:
    places = places_for(asked, member)
    zone = Location.objects.order_by("id").values_list("zone", flat=True).first()
    today = now().astimezone(ZoneInfo(zone or FALLBACK_ZONE)).date()
    return places, read_query(asked, member, places=places, today=today)


def _context(query: Query, places: Places, member: Member) -> dict[str, Any]:
    found = () if query.errors else totals(query.whole(member))
    matching = [each for each in found if each.state in STATUSES[query.status]]
    count = sum(each.count for each in matching)
    page = report(query.filter(member), order=query.order, after=query.after, limit=ROWS)
    rows = () if query.errors else page.rows
    amount, currency = money_of(matching)
    return {
        "query": query,
        "places": places,
        "kinds": KINDS,
        "date_word": DATES[query.kind],
        "period_words": periods.WORDS,
        "broad": {name: STATUS_WORDS[name] for name in ("non-synced", "synced", "all")},
        "finer": {name: word for name, word in STATUS_WORDS.items() if name not in BROAD},
        "status_word": STATUS_WORDS[query.status],
        "tiles": _tiles(query, found),
        "headings": _headings(query),
        "rows": [shown(row) for row in rows],
        "count": count,
        "amount": amount,
        "currency": currency,
        "first": query.rows_before + 1,
        "last": query.rows_before + len(rows),
        "next": query.next_address(page.next, rows=len(rows)) if page.next else None,
        "others": _others(query, found, member) if not count else (),
        "form_key": wiring.shared_tools().ids.state_token(),
        "address": query.address(),
        "without_search": query.address(search=""),
        "period_label": periods.WORDS[query.period_name].rstrip("…").lower(),
        "page_rows": ROWS,
        "options": offered(member),
        "noun": query.by,
        "one": query.by.removesuffix("s"),
    }


def _saved(member: Member) -> list[SavedFilter]:
    """A person's own filters and those that others share."""
    return list(
        SavedFilter.objects.filter(Q(user_id=member.user.pk) | Q(is_shared=True)).order_by(
            "name", "id"
        )[:SAVED_SHOWN]
    )


def _tiles(query: Query, found: Sequence[Total]) -> list[Tile]:
    return [_tile("non-synced", query, found, look=None)] + [
        _tile(name, query, found, look=words.DOCUMENTS[STATUSES[name][0]]) for name in _TILES
    ]


def _tile(name: str, query: Query, found: Sequence[Total], *, look: Look | None) -> Tile:
    here = [each for each in found if each.state in STATUSES[name]]
    amount, currency = money_of(here)
    return Tile(
        name=STATUS_WORDS[name],
        look=look if here or look is None else words.quiet(look),
        count=sum(each.count for each in here),
        amount=amount,
        currency=currency,
        is_current=name == query.status,
        address=query.address(status=name),
    )


def _headings(query: Query) -> list[Heading]:
    dated = [("Date", SortBy.DATE, "")] if query.has_dates else []
    money = [("Amount", SortBy.AMOUNT, "num")] if query.has_dates else []
    sortable = [
        *dated,
        ("Number", SortBy.NUMBER, ""),
        ("Tenant and unit" if query.has_dates else "Tenant", SortBy.TENANT, ""),
        *money,
    ]
    return [
        *(_heading(query, word, by, classes) for word, by, classes in sortable),
        Heading("Status", ""),
        Heading("Reason and what to do", ""),
        Heading("Last attempt", "hide-m"),
    ]


def _heading(query: Query, word: str, by: SortBy, classes: str) -> Heading:
    is_sorted = query.order.by is by
    # Again on the same column turns the order; dates and money begin with the greatest.
    descending = not query.order.is_descending if is_sorted else by in (SortBy.DATE, SortBy.AMOUNT)
    return Heading(
        word=word,
        classes=classes,
        address=query.address(order=Order(by, descending)),
        is_sorted=is_sorted,
        is_descending=query.order.is_descending,
    )


def shown(row: ReportRow) -> ShownRow:
    look = words.SENDING if row.is_sending else words.DOCUMENTS[row.state]
    return ShownRow(row=row, look=look, fix=fix_of(row))


def _others(query: Query, found: Sequence[Total], member: Member) -> list[tuple[str, str]]:
    """Where there is something, when there is nothing here: what, and its address."""
    there: list[tuple[str, str]] = []
    count = sum(each.count for each in found)
    if count:
        noun = query.by if count != 1 else query.by.removesuffix("s")
        there.append((f"{count:,} {noun} in any state", query.address(status="all")))
    for name, kind in KINDS.items():
        if kind is query.kind or query.search or query.request:
            continue
        elsewhere = totals(replace(query, by=name).filter(member))
        number = sum(each.count for each in elsewhere)
        if number:
            noun = name if number != 1 else name.removesuffix("s")
            words_ = f"{number:,} {STATUS_WORDS[query.status].lower()} {noun}"
            there.append((words_, query.address(by=name)))
    return there
