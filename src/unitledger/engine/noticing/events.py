"""What needs a person right now, as the rows say; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from unitledger.core.documents import DocumentState
from unitledger.engine.budget import BLOCKED_BY_DAY
from unitledger.engine.mapping.catalogue import KnownCharge
from unitledger.engine.mapping.survey import Survey, survey
from unitledger.store.connections import CallBudget, Connection, ConnectionState
from unitledger.store.journal import Document
from unitledger.store.notices import NoticeKind

NEEDS_SOMEBODY = (DocumentState.FAILED, DocumentState.NEEDS_ATTENTION)
XERO = "/settings/integration/xero"
REPORT = "/reports/accounting-software-integration?status=non-synced"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that lasts until it is put right; `subject` says which one it is."""

    kind: NoticeKind
    subject: str
    title: str
    text: str
    path: str


def events(operator_id: int, *, failures_from: int, now: datetime) -> Iterator[Event]:
    """Everything of the operator that needs a person at this moment."""
    newest: dict[int, Connection] = {}
    connections = Connection.objects.filter(operator_id=operator_id).select_related("organisation")
    for each in connections.order_by("id"):
        newest[each.organisation_id] = each
    for connection in newest.values():
        if connection.state == ConnectionState.DISCONNECTED:
            continue
        yield from _lost(connection)
        yield from _failures(connection, failures_from)
        yield from _day_limit(connection, now)
        yield from _unmapped(connection)


def _lost(connection: Connection) -> Iterator[Event]:
    if connection.state != ConnectionState.LOST:
        return
    name = connection.organisation.name
    reason = connection.reason or "Xero no longer takes our consent."
    yield Event(
        NoticeKind.CONNECTION_LOST,
        f"connection {connection.pk}",
        f"The connection to {name} is lost",
        f"{reason} Nothing is sent to {name} until an administrator connects again. "
        "What comes in meanwhile is kept and goes then.",
        XERO,
    )


def _failures(connection: Connection, failures_from: int) -> Iterator[Event]:
    counts = dict(
        Document.objects.filter(
            operator_id=connection.operator_id,
            organisation_id=connection.organisation_id,
            state__in=NEEDS_SOMEBODY,
        )
        .values_list("state")
        .annotate(count=Count("id"))
    )
    total = sum(counts.values())
    if total < failures_from:
        return
    failed = counts.get(DocumentState.FAILED, 0)
    waiting = counts.get(DocumentState.NEEDS_ATTENTION, 0)
    parts = [f"{failed:,} failed"] if failed else []
    parts += [f"{waiting:,} wait for a person"] if waiting else []
    name = connection.organisation.name
    yield Event(
        NoticeKind.FAILURES,
        f"organisation {connection.organisation_id}",
        f"{total:,} records are not in {name}",
        f"{' and '.join(parts)}, which is {failures_from:,} or more. The report says why of each, "
        "and what to do.",
        REPORT,
    )


def _day_limit(connection: Connection, now: datetime) -> Iterator[Event]:
    budget = CallBudget.objects.filter(organisation_id=connection.organisation_id).first()
    if budget is None or budget.blocked_until_at is None or budget.blocked_until_at <= now:
        return
    if BLOCKED_BY_DAY not in (budget.blocked_by or ""):
        return
    name = connection.organisation.name
    yield Event(
        NoticeKind.DAY_LIMIT,
        f"organisation {connection.organisation_id}",
        f"Xero takes no more calls for {name} today",
        f"The day's calls are used up. The sync goes on by itself at "
        f"{budget.blocked_until_at:%H:%M} UTC on {budget.blocked_until_at.day} "
        f"{budget.blocked_until_at:%B}; nothing is lost.",
        "/books/runs",
    )


def _unmapped(connection: Connection) -> Iterator[Event]:
    """What came after somebody last saved the mapping, or has no account at all."""
    found = survey(connection)
    if found.mapping is None or found.saved_at is None:
        return  # the mapping is still to be made, which its own page says
    homeless = {each.id for each in found.charges_without_account}
    for charge in found.catalogue.charges:
        if charge.id in homeless or charge in found.new_charges:
            yield _charge(charge, found, has_account=charge.id not in homeless)
    for method in found.new_methods:
        if method.first_seen_at > found.saved_at:
            yield Event(
                NoticeKind.UNMAPPED,
                f"method {method.id} of organisation {connection.organisation_id}",
                f"New payment method: {method.name}",
                "Nobody has chosen the account it is paid to; until then its payments go to the "
                "account of all other methods, or wait where there is none.",
                f"{XERO}/synchronize/paid-to",
            )


def _charge(charge: KnownCharge, found: Survey, *, has_account: bool) -> Event:
    kind = str(charge.charge_type).replace("_", " ")
    text = (
        f"It is posted as other {kind} is until somebody maps it."
        if has_account
        else "It has no account: invoices with it wait until somebody maps it."
    )
    return Event(
        NoticeKind.UNMAPPED,
        f"charge {charge.id} of organisation {found.connection.organisation_id}",
        f"New in the billing: {charge.name or charge.code or kind} ({kind})",
        text,
        f"{XERO}/synchronize/products",
    )
