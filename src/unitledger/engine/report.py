"""The integration report: every record of a kind, where it stands, why, and who acts next.

One row is one record; a payment that settles several invoices is one record with parts, and
stands where the worst of its parts stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import Actor
from unitledger.engine import links
from unitledger.engine.reading import stored_chart
from unitledger.engine.reasons import problems_of
from unitledger.engine.report_filter import RANK, WORST_FIRST, Filter, Status, of_filter
from unitledger.engine.report_order import NEWEST_FIRST, Cursor, Order, key_of

PAGE = 100
PAGE_MAX = 1000


# Who acts where no problem is written down.
_ACTORS = {
    DocumentState.SYNCED: Actor.NOBODY,
    DocumentState.SKIPPED: Actor.NOBODY,
    DocumentState.OUT_OF_SCOPE: Actor.NOBODY,
    DocumentState.FAILED: Actor.PERSON,
    DocumentState.NEEDS_ATTENTION: Actor.PERSON,
    DocumentState.DRIFTED: Actor.PERSON,
}
_SENTENCES = {
    DocumentState.NEW: "It arrived and is not planned yet.",
    DocumentState.QUEUED: "It goes with the next sync.",
    DocumentState.WAITING: "It waits for what it hangs on.",
    DocumentState.CHANGED: "It changed at its source and goes again with the next sync.",
    DocumentState.SKIPPED: "A person chose not to send it.",
    DocumentState.OUT_OF_SCOPE: "It is dated before the start date.",
    DocumentState.FAILED: "Xero refused it.",
    DocumentState.NEEDS_ATTENTION: "It needs a person's decision.",
    DocumentState.DRIFTED: "It was changed in Xero since we wrote it.",
}
_NOTHING_TO_DO = "Nothing to do."
_OPEN_THE_RECORD = "Look at the record, then sync it again."


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a record is not in the books as wanted."""

    code: str | None
    sentence: str
    remedy: str
    acts_next: Actor


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a record: for a payment, what it settles of one invoice."""

    document_id: int
    public_id: str
    invoice_number: str | None
    amount: Decimal | None
    state: DocumentState
    is_sending: bool
    xero_id: str | None
    link: str | None  # into Xero; none for an emulator


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One record."""

    record_id: int
    public_id: str
    kind: DocumentKind
    number: str
    keys: Sequence[str]  # its identifiers at the source
    dated_on: date | None
    tenant: str | None
    tenant_number: str | None
    unit: str | None
    location: str | None
    building: str | None
    amount: Decimal | None
    currency: str | None
    is_void: bool
    state: DocumentState
    is_sending: bool
    reasons: Sequence[Reason]
    notes: Sequence[str]  # what was done to make it fit, and what Xero warned of
    attempts: int
    last_attempt_at: datetime | None
    xero_id: str | None
    xero_number: str | None
    link: str | None
    parts: Sequence[Part] = ()

    @property
    def status(self) -> Status:
        return Status.SYNCED if self.state is DocumentState.SYNCED else Status.NON_SYNCED


@dataclass(frozen=True, slots=True)
class Total:
    """The records in one state, of one currency."""

    state: DocumentState
    currency: str | None
    count: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[ReportRow]
    next: Cursor | None  # none: this was the last page


def report(
    asked: Filter,
    *,
    order: Order = NEWEST_FIRST,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Page:
    """One page, newest first unless another order is asked for."""
    limit = min(limit, PAGE_MAX)
    where = of_filter(asked)
    key = key_of(order.by, asked.kind)
    if after is not None and after.key is None:
        where.add(f"{key} IS NULL AND d.id {order.beyond} %(after)s", after=after.document_id)
    elif after is not None:
        where.add(
            f"({key}, d.id) {order.beyond} (%(after_key)s, %(after)s)",
            after_key=after.key,
            after=after.document_id,
        )
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT d.id, {key} AS key, d.record_id, d.organisation_id FROM document d "
            f"WHERE {where} AND {_IS_FIRST_PART} "
            f"ORDER BY key {order.direction}, d.id {order.direction} LIMIT %(limit)s",
            {**where.arguments, "limit": limit + 1},
        )
        leads = cursor.fetchall()
    more = len(leads) > limit
    leads = leads[:limit]
    last = leads[-1] if leads else None
    return Page(
        rows=_rows([(record, organisation) for _, _, record, organisation in leads], asked),
        next=Cursor(key=last[1], document_id=last[0]) if more and last else None,
    )


def pages(asked: Filter, *, order: Order = NEWEST_FIRST, size: int = PAGE_MAX) -> Iterator[Page]:
    """Every page, one after the other, in the memory of one."""
    after = None
    while True:
        page = report(asked, order=order, after=after, limit=size)
        yield page
        if page.next is None:
            return
        after = page.next


def record_ids(asked: Filter, *, limit: int) -> list[int]:
    """The records that a filter finds, each once, at most so many."""
    where = of_filter(asked)
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT d.record_id FROM document d WHERE {where} "
            "ORDER BY d.record_id LIMIT %(limit)s",
            {**where.arguments, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


# A plain comparison, many times as fast as looking for the state in an array.
_RANKS = " ".join(f"WHEN '{state}' THEN {rank + 1}" for state, rank in RANK.items())
_RANKED = f"CASE d.state {_RANKS} END"


def totals(asked: Filter) -> Sequence[Total]:
    """Counts and money by state of what a filter finds, worst first; void money is not counted."""
    where = of_filter(asked)
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT (%(worst_first)s::text[])[rank], currency, count(*), sum(amount) FROM (
                SELECT min({_RANKED}) AS rank, max(d.currency) AS currency,
                       sum(d.amount) FILTER (WHERE d.is_wanted) AS amount
                  FROM document d WHERE {where}
                 GROUP BY d.record_id, d.organisation_id) AS each
             GROUP BY rank, currency
            """
            if asked.kind is DocumentKind.PAYMENT
            else f"""
            SELECT d.state, d.currency, count(*), sum(d.amount) FILTER (WHERE d.is_wanted)
              FROM document d WHERE {where} GROUP BY d.state, d.currency
            """,
            {**where.arguments, "worst_first": [str(state) for state in WORST_FIRST]},
        )
        found = [
            Total(DocumentState(state), currency, count, amount)
            for state, currency, count, amount in cursor.fetchall()
        ]
    return sorted(found, key=lambda each: (RANK[each.state], each.currency or ""))


# A record's parts have one date: the youngest part stands for all of them in the order.
_IS_FIRST_PART = """
    NOT EXISTS (SELECT 1 FROM document p
                 WHERE p.record_id = d.record_id AND p.id > d.id AND p.kind = d.kind
                   AND p.organisation_id IS NOT DISTINCT FROM d.organisation_id)
"""


_DOCUMENTS = """
    SELECT d.id, d.public_id, d.record_id, d.organisation_id, d.part, d.state, d.problems,
           d.is_wanted, d.handle, d.xero_id, d.last_attempt_at, d.number, d.dated_on, d.amount,
           d.notes, d.currency, d.unit_number, l.name AS location, b.name AS building,
           t.name AS tenant, t.number AS tenant_number, r.public_id AS record_public_id,
           i.number AS invoice_number,
           (SELECT count(*) FROM effect e WHERE e.document_id = d.id AND e.batch_id IS NOT NULL)
               AS attempts,
           EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id AND e.state = 'in_flight')
               AS is_sending
      FROM document d
      JOIN source_record r ON r.id = d.record_id
      LEFT JOIN location l ON l.id = d.location_id
      LEFT JOIN building b ON b.id = d.building_id
      LEFT JOIN tenant t ON t.record_id = d.tenant_record_id
      LEFT JOIN invoice i ON d.kind = 'payment' AND i.record_id = NULLIF(d.part, '')::bigint
     WHERE d.operator_id = %(operator)s AND d.kind = %(kind)s AND d.record_id = ANY(%(records)s)
     ORDER BY d.id
"""

_Key = tuple[int, int | None]  # record, organisation


def _rows(keys: Sequence[_Key], asked: Filter) -> Sequence[ReportRow]:
    if not keys:
        return ()
    records = [record for record, _ in keys]
    by_key: dict[_Key, list[Mapping[str, Any]]] = {key: [] for key in keys}
    with database.cursor() as cursor:
        cursor.execute(
            _DOCUMENTS,
            {"operator": asked.operator_id, "kind": str(asked.kind), "records": records},
        )
        names = [column[0] for column in cursor.description or ()]
        for values in cursor.fetchall():
            document = dict(zip(names, values, strict=True))
            parts = by_key.get((document["record_id"], document["organisation_id"]))
            if parts is not None:
                parts.append(document)
        cursor.execute(
            "SELECT record_id, value FROM record_identifier WHERE record_id = ANY(%s) ORDER BY id",
            [records],
        )
        identifiers: dict[int, list[str]] = {}
        for record, value in cursor.fetchall():
            identifiers.setdefault(record, []).append(value)
    codes = _short_codes({organisation for _, organisation in keys if organisation})
    return [
        _row(parts, identifiers.get(key[0], ()), codes.get(key[1] or 0), kind=asked.kind)
        for key, parts in by_key.items()
    ]


def _short_codes(organisation_ids: Iterable[int]) -> Mapping[int, str | None]:
    codes: dict[int, str | None] = {}
    for organisation in organisation_ids:
        chart = stored_chart(organisation)
        is_real = chart is not None and not chart.facts.is_emulated
        codes[organisation] = chart.facts.short_code if chart and is_real else None
    return codes


def _row(
    documents: Sequence[Mapping[str, Any]],
    identifiers: Sequence[str],
    short_code: str | None,
    *,
    kind: DocumentKind,
) -> ReportRow:
    worst = min(documents, key=lambda each: RANK[DocumentState(each["state"])])
    wanted = [each for each in documents if each["is_wanted"]]
    parts = [_part(each, short_code, kind=kind) for each in documents]
    amounts = [each["amount"] for each in wanted if each["amount"] is not None]
    attempts = [each["last_attempt_at"] for each in documents if each["last_attempt_at"]]
    is_one = len(parts) == 1
    state = DocumentState(worst["state"])
    return ReportRow(
        record_id=worst["record_id"],
        public_id=str(worst["record_public_id"]),
        kind=kind,
        number=worst["number"],
        keys=list(identifiers),
        dated_on=worst["dated_on"],
        tenant=worst["tenant"],
        tenant_number=worst["tenant_number"],
        unit=worst["unit_number"],
        location=worst["location"],
        building=worst["building"],
        amount=sum(amounts, Decimal(0)) if amounts else None,
        currency=worst["currency"],
        is_void=not wanted,
        state=state,
        is_sending=any(each.is_sending for each in parts),
        reasons=_reasons(documents, state),
        notes=_notes(documents),
        attempts=sum(each["attempts"] for each in documents),
        last_attempt_at=max(attempts, default=None),
        xero_id=parts[0].xero_id if is_one else None,
        xero_number=worst["handle"] if is_one and worst["xero_id"] else None,
        link=parts[0].link if is_one else None,
        parts=() if is_one else parts,
    )


def _notes(documents: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    noted = (
        json.loads(each["notes"]) if isinstance(each["notes"], str) else each["notes"]
        for each in documents
    )
    return list(dict.fromkeys(note for notes in noted for note in notes))


def _part(document: Mapping[str, Any], short_code: str | None, *, kind: DocumentKind) -> Part:
    return Part(
        document_id=document["id"],
        public_id=str(document["public_id"]),
        invoice_number=document["invoice_number"],
        amount=document["amount"],
        state=DocumentState(document["state"]),
        is_sending=document["is_sending"],
        xero_id=document["xero_id"],
        link=links.into_xero(kind, document["xero_id"], short_code=short_code),
    )


def _reasons(documents: Sequence[Mapping[str, Any]], state: DocumentState) -> Sequence[Reason]:
    """Every reason of every part, each once; a state without one says what it means."""
    if state is DocumentState.SYNCED:
        return ()
    found: dict[tuple[str, str], Reason] = {}
    for document in documents:
        for problem in problems_of(_json(document["problems"])):
            reason = Reason(problem.code, problem.sentence, problem.remedy, problem.actor)
            found.setdefault((problem.code, problem.sentence), reason)
    if found:
        return list(found.values())
    actor = _ACTORS.get(state, Actor.US)
    remedy = _OPEN_THE_RECORD if actor is Actor.PERSON else _NOTHING_TO_DO
    return [Reason(None, _SENTENCES[state], remedy, actor)]


def _json(value: Any) -> Any:
    # Django's cursors hand JSON columns on as text.
    return json.loads(value) if isinstance(value, str) else value
