"""Our records beside what the organisation holds: pairs found in rows, judged by pure rules.

No call is made here. Run again at any time, it keeps what people answered and opens anew what
stands otherwise than they saw it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import (
    INVOICE_DAYS,
    PAYMENT_DAYS,
    Money,
    OurContact,
    Pair,
    TheirContact,
    contact_pairs,
    email_mark,
    like_invoice,
    like_payment,
    one_to_one,
)
from unitledger.engine import lease, statistics
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, MappingVersion
from unitledger.store.going_live import GoingLiveMatch, MatchAnswer

WRITTEN_AT_ONCE = 500
_OPENED = (
    *("xero_id", "likeness", "by", "shown"),
    *("answer", "note", "answered_by_name", "answered_at"),
)
_FREE = """
    d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
    AND d.xero_id IS NULL AND d.is_wanted AND d.state NOT IN ('skipped', 'out_of_scope')
"""
_DATED = "d.dated_on >= %(start)s"
_IS_FREE_THERE = """
    NOT EXISTS (SELECT 1 FROM document o WHERE o.organisation_id = x.organisation_id
                 AND o.kind = x.kind AND o.xero_id = x.xero_id)
"""
_OUR_CONTACTS = f"""
    SELECT d.id, t.number, t.name, t.email FROM document d
      JOIN tenant t ON t.record_id = d.record_id
     WHERE {_FREE} AND d.kind = 'contact' ORDER BY d.id
"""
_THEIR_CONTACTS = """
    SELECT x.xero_id, x.name, x.number, x.account_number, x.email_mark, x.status, x.merged_to
      FROM going_live_contact x
     WHERE x.organisation_id = %(organisation)s
       AND NOT EXISTS (SELECT 1 FROM document o WHERE o.organisation_id = x.organisation_id
                        AND o.kind = 'contact' AND o.xero_id = x.xero_id)
     ORDER BY x.id
"""
_THEIRS = """
    d.id, d.number, d.dated_on, d.amount, d.currency,
    x.xero_id, x.status, x.number, x.dated_on, x.total, x.currency, x.reference, x.url, c.name
"""
# The contact that is, or may be, the tenant; not one that a person said is somebody else.
_CONTACT_OF = """
    LEFT JOIN document {of} ON {of}.id = {child}.parent_id
    LEFT JOIN going_live_match {of}m ON {of}m.document_id = {of}.id AND {of}m.answer <> 'booked'
"""
_SHOWN_CONTACT = """
    LEFT JOIN xero_object c ON c.organisation_id = x.organisation_id AND c.kind = 'contact'
                           AND c.xero_id = x.contact_id
"""
_INVOICES = f"""
    SELECT {_THEIRS}, COALESCE(x.contact_id = COALESCE(p.xero_id, pm.xero_id), false)
                      OR COALESCE(lower(c.name) = lower(t.name), false), x.number IS NOT NULL
                      AND x.number IN (d.number, %(prefix)s || d.number)
      FROM document d
      LEFT JOIN tenant t ON t.record_id = d.tenant_record_id
      {_CONTACT_OF.format(of="p", child="d")}
      JOIN xero_object x ON x.organisation_id = d.organisation_id AND x.kind = 'invoice'
                        AND x.is_receivable AND {{how}}
      {_SHOWN_CONTACT}
     WHERE {_FREE} AND d.kind = 'invoice' AND {_DATED} AND {_IS_FREE_THERE}
"""
_BY_NUMBER = "x.number = ANY(ARRAY[d.number, %(prefix)s || d.number])"
_BY_TENANT = """
    x.contact_id = COALESCE(p.xero_id, pm.xero_id) AND x.total = d.amount
    AND x.dated_on BETWEEN d.dated_on - %(invoice_days)s AND d.dated_on + %(invoice_days)s
"""
_PAYMENTS = f"""
    SELECT {_THEIRS},
           COALESCE(x.contact_id = COALESCE(p.xero_id, pm.xero_id), false),
           COALESCE(x.invoice_id = COALESCE(i.xero_id, im.xero_id), false)
      FROM document d
      {_CONTACT_OF.format(of="i", child="d")} AND im.likeness <> 'clash'
      {_CONTACT_OF.format(of="p", child="i")}
      JOIN xero_object x ON x.organisation_id = d.organisation_id AND x.kind = 'payment'
                        AND x.is_receivable AND x.total = d.amount AND x.dated_on
                            BETWEEN d.dated_on - %(payment_days)s AND d.dated_on + %(payment_days)s
                        AND {{how}}
      {_SHOWN_CONTACT}
     WHERE {_FREE} AND d.kind = 'payment' AND {_DATED} AND {_IS_FREE_THERE}
"""
_BY_INVOICE = "x.invoice_id = COALESCE(i.xero_id, im.xero_id)"
_BY_PAYER = "x.contact_id = COALESCE(p.xero_id, pm.xero_id)"
# Decided on the record's own page meanwhile: linked there, left out there, or void by now.
_SETTLE = """
    UPDATE going_live_match m
       SET answer = CASE WHEN d.xero_id = m.xero_id THEN 'linked' ELSE 'left' END,
           answered_at = %(now)s
      FROM document d
     WHERE m.organisation_id = %(organisation)s AND m.answer = 'open' AND d.id = m.document_id
       AND (d.xero_id IS NOT NULL OR NOT d.is_wanted OR d.state IN ('skipped', 'out_of_scope'))
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One of ours and what it is like, as it will be shown."""

    kind: DocumentKind
    pair: Pair
    shown: Mapping[str, Any]


def match(held: Lease, *, tools: Tools) -> int:
    """Compare every record that is to be sent with what is held; how many are like something.

    Contacts first, for invoices are known by their tenant; then payments, by their invoices.
    """
    now = tools.clock.now()
    start_on = Connection.objects.values_list("start_on", flat=True).get(id=held.connection_id)
    arguments = {
        "operator": held.operator_id,
        "organisation": held.organisation_id,
        "start": start_on,
        "prefix": invoice_prefix(held.organisation_id),
        "invoice_days": INVOICE_DAYS.days,
        "payment_days": PAYMENT_DAYS.days,
        "now": now,
    }
    count = 0
    settle(held.organisation_id, now=now)
    for kind, find in (
        (DocumentKind.CONTACT, _contacts),
        (DocumentKind.INVOICE, _invoices),
        (DocumentKind.PAYMENT, _payments),
    ):
        statistics.refresh("document", "going_live_match", "tenant", "xero_object")
        found = find(arguments)
        count += len(found)
        with transaction.atomic():
            lease.check(held)
            _keep(held, kind, found)
    with transaction.atomic(), database.cursor() as cursor:
        lease.check(held)
        cursor.execute(
            "UPDATE going_live SET matched_to = (SELECT COALESCE(max(id), 0) FROM document "
            "WHERE operator_id = %(operator)s) WHERE organisation_id = %(organisation)s",
            arguments,
        )
    return count


def settle(organisation_id: int, *, now: datetime) -> None:
    """Close what was decided elsewhere, on the record's own page or at its source."""
    with database.cursor() as cursor:
        cursor.execute(_SETTLE, {"organisation": organisation_id, "now": now})


def _contacts(arguments: Mapping[str, Any]) -> Sequence[Found]:
    ours = [
        OurContact(document, number or "", name, email_mark(email))
        for document, number, name, email in _rows(_OUR_CONTACTS, arguments)
    ]
    theirs = [
        TheirContact(
            xero_id=row[0],
            name=row[1],
            numbers=tuple(each for each in row[2:4] if each),
            email_mark=row[4],
            status=row[5],
            merged_to=row[6],
        )
        for row in _rows(_THEIR_CONTACTS, arguments)
    ]
    return [
        Found(
            DocumentKind.CONTACT,
            pair,
            {
                "name": contact.name,
                "number": next(iter(contact.numbers), None),
                "status": contact.status,
            },
        )
        for pair, contact in contact_pairs(ours, theirs)
    ]


def _invoices(arguments: Mapping[str, Any]) -> Sequence[Found]:
    shown: dict[tuple[int, str], Mapping[str, Any]] = {}
    pairs: list[Pair] = []
    for how in (_BY_NUMBER, _BY_TENANT):
        for row in _rows(_INVOICES.format(how=how), arguments):
            document, ours, theirs = row[0], Money(*row[1:5]), Money(*row[7:11])
            same_tenant, same_number = row[14:16]
            if same_number:
                ours = Money(theirs.number, ours.dated_on, ours.total, ours.currency)
            like = like_invoice(ours, theirs, status=row[6], same_tenant=same_tenant)
            if like is not None:
                pairs.append(Pair(document, row[5], like))
                shown[document, row[5]] = _shown(row)
    return _chosen(DocumentKind.INVOICE, pairs, shown)


def _payments(arguments: Mapping[str, Any]) -> Sequence[Found]:
    shown: dict[tuple[int, str], Mapping[str, Any]] = {}
    pairs: list[Pair] = []
    for how in (_BY_INVOICE, _BY_PAYER):
        for row in _rows(_PAYMENTS.format(how=how), arguments):
            ours, theirs = Money(*row[1:5]), Money(*row[7:11])
            like = like_payment(
                ours, theirs, status=row[6], same_tenant=row[14], same_invoice=row[15]
            )
            if like is not None:
                pairs.append(Pair(row[0], row[5], like))
                shown[row[0], row[5]] = _shown(row)
    return _chosen(DocumentKind.PAYMENT, pairs, shown)


def _chosen(
    kind: DocumentKind,
    pairs: Sequence[Pair],
    shown: Mapping[tuple[int, str], Mapping[str, Any]],
) -> Sequence[Found]:
    return [Found(kind, pair, shown[pair.document_id, pair.xero_id]) for pair in one_to_one(pairs)]


def _shown(row: Sequence[Any]) -> Mapping[str, Any]:
    names = ("status", "number", "dated_on", "total", "currency", "reference", "url", "name")
    return {name: _plain(value) for name, value in zip(names, row[6:14], strict=True)}


def _plain(value: Any) -> str | None:
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def _keep(held: Lease, kind: DocumentKind, found: Sequence[Found]) -> None:
    """Write down what is like what; what is no longer like anything and nobody answered goes."""
    booked = {
        each.document_id: each
        for each in GoingLiveMatch.objects.filter(
            organisation_id=held.organisation_id, kind=kind, answer=MatchAnswer.BOOKED
        ).select_for_update()
    }
    with database.cursor() as cursor:
        cursor.execute(
            "DELETE FROM going_live_match m WHERE m.organisation_id = %s AND m.kind = %s "
            "AND m.answer = 'open' AND NOT EXISTS "
            "(SELECT 1 FROM unnest(%s::bigint[]) AS f (id) WHERE f.id = m.document_id)",
            [held.organisation_id, str(kind), [each.pair.document_id for each in found]],
        )
    fresh = [each for each in found if not _is_as_answered(booked, each)]
    for start in range(0, len(fresh), WRITTEN_AT_ONCE):
        GoingLiveMatch.objects.bulk_create(
            [_opened(held, each) for each in fresh[start : start + WRITTEN_AT_ONCE]],
            update_conflicts=True,
            unique_fields=["document"],
            update_fields=_OPENED,
        )


def _is_as_answered(booked: Mapping[int, GoingLiveMatch], found: Found) -> bool:
    """Whether a person said of exactly this that ours is booked all the same."""
    row = booked.get(found.pair.document_id)
    return row is not None and row.xero_id == found.pair.xero_id and row.shown == found.shown


def _opened(held: Lease, found: Found) -> GoingLiveMatch:
    return GoingLiveMatch(
        operator_id=held.operator_id,
        organisation_id=held.organisation_id,
        document_id=found.pair.document_id,
        kind=found.kind,
        xero_id=found.pair.xero_id,
        likeness=found.pair.like.likeness,
        by=found.pair.like.by,
        shown=dict(found.shown),
    )


def invoice_prefix(organisation_id: int) -> str:
    newest = (
        MappingVersion.objects.filter(organisation_id=organisation_id).order_by("-version").first()
    )
    return str(newest.content.get("invoice_prefix", "")) if newest else ""


def _rows(statement: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()
