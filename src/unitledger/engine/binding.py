"""Which organisation a document belongs to, and which document it hangs on."""

from __future__ import annotations

from django.db import connection as database
from django.db import transaction

from unitledger.engine import lease, statistics
from unitledger.engine.lease import Lease

# In this order: a payment goes where its invoice goes, a contact where it is needed.
_ORGANISATIONS = (
    # With one organisation there is no question where a location posts; it is written down
    # all the same, so that a second organisation does not change it silently.
    """
    INSERT INTO location_route (operator_id, location_id, organisation_id, valid_from_on)
    SELECT l.operator_id, l.id, %(organisation)s, DATE '1900-01-01'
      FROM location l
     WHERE l.operator_id = %(operator)s
       AND NOT EXISTS (SELECT 1 FROM location_route r WHERE r.location_id = l.id)
       AND (SELECT count(*) FROM organisation o WHERE o.operator_id = %(operator)s) = 1
    """,
    """
    UPDATE document d SET organisation_id = %(organisation)s
     WHERE d.operator_id = %(operator)s AND d.organisation_id IS NULL
       AND (d.kind = 'invoice' OR (d.kind = 'payment' AND d.part = ''))
       AND %(organisation)s = (
           SELECT r.organisation_id FROM location_route r WHERE r.location_id = d.location_id
            ORDER BY r.valid_from_on <= d.dated_on DESC,
                     CASE WHEN r.valid_from_on <= d.dated_on THEN r.valid_from_on END DESC,
                     r.valid_from_on
            LIMIT 1)
    """,
    """
    UPDATE document d SET organisation_id = %(organisation)s
      FROM document i
     WHERE d.operator_id = %(operator)s AND d.organisation_id IS NULL AND d.kind = 'payment'
       AND i.operator_id = %(operator)s AND i.kind = 'invoice'
       AND i.organisation_id = %(organisation)s AND i.record_id = NULLIF(d.part, '')::bigint
    """,
    """
    UPDATE document d SET organisation_id = %(organisation)s
     WHERE d.operator_id = %(operator)s AND d.organisation_id IS NULL AND d.kind = 'contact'
       AND ((SELECT count(*) FROM organisation o WHERE o.operator_id = %(operator)s) = 1
            OR EXISTS (SELECT 1 FROM document i
                        WHERE i.operator_id = %(operator)s AND i.tenant_record_id = d.record_id
                          AND i.organisation_id = %(organisation)s))
    """,
    # A tenant who rents at locations of two organisations is a contact in each.
    """
    INSERT INTO document (
        public_id, operator_id, organisation_id, kind, record_id, part, state, problems,
        wanted_version, planned_version, applied_version, is_wanted, incarnation, number,
        tenant_record_id)
    SELECT gen_random_uuid(), t.operator_id, %(organisation)s, 'contact', t.id, '', 'new',
           '[]'::jsonb, t.version, 0, 0, NOT t.is_void, 1, COALESCE(n.number, ''), t.id
      FROM source_record t
      LEFT JOIN tenant n ON n.record_id = t.id
     WHERE t.id IN (SELECT i.tenant_record_id FROM document i
                     WHERE i.operator_id = %(operator)s AND i.organisation_id = %(organisation)s
                       AND i.kind = 'invoice' AND i.planned_version <> i.wanted_version)
       AND NOT EXISTS (SELECT 1 FROM document c
                        WHERE c.operator_id = %(operator)s AND c.kind = 'contact'
                          AND c.organisation_id = %(organisation)s AND c.record_id = t.id)
    """,
)
_PARENTS = (
    """
    UPDATE document d SET parent_id = c.id
      FROM document c
     WHERE d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
       AND d.kind = 'invoice' AND d.planned_version <> d.wanted_version
       AND c.operator_id = %(operator)s AND c.organisation_id = %(organisation)s
       AND c.kind = 'contact' AND c.record_id = d.tenant_record_id
       AND d.parent_id IS DISTINCT FROM c.id
    """,
    """
    UPDATE document d SET parent_id = i.id
      FROM document i
     WHERE d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
       AND d.kind = 'payment' AND d.planned_version <> d.wanted_version
       AND i.operator_id = %(operator)s AND i.organisation_id = %(organisation)s
       AND i.kind = 'invoice' AND i.record_id = NULLIF(d.part, '')::bigint
       AND d.parent_id IS DISTINCT FROM i.id
    """,
)


def bind(held: Lease) -> None:
    """Give every unbound document its organisation and its parent, where they are known.

    A document once bound never moves by itself: reconnecting to another organisation leaves
    it frozen where it was sent. Killed in between, the next plan finds the rest to do.
    """
    for statements in (_ORGANISATIONS, _PARENTS):
        # A planner that thinks no document is bound would look for each one's parent among all.
        statistics.refresh("document")
        with transaction.atomic(), database.cursor() as cursor:
            lease.check(held)
            for statement in statements:
                cursor.execute(
                    statement,
                    {"organisation": held.organisation_id, "operator": held.operator_id},
                )
