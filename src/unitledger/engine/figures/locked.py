"""What lock dates in Xero hold back: records that are dated in a period that takes no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, Q, Sum

from unitledger.core.documents import DocumentKind
from unitledger.core.problems import ProblemCode
from unitledger.engine.standing import DONE
from unitledger.store.journal import Document


@dataclass(frozen=True, slots=True)
class BehindLock:
    """Records held by the lock of one organisation. An invoice and its payment are the same
    money, so each has its own sum."""

    count: int
    invoiced: Decimal
    received: Decimal
    oldest_on: date | None


NOTHING = BehindLock(0, Decimal(0), Decimal(0), None)


def behind_locks() -> Mapping[int, BehindLock]:
    """By organisation, where there is any."""
    rows = (
        Document.objects.exclude(state__in=DONE)
        .filter(
            organisation_id__isnull=False,
            problems__contains=[{"code": str(ProblemCode.PERIOD_LOCKED)}],
        )
        .values_list("organisation_id")
        .annotate(
            count=Count("id"),
            invoiced=Sum("amount", filter=Q(kind=DocumentKind.INVOICE)),
            received=Sum("amount", filter=Q(kind=DocumentKind.PAYMENT)),
            oldest=Min("dated_on"),
        )
    )
    return {
        organisation_id: BehindLock(
            count, invoiced or Decimal(0), received or Decimal(0), oldest_on
        )
        for organisation_id, count, invoiced, received, oldest_on in rows
    }
