"""From source versions to intended writes: bind, translate, compare, write down.

A plan is made of rows: effects that wait, and documents that say why they do not. It is made
in chunks, each committed by itself under the lease's fence, so that a million documents are
planned in the memory of five hundred and a killed planner goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.billing import (
    Allocation,
    Invoice,
    Payment,
    RecordKey,
    RecordKind,
    Tenant,
    from_content,
)
from unitledger.core.chart import Chart
from unitledger.core.compare import Act, Applied, compare
from unitledger.core.documents import (
    DocumentKind,
    DocumentState,
    Wanted,
    WantedContact,
    WantedInvoice,
    amount_of,
    wanted_from_content,
    wanted_to_content,
)
from unitledger.core.effects import EffectKind
from unitledger.core.handles import link_token, token, token_of
from unitledger.core.mapping import Mapping
from unitledger.core.problems import Problem, ProblemCode
from unitledger.core.translate import (
    Translation,
    translate_invoice,
    translate_payment,
    translate_tenant,
)
from unitledger.core.wording import name_key
from unitledger.engine import binding, crashpoints, lease, sql
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools

CHUNK = 500

_DRIFTS = frozenset({ProblemCode.VOIDED_IN_BOOKS, ProblemCode.EDITED_IN_BOOKS})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on: the organisation's mapping and chart, and who we are."""

    operator_key: str
    link_base: str | None
    mapping: Mapping | None
    mapping_version: int | None
    chart: Chart
    start_on: date


@dataclass(frozen=True, slots=True)
class _Row:
    """One document to plan, with its source's newest version."""

    document_id: int
    kind: DocumentKind
    record_id: int
    part: str
    wanted_version: int
    is_wanted: bool
    applied_version: int
    applied_content: dict[str, Any] | None
    xero_id: str | None
    incarnation: int
    content: dict[str, Any]


@dataclass(slots=True)
class _Decision:
    """What is to be written for one document."""

    row: _Row
    state: DocumentState
    problems: Sequence[Problem] = ()
    handle: str | None = None
    link: str | None = None
    incarnation: int = 1
    effects: Sequence[_PlannedEffect] = ()


@dataclass(frozen=True, slots=True)
class _PlannedEffect:
    kind: EffectKind
    handle: str
    payload: str
    content: dict[str, Any] | None
    total: str | None
    target_id: str | None
    incarnation: int


@dataclass(slots=True)
class _Chunk:
    rows: Sequence[_Row]
    taken_names: dict[str, int] = field(default_factory=dict)  # name key → document id
    invoice_records: dict[RecordKey, int] = field(default_factory=dict)


class _OthersNames(Set[str]):
    """The names of all contacts but one, without a copy for each of ten thousand tenants."""

    def __init__(self, owners: ReadOnly[str, int], *, document_id: int) -> None:
        self._owners = owners
        self._document_id = document_id

    def __contains__(self, name: object) -> bool:
        owner = self._owners.get(name) if isinstance(name, str) else None
        return owner is not None and owner != self._document_id

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._owners if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def plan(
    held: Lease, *, tools: Tools, ground: Ground, priority: int, renew: Callable[[], None]
) -> int:
    """Plan every document of the organisation whose source has moved on; count the effects."""
    with transaction.atomic():
        lease.check(held)
        binding.bind(held)
    planned = 0
    for kind in DocumentKind:
        after = 0
        while True:
            chunk = _read_chunk(held, kind=kind, after=after)
            if not chunk.rows:
                break
            planned += _plan_chunk(held, chunk, tools=tools, ground=ground, priority=priority)
            after = chunk.rows[-1].document_id
            renew()
    return planned


def has_work(held: Lease) -> bool:
    """Whether any document of the organisation, or not yet of any, is behind its source."""
    return bool(
        sql.value(
            "SELECT EXISTS (SELECT 1 FROM document WHERE operator_id = %s "
            "AND planned_version <> wanted_version AND state <> 'skipped' "
            "AND (organisation_id = %s OR organisation_id IS NULL) "
            "AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = document.id "
            "AND e.state IN ('in_flight', 'unknown')))",
            [held.operator_id, held.organisation_id],
        )
    )


def replan_blocked(held: Lease) -> None:
    """Take the unsent documents that a mapping or chart problem stopped into the next plan."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document SET planned_version = 0 WHERE organisation_id = %s "
            "AND state IN ('needs_attention', 'out_of_scope') AND applied_version = 0 "
            "AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = document.id "
            "AND e.source_version = document.wanted_version AND e.state <> 'superseded')",
            [held.organisation_id],
        )


def _plan_chunk(held: Lease, chunk: _Chunk, *, tools: Tools, ground: Ground, priority: int) -> int:
    decisions = [_decide(row, chunk, tools=tools, ground=ground) for row in chunk.rows]
    with transaction.atomic():
        lease.check(held)
        _supersede([each.row.document_id for each in decisions])
        _write_documents(decisions, ground=ground)
        count = _write_effects(held, decisions, ground=ground, priority=priority)
        tools.reached(crashpoints.PLANNED)
    return count


def _read_chunk(held: Lease, *, kind: DocumentKind, after: int) -> _Chunk:
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.kind, d.record_id, d.part, d.wanted_version, d.is_wanted,
                   d.applied_version, d.applied_content, d.xero_id, d.incarnation, v.content
              FROM document d
              JOIN record_version v ON v.record_id = d.record_id AND v.version = d.wanted_version
             WHERE d.operator_id = %s AND d.organisation_id = %s AND d.kind = %s AND d.id > %s
               AND d.planned_version <> d.wanted_version AND d.state <> 'skipped'
               AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id
                                AND e.state IN ('in_flight', 'unknown'))
             ORDER BY d.id LIMIT %s
            """,
            [held.operator_id, held.organisation_id, kind, after, CHUNK],
        )
        rows = [
            _Row(
                document_id=each[0],
                kind=DocumentKind(each[1]),
                record_id=each[2],
                part=each[3],
                wanted_version=each[4],
                is_wanted=each[5],
                applied_version=each[6],
                applied_content=_json(each[7]),
                xero_id=each[8],
                incarnation=each[9],
                content=_json(each[10]) or {},
            )
            for each in cursor.fetchall()
        ]
    chunk = _Chunk(rows=rows)
    if kind is DocumentKind.CONTACT and rows:
        chunk.taken_names = _contact_names(held.organisation_id)
    if kind is DocumentKind.PAYMENT and rows:
        chunk.invoice_records = _invoice_records(held.operator_id, rows)
    return chunk


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _contact_names(organisation_id: int) -> dict[str, int]:
    """The names our contacts have or are about to get, each with its document."""
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
        return {name_key(name): document for document, name in cursor.fetchall() if name}


def _invoice_records(operator_id: int, rows: Iterable[_Row]) -> dict[RecordKey, int]:
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


def _decide(row: _Row, chunk: _Chunk, *, tools: Tools, ground: Ground) -> _Decision:
    """What one document needs. Pure but for rendering, which is pure too."""
    record = from_content(row.content)
    wanted: Wanted | None = None
    link: str | None = None
    incarnation = row.incarnation
    if row.is_wanted:
        if ground.mapping is None:
            return _blocked(
                row, [Problem.of(ProblemCode.NO_MAPPING, organisation="this organisation")]
            )
        is_next = row.kind is DocumentKind.PAYMENT and row.xero_id is not None
        incarnation = row.incarnation + 1 if is_next else row.incarnation
        link = link_token(operator=ground.operator_key, key=record.key)
        translation = _translate(
            record,
            row,
            chunk,
            ground=ground,
            mapping=ground.mapping,
            link=link,
            incarnation=incarnation,
        )
        if translation.wanted is None:
            return _blocked(row, translation.problems)
        wanted = translation.wanted
    change = compare(
        kind=row.kind,
        version=row.wanted_version,
        wanted=wanted,
        applied=_applied(row),
        books=None,
        chart=ground.chart,
    )
    if change.act is Act.CONFLICT and change.problem is not None:
        return _blocked(row, [change.problem])
    if change.act is Act.LEAVE:
        return _Decision(row=row, state=DocumentState.SYNCED, incarnation=row.incarnation)
    handle = _handle_of(wanted)
    effects = [
        _planned(kind, wanted=wanted, handle=handle, row=row, incarnation=incarnation, tools=tools)
        for kind in change.effects
    ]
    if isinstance(wanted, WantedContact):
        chunk.taken_names[name_key(wanted.name)] = row.document_id
    return _Decision(
        row=row,
        state=DocumentState.QUEUED if row.applied_version == 0 else DocumentState.CHANGED,
        handle=handle,
        link=link if row.kind is DocumentKind.INVOICE else None,
        incarnation=incarnation,
        effects=effects,
    )


def _translate(
    record: Tenant | Invoice | Payment,
    row: _Row,
    chunk: _Chunk,
    *,
    ground: Ground,
    mapping: Mapping,
    link: str,
    incarnation: int,
) -> Translation[Any]:
    if isinstance(record, Tenant):
        others = _OthersNames(chunk.taken_names, document_id=row.document_id)
        return translate_tenant(record, mapping=mapping, taken_names=others)
    if isinstance(record, Invoice):
        url = f"{ground.link_base}/r/{link}" if ground.link_base else None
        return translate_invoice(
            record, mapping=mapping, chart=ground.chart, url=url, start_on=ground.start_on
        )
    allocation = _allocation(record, row, chunk)
    if allocation is None:
        problem = Problem.of(ProblemCode.INVOICE_UNKNOWN, invoice=row.part)
        return Translation(wanted=None, problems=(problem,))
    mark = token(
        operator=ground.operator_key,
        key=record.key,
        part=allocation.invoice.value,
        incarnation=incarnation,
    )
    return translate_payment(
        record,
        allocation,
        mapping=mapping,
        chart=ground.chart,
        token=mark,
        start_on=ground.start_on,
    )


def _allocation(payment: Payment, row: _Row, chunk: _Chunk) -> Allocation | None:
    for each in payment.allocations:
        if chunk.invoice_records.get(each.invoice) == int(row.part):
            return each
    return None


def _applied(row: _Row) -> Applied | None:
    if row.applied_content is None or row.xero_id is None:
        return None
    return Applied(version=row.applied_version, wanted=wanted_from_content(row.applied_content))


def _handle_of(wanted: Wanted | None) -> str | None:
    match wanted:
        case None:
            return None
        case WantedContact():
            return wanted.contact_number
        case WantedInvoice():
            return wanted.number
        case _:
            return token_of(wanted.reference)


def _planned(
    kind: EffectKind,
    *,
    wanted: Wanted | None,
    handle: str | None,
    row: _Row,
    incarnation: int,
    tools: Tools,
) -> _PlannedEffect:
    writes_content = kind not in (EffectKind.VOID_INVOICE, EffectKind.DELETE_PAYMENT)
    target = None if kind.is_create else row.xero_id
    total = amount_of(wanted) if writes_content and wanted is not None else None
    return _PlannedEffect(
        kind=kind,
        # An update, a void and a deletion are answered under the object's id.
        handle=(handle if kind.is_create else target) or "",
        payload=tools.books.render(wanted) if writes_content and wanted is not None else "{}",
        content=wanted_to_content(wanted) if writes_content and wanted is not None else None,
        total=None if total is None else format(total, "f"),
        target_id=target,
        incarnation=incarnation,
    )


def _blocked(row: _Row, problems: Sequence[Problem]) -> _Decision:
    codes = {problem.code for problem in problems}
    if ProblemCode.BEFORE_START in codes:
        state = DocumentState.OUT_OF_SCOPE
    elif codes & _DRIFTS:
        state = DocumentState.DRIFTED
    else:
        state = DocumentState.NEEDS_ATTENTION
    return _Decision(row=row, state=state, problems=problems, incarnation=row.incarnation)


def problems_to_json(problems: Iterable[Problem]) -> str:
    """The stored form of a document's reasons."""
    return json.dumps(
        [{"code": str(each.code), "facts": dict(each.facts)} for each in problems],
        ensure_ascii=False,
    )


def _supersede(document_ids: Sequence[int]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE effect SET state = 'superseded' WHERE state = 'waiting' "
            "AND document_id = ANY(%s)",
            [list(document_ids)],
        )


def _write_documents(decisions: Sequence[_Decision], *, ground: Ground) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            """
            UPDATE document d
               SET state = p.state, problems = p.problems::jsonb,
                   planned_version = d.wanted_version,
                   applied_version = CASE WHEN p.state = 'synced' THEN d.wanted_version
                                          ELSE d.applied_version END,
                   mapping_version = %(mapping)s,
                   incarnation = p.incarnation,
                   handle = COALESCE(p.handle, d.handle),
                   link_token = COALESCE(p.link, d.link_token)
              FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(problems)s::text[],
                          %(incarnations)s::int[], %(handles)s::text[], %(links)s::text[])
                   AS p (id, state, problems, incarnation, handle, link)
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
            },
        )


def _write_effects(
    held: Lease, decisions: Sequence[_Decision], *, ground: Ground, priority: int
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
                target_id, batch_size, batch_max, absences, unknowns, messages)
            SELECT %(operator)s, %(organisation)s, p.document, p.kind, 'waiting', 'free',
                   %(priority)s, p.version, %(mapping)s, p.incarnation, p.handle, p.payload,
                   p.content::jsonb, p.total, p.target, 1, 50, 0, 0, '[]'::jsonb
              FROM unnest(%(documents)s::bigint[], %(kinds)s::text[], %(versions)s::int[],
                          %(incarnations)s::int[], %(handles)s::text[], %(payloads)s::text[],
                          %(contents)s::text[], %(totals)s::numeric[], %(targets)s::text[])
                   WITH ORDINALITY AS p (document, kind, version, incarnation, handle, payload,
                                         content, total, target, position)
             ORDER BY p.position
            RETURNING id
            """,
            {
                "operator": held.operator_id,
                "organisation": held.organisation_id,
                "priority": priority,
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
    held: Lease, pairs: Sequence[tuple[_Decision, _PlannedEffect]], ids: Sequence[int]
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
