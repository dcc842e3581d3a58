"""Records > Units: where, of what type, who was billed for it last, and its invoices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.figures.receivables import owed_of_invoices
from unitledger.store.billing import Invoice
from unitledger.store.places import Unit
from unitledger.web.frame import framed
from unitledger.web.listing import Column, page_of, read_asked, searched
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import at_members_locations, states_in_xero, today
from unitledger.web.scope import operator_scope

COLUMNS = (
    Column("Unit", "number", "number"),
    Column("Location", "location", "location_name"),
    Column("Type", "type", "said_type"),
    Column("Tenant"),
    Column("Billed last"),
    Column("Amount", classes="num"),
)
SHOWN = 50
NOTHING = Value("", output_field=TextField())


@require_GET
@never_cache
@for_members
def units(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = read_asked(request.GET, member, columns=COLUMNS, default="number")
        found = _units()
        if asked.location_ids:
            found = found.filter(location_id__in=asked.location_ids)
        found = searched(found, asked.search, "number", "unit_type", "building__name")
        page = page_of(found, asked)
        newest = _newest([each.pk for each in page.rows])
        context: dict[str, Any] = {
            "asked": asked,
            "page": page,
            "rows": [(each, newest.get(each.pk)) for each in page.rows],
        }
    return framed(request, member, "web/units.html", context)


def _units() -> QuerySet[Unit]:
    return Unit.objects.select_related("location", "building").annotate(
        location_name=F("location__name"),
        said_type=Coalesce(F("unit_type"), NOTHING),
    )


def _newest(unit_ids: Sequence[int]) -> dict[int | None, Invoice]:
    found = (
        Invoice.objects.filter(unit_id__in=unit_ids, record__is_void=False)
        .order_by("unit_id", "-issued_on", "-record_id")
        .distinct("unit_id")
        .select_related("tenant_record__tenant", "record")
    )
    return {each.unit_id: each for each in found}


@require_GET
@never_cache
@for_members
def unit(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        one = _units().filter(at_members_locations(member)).filter(public_id=public_id).first()
        if one is None:
            raise Http404("There is no such unit.")
        billed = Invoice.objects.filter(unit=one).select_related("record", "tenant_record__tenant")
        shown = list(billed.order_by("-issued_on", "-record_id")[: SHOWN + 1])
        left = owed_of_invoices(member.operator_id, [each.record_id for each in shown], on=today())
        states = states_in_xero([each.record_id for each in shown])
        context = {
            "one": one,
            "has_more": len(shown) > SHOWN,
            "today": today(),
            "tenants": _tenants(shown),
            "invoices": [
                (each, left.get(each.record_id), states.get(each.record_id))
                for each in shown[:SHOWN]
            ],
        }
    return framed(request, member, "web/unit.html", context)


def _tenants(billed: Sequence[Invoice]) -> list[dict[str, Any]]:
    """Who was billed for it, the newest first, with the days of their first and last invoice."""
    found: dict[int, dict[str, Any]] = {}
    for each in billed:
        tenant = getattr(each.tenant_record, "tenant", None)
        kept = found.setdefault(
            each.tenant_record_id,
            {
                "name": tenant.name if tenant else "",
                "public_id": each.tenant_record.public_id,
                "last_on": each.issued_on,
            },
        )
        kept["first_on"] = each.issued_on
    return list(found.values())
