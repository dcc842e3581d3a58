"""Settings > Locations: buildings, units, zone, currency, and which books each posts to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.locales import LOCALES
from unitledger.engine.people.writing import UnknownLocale, set_locale
from unitledger.store.connections import Connection, ConnectionState, LocationRoute
from unitledger.store.places import Building, Location, Unit
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_administrators, for_members
from unitledger.web.record_lists import today
from unitledger.web.scope import operator_scope

BUILDINGS_SHOWN = 200


@require_GET
@never_cache
@for_members
def locations(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        places = Location.objects.order_by("name")
        if member.location_ids:
            places = places.filter(id__in=member.location_ids)
        context = {"rows": _rows(list(places)), "locales": LOCALES}
    return framed(request, member, "web/locations.html", context)


@require_POST
@for_administrators
def change_locale(request: HttpRequest, member: Member) -> HttpResponse:
    try:
        set_locale(member.operator_id, request.POST.get("locale", ""), by=member.actor)
    except UnknownLocale as unknown:
        messages.error(request, str(unknown))
    else:
        messages.success(request, "Saved. Money and days are written that way from now on.")
    return redirect("locations")


def _rows(places: list[Location]) -> list[dict[str, Any]]:
    ids = [each.pk for each in places]
    units = dict(
        Unit.objects.filter(location_id__in=ids)
        .values_list("location_id")
        .annotate(count=Count("id"))
    )
    buildings: dict[int, list[tuple[str, int]]] = {}
    counted = Building.objects.filter(location_id__in=ids).order_by("name")[:BUILDINGS_SHOWN]
    in_building = dict(
        Unit.objects.filter(building__isnull=False)
        .values_list("building_id")
        .annotate(count=Count("id"))
    )
    for each in counted:
        found = buildings.setdefault(each.location_id, [])
        found.append((each.name, in_building.get(each.pk, 0)))
    routes: dict[int, list[LocationRoute]] = {}
    for route in LocationRoute.objects.select_related("organisation").order_by("-valid_from_on"):
        routes.setdefault(route.location_id, []).append(route)
    connected = set(
        Connection.objects.exclude(state=ConnectionState.DISCONNECTED).values_list(
            "organisation_id", flat=True
        )
    )
    day = today()
    rows: list[dict[str, Any]] = []
    for each in places:
        mine = routes.get(each.pk, [])
        current = next((route for route in mine if route.valid_from_on <= day), None)
        rows.append(
            {
                "location": each,
                "units": units.get(each.pk, 0),
                "buildings": buildings.get(each.pk, []),
                "route": current,
                "is_connected": current is not None and current.organisation_id in connected,
                "others": [route for route in mine if route is not current],
            }
        )
    return rows
