"""After sending: compare what the books show with what we wrote, in SQL over the sweep.

Cheap enough for every run. The tie-out reads everything afresh and trusts none of this.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind
from unitledger.engine import holdings, lease, sql, statistics
from unitledger.engine.handling import hanging
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.tools import Tools

# Contacts are verified by the answer to their own creation, and by every invoice on them:
# a sweep of them would cost a call a thousand.
VERIFIED_BY_SWEEP = (DocumentKind.INVOICE, DocumentKind.PAYMENT)

_VERIFY = """
    UPDATE document d SET verified_at = %(now)s
      FROM xero_object x
     WHERE d.organisation_id = %(organisation)s AND d.verified_at IS NULL
       AND d.xero_id IS NOT NULL AND d.kind IN ('invoice', 'payment')
       AND x.organisation_id = d.organisation_id AND x.kind = d.kind AND x.xero_id = d.xero_id
       AND CASE WHEN d.is_wanted
                THEN x.total = d.amount
                     AND x.status NOT IN ('VOIDED', 'DELETED', 'DRAFT', 'SUBMITTED')
                ELSE x.status IN ('VOIDED', 'DELETED') END
"""
# What was changed in the books since we wrote it. Status first: a voided document's amounts
# mean nothing. What is not verified yet is judged by the row it has, read in this sweep or
# not: the look that settled its write may have been the sweep that brought it.
_DRIFTED = """
    UPDATE document d
       SET state = 'drifted',
           problems = CASE
               WHEN x.status IN ('VOIDED', 'DELETED')
                   THEN '[{"code": "voided_in_books", "facts": {}}]'::jsonb
               WHEN x.status IN ('DRAFT', 'SUBMITTED')
                   THEN '[{"code": "draft_in_books", "facts": {}}]'::jsonb
               ELSE jsonb_build_array(jsonb_build_object(
                   'code', 'edited_in_books',
                   'facts', jsonb_build_object('differences',
                       'total ' || x.total || ', not ' || d.amount))) END
      FROM xero_object x
     WHERE d.organisation_id = %(organisation)s AND d.state = 'synced' AND d.is_wanted
       AND d.kind IN ('invoice', 'payment') AND x.organisation_id = d.organisation_id
       AND x.kind = d.kind AND x.xero_id = d.xero_id
       AND (x.read_at >= %(since)s OR d.verified_at IS NULL)
       AND (x.status IN ('VOIDED', 'DELETED', 'DRAFT', 'SUBMITTED') OR x.total <> d.amount)
"""
_HEALED = """
    UPDATE document d SET state = 'synced', problems = '[]'::jsonb
      FROM xero_object x
     WHERE d.organisation_id = %(organisation)s AND d.state = 'drifted' AND d.is_wanted
       AND d.applied_version = d.wanted_version
       AND x.organisation_id = d.organisation_id AND x.kind = d.kind AND x.xero_id = d.xero_id
       AND x.read_at >= %(since)s
       AND x.status NOT IN ('VOIDED', 'DELETED', 'DRAFT', 'SUBMITTED')
       AND x.total = d.amount AND d.kind IN ('invoice', 'payment')
       AND (d.problems @> '[{"code": "edited_in_books"}]'::jsonb
            OR d.problems @> '[{"code": "draft_in_books"}]'::jsonb)
"""
# What still differs has been compared too: it is not asked about again with every run.
_COMPARED = """
    UPDATE document d SET verified_at = %(now)s
     WHERE d.organisation_id = %(organisation)s AND d.state = 'drifted'
       AND d.verified_at IS NULL AND d.xero_id IS NOT NULL AND d.kind IN ('invoice', 'payment')
"""
# Who waits for whom, once nothing more can go: the parent's state says why.
_WAITS = """
    UPDATE document d
       SET state = 'waiting',
           problems = jsonb_build_array(jsonb_build_object(
               'code', %(code)s,
               'facts', jsonb_build_object(%(fact)s, p.number)))
      FROM document p
     WHERE d.organisation_id = %(organisation)s AND d.kind = %(kind)s AND p.id = d.parent_id
       AND d.state IN ('queued', 'changed', 'waiting') AND d.is_wanted
       AND (p.xero_id IS NULL OR (%(kind)s = 'payment' AND p.state <> 'synced'))
       AND EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id AND e.state = 'waiting')
"""


# Payments that wait for a person to approve a draft in Xero: nothing tells us but a look.
_DRAFTS_AWAITED = """
    SELECT EXISTS (
        SELECT 1 FROM organisation o, connection c
         WHERE o.id = %(organisation)s AND c.id = %(connection)s
           AND (o.invoices_swept_at <= %(before)s OR c.asked_trigger = 'person'
                OR EXISTS (SELECT 1 FROM run r WHERE r.organisation_id = o.id
                              AND r.state = 'running' AND r.trigger = 'person'))
           AND EXISTS (SELECT 1 FROM effect e
                         JOIN document d ON d.id = e.document_id
                         JOIN document p ON p.id = d.parent_id
                        WHERE e.organisation_id = o.id AND e.kind = 'create_payment'
                          AND e.state = 'waiting' AND p.state = 'drifted'
                          AND p.problems @> '[{"code": "draft_in_books"}]'::jsonb))
"""
DRAFTS_AGAIN = timedelta(minutes=14)  # so that a look every 15 minutes finds it due


def are_drafts_awaited(held: Lease, *, now: datetime) -> bool:
    """Whether it is time to see if drafts were approved on which payments wait."""
    return bool(
        sql.value(
            _DRAFTS_AWAITED,
            {
                "organisation": held.organisation_id,
                "connection": held.connection_id,
                "before": now - DRAFTS_AGAIN,
            },
        )
    )


def needs_verifying(held: Lease) -> bool:
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM document WHERE organisation_id = %s "
            "AND verified_at IS NULL AND xero_id IS NOT NULL "
            "AND kind IN ('invoice', 'payment') AND state IN ('synced', 'drifted'))",
            [held.organisation_id],
        )
    )


def verify(held: Lease, *, tools: Tools, reader: Reader) -> None:
    """Sweep, then say of every document whether the books show it as we wrote it."""
    began_at = tools.clock.now()
    for kind in VERIFIED_BY_SWEEP:
        reader.sweep(kind)
    _judge(held, since=began_at, tools=tools)


def _judge(held: Lease, *, since: datetime, tools: Tools) -> None:
    statistics.refresh("document", "xero_object")
    arguments = {
        "organisation": held.organisation_id,
        "since": since,
        "now": tools.clock.now(),
    }
    with transaction.atomic():
        lease.check(held)
        holdings.claim_ours(held.organisation_id)
        with database.cursor() as cursor:
            for statement in (_HEALED, _DRIFTED, _VERIFY, _COMPARED):
                cursor.execute(statement, arguments)


def name_what_waits(held: Lease) -> None:
    """Give every document that waits for another its reason, invoices before payments."""
    with transaction.atomic():
        lease.check(held)
        hanging.name_all(held.operator_id, held.organisation_id)
        with database.cursor() as cursor:
            for kind, code, fact in (
                ("invoice", "contact_waits", "contact"),
                ("payment", "invoice_waits", "invoice"),
            ):
                cursor.execute(
                    _WAITS,
                    {
                        "organisation": held.organisation_id,
                        "kind": kind,
                        "code": code,
                        "fact": fact,
                    },
                )
