"""From source versions to intended writes: bind, translate, compare, write down.

A plan is made of rows: effects that wait, and documents that say why they do not. It is made
in chunks, each committed by itself under the lease's fence, so that a million documents are
planned in the memory of five hundred and a killed planner goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core import mapping as mappings
from unitledger.core.billing import (
    RecordKey,
    RecordKind,
)
from unitledger.core.chart import Chart
from unitledger.core.documents import (
    DocumentKind,
)
from unitledger.core.wording import name_key
from unitledger.engine import binding, crashpoints, lease, sql, statistics
from unitledger.engine.deciding import Chunk, Decision, Ground, PlannedEffect, Row, decide
from unitledger.engine.going_live.barring import BARRED, booked_names
from unitledger.engine.lease import Lease
from unitledger.engine.noting import noted
from unitledger.engine.reasons import problems_to_json
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, MappingVersion
from unitledger.store.people import Operator

CHUNK = 500
NOBODYS = 0  # in place of a document: the name of somebody else's contact


def plan(held: Lease, *, tools: Tools, ground: Ground, renew: Callable[[], None]) -> int:
    """Plan every document of the organisation whose source has moved on; count the effects.

    While the organisation awaits a person's go-ahead: those asked for by hand, with what they
    hang on, and no others.
    """
    binding.bind(held)
    _hurry_parents(held)
    statistics.refresh("document", "record_identifier", "record_version", "source_record")
    planned = 0
    for kind in DocumentKind:
        after = 0
        while True:
            chunk = _read_chunk(held, kind=kind, after=after, now=tools.clock.now())
            if not chunk.rows:
                break
            planned += _plan_chunk(held, chunk, tools=tools, ground=ground)
            after = chunk.rows[-1].document_id
            renew()
    statistics.refresh("document", "effect")
    return planned


# A write that is on its way, or of which an attempt may still arrive, is settled before its
# document is planned anew: what came after it could be overtaken by it.
_IS_OPEN = """
    EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id
             AND (e.state IN ('in_flight', 'unknown')
                  OR (e.state = 'waiting' AND e.safe_after > %(now)s)))
"""


def ground(held: Lease, chart: Chart) -> Ground:
    """What a plan of the organisation stands on now."""
    return ground_of(Connection.objects.get(id=held.connection_id), chart)


def ground_of(connection: Connection, chart: Chart) -> Ground:
    """The same by its connection, for who only looks ahead and holds no lease."""
    operator = Operator.objects.get(id=connection.operator_id)
    newest = (
        MappingVersion.objects.filter(organisation_id=connection.organisation_id)
        .order_by("-version")
        .first()
    )
    return Ground(
        operator_key=operator.handle_key,
        link_base=operator.link_base,
        mapping=mappings.from_content(newest.content) if newest else None,
        mapping_version=newest.version if newest else None,
        chart=chart,
        start_on=connection.start_on,
    )


# Nothing while a person is still asked what is in the books already; then, before a person's
# go-ahead, only what was asked for by hand.
_MAY_BE_PLANNED = f"""
    NOT {BARRED} AND
    (d.priority > 0 OR NOT EXISTS (SELECT 1 FROM connection g
                                    WHERE g.organisation_id = %(organisation)s
                                      AND g.awaits_go_ahead))
"""


def has_work(held: Lease, *, now: datetime) -> bool:
    """Whether any document of the organisation, or not yet of any, is behind its source."""
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM document d WHERE d.operator_id = %(operator)s "
            "AND d.planned_version <> d.wanted_version AND d.state <> 'skipped' "
            "AND (d.organisation_id = %(organisation)s OR d.organisation_id IS NULL) "
            f"AND {_MAY_BE_PLANNED} AND NOT {_IS_OPEN})",
            {"operator": held.operator_id, "organisation": held.organisation_id, "now": now},
        )
    )


def replan_blocked(held: Lease) -> None:
    """Take what a problem stopped into the next plan, for a person says it is mended."""
    replan(held.organisation_id)


def replan(organisation_id: int) -> None:
    """Take what a problem stopped into the next plan.

    Whatever the problem was: the mapping, the chart, Xero's no, a payment in the way. Each is
    translated and looked at again, so what is not mended stops where it stopped. What a person
    declined stays declined.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document SET planned_version = 0 WHERE organisation_id = %s "
            "AND state IN ('failed', 'needs_attention', 'drifted', 'out_of_scope') "
            "AND (applied_version <> wanted_version OR overwrite_version = wanted_version) "
            'AND planned_version <> 0 AND NOT problems @> \'[{"code": "unlinked"}]\' '
            """AND NOT problems @> '[{"code": "change_declined"}]' """
            "AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = document.id "
            "AND e.state IN ('waiting', 'in_flight', 'unknown'))",
            [organisation_id],
        )


def take_back(organisation_id: int, *, now: datetime) -> int:
    """Unplan what waits to be sent: it is planned anew when it may be. Counts the documents."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            WITH taken AS (
                UPDATE effect e SET state = 'superseded'
                 WHERE e.organisation_id = %(organisation)s AND e.state = 'waiting'
                   AND (e.safe_after IS NULL OR e.safe_after <= %(now)s)
                   AND NOT EXISTS (SELECT 1 FROM undo_item i WHERE i.effect_id = e.id)
                RETURNING e.document_id)
            UPDATE document d
               SET planned_version = 0, problems = '[]'::jsonb,
                   state = CASE WHEN d.applied_version > 0 THEN 'changed' ELSE 'new' END
             WHERE d.id IN (SELECT document_id FROM taken)
            """,
            {"organisation": organisation_id, "now": now},
        )
        return cursor.rowcount


def _hurry_parents(held: Lease) -> None:
    """What is asked for by hand needs what it hangs on; that is known once it is bound."""
    with transaction.atomic(), database.cursor() as cursor:
        lease.check(held)
        cursor.execute(
            """
            WITH RECURSIVE asked AS (
                SELECT d.id, d.parent_id, d.priority FROM document d
                 WHERE d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
                   AND d.planned_version <> d.wanted_version AND d.priority > 0
                UNION
                SELECT p.id, p.parent_id, a.priority FROM asked a
                  JOIN document p ON p.id = a.parent_id)
            UPDATE document d SET priority = asked.priority FROM asked
             WHERE d.id = asked.id AND d.priority < asked.priority
               AND d.planned_version <> d.wanted_version
            """,
            {"operator": held.operator_id, "organisation": held.organisation_id},
        )


def _plan_chunk(held: Lease, chunk: Chunk, *, tools: Tools, ground: Ground) -> int:
    decisions = [decide(row, chunk, tools=tools, ground=ground) for row in chunk.rows]
    with transaction.atomic():
        lease.check(held)
        decisions = _still_asked(decisions)
        _supersede([each.row.document_id for each in decisions])
        _write_documents(decisions, ground=ground)
        count = _write_effects(held, decisions, ground=ground, now=tools.clock.now())
        tools.reached(crashpoints.PLANNED)
    return count


def _still_asked(decisions: Sequence[Decision]) -> Sequence[Decision]:
    """Those whose documents stand as they were read, locked until the commit.

    Meanwhile a newer version may have arrived, or a person may have skipped or linked one; the
    next plan finds what is left to do.
    """
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id FROM document d
              JOIN unnest(%s::bigint[], %s::int[]) AS r (id, version) ON r.id = d.id
             WHERE d.wanted_version = r.version AND d.planned_version <> d.wanted_version
               AND d.state <> 'skipped'
             ORDER BY d.id FOR UPDATE OF d
            """,
            [
                [each.row.document_id for each in decisions],
                [each.row.wanted_version for each in decisions],
            ],
        )
        asked = {row[0] for row in cursor.fetchall()}
    return [each for each in decisions if each.row.document_id in asked]


# What `row_of` takes, of a document `d` and its newest version `v`.
ROW = """
    d.id, d.kind, d.record_id, d.part, d.wanted_version, d.is_wanted, d.applied_version,
    d.applied_content, d.xero_id, d.incarnation, d.priority, v.content,
    d.overwrite_version IS NOT DISTINCT FROM d.wanted_version,
    CASE WHEN d.kind = 'payment'
         THEN (SELECT t.name FROM tenant t WHERE t.record_id = d.tenant_record_id) END
"""


def row_of(each: Sequence[Any]) -> Row:
    return Row(
        document_id=each[0],
        kind=DocumentKind(each[1]),
        record_id=each[2],
        part=each[3],
        wanted_version=each[4],
        is_wanted=each[5],
        applied_version=each[6],
        applied_content=loaded(each[7]),
        xero_id=each[8],
        incarnation=each[9],
        priority=each[10],
        content=loaded(each[11]) or {},
        is_overwriting=each[12],
        payer=each[13],
    )


def _read_chunk(held: Lease, *, kind: DocumentKind, after: int, now: datetime) -> Chunk:
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {ROW}
              FROM document d
              JOIN record_version v ON v.record_id = d.record_id AND v.version = d.wanted_version
             WHERE d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
               AND d.kind = %(kind)s AND d.id > %(after)s
               AND d.planned_version <> d.wanted_version AND d.state <> 'skipped'
               AND {_MAY_BE_PLANNED} AND NOT {_IS_OPEN}
             ORDER BY d.id LIMIT %(most)s
            """,
            {
                "operator": held.operator_id,
                "organisation": held.organisation_id,
                "kind": kind,
                "after": after,
                "now": now,
                "most": CHUNK,
            },
        )
        rows = [row_of(each) for each in cursor.fetchall()]
    chunk = Chunk(rows=rows)
    if kind is DocumentKind.CONTACT and rows:
        chunk.taken_names = contact_names(held.organisation_id)
    if kind is DocumentKind.PAYMENT and rows:
        chunk.invoice_records = invoice_records(held.operator_id, rows)
    return chunk


def loaded(value: Any) -> Any:
    """A JSON column as the driver gives it, text or value."""
    return json.loads(value) if isinstance(value, str) else value


def contact_names(organisation_id: int) -> dict[str, int]:
    """The names our contacts have or are about to get, each with its document, and those that
    contacts have of whom a person said that they are not our tenants."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, COALESCE(
                       (SELECT e.content->>'name' FROM effect e WHERE e.document_id = d.id
                           AND e.state IN ('waiting', 'in_flight', 'unknown')
                         ORDER BY e.id DESC LIMIT 1),
                       d.applied_content->>'name')
              FROM document d WHERE d.organisation_id = %s AND d.kind = 'contact'
               AND d.planned_version > 0
            """,
            [organisation_id],
        )
        ours = {name_key(name): document for document, name in cursor.fetchall() if name}
    return {name_key(name): NOBODYS for name in booked_names(organisation_id)} | ours


def invoice_records(operator_id: int, rows: Iterable[Row]) -> dict[RecordKey, int]:
    """The invoices that payments name by their source keys, as our records."""
    keys = {
        (each["invoice"]["source"], each["invoice"]["identifier_type"], each["invoice"]["value"])
        for row in rows
        for each in row.content.get("allocations", ())
    }
    if not keys:
        return {}
    sources, types, values = (list(each) for each in zip(*keys, strict=True))
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.source, i.identifier_type, i.value, i.record_id
              FROM record_identifier i
              JOIN unnest(%s::text[], %s::text[], %s::text[]) AS k (source, type, value)
                ON (i.source, i.identifier_type, i.value) = (k.source, k.type, k.value)
             WHERE i.operator_id = %s AND i.kind = 'invoice'
            """,
            [sources, types, values, operator_id],
        )
        return {
            RecordKey(
                source=source, kind=RecordKind.INVOICE, identifier_type=kind, value=value
            ): record
            for source, kind, value, record in cursor.fetchall()
        }


def _supersede(document_ids: Sequence[int]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET state = 'superseded' WHERE state = 'waiting' "
            "AND document_id = ANY(%s)",
            [list(document_ids)],
        )


def _write_documents(decisions: Sequence[Decision], *, ground: Ground) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document d
               SET state = p.state, problems = p.problems::jsonb,
                   planned_version = d.wanted_version,
                   applied_version = CASE WHEN p.state = 'synced' THEN d.wanted_version
                                          ELSE d.applied_version END,
                   mapping_version = %(mapping)s,
                   incarnation = p.incarnation, priority = 0,
                   handle = COALESCE(p.handle, d.handle),
                   link_token = COALESCE(p.link, d.link_token),
                   notes = COALESCE(p.notes::jsonb, d.notes)
              FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(problems)s::text[],
                          %(incarnations)s::int[], %(handles)s::text[], %(links)s::text[],
                          %(notes)s::text[])
                   AS p (id, state, problems, incarnation, handle, link, notes)
             WHERE d.id = p.id
            """,
            {
                "mapping": ground.mapping_version,
                "ids": [each.row.document_id for each in decisions],
                "states": [str(each.state) for each in decisions],
                "problems": [problems_to_json(each.problems) for each in decisions],
                "incarnations": [each.row.incarnation for each in decisions],
                "handles": [each.handle for each in decisions],
                "links": [each.link for each in decisions],
                "notes": [noted(each) for each in decisions],
            },
        )


def _write_effects(
    held: Lease, decisions: Sequence[Decision], *, ground: Ground, now: datetime
) -> int:
    pairs = [(each, effect) for each in decisions for effect in each.effects]
    if not pairs:
        return 0
    with database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO effect (
                operator_id, organisation_id, document_id, kind, state, brake, priority,
                source_version, mapping_version, incarnation, handle, payload, content, total,
                target_id, not_before, batch_size, batch_max, absences, unknowns, messages)
            SELECT %(operator)s, %(organisation)s, p.document, p.kind, 'waiting', 'free',
                   p.priority, p.version, %(mapping)s, p.incarnation, p.handle, p.payload,
                   p.content::jsonb, p.total, p.target,
                   -- An earlier update of which an attempt may still arrive would undo this one.
                   CASE WHEN p.kind IN ('update_contact', 'update_invoice') THEN (
                        SELECT max(o.safe_after) FROM effect o
                         WHERE o.document_id = p.document AND o.kind = p.kind
                           AND o.safe_after > %(now)s) END,
                   1, 50, 0, 0, '[]'::jsonb
              FROM unnest(%(documents)s::bigint[], %(kinds)s::text[], %(versions)s::int[],
                          %(incarnations)s::int[], %(handles)s::text[], %(payloads)s::text[],
                          %(contents)s::text[], %(totals)s::numeric[], %(targets)s::text[],
                          %(priorities)s::smallint[])
                   WITH ORDINALITY AS p (document, kind, version, incarnation, handle, payload,
                                         content, total, target, priority, position)
             ORDER BY p.position
            RETURNING id
            """,
            {
                "operator": held.operator_id,
                "organisation": held.organisation_id,
                "priorities": [each.row.priority for each, _ in pairs],
                "now": now,
                "mapping": ground.mapping_version,
                "documents": [each.row.document_id for each, _ in pairs],
                "kinds": [str(effect.kind) for _, effect in pairs],
                "versions": [each.row.wanted_version for each, _ in pairs],
                "incarnations": [effect.incarnation for _, effect in pairs],
                "handles": [effect.handle for _, effect in pairs],
                "payloads": [effect.payload for _, effect in pairs],
                "contents": [
                    None if effect.content is None else json.dumps(effect.content)
                    for _, effect in pairs
                ],
                "totals": [effect.total for _, effect in pairs],
                "targets": [effect.target_id for _, effect in pairs],
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    _write_dependencies(held, pairs, ids)
    return len(pairs)


def _write_dependencies(
    held: Lease, pairs: Sequence[tuple[Decision, PlannedEffect]], ids: Sequence[int]
) -> None:
    """A payment is made anew only when its deletion was applied."""
    waiting = [
        (ids[position], ids[position - 1])
        for position in range(1, len(pairs))
        if pairs[position][0] is pairs[position - 1][0]
    ]
    if not waiting:
        return
    with database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO effect_dependency (operator_id, effect_id, needs_id) VALUES (%s, %s, %s)",
            [(held.operator_id, effect, needs) for effect, needs in waiting],
        )
