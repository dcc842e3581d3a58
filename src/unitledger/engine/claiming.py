"""Claim ready effects: one transaction that stores the request's exact bytes before it is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind, EffectState, Standing, Verdict
from unitledger.core.exchange import Access, Element, WriteRequest
from unitledger.engine import budget, crashpoints, holdings, lease
from unitledger.engine.budget import Refusal
from unitledger.engine.effect_rows import OpenEffect
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools

SEND_WITHIN = timedelta(seconds=30)  # from the claim to the first byte

# The default order; it is the dependencies that decide.
KINDS_IN_ORDER = (
    EffectKind.CREATE_CONTACT,
    EffectKind.UPDATE_CONTACT,
    EffectKind.DELETE_PAYMENT,
    EffectKind.VOID_INVOICE,
    EffectKind.UPDATE_INVOICE,
    EffectKind.CREATE_INVOICE,
    EffectKind.CREATE_PAYMENT,
)
# While one of these is on its way, more of the kind may become ready: a batch that is not
# full waits for it.
FEEDS: dict[EffectKind, frozenset[EffectKind]] = {
    EffectKind.CREATE_INVOICE: frozenset({EffectKind.CREATE_CONTACT}),
    EffectKind.CREATE_PAYMENT: frozenset(
        {
            EffectKind.CREATE_CONTACT,
            EffectKind.CREATE_INVOICE,
            EffectKind.UPDATE_INVOICE,
            EffectKind.DELETE_PAYMENT,
        }
    ),
}
# Before these are sent, the target was read within the last minute (invariant 6).
LOOKED_AT_FIRST = frozenset(
    {
        EffectKind.UPDATE_CONTACT,
        EffectKind.DELETE_PAYMENT,
        EffectKind.VOID_INVOICE,
        EffectKind.UPDATE_INVOICE,
    }
)

# What may have become ready once an answer about a document of this kind is recorded.
MAY_FOLLOW: dict[DocumentKind, frozenset[EffectKind]] = {
    DocumentKind.CONTACT: frozenset(
        {
            EffectKind.CREATE_CONTACT,
            EffectKind.UPDATE_CONTACT,
            EffectKind.UPDATE_INVOICE,
            EffectKind.CREATE_INVOICE,
        }
    ),
    DocumentKind.INVOICE: frozenset(EffectKind) - {EffectKind.CREATE_CONTACT},
    DocumentKind.PAYMENT: frozenset(EffectKind) - {EffectKind.CREATE_CONTACT},
}

_NO_PARENT = "TRUE"
_PARENT_EXISTS = "p.xero_id IS NOT NULL"
_PARENT_IS_AS_WANTED = (
    "p.xero_id IS NOT NULL AND p.is_wanted AND p.applied_version = p.wanted_version "
    "AND p.state <> 'drifted' AND p.overwrite_version IS NULL "
    # Xero takes no payment on a draft: one we wrote waits until the books were seen without.
    "AND (p.verified_at IS NOT NULL OR COALESCE(p.applied_content->>'status', '') "
    "NOT IN ('DRAFT', 'SUBMITTED'))"
)
_NO_DELETION_OPEN = """
    NOT EXISTS (SELECT 1 FROM document c JOIN effect x ON x.document_id = c.id
                 WHERE c.parent_id = d.id AND x.kind = 'delete_payment'
                   AND x.state IN ('waiting', 'in_flight', 'unknown'))
"""
_READY = {
    EffectKind.CREATE_CONTACT: _NO_PARENT,
    EffectKind.UPDATE_CONTACT: _NO_PARENT,
    EffectKind.DELETE_PAYMENT: _NO_PARENT,
    EffectKind.VOID_INVOICE: _NO_DELETION_OPEN,
    EffectKind.UPDATE_INVOICE: f"{_PARENT_EXISTS} AND {_NO_DELETION_OPEN}",
    EffectKind.CREATE_INVOICE: _PARENT_EXISTS,
    EffectKind.CREATE_PAYMENT: _PARENT_IS_AS_WANTED,
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request that is written down and may now be sent."""

    batch_id: int
    request: WriteRequest
    effects: Sequence[OpenEffect]
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class _Ready:
    """A waiting effect that may go, as the query gives it."""

    priority: int
    payload: str
    parent_id: str | None
    effect_id: int
    document_id: int
    handle: str
    batch_max: int
    absences: int
    unknowns: int
    safe_after: datetime | None
    not_before: datetime | None
    look_at: datetime | None
    last_verdict: str | None
    total: Decimal | None
    target_id: str | None
    number: str

    @property
    def element(self) -> Element:
        return Element(
            payload=self.payload,
            handle=self.handle,
            parent_id=self.parent_id,
            target_id=self.target_id,
        )

    def in_flight(self, kind: EffectKind, *, together: int) -> OpenEffect:
        """The effect as its row stands once its batch is written down."""
        return OpenEffect(
            effect_id=self.effect_id,
            document_id=self.document_id,
            handle=self.handle,
            standing=Standing(
                kind=kind,
                state=EffectState.IN_FLIGHT,
                batch_size=together,
                batch_max=self.batch_max,
                absences=self.absences,
                unknowns=self.unknowns,
                safe_after=self.safe_after,
                not_before=self.not_before,
                look_at=self.look_at,
                last_verdict=None if self.last_verdict is None else Verdict(self.last_verdict),
            ),
            total=self.total,
            target_id=self.target_id,
            content=None,
            what=f"{kind.document_kind} {self.number}",
        )


def ready_sql(kind: EffectKind) -> str:
    """The condition under which a waiting effect `e` of document `d`, parent `p`, may go."""
    return f"{_waits_sql(kind)} AND {_may_go_sql(kind)}"


def ready_from_sql(kind: EffectKind) -> str:
    """The same as a FROM and WHERE that costs what it finds, with `r.parent_xero_id`.

    It walks what waits in its order and asks of each, by keys, whether it may go. OFFSET 0 keeps
    the server from turning that round: what it knows of tables that a run changes under it is
    old (nothing is in the books yet, it thinks), and it would read them all for every fifty.
    """
    return f"""
          FROM effect e CROSS JOIN LATERAL (
               SELECT {holdings.followed_sql("p")} AS parent_xero_id, d.number
                 FROM document d LEFT JOIN LATERAL (
                      SELECT * FROM document WHERE id = d.parent_id OFFSET 0) p ON true
                WHERE d.id = e.document_id AND {_may_go_sql(kind)}
               OFFSET 0) r
         WHERE {_waits_sql(kind)}
    """


def _waits_sql(kind: EffectKind) -> str:
    return f"""
        e.organisation_id = %(organisation)s AND e.kind = '{kind}' AND e.state = 'waiting'
        AND e.brake <> 'held' AND (e.not_before IS NULL OR e.not_before <= %(now)s)
    """


def _may_go_sql(kind: EffectKind) -> str:
    return f"""
        d.organisation_id = e.organisation_id
        AND {_READY[kind]}
        AND NOT EXISTS (SELECT 1 FROM (SELECT state FROM effect
                                        WHERE document_id = e.document_id OFFSET 0) o
                         WHERE o.state IN ('in_flight', 'unknown'))
        AND NOT EXISTS (SELECT 1 FROM effect_dependency n JOIN effect b ON b.id = n.needs_id
                         WHERE n.effect_id = e.id AND b.state <> 'applied')
    """


def claim(
    held: Lease,
    kind: EffectKind,
    *,
    run_id: int,
    access: Access,
    tools: Tools,
    is_partial_allowed: bool,
    among: Collection[int] | None = None,
    after: int = 0,
    batches_max: int = 1,
) -> list[Claimed] | Refusal:
    """Claim ready effects of a kind, up to 50 a request. Empty: nothing (or too little) is ready.

    `among` restricts the choice, for kinds whose targets had to be looked at first; `after` to
    effects of a higher id (and no priority), where the ones before were seen not to be ready.
    Several requests claimed together are several batches that share one commit.
    """
    now = tools.clock.now()
    with transaction.atomic():
        lease.check(held)
        ready = _ready(
            held, kind, now=now, among=among, after=after, most=kind.batch_max * batches_max
        )
        batches = _batches(kind, ready, most=batches_max, is_partial_allowed=is_partial_allowed)
        if not batches:
            return []
        calls = budget.spend_up_to(len(batches), held.organisation_id, now=now)
        if isinstance(calls, Refusal):
            return calls
        claimed = [
            _write_batch(held, kind, each, run_id=run_id, access=access, tools=tools, now=now)
            for each in batches[:calls]
        ]
        tools.reached(crashpoints.CLAIMED)
        return claimed


def kinds_waiting(held: Lease) -> frozenset[EffectKind]:
    """The kinds of which anything waits at all, ready or not."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT k.kind FROM unnest(%s::text[]) AS k (kind) WHERE EXISTS ("
            "SELECT 1 FROM effect e WHERE e.organisation_id = %s AND e.kind = k.kind "
            "AND e.state = 'waiting')",
            [[str(kind) for kind in KINDS_IN_ORDER], held.organisation_id],
        )
        return frozenset(EffectKind(row[0]) for row in cursor.fetchall())


def _batches(
    kind: EffectKind, ready: Sequence[_Ready], *, most: int, is_partial_allowed: bool
) -> list[list[_Ready]]:
    """Cut what is ready into requests; one that is not full goes only where it may."""
    batches: list[list[_Ready]] = []
    while ready and len(batches) < most:
        batch = _fitting(ready[: kind.batch_max])
        is_full = len(batch) >= min(kind.batch_max, batch[0].batch_max)
        if not (is_full or is_partial_allowed or batch[0].priority > 0):
            break
        batches.append(batch)
        ready = ready[len(batch) :]
    return batches


def _ready(
    held: Lease,
    kind: EffectKind,
    *,
    now: datetime,
    among: Collection[int] | None,
    after: int,
    most: int,
) -> list[_Ready]:
    # Not locked: only the holder of the lease, whose fence is checked and kept until the
    # commit, sends effects; and what goes in flight is counted.
    chosen = "" if among is None else "AND e.id = ANY(%(among)s)"
    chosen += " AND e.priority = 0 AND e.id > %(after)s" if after else ""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.priority, e.payload, r.parent_xero_id, e.id, e.document_id, e.handle,
                   e.batch_max, e.absences, e.unknowns, e.safe_after, e.not_before, e.look_at,
                   e.last_verdict, e.total, e.target_id, r.number
              {ready_from_sql(kind)} {chosen}
             ORDER BY e.priority DESC, e.id
             LIMIT %(most)s
            """,
            {
                "organisation": held.organisation_id,
                "now": now,
                "among": None if among is None else list(among),
                "after": after,
                "most": most,
            },
        )
        return [_Ready(*row) for row in cursor.fetchall()]


def _fitting(ready: Sequence[_Ready]) -> list[_Ready]:
    """The longest beginning in which nobody travels with more than it may.

    Handles are what an answer is matched by: two elements of one handle never share a request.
    """
    fitting: list[_Ready] = []
    handles: set[str] = set()
    smallest = len(ready)
    for each in ready:
        smallest = min(smallest, each.batch_max)
        if len(fitting) >= smallest or each.handle in handles:
            break
        fitting.append(each)
        handles.add(each.handle)
    return fitting


def _write_batch(
    held: Lease,
    kind: EffectKind,
    ready: Sequence[_Ready],
    *,
    run_id: int,
    access: Access,
    tools: Tools,
    now: datetime,
) -> Claimed:
    request = tools.books.compose(
        kind,
        [each.element for each in ready],
        idempotency_key=tools.ids.idempotency_key(),
    )
    effect_ids = [each.effect_id for each in ready]
    with database.cursor() as cursor:
        cursor.execute(
            """
            WITH batch AS (
                INSERT INTO batch (
                    operator_id, organisation_id, run_id, kind, state, idempotency_key, method,
                    path, body, effect_ids, owner, fence, claimed_at, deadline_at,
                    token_expires_at, sends, messages)
                VALUES (%(operator)s, %(organisation)s, %(run)s, %(kind)s, 'sending', %(key)s,
                        %(method)s, %(path)s, %(body)s, %(effects)s, %(owner)s, %(fence)s,
                        %(now)s, %(deadline)s, %(expires)s, 1, '[]'::jsonb)
                RETURNING id)
            UPDATE effect SET state = 'in_flight', batch_id = batch.id, batch_size = %(size)s
              FROM batch
             WHERE effect.id = ANY(%(effects)s) AND effect.state = 'waiting'
            RETURNING batch.id
            """,
            {
                "operator": held.operator_id,
                "organisation": held.organisation_id,
                "run": run_id,
                "kind": str(kind),
                "key": request.idempotency_key,
                "method": request.method,
                "path": request.path,
                "body": request.body,
                "effects": effect_ids,
                "owner": held.owner,
                "fence": held.fence,
                "now": now,
                "deadline": now + SEND_WITHIN,
                "expires": access.expires_at,
                "size": len(ready),
            },
        )
        batch_ids = [row[0] for row in cursor.fetchall()]
    if len(batch_ids) != len(effect_ids):
        raise RuntimeError("effects that were ready did not go in flight")
    return Claimed(
        batch_id=batch_ids[0],
        request=request,
        effects=[each.in_flight(kind, together=len(ready)) for each in ready],
        claimed_at=now,
    )
