"""Deciding what would be sent without writing anything down: for previews and dry runs.

Reads what the next plan would read, also documents that no plan has bound to an organisation
yet, and decides each by the same pure rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection as database

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.engine import planning
from unitledger.engine.deciding import Chunk, Decision, Ground, decide
from unitledger.engine.reading import stored_chart
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, Organisation

# Where the location of a document `x` posts on its date, as `binding` will say.
_ROUTE = """
    (SELECT r.organisation_id FROM location_route r WHERE r.location_id = {x}.location_id
      ORDER BY r.valid_from_on <= {x}.dated_on DESC,
               CASE WHEN r.valid_from_on <= {x}.dated_on THEN r.valid_from_on END DESC,
               r.valid_from_on LIMIT 1)
"""
# An operator with one organisation has no question where anything goes.
GOES_THERE = f"""
    (d.organisation_id = %(organisation)s OR d.organisation_id IS NULL AND (
        %(is_only)s
        OR (d.kind = 'invoice' OR d.kind = 'payment' AND d.part = '')
           AND {_ROUTE.format(x="d")} = %(organisation)s
        OR d.kind = 'payment' AND d.part <> '' AND EXISTS (
               SELECT 1 FROM document i
                WHERE i.operator_id = d.operator_id AND i.kind = 'invoice'
                  AND i.record_id = NULLIF(d.part, '')::bigint
                  AND COALESCE(i.organisation_id, {_ROUTE.format(x="i")}) = %(organisation)s)
        OR d.kind = 'contact' AND EXISTS (
               SELECT 1 FROM document i
                WHERE i.operator_id = d.operator_id AND i.tenant_record_id = d.record_id
                  AND COALESCE(i.organisation_id, {_ROUTE.format(x="i")}) = %(organisation)s)))
"""
# What the next plan takes up, what it has planned and not sent, and what a problem stopped.
_NOT_IN_THE_BOOKS = """
    d.applied_version <> d.wanted_version AND d.state <> 'skipped'
    AND NOT d.problems @> '[{"code": "change_declined"}]'
"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """One document, what would be done about it, and where it lies."""

    decision: Decision
    location: str | None


def ground_for(connection: Connection, *, tools: Tools) -> Ground:
    """What would be planned with; the chart is read from the books only where ours is missing.

    A person waits for the answer, and a run reads an old chart again before it sends.
    """
    chart = stored_chart(connection.organisation_id) or _read(connection, tools)
    return planning.ground_of(connection, chart)


def ahead(
    connection: Connection,
    *,
    ground: Ground,
    tools: Tools,
    record_ids: Sequence[int] | None = None,
    kinds: Sequence[DocumentKind] = tuple(DocumentKind),
) -> Iterator[Ahead]:
    """Each document that is not in the books as wanted, decided; in the order it is sent.

    `record_ids` restricts to some records and then takes in what is in the books as well.
    """
    asks_names = DocumentKind.CONTACT in kinds  # only contacts are told apart by name
    names = planning.contact_names(connection.organisation_id) if asks_names else {}
    of_operator = Organisation.objects.filter(operator_id=connection.operator_id)
    is_only = of_operator.count() == 1
    for kind in kinds:
        after, is_more = 0, True
        while is_more:
            found = _read_rows(
                connection, kind, after=after, record_ids=record_ids, is_only=is_only
            )
            is_more = len(found) == planning.CHUNK
            if not found:
                break
            rows = [planning.row_of(each) for each, _ in found]
            chunk = Chunk(rows=rows, taken_names=names)
            if kind is DocumentKind.PAYMENT:
                chunk.invoice_records = planning.invoice_records(connection.operator_id, rows)
            for row, (_, location) in zip(rows, found, strict=True):
                decision = decide(row, chunk, tools=tools, ground=ground)
                yield Ahead(decision=decision, location=location)
            after = rows[-1].document_id


def _read(connection: Connection, tools: Tools) -> Chart:
    return BooksReader(connection.pk, connection.organisation_id, tools).chart()


def _read_rows(
    connection: Connection,
    kind: DocumentKind,
    *,
    after: int,
    record_ids: Sequence[int] | None,
    is_only: bool,
) -> list[tuple[tuple[object, ...], str | None]]:
    only = _NOT_IN_THE_BOOKS if record_ids is None else "d.record_id = ANY(%(records)s)"
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {planning.ROW}, l.name
              FROM document d
              JOIN record_version v ON v.record_id = d.record_id AND v.version = d.wanted_version
              LEFT JOIN location l ON l.id = d.location_id
             WHERE d.operator_id = %(operator)s AND d.kind = %(kind)s AND d.id > %(after)s
               AND {only} AND {GOES_THERE}
             ORDER BY d.id LIMIT %(most)s
            """,
            {
                "operator": connection.operator_id,
                "organisation": connection.organisation_id,
                "is_only": is_only,
                "kind": kind,
                "after": after,
                "records": None if record_ids is None else list(record_ids),
                "most": planning.CHUNK,
            },
        )
        return [(row[:-1], row[-1]) for row in cursor.fetchall()]
