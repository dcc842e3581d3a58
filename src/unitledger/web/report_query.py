"""The report's address: what is asked for, read from it and written back to it.

Everything that is shown follows from the address, so that it can be shared, kept and gone back
to. What a person may not see is taken out here, whatever the address says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.engine.report import Filter, Status
from unitledger.engine.report_order import Cursor, Order, SortBy
from unitledger.store.connections import Connection
from unitledger.store.places import Building, Location
from unitledger.store.requests import ResyncRequest
from unitledger.web import periods
from unitledger.web.members import Member
from unitledger.web.periods import Period

KINDS = {
    "tenants": DocumentKind.CONTACT,
    "invoices": DocumentKind.INVOICE,
    "payments": DocumentKind.PAYMENT,
}
DATES = {
    DocumentKind.CONTACT: "Date",
    DocumentKind.INVOICE: "Invoice date",
    DocumentKind.PAYMENT: "Payment date",
}
SEARCH_MAX = 100

_LEFT_OUT = (DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE)
# The seed's three words, then the finer states; each with the states it stands for.
STATUSES: Mapping[str, tuple[DocumentState, ...]] = {
    "non-synced": tuple(
        each for each in DocumentState if each not in (DocumentState.SYNCED, *_LEFT_OUT)
    ),
    "synced": (DocumentState.SYNCED,),
    "all": tuple(DocumentState),
    "failed": (DocumentState.FAILED,),
    "needs-attention": (DocumentState.NEEDS_ATTENTION,),
    "waiting": (
        DocumentState.WAITING,
        DocumentState.CHANGED,
        DocumentState.QUEUED,
        DocumentState.NEW,
    ),
    "drifted": (DocumentState.DRIFTED,),
    "skipped": _LEFT_OUT,
    "needs-you": (
        DocumentState.FAILED,
        DocumentState.NEEDS_ATTENTION,
        DocumentState.DRIFTED,
    ),
}
STATUS_WORDS = {
    "non-synced": "Non-synced",
    "synced": "Synced",
    "all": "All",
    "failed": "Failed",
    "needs-attention": "Needs attention",
    "waiting": "Waiting",
    "drifted": "Drifted",
    "skipped": "Skipped",
    "needs-you": "Needs you",
}
BROAD = ("synced", "non-synced", "all")


@dataclass(frozen=True, slots=True)
class Places:
    """What can be chosen: the locations a person may see, and the buildings at chosen ones."""

    locations: Sequence[Location]
    buildings: Sequence[Building]


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for, checked; `errors` by field, in words, where it cannot be."""

    by: str = "payments"
    status: str = "non-synced"
    period_name: str = periods.FROM_THE_START
    period: Period = field(default=Period(None, None))
    typed_dates: tuple[str, str] = ("", "")
    location_ids: Sequence[int] = ()
    building_ids: Sequence[int] = ()
    search: str = ""
    request: ResyncRequest | None = None  # only the records that were asked for then
    order: Order = field(default=Order())
    after: Cursor | None = None
    rows_before: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> DocumentKind:
        return KINDS[self.by]

    @property
    def has_dates(self) -> bool:
        return self.kind is not DocumentKind.CONTACT

    def filter(self, member: Member) -> Filter:
        """What is asked of the engine: never more than the person's own locations."""
        return Filter(
            operator_id=member.operator_id,
            kind=self.kind,
            status=Status.ALL,
            states=STATUSES[self.status],
            location_ids=self.location_ids or member.location_ids,
            building_ids=self.building_ids,
            start_on=self.period.start_on if self.has_dates else None,
            end_on=self.period.end_on if self.has_dates else None,
            search=self.search,
            record_ids=self.request.record_ids if self.request else None,
        )

    def whole(self, member: Member) -> Filter:
        """The same for every state."""
        return replace(self.filter(member), states=())

    def address(self, **changes: Any) -> str:
        """The query string of this report with something changed, from its first page on."""
        parts = QueryDict(mutable=True)
        parts["by"] = changes.get("by", self.by)
        parts["status"] = changes.get("status", self.status)
        parts["period"] = changes.get("period", self.period_name)
        if parts["period"] == periods.CUSTOM:
            parts["from"], parts["to"] = self.typed_dates
        parts.setlist("location", [str(each) for each in self.location_ids])
        parts.setlist("building", [str(each) for each in self.building_ids])
        search = changes.get("search", self.search)
        if search:
            parts["q"] = search
        if self.request is not None and parts["by"] == self.by:
            parts["request"] = str(self.request.public_id)
        order: Order = changes.get("order", self.order)
        if order != Order():
            parts["sort"] = f"{'-' if order.is_descending else ''}{order.by}"
        return parts.urlencode()

    def next_address(self, after: Cursor, *, rows: int) -> str:
        key = "" if after.key is None else str(after.key)
        parts = QueryDict(mutable=True)
        parts["after"] = f"{self.rows_before + rows}.{after.document_id}.{key}"
        return f"{self.address()}&{parts.urlencode()}"


def read_query(asked: QueryDict, member: Member, *, places: Places, today: date) -> Query:
    """Read an address. What it names and nobody can choose (another's location) is left out."""
    errors: dict[str, str] = {}
    by = asked.get("by", "payments")
    status = asked.get("status", "non-synced")
    name = asked.get("period", periods.FROM_THE_START)
    request = _request(asked.get("request", ""))
    if request is not None:
        by = next(name for name, kind in KINDS.items() if kind == request.kind)
    query = Query(
        request=request,
        by=by if by in KINDS else "payments",
        status=status if status in STATUSES else "non-synced",
        period_name=name if name in periods.WORDS else periods.FROM_THE_START,
        typed_dates=(asked.get("from", ""), asked.get("to", "")),
        location_ids=_ids(asked.getlist("location"), [each.pk for each in places.locations]),
        building_ids=_ids(asked.getlist("building"), [each.pk for each in places.buildings]),
        search=asked.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX],
        order=_order(asked.get("sort", "")),
        errors=errors,
    )
    within = _period(query, start_on=_start_on(), today=today, errors=errors)
    return _at_page(replace(query, period=within), asked.get("after", ""))


def places_for(asked: QueryDict, member: Member) -> Places:
    """Within an operator's scope: the places that can be chosen, given the chosen locations."""
    locations = Location.objects.order_by("name")
    if member.location_ids:
        locations = locations.filter(id__in=member.location_ids)
    shown = list(locations)
    chosen = _ids(asked.getlist("location"), [each.pk for each in shown])
    at = chosen or [each.pk for each in shown]
    buildings = Building.objects.filter(location_id__in=at).select_related("location")
    return Places(shown, list(buildings.order_by("location__name", "name")))


def _request(typed: str) -> ResyncRequest | None:
    try:
        return ResyncRequest.objects.get(public_id=UUID(typed)) if typed else None
    except (ValueError, ResyncRequest.DoesNotExist) as trouble:
        raise Http404("There is no such request.") from trouble


def _ids(typed: Sequence[str], known: Sequence[int]) -> list[int]:
    asked = {int(each) for each in typed if each.isascii() and each.isdigit()}
    found = [each for each in known if each in asked]
    return [] if len(found) == len(known) else found  # all of them is no narrowing


def _start_on() -> date | None:
    return Connection.objects.order_by("start_on").values_list("start_on", flat=True).first()


def _period(query: Query, *, start_on: date | None, today: date, errors: dict[str, str]) -> Period:
    if query.period_name != periods.CUSTOM:
        return periods.period(query.period_name, today=today, start_on=start_on)
    ends: list[date | None] = []
    for name, typed in zip(("from", "to"), query.typed_dates, strict=True):
        try:
            ends.append(date.fromisoformat(typed) if typed else None)
        except ValueError:
            errors[name] = f"{typed} is no date. Write it as 2026-11-01."
            ends.append(None)
    start, end = ends
    if start and end and end < start:
        errors["to"] = f"The last day, {end}, is before the first, {start}."
    return Period(start, end)


def _order(typed: str) -> Order:
    by = typed.removeprefix("-")
    if by not in {str(each) for each in SortBy}:
        return Order()
    return Order(by=SortBy(by), is_descending=typed.startswith("-"))


def _at_page(query: Query, typed: str) -> Query:
    """Where the page begins; an address that nobody was given is not found."""
    if not typed:
        return query
    try:
        before, document, key = typed.split(".", 2)
        cursor = Cursor(key=_key(key, query.order), document_id=int(document[:18]))
        return replace(query, after=cursor, rows_before=int(before))
    except (ValueError, InvalidOperation) as trouble:
        raise Http404("There is no such page of the report.") from trouble


def _key(typed: str, order: Order) -> date | Decimal | str | None:
    match order.by:
        case SortBy.DATE:
            return date.fromisoformat(typed) if typed else None
        case SortBy.AMOUNT:
            return Decimal(typed)
        case _:
            return typed.replace("\x00", "")
