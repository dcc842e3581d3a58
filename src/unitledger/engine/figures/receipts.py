"""Payments by method, and payments that settle no invoice yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection as database
from django.db.models import (
    Count,
    DecimalField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from unitledger.store.billing import Allocation, Payment

_LEFT = """
    SELECT count(*), sum(p.amount - coalesce(a.settled, 0))
      FROM payment p
      JOIN source_record r ON r.id = p.record_id AND NOT r.is_void
      LEFT JOIN (SELECT payment_id, sum(amount) AS settled FROM allocation
                  WHERE operator_id = %(operator)s GROUP BY 1) a ON a.payment_id = p.record_id
     WHERE p.operator_id = %(operator)s AND p.amount > coalesce(a.settled, 0)
       AND (%(locations)s::bigint[] IS NULL OR p.location_id = ANY(%(locations)s::bigint[]))
"""


@dataclass(frozen=True, slots=True)
class ByMethod:
    method: str
    currency: str
    count: int
    amount: Decimal


def by_method(
    operator_id: int, *, first: date, last: date, location_ids: Sequence[int] = ()
) -> Sequence[ByMethod]:
    """Of payments dated within the period, both ends included; void ones do not count."""
    found = Payment.objects.filter(
        operator_id=operator_id, record__is_void=False, paid_on__gte=first, paid_on__lte=last
    )
    if location_ids:
        found = found.filter(location_id__in=location_ids)
    rows = (
        found.values_list("method__name", "currency")
        .annotate(count=Count("record_id"), total=Sum("amount"))
        .order_by("-total", "method__name")
    )
    return [ByMethod(*row) for row in rows]


def on_account(operator_id: int, location_ids: Sequence[int] = ()) -> QuerySet[Payment]:
    """Payments with something left that settles no invoice, each with what is `settled`."""
    found = Payment.objects.filter(operator_id=operator_id, record__is_void=False)
    if location_ids:
        found = found.filter(location_id__in=location_ids)
    mine = Allocation.objects.filter(payment_id=OuterRef("pk")).order_by()
    paid = mine.values("payment_id").annotate(paid=Sum("amount")).values("paid")
    money = DecimalField(max_digits=16, decimal_places=2)
    nothing = Value(Decimal(0), output_field=money)
    settled = Coalesce(Subquery(paid, output_field=money), nothing)
    return found.filter(amount__gt=settled).annotate(settled=settled)


def on_account_total(operator_id: int, location_ids: Sequence[int] = ()) -> tuple[int, Decimal]:
    """How many such payments there are, and what of them settles nothing."""
    with database.cursor() as cursor:
        values = {"operator": operator_id, "locations": list(location_ids) or None}
        cursor.execute(_LEFT, values)
        count, amount = cursor.fetchone() or (0, None)
    return count, amount or Decimal(0)
