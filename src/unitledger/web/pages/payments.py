"""Records > Payments: what came in, how, what it settles, and where each stands in Xero."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.engine.figures.receipts import on_account
from unitledger.store.billing import Allocation, Payment
from unitledger.store.journal import Document
from unitledger.web.frame import framed
from unitledger.web.listing import Asked, Column, Kind, page_of, read_asked, searched
from unitledger.web.members import Member, for_members
from unitledger.web.pages.tenants import history
from unitledger.web.record_lists import at_members_locations, states_in_xero, today
from unitledger.web.scope import operator_scope

COLUMNS = (
    Column("Date", "date", "paid_on", Kind.DATE),
    Column("Number", "number", "said_number"),
    Column("Tenant", "tenant", "tenant_name"),
    Column("Method", "method", "method__name"),
    Column("Amount", "amount", "amount", Kind.MONEY, "num"),
    Column("In Xero"),
)
SHOWS = {"all": "All", "on-account": "Settles less than was paid", "void": "Void"}
NOTHING = Value("", output_field=TextField())


@require_GET
@never_cache
@for_members
def payments(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = read_asked(request.GET, member, columns=COLUMNS, default="-date", shows=SHOWS)
        found = _found(asked, member).select_related("record", "location", "method")
        page = page_of(found, asked, totals={"total": Sum("amount")})
        states = states_in_xero([each.record_id for each in page.rows])
        context: dict[str, Any] = {
            "asked": asked,
            "page": page,
            "rows": [(each, states.get(each.record_id)) for each in page.rows],
            "currency": next((each.currency for each in page.rows), None),
        }
    return framed(request, member, "web/payments.html", context)


def _found(asked: Asked, member: Member) -> QuerySet[Payment]:
    found = Payment.objects.all()
    if asked.show == "on-account":
        left = on_account(member.operator_id).values("record_id")
        found = found.filter(record_id__in=left)
    elif asked.show == "void":
        found = found.filter(record__is_void=True)
    if asked.location_ids:
        found = found.filter(location_id__in=asked.location_ids)
    found = found.annotate(
        tenant_name=Coalesce(F("tenant_record__tenant__name"), NOTHING),
        tenant_record_public_id=F("tenant_record__public_id"),
        said_number=Case(
            When(number__isnull=False, then=F("number")),
            default=NOTHING,
        ),
    )
    return searched(found, asked.search, "number", "tenant_name", "method__name")


@require_GET
@never_cache
@for_members
def payment(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = Payment.objects.filter(record__public_id=public_id)
        one = (
            found.filter(at_members_locations(member))
            .select_related("record", "location", "method", "tenant_record__tenant")
            .first()
        )
        if one is None:
            raise Http404("There is no such payment.")
        documents = list(Document.objects.filter(record_id=one.record_id).order_by("id"))
        parts = list(
            Allocation.objects.filter(payment=one)
            .select_related("invoice_record__invoice")
            .order_by("id")
        )
        context = {
            "one": one,
            "tenant": getattr(one.tenant_record, "tenant", None),
            "today": today(),
            "parts": [(each, getattr(each.invoice_record, "invoice", None)) for each in parts],
            "left": one.amount - sum(each.amount for each in parts),
            **history(one.record_id, documents),
        }
    return framed(request, member, "web/payment.html", context)
