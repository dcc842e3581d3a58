"""Records > Credits and refunds: what lessens what tenants owe, as far as it is kept today."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.core.billing import ChargeType
from unitledger.engine.figures.receipts import on_account, on_account_total
from unitledger.store.billing import Invoice, InvoiceLine, Payment
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_members
from unitledger.web.record_lists import at_members_locations
from unitledger.web.scope import operator_scope

SHOWN = 25


@require_GET
@never_cache
@for_members
def credits_and_refunds(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        context = _found(member)
    return framed(request, member, "web/credits.html", context)


def _found(member: Member) -> dict[str, Any]:
    at = at_members_locations(member)
    left = on_account(member.operator_id, member.location_ids)
    void = Invoice.objects.filter(at).filter(record__is_void=True)
    void_paid = Payment.objects.filter(at).filter(record__is_void=True)
    discounts = InvoiceLine.objects.filter(
        charge__charge_type=ChargeType.DISCOUNT, invoice__record__is_void=False
    ).filter(at_members_locations(member, "invoice__location_id"))
    count, amount = on_account_total(member.operator_id, member.location_ids)
    return {
        "left": {
            "count": count,
            "amount": amount,
            "rows": [
                (each, each.amount - each.settled)  # pyright: ignore[reportAttributeAccessIssue]
                for each in left.select_related(
                    "record", "location", "tenant_record__tenant"
                ).order_by("-paid_on", "-record_id")[:SHOWN]
            ],
        },
        "void": void.aggregate(count=Count("pk"), amount=Sum("total")),
        "void_rows": list(
            void.select_related("record", "location", "tenant_record__tenant").order_by(
                "-issued_on", "-record_id"
            )[:SHOWN]
        ),
        "void_paid": void_paid.aggregate(count=Count("pk"), amount=Sum("amount")),
        "discounts": discounts.aggregate(count=Count("pk"), amount=Sum("amount")),
        "discount_rows": list(
            discounts.select_related("invoice__record", "invoice__tenant_record__tenant").order_by(
                "-invoice__issued_on", "-id"
            )[:SHOWN]
        ),
        "currency": Invoice.objects.filter(at).values_list("currency", flat=True).first(),
    }
