"""Settings > Audit log: who did what, when. Read, filtered, exported; never changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.audit_file import COLUMNS, READ_AT_ONCE, as_json, cells
from unitledger.store.audit import AuditEntry
from unitledger.store.places import Location
from unitledger.web.frame import FALLBACK_ZONE, framed
from unitledger.web.members import Member, for_administrators
from unitledger.web.scope import operator_scope

ROWS = 50
SEARCH_MAX = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `errors` in words by field."""

    act: str
    who: str
    search: str
    typed_dates: tuple[str, str]
    start_on: date | None
    end_on: date | None
    errors: Mapping[str, str]

    def address(self, **more: str) -> str:
        parts = {
            "act": self.act,
            "who": self.who,
            "q": self.search,
            "from": self.typed_dates[0],
            "to": self.typed_dates[1],
            **more,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.address())


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an act changed."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    entry: AuditEntry
    act: str
    subject_kind: str
    changes: Sequence[Change]


@require_GET
@never_cache
@for_administrators
def audit_log(request: HttpRequest, member: Member) -> HttpResponse:
    asked = _asked(request.GET)
    with operator_scope(member.operator_id):
        zone = _zone()
        entries = _entries(asked, zone).order_by("-id")
        before = request.GET.get("before", "")
        if before:
            entries = entries.filter(id__lt=_number(before))
        found = list(entries[: ROWS + 1])
        context = {
            "rows": [_row(each) for each in found[:ROWS]],
            "older": asked.address(before=str(found[ROWS - 1].pk)) if len(found) > ROWS else "",
            "newest": asked.address() if before else None,
            "asked": asked,
            "acts": [(each, _words(each)) for each in _distinct("act")],
            "people": _distinct("actor_name"),
            "address": asked.address(),
        }
    return framed(request, member, "web/people/audit_log.html", context)


@require_GET
@for_administrators
def export_csv(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Every entry that matches, oldest first, written as it is read."""
    asked = _asked(request.GET)
    answer = StreamingHttpResponse(_csv(asked, member), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return answer


class _Line:
    """What a csv writer writes to: hands each line on instead of keeping it."""

    def write(self, line: str) -> bytes:
        return line.encode()


def _csv(asked: Asked, member: Member) -> Iterator[bytes]:
    writer: Any = csv.writer(_Line())
    yield b"\xef\xbb\xbf"  # its mark, so that Excel reads names as they are written
    yield writer.writerow(COLUMNS)
    last = 0
    while True:
        with operator_scope(member.operator_id):
            page = _entries(asked, _zone()).filter(id__gt=last).order_by("id")
            rows = list(page[:READ_AT_ONCE])
        for each in rows:
            yield writer.writerow(cells(each))
        if len(rows) < READ_AT_ONCE:
            return
        last = rows[-1].pk


def _entries(asked: Asked, zone: ZoneInfo) -> QuerySet[AuditEntry]:
    """Within an operator's scope: what matches, days taken in the operator's zone."""
    found = AuditEntry.objects.all()
    if asked.act:
        found = found.filter(act=asked.act)
    if asked.who:
        found = found.filter(actor_name=asked.who)
    if asked.search:
        found = found.filter(
            Q(subject_name__icontains=asked.search)
            | Q(actor_name__icontains=asked.search)
            | Q(subject_id=asked.search)
        )
    if asked.start_on:
        found = found.filter(at__gte=datetime.combine(asked.start_on, time(), zone))
    if asked.end_on:
        behind = asked.end_on + timedelta(days=1)
        found = found.filter(at__lt=datetime.combine(behind, time(), zone))
    return found


def _asked(asked: QueryDict) -> Asked:
    errors: dict[str, str] = {}
    typed = (asked.get("from", ""), asked.get("to", ""))
    days = [_day(name, text, errors) for name, text in zip(("from", "to"), typed, strict=True)]
    start_on, end_on = days
    if start_on and end_on and end_on < start_on:
        errors["to"] = "The last day is before the first."
        end_on = None
    return Asked(
        act=_plain(asked.get("act", "")),
        who=_plain(asked.get("who", "")),
        search=_plain(asked.get("q", "")),
        typed_dates=typed,
        start_on=start_on,
        end_on=end_on,
        errors=errors,
    )


def _day(name: str, text: str, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
        errors[name] = f"{text} is no date. Write it as 2026-11-01."
    if day is not None and day.year >= date.max.year:
        errors[name] = f"{text} is too late. Write it as 2026-11-01."
        return None
    return day


def _plain(text: str) -> str:
    return text.replace("\x00", "").strip()[:SEARCH_MAX]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404("There is no such page of the log.")
    return int(text)


def _distinct(field: str) -> list[str]:
    return sorted(AuditEntry.objects.order_by().values_list(field, flat=True).distinct()[:200])


def _zone() -> ZoneInfo:
    name = Location.objects.order_by("id").values_list("zone", flat=True).first()
    return ZoneInfo(name or FALLBACK_ZONE)


def _row(entry: AuditEntry) -> Row:
    before, after = entry.before or {}, entry.after or {}
    fields = [*before, *(each for each in after if each not in before)]
    return Row(
        entry=entry,
        act=_words(entry.act),
        subject_kind=entry.subject_kind.replace("_", " "),
        changes=[
            Change(
                each.replace("_", " "),
                _said(before.get(each), field=each),
                _said(after.get(each), field=each),
            )
            for each in fields
        ],
    )


def _words(act: str) -> str:
    return act.replace("_", " ").capitalize().replace("Api ", "API ")


def _said(value: Any, *, field: str = "") -> str:
    """One value as people read it; nothing where it was or is none."""
    match value:
        case [] if field == "locations":
            return "all"  # none by name: somebody who sees every one
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_said(each) for each in value) or "none"
        case dict():
            return as_json(value)
        case _:
            return str(value)
