"""Paid-to accounts: what we paid into them that nobody has reconciled in Xero yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Min, Sum

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.store.holdings import XeroObject

_STANDS = "AUTHORISED"


@dataclass(frozen=True, slots=True)
class Uncleared:
    """Payments of ours on one account, not reconciled as Xero last showed them."""

    organisation_id: int
    account: str
    is_bank: bool  # only on a bank account does Xero reconcile payments
    currency: str | None
    count: int
    amount: Decimal
    oldest_on: date | None


def uncleared(charts: Mapping[int, Chart | None]) -> Sequence[Uncleared]:
    """By organisation and account, of the organisations whose charts these are; the account
    with the oldest item first."""
    rows = (
        XeroObject.objects.filter(
            organisation_id__in=list(charts),
            kind=DocumentKind.PAYMENT,
            document__isnull=False,
            status=_STANDS,
            is_reconciled=False,
        )
        .values_list("organisation_id", "account_id", "currency")
        .annotate(count=Count("id"), total=Sum("total"), oldest=Min("dated_on"))
        .order_by("oldest", "account_id")
    )
    return [
        _uncleared(organisation_id, charts[organisation_id], *row) for organisation_id, *row in rows
    ]


def _uncleared(
    organisation_id: int,
    chart: Chart | None,
    account_id: str | None,
    currency: str | None,
    count: int,
    total: Decimal | None,
    oldest: date | None,
) -> Uncleared:
    account = chart.account(account_id) if chart and account_id else None
    return Uncleared(
        organisation_id=organisation_id,
        account=f"{account.code or ''} {account.name}".strip() if account else "no account known",
        is_bank=account is not None and account.type == "BANK",
        currency=currency or (chart.facts.currency if chart else None),
        count=count,
        amount=total or Decimal(0),
        oldest_on=oldest,
    )
