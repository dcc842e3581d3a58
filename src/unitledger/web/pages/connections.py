"""Settings > … > Xero > Connections: organisations, consent, health, and who posts where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.engine import budget, routing
from unitledger.engine.connecting import WRITING
from unitledger.engine.routing import Look as RouteLook
from unitledger.engine.routing import RoutingError
from unitledger.store.audit import AuditEntry
from unitledger.store.connections import (
    CallBudget,
    Connection,
    ConnectionState,
    Consent,
    LocationRoute,
    Organisation,
)
from unitledger.store.journal import Document, Run
from unitledger.store.places import Location
from unitledger.web import words
from unitledger.web.frame import framed, now
from unitledger.web.members import (
    ORGANISATION_KEY,
    Member,
    for_administrators,
    for_members,
)
from unitledger.web.pages.xero import as_uuid
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

CHANGES_SHOWN = 10
LOCKS = ("period_lock_on", "year_end_lock_on")
SETTLED = ("synced", "skipped", "out_of_scope")
ROUTE_ACTS = ("location_route_changed", "organisation_connected", "organisation_disconnected")


@dataclass(frozen=True, slots=True)
class Shown:
    """One organisation and how our way to it is."""

    connection: Connection
    look: Look
    last_run: Run | None
    open_documents: int
    calls_left_today: int | None
    blocked_until: datetime | None
    posts: Sequence[str]  # the locations that post to it today
    consent: dict[str, Any] | None

    @property
    def is_working(self) -> bool:
        return self.connection.state in WRITING

    @property
    def locked_to(self) -> date | None:
        facts = (self.connection.organisation.chart or {}).get("facts", {})
        locks = [facts[name] for name in LOCKS if facts.get(name)]
        return date.fromisoformat(max(locks)) if locks else None


@require_GET
@never_cache
@for_members
def connections(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def route(request: HttpRequest, member: Member) -> HttpResponse:
    """Look at what another route would do, or change it."""
    try:
        from_on = date.fromisoformat(request.POST.get("from", ""))
    except ValueError:
        return _page(request, member, errors={"from": "Give a day as in 2027-04-01."})
    with operator_scope(member.operator_id):
        location = _one(Location, request.POST.get("location", ""))
        organisation = _one(Organisation, request.POST.get("organisation", ""))
    try:
        if request.POST.get("act") != "save":
            seen = routing.look(location, organisation, from_on)
            return _page(request, member, seen=seen)
        done = routing.change_route(location, organisation, from_on, by=member.actor, now=now())
    except RoutingError as error:
        return _page(request, member, errors={"organisation": str(error)})
    messages.info(
        request,
        f"{location.name} posts to {organisation.name}. "
        f"{done.moves:,} documents go there instead; {done.stays:,} stay where they are.",
    )
    return redirect("connections")


@require_POST
@for_members
def switch(request: HttpRequest, member: Member) -> HttpResponse:
    """Which of several organisations the Xero pages are about, for this session."""
    with operator_scope(member.operator_id):
        request.session[ORGANISATION_KEY] = _one(
            Organisation, request.POST.get("organisation", "")
        ).pk
    return redirect("mapping-categories" if request.POST.get("to") == "mapping" else "xero")


def _page(
    request: HttpRequest,
    member: Member,
    *,
    errors: dict[str, str] | None = None,
    seen: RouteLook | None = None,
) -> HttpResponse:
    consents = _consents(member.operator_id)
    with operator_scope(member.operator_id):
        locations = [each for each in Location.objects.order_by("name") if member.may_see(each.pk)]
        routes = _routes(locations)
        shown = _connections(consents, routes)
        context: dict[str, Any] = {
            "shown": shown,
            "has_app": bool(consents),
            "scopes": wiring.SCOPE_REASONS,
            "routes": routes,
            "locations": locations,
            "targets": [each.connection.organisation for each in shown if each.is_working],
            "changes": list(
                AuditEntry.objects.filter(act__in=ROUTE_ACTS).order_by("-id")[:CHANGES_SHOWN]
            )
            if member.may_connect
            else [],
            "typed": {
                name: request.POST.get(name, "") for name in ("location", "organisation", "from")
            },
            "errors": errors or {},
            "seen": seen,
        }
    return framed(request, member, "web/connections.html", context, status=422 if errors else 200)


def _consents(operator_id: int) -> dict[int, dict[str, Any]]:
    """Without the tokens. The web role may not read this table, so the operator is named."""
    found = Consent.objects.filter(operator_id=operator_id)
    columns = ("id", "state", "granted_at", "refreshed_at", "scopes", "app__client_id")
    return {each["id"]: each for each in found.values(*columns)}


def _connections(
    consents: dict[int, dict[str, Any]], routes: Sequence[dict[str, Any]]
) -> list[Shown]:
    """Within an operator's scope: the newest connection of each organisation."""
    newest: dict[int, Connection] = {}
    for each in Connection.objects.select_related("organisation").order_by("id"):
        newest[each.organisation_id] = each
    runs = {each.organisation_id: each for each in _last_runs(list(newest))}
    documents = dict(
        Document.objects.filter(organisation_id__in=list(newest))
        .exclude(state__in=SETTLED)
        .values_list("organisation_id")
        .annotate(count=Count("id"))
    )
    budgets = {
        each.organisation_id: each
        for each in CallBudget.objects.filter(organisation_id__in=list(newest))
    }
    posts: dict[int, list[str]] = {}
    for row in routes:
        if row["now"] is not None:
            posts.setdefault(row["now"].organisation_id, []).append(row["location"].name)
    return [
        _shown(
            each,
            run=runs.get(each.organisation_id),
            open_documents=documents.get(each.organisation_id, 0),
            calls=budgets.get(each.organisation_id),
            posts=posts.get(each.organisation_id, ()),
            consent=consents.get(each.consent_id),
        )
        for each in newest.values()
    ]


def _shown(
    connection: Connection,
    *,
    run: Run | None,
    open_documents: int,
    calls: CallBudget | None,
    posts: Sequence[str],
    consent: dict[str, Any] | None,
) -> Shown:
    look = words.CONNECTIONS[ConnectionState(connection.state)]
    if wiring.is_emulated() and connection.state == ConnectionState.ACTIVE:
        look = words.EMULATOR
    at = now()
    is_blocked = calls is not None and calls.blocked_until_at and calls.blocked_until_at > at
    return Shown(
        connection=connection,
        look=look,
        last_run=run,
        open_documents=open_documents,
        calls_left_today=budget.left_today(calls, now=at) if calls else None,
        blocked_until=calls.blocked_until_at if calls and is_blocked else None,
        posts=posts,
        consent=consent,
    )


def _last_runs(organisation_ids: list[int]) -> Sequence[Run]:
    found = Run.objects.filter(organisation_id__in=organisation_ids)
    return list(found.order_by("organisation_id", "-id").distinct("organisation_id"))


def _routes(locations: Sequence[Location]) -> list[dict[str, Any]]:
    """Each location with the route that holds today, the one before and those to come."""
    by_location: dict[int, list[LocationRoute]] = {}
    for found in LocationRoute.objects.select_related("organisation").order_by("valid_from_on"):
        by_location.setdefault(found.location_id, []).append(found)
    day = today()
    rows: list[dict[str, Any]] = []
    for location in locations:
        mine = by_location.get(location.pk, [])
        begun = [each for each in mine if each.valid_from_on <= day]
        holds = begun[-1] if begun else next(iter(mine), None)
        rows.append(
            {
                "location": location,
                "now": holds,
                "before": begun[:-1],
                "later": [each for each in mine if each.valid_from_on > day and each is not holds],
            }
        )
    return rows


def _one(model: Any, typed: str) -> Any:
    found = model.objects.filter(public_id=as_uuid(typed)).first()
    if found is None:
        raise Http404("There is no such thing here.")
    return found
