"""Records > Invoices: what was billed, what is left of it, and where each stands in Xero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    DecimalField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.figures.receivables import owed_of_invoices
from unitledger.store.billing import Allocation, Invoice, InvoiceLine
from unitledger.store.journal import Document
from unitledger.web.frame import framed
from unitledger.web.listing import Asked, Column, Kind, page_of, read_asked, searched
from unitledger.web.members import Member, for_members
from unitledger.web.pages.tenants import history
from unitledger.web.record_lists import at_members_locations, states_in_xero, today
from unitledger.web.scope import operator_scope

COLUMNS = (
    Column("Date", "date", "issued_on", Kind.DATE),
    Column("Number", "number", "number"),
    Column("Tenant and unit", "tenant", "tenant_name"),
    Column("Due", "due", "due_on", Kind.DATE),
    Column("Amount", "amount", "total", Kind.MONEY, "num"),
    Column("Left to pay", classes="num"),
    Column("In Xero"),
)
SHOWS = {"all": "All", "owed": "Not paid in full", "late": "Late", "void": "Void"}
_MONEY = DecimalField(max_digits=16, decimal_places=2)
SETTLED = Coalesce(
    Subquery(
        Allocation.objects.filter(
            invoice_record_id=OuterRef("record_id"), payment__record__is_void=False
        )
        .order_by()
        .values("invoice_record_id")
        .annotate(paid=Sum("amount"))
        .values("paid"),
        output_field=_MONEY,
    ),
    Value(0, output_field=_MONEY),
)
NOTHING = Value("", output_field=TextField())


@require_GET
@never_cache
@for_members
def invoices(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = read_asked(request.GET, member, columns=COLUMNS, default="-date", shows=SHOWS)
        found = _found(asked).select_related("record", "unit", "location", "building")
        page = page_of(found, asked, totals={"total": Sum("total")})
        day = today()
        context = {
            "asked": asked,
            "page": page,
            "rows": _rows(member, page.rows, day),
            "today": day,
            "currency": next((each.currency for each in page.rows), None),
        }
    return framed(request, member, "web/invoices.html", context)


def _found(asked: Asked) -> QuerySet[Invoice]:
    found = Invoice.objects.annotate(
        tenant_name=Coalesce(F("tenant_record__tenant__name"), NOTHING),
        tenant_record_public_id=F("tenant_record__public_id"),
    )
    if asked.location_ids:
        found = found.filter(location_id__in=asked.location_ids)
    found = searched(found, asked.search, "number", "tenant_name", "unit__number")
    match asked.show:
        case "owed" | "late":
            found = found.filter(record__is_void=False).filter(total__gt=SETTLED)
            return found.filter(due_on__lt=today()) if asked.show == "late" else found
        case "void":
            return found.filter(record__is_void=True)
        case _:
            return found


def _rows(member: Member, found: Sequence[Invoice], day: date) -> list[dict[str, Any]]:
    ids = [each.record_id for each in found]
    left = owed_of_invoices(member.operator_id, ids, on=day)
    states = states_in_xero(ids)
    return [
        {"invoice": each, "left": left.get(each.record_id), "look": states.get(each.record_id)}
        for each in found
    ]


@require_GET
@never_cache
@for_members
def invoice(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = Invoice.objects.filter(record__public_id=public_id)
        one = (
            found.filter(at_members_locations(member))
            .select_related("record", "unit", "location", "building", "tenant_record__tenant")
            .first()
        )
        if one is None:
            raise Http404("There is no such invoice.")
        documents = list(Document.objects.filter(record_id=one.record_id).order_by("id"))
        settled = Allocation.objects.filter(invoice_record_id=one.record_id).select_related(
            "payment__record", "payment__method"
        )
        parts = list(settled.order_by("payment__paid_on", "id"))
        day = today()
        context = {
            "one": one,
            "tenant": getattr(one.tenant_record, "tenant", None),
            "today": day,
            "left": one.total - sum(each.amount for each in parts if _counts(each, day)),
            "lines": list(
                InvoiceLine.objects.filter(invoice=one)
                .select_related("charge")
                .order_by("position")
            ),
            "settled": parts,
            **history(one.record_id, documents),
        }
    return framed(request, member, "web/invoice.html", context)


def _counts(part: Allocation, day: date) -> bool:
    return not part.payment.record.is_void and part.payment.paid_on <= day
