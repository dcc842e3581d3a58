"""Lists of records: what an address asks for, keyset pages, and headings to sort by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, QueryDict

from unitledger.store.places import Location
from unitledger.web.members import Member

ROWS = 50
SEARCH_MAX = 100


class Kind(StrEnum):
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is what the query sorts by, never null; without one the column cannot be sorted."""

    word: str
    name: str = ""
    path: str = ""
    kind: Kind = Kind.TEXT
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    word: str
    classes: str
    address: str | None
    is_sorted: bool
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, checked. What nobody may choose is left out."""

    columns: Sequence[Column]
    column: Column
    is_descending: bool
    search: str
    show: str
    shows: Mapping[str, str]
    location_id: int | None
    locations: Sequence[Location]
    member_location_ids: Sequence[int]
    default: str
    after: tuple[int, int, str] | None  # rows before, the last row's key, its sort value

    @property
    def location_ids(self) -> Sequence[int]:
        """Those to narrow to; none: all of the operator's."""
        return [self.location_id] if self.location_id else list(self.member_location_ids)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.location_id or self.show != next(iter(self.shows), ""))

    def address(self, **changes: Any) -> str:
        parts = QueryDict(mutable=True)
        search = changes.get("search", self.search)
        if search:
            parts["q"] = search
        show = changes.get("show", self.show)
        if show and show != next(iter(self.shows), ""):
            parts["show"] = show
        location = changes.get("location", self.location_id)
        if location:
            parts["location"] = str(location)
        sort = changes.get("sort", f"{'-' if self.is_descending else ''}{self.column.name}")
        if sort != self.default:
            parts["sort"] = sort
        if "after" in changes:
            parts["after"] = changes["after"]
        return parts.urlencode()

    @property
    def headings(self) -> Sequence[Heading]:
        return [self._heading(each) for each in self.columns]

    def _heading(self, column: Column) -> Heading:
        is_sorted = column is self.column
        descending = not self.is_descending if is_sorted else column.kind is not Kind.TEXT
        sort = f"{'-' if descending else ''}{column.name}"
        return Heading(
            word=column.word,
            classes=column.classes,
            address=self.address(sort=sort) if column.path else None,
            is_sorted=is_sorted,
            is_descending=self.is_descending,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of all that match. `totals` are of everything matching, never of the page."""

    rows: Sequence[Any]
    count: int
    totals: Mapping[str, Any]
    first: int
    last: int
    next: str | None
    is_first: bool


def read_asked(
    asked: QueryDict,
    member: Member,
    *,
    columns: Sequence[Column],
    default: str,
    shows: Mapping[str, str] | None = None,
) -> Asked:
    """Within an operator's scope. `default` names the column to sort by, with - for descending."""
    locations = Location.objects.order_by("name")
    if member.location_ids:
        locations = locations.filter(id__in=member.location_ids)
    known = list(locations)
    sortable = {each.name: each for each in columns if each.path}
    sort = asked.get("sort", "")
    if sort.removeprefix("-") not in sortable:
        sort = default
    shows = shows or {}
    show = asked.get("show", "")
    return Asked(
        columns=columns,
        column=sortable[sort.removeprefix("-")],
        is_descending=sort.startswith("-"),
        search=asked.get("q", "").replace("\x00", "").strip()[:SEARCH_MAX],
        show=show if show in shows else next(iter(shows), ""),
        shows=shows,
        location_id=next(
            (each.pk for each in known if str(each.pk) == asked.get("location")), None
        ),
        locations=known,
        member_location_ids=member.location_ids,
        default=default,
        after=_after(asked.get("after", "")),
    )


def page_of(
    found: QuerySet[Any],
    asked: Asked,
    *,
    key: str = "pk",
    totals: Mapping[str, Any] | None = None,
) -> Page:
    """One page, by keyset: however far back, a page costs what the first costs."""
    summed = found.order_by().aggregate(rows=Count("pk"), **(totals or {}))
    sign = "-" if asked.is_descending else ""
    before = 0
    page = found.order_by(f"{sign}{asked.column.path}", f"{sign}{key}")
    if asked.after is not None:
        before, last_key, typed = asked.after
        page = page.filter(_behind(asked, key, _value(asked.column, typed), last_key))
    rows = list(page[: ROWS + 1])
    more, rows = len(rows) > ROWS, rows[:ROWS]
    address = None
    if more:
        cursor = f"{before + len(rows)}.{rows[-1].pk}.{_read(rows[-1], asked.column.path)}"
        address = asked.address(after=cursor)
    return Page(
        rows=rows,
        count=summed["rows"],
        totals=summed,
        first=before + 1,
        last=before + len(rows),
        next=address,
        is_first=before == 0,
    )


def searched(found: QuerySet[Any], search: str, *paths: str) -> QuerySet[Any]:
    """Those that hold the words somewhere in one of the paths, whatever their case."""
    if not search:
        return found
    condition = Q()
    for path in paths:
        condition |= Q(**{f"{path}__icontains": search})
    return found.filter(condition)


def _behind(asked: Asked, key: str, value: object, last_key: int) -> Q:
    than = "lt" if asked.is_descending else "gt"
    path = asked.column.path
    return Q(**{f"{path}__{than}": value}) | Q(**{path: value, f"{key}__{than}": last_key})


def _after(typed: str) -> tuple[int, int, str] | None:
    if not typed:
        return None
    before, _, rest = typed.partition(".")
    key, dot, value = rest.partition(".")
    if not (dot and before.isdecimal() and key.isdecimal() and len(before) + len(key) < 30):
        raise Http404("There is no such page of the list.")
    return int(before), int(key), value.replace("\x00", "")


def _value(column: Column, typed: str) -> object:
    try:
        match column.kind:
            case Kind.DATE:
                return date.fromisoformat(typed)
            case Kind.MONEY:
                return Decimal(typed)
            case Kind.NUMBER:
                return int(typed)
            case _:
                return typed
    except (ValueError, InvalidOperation) as trouble:
        raise Http404("There is no such page of the list.") from trouble


def _read(row: Model, path: str) -> object:
    found: Any = row
    for name in path.split("__"):
        found = getattr(found, name)
    return found
