"""What reached tenants through Xero: every request is written down before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from unitledger.store.journal import Batch

# Xero e-mails an invoice to its contact where this is asked for, and never else.
_MAILS = "/Email"


@dataclass(frozen=True, slots=True)
class Outgoing:
    requests: int  # that wrote to Xero
    mails: int  # of them, those that asked Xero to e-mail somebody


def outgoing() -> Outgoing:
    asked = Batch.objects.aggregate(
        requests=Count("id"), mails=Count("id", filter=Q(path__iendswith=_MAILS))
    )
    return Outgoing(**asked)
