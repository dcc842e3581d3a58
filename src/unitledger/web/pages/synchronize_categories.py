"""Synchronize > Categories: places and unit types to Xero's two tracking categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.chart import Chart, TrackingCategory
from unitledger.core.mapping import (
    TRACKING_MAX,
    Dimension,
    Mapping,
    TrackingRule,
    category_of,
    option_of,
)
from unitledger.core.mapping_check import FaultCode, Part, option_named, tracked_values
from unitledger.core.mapping_edit import (
    TooManyCategories,
    with_option,
    with_tracking,
    without_tracking,
)
from unitledger.engine.mapping.catalogue import in_use
from unitledger.engine.mapping.creating import Made, Outcome, create_category, create_options
from unitledger.engine.mapping.survey import Survey
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Form, Unfit
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

TEMPLATE = "web/mapping/categories.html"
DIMENSIONS = {
    Dimension.LOCATION: "Location",
    Dimension.BUILDING: "Building",
    Dimension.UNIT_TYPE: "Unit type (storage category)",
    Dimension.FIXED: "One value for everything",
}
SORTS = ("value", "category", "option", "use")
_LOOKS = {
    FaultCode.OPTION_GONE: synchronize.OPTION_GONE,
    FaultCode.NO_OPTION: synchronize.NO_OPTION,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the source and the option it goes to."""

    value: str
    category: str
    option: str | None
    is_there: bool
    in_use: int
    look: Look
    waiting: int
    edit: str

    @property
    def may_create(self) -> bool:
        return not self.is_there and self.option is not None


@require_GET
@never_cache
@for_members
def categories(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form())


@require_POST
@for_bookkeepers
def change_category(request: HttpRequest, member: Member) -> HttpResponse:
    """Set what a tracking category is filled from, or take it out of use."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-categories")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _changed(mapping, request, found),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


@require_POST
@for_bookkeepers
def change_option(request: HttpRequest, member: Member) -> HttpResponse:
    """Let one value go to another option."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-categories")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _option_changed(mapping, request, found),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


@require_POST
@for_bookkeepers
def create(request: HttpRequest, member: Member) -> HttpResponse:
    """Make a category or options in Xero, at most one of a name."""
    synchronize.must_map(member)
    connection = synchronize.connection_of(member)
    back = reverse("mapping-categories")
    if connection is None:
        return HttpResponseRedirect(reverse("xero"))
    name = request.POST.get("category", "")
    options = request.POST.getlist("option")

    def make() -> HttpResponse:
        tools = wiring.shared_tools()
        if options:
            made = create_options(connection.pk, name, options, by=member.actor, tools=tools)
        else:
            made = [create_category(connection.pk, name, by=member.actor, tools=tools)]
        for each in made:
            (messages.info if each.is_there else messages.error)(request, _told(each))
        after = back if options else f"{back}?{urlencode({'category': name})}#edit"
        return HttpResponseRedirect(after)

    return synchronize.reached(request, make, back=back)


def _told(made: Made) -> str:
    what = f"{made.category} › {made.option}" if made.option else made.category
    match made.outcome:
        case Outcome.MADE:
            return f"{what} was created in Xero."
        case Outcome.WAS_THERE:
            return f"{what} was in Xero already; it is used."
        case Outcome.ARCHIVED:
            return f"{what} is archived in Xero. {made.message}"
        case Outcome.REFUSED:
            return f"Xero did not take {what}: {made.message}"
        case Outcome.UNKNOWN:
            return f"It is not known whether {what} was created. {made.message}"


def _changed(mapping: Mapping, request: HttpRequest, found: Survey) -> Mapping:
    typed = request.POST
    before = typed.get("before", "")
    if typed.get("stop"):
        return without_tracking(mapping, before)
    chosen = _active(found.chart, typed.get("category", ""))
    if chosen is None:
        raise Unfit("category", "Choose a tracking category that is active in Xero.")
    try:
        dimension = Dimension(typed.get("dimension", ""))
    except ValueError:
        raise Unfit("dimension", "Choose what fills the category.") from None
    default, is_required = _without_option(typed.get("otherwise", ""), chosen, dimension)
    old = next((each for each in mapping.tracking if each.category == before), None)
    kept = old if old is not None and old.dimension is dimension else None
    rule = TrackingRule(
        category=chosen.name,
        dimension=dimension,
        options=kept.options if kept else (),
        default_option=default,
        is_required=is_required,
    )
    try:
        return with_tracking(mapping, rule, instead_of=before or None)
    except TooManyCategories as many:
        raise Unfit("category", str(many)) from None
    except ValueError as clash:
        raise Unfit("category", str(clash)) from None


def _without_option(
    said: str, category: TrackingCategory, dimension: Dimension
) -> tuple[str | None, bool]:
    """(default option, whether a value without an option waits)."""
    if said.startswith("option:"):
        option = category.option_name(said.removeprefix("option:"))
        if option is None:
            raise Unfit("otherwise", "Choose an option that is active in Xero.")
        return option, True
    if dimension is Dimension.FIXED:
        raise Unfit("otherwise", "Choose the option that everything goes to.")
    return None, said != "untracked"


def _option_changed(mapping: Mapping, request: HttpRequest, found: Survey) -> Mapping:
    typed = request.POST
    rule = next((each for each in mapping.tracking if each.category == typed.get("in")), None)
    value, option = typed.get("value", ""), typed.get("option", "")
    if rule is None or found.chart is None:
        raise Unfit("option", "This category is no longer in use. Look at the list again.")
    category = category_of(rule, found.chart.tracking)
    if category is None or (spelled := category.option_name(option)) is None:
        raise Unfit("option", f"Choose an option of {rule.category} that is active in Xero.")
    return with_option(mapping, rule.category, value=value, option=spelled)


def _active(chart: Chart | None, name: str) -> TrackingCategory | None:
    return chart.tracking_category(name) if chart else None


def _page(request: HttpRequest, member: Member, form: Form, *, status: int = 200) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        uses = _uses(member, found)
    context: dict[str, Any] = {}
    if found is not None and found.chart is not None:
        context = _context(request, found, found.chart, form, uses)
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)


def _uses(member: Member, found: Survey | None) -> dict[Dimension, Any]:
    tracking = found.mapping.tracking if found is not None and found.mapping else ()
    return {rule.dimension: in_use(member.operator_id, rule.dimension) for rule in tracking}


def _context(
    request: HttpRequest, found: Survey, chart: Chart, form: Form, uses: dict[Dimension, Any]
) -> dict[str, Any]:
    tracking = found.mapping.tracking if found.mapping else ()
    rows = [row for rule in tracking for row in _rows(rule, found, chart, uses)]
    asked = request.POST if request.method == "POST" else request.GET
    search, sort = request.GET.get("q", "").strip(), request.GET.get("sort", "value")
    shown = [each for each in rows if search.casefold() in f"{each.value} {each.option}".casefold()]
    active = [each for each in chart.tracking if each.is_active]
    faults = found.faults_in(Part.CATEGORIES)
    waiting = found.waits_in(Part.CATEGORIES)
    return {
        "part": "categories",
        "form": form,
        "rows": sorted(shown, key=_key(sort)),
        "row_count": len(rows),
        "search": search,
        "sort": sort if sort in SORTS else "value",
        "rules": [(rule, _filled_from(rule), _otherwise(rule)) for rule in tracking],
        "room": TRACKING_MAX - len(tracking),
        "xero_room": TRACKING_MAX - len(active),
        "faults": faults,
        "waiting": sum(each.count for each in waiting),
        "waiting_money": sum((each.money for each in waiting), start=0),
        "missing": _missing(rows),
        **_edited_category(asked, tracking, active),
        **_edited_option(asked, tracking, chart),
    }


def _rows(
    rule: TrackingRule, found: Survey, chart: Chart, uses: dict[Dimension, Any]
) -> Sequence[Row]:
    category = category_of(rule, chart.tracking)
    codes = {
        each.subject: each.code
        for each in found.faults_in(Part.CATEGORIES)
        if each.names[:1] == (rule.category,)
    }
    counts = uses.get(rule.dimension, {})
    rows: list[Row] = []
    for value in tracked_values(rule, found.catalogue.values(rule.dimension)):
        option = option_named(rule, value)
        spelled = option_of(rule, category, option) if category and option else None
        stands_in = rule.default_option if spelled is None and value not in codes else None
        look = synchronize.MAPPED if spelled or stands_in else synchronize.UNTRACKED
        if value in codes:
            look = _LOOKS.get(codes[value], synchronize.NO_OPTION)
        waiting = sum(
            each.count for each in found.waits_in(Part.CATEGORIES) if each.is_about(option or "")
        )
        rows.append(
            Row(
                value=value,
                category=rule.category,
                option=spelled or stands_in or option,
                is_there=bool(spelled or stands_in),
                in_use=counts.get(value, 0),
                look=look,
                waiting=waiting,
                edit=f"?{urlencode({'in': rule.category, 'value': value})}#edit-option",
            )
        )
    return rows


def _missing(rows: Sequence[Row]) -> Sequence[tuple[str, Sequence[str]]]:
    """The options to create, by category."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.may_create and row.look is not synchronize.UNTRACKED and row.option:
            found.setdefault(row.category, []).append(row.option)
    return [(category, tuple(dict.fromkeys(options))) for category, options in found.items()]


def _key(sort: str) -> Any:
    keys = {
        "category": lambda row: (row.category.casefold(), row.value.casefold()),
        "option": lambda row: ((row.option or "").casefold(), row.value.casefold()),
        "use": lambda row: (-row.in_use, row.value.casefold()),
    }
    return keys.get(sort, lambda row: row.value.casefold())


def _filled_from(rule: TrackingRule) -> str:
    return DIMENSIONS[rule.dimension]


def _otherwise(rule: TrackingRule) -> str:
    if rule.dimension is Dimension.FIXED:
        return f"always “{rule.default_option}”"
    if rule.default_option:
        return f"goes to “{rule.default_option}”"
    return "waits until mapped" if rule.is_required else "is sent without"


def _edited_category(
    asked: Any, tracking: Sequence[TrackingRule], active: Sequence[TrackingCategory]
) -> dict[str, Any]:
    if "category" not in asked:
        return {}
    name = asked.get("before", asked["category"])
    rule = next((each for each in tracking if each.category == name), None)
    otherwise = "wait"
    if rule is not None:
        otherwise = f"option:{rule.default_option}" if rule.default_option else otherwise
        if not rule.default_option and not rule.is_required:
            otherwise = "untracked"
    chosen = asked["category"] or (rule.category if rule else "")
    listed = [each for each in active if not chosen or each.name == chosen]
    return {
        "editing": True,
        "edited": rule,
        "chosen": chosen,
        "dimension": asked.get("dimension", rule.dimension if rule else ""),
        "otherwise": asked.get("otherwise", otherwise),
        "dimensions": [(str(each), words) for each, words in DIMENSIONS.items()],
        "choices": [each.name for each in active],
        "options": [(each.name, sorted(each.options, key=str.casefold)) for each in listed],
    }


def _edited_option(asked: Any, tracking: Sequence[TrackingRule], chart: Chart) -> dict[str, Any]:
    rule = next((each for each in tracking if each.category == asked.get("in")), None)
    if rule is None or not asked.get("value"):
        return {}
    category = category_of(rule, chart.tracking)
    now = option_named(rule, asked["value"])
    return {
        "option_rule": replace(rule),
        "option_value": asked["value"],
        "option_now": asked.get("option", now),
        "option_choices": sorted(category.options, key=str.casefold) if category else [],
    }
