"""Records > Tenants: who rents, what they owe, and everything known of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.figures.receivables import open_invoices, owed_by_tenants
from unitledger.store.billing import Invoice, Payment, Tenant
from unitledger.store.journal import Document
from unitledger.store.records import RecordIdentifier
from unitledger.web.frame import framed
from unitledger.web.listing import Column, page_of, read_asked, searched
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import at_members_locations, states_in_xero, today
from unitledger.web.scope import operator_scope
from unitledger.web.time_line import in_xero, time_line

COLUMNS = (
    Column("Tenant", "name", "name"),
    Column("Number", "number", "number"),
    Column("Unit"),
    Column("Owes", classes="num"),
    Column("Oldest due"),
    Column("In Xero"),
)
SHOWN = 25


@require_GET
@never_cache
@for_members
def tenants(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = read_asked(request.GET, member, columns=COLUMNS, default="name")
        found = searched(
            tenants_at(asked.location_ids), asked.search, "name", "number", "email"
        ).select_related("record")
        page = page_of(found, asked)
        context = {
            "asked": asked,
            "page": page,
            "rows": _rows(member, page.rows, asked.location_ids),
        }
    return framed(request, member, "web/tenants.html", context)


def tenants_at(location_ids: Sequence[int]) -> QuerySet[Tenant]:
    """All of them; of given locations those that were billed, or paid, there."""
    found = Tenant.objects.all()
    if not location_ids:
        return found
    mine = {"tenant_record_id": OuterRef("record_id"), "location_id__in": location_ids}
    return found.filter(
        Q(Exists(Invoice.objects.filter(**mine))) | Q(Exists(Payment.objects.filter(**mine)))
    )


def _rows(
    member: Member, found: Sequence[Tenant], location_ids: Sequence[int]
) -> list[dict[str, Any]]:
    ids = [each.record_id for each in found]
    owed = owed_by_tenants(member.operator_id, ids, on=today(), location_ids=location_ids)
    states = states_in_xero(ids)
    newest = (
        Invoice.objects.filter(tenant_record_id__in=ids)
        .filter(at_members_locations(member))
        .order_by("tenant_record_id", "-issued_on", "-record_id")
        .distinct("tenant_record_id")
        .select_related("unit", "location")
    )
    latest = {each.tenant_record_id: each for each in newest}
    return [
        {
            "tenant": each,
            "owed": owed.get(each.record_id, (None, None))[0],
            "due_on": owed.get(each.record_id, (None, None))[1],
            "latest": latest.get(each.record_id),
            "look": states.get(each.record_id),
        }
        for each in found
    ]


@require_GET
@never_cache
@for_members
def tenant(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = tenants_at(member.location_ids).filter(record__public_id=public_id)
        one = found.select_related("record").first()
        if one is None:
            raise Http404("There is no such tenant.")
        documents = list(Document.objects.filter(record_id=one.record_id).order_by("id"))
        context = {"one": one, **_of_tenant(member, one), **history(one.record_id, documents)}
    return framed(request, member, "web/tenant.html", context)


def _of_tenant(member: Member, one: Tenant) -> dict[str, Any]:
    day = today()
    at = at_members_locations(member)
    invoices = Invoice.objects.filter(tenant_record_id=one.record_id).filter(at)
    payments = Payment.objects.filter(tenant_record_id=one.record_id).filter(at)
    shown = list(
        invoices.select_related("record", "unit", "location").order_by("-issued_on", "-record_id")[
            : SHOWN + 1
        ]
    )
    paid = list(
        payments.select_related("record", "method", "location").order_by("-paid_on", "-record_id")[
            : SHOWN + 1
        ]
    )
    open_now = open_invoices(member.operator_id, one.record_id, on=day)
    states = states_in_xero([each.record_id for each in (*shown, *paid)])
    amount = sum((each for each, _ in open_now.values()), Decimal(0))
    due_on = min((due for each, due in open_now.values() if each > 0), default=None)
    return {
        "owed": amount,
        "due_on": due_on,
        "today": day,
        "currency": next((each.currency for each in (*shown, *paid)), None),
        "invoices": [
            (each, open_now.get(each.record_id, (None,))[0], states.get(each.record_id))
            for each in shown[:SHOWN]
        ],
        "payments": [(each, states.get(each.record_id)) for each in paid[:SHOWN]],
        "has_more_invoices": len(shown) > SHOWN,
        "has_more_payments": len(paid) > SHOWN,
    }


def history(record_id: int, documents: Sequence[Document]) -> dict[str, Any]:
    """What every record's page tells of it: its names, Xero's side, its time line."""
    names = RecordIdentifier.objects.filter(record_id=record_id).order_by("id")
    return {
        "keys": [each.value for each in names],
        "in_xero": in_xero(documents),
        "line": time_line(record_id, documents),
    }
