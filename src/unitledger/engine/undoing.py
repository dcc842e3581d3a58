"""Undo a run: void or delete what it made in the books, as far as nobody has touched it since.

First a plan, kept and shown: what would be taken back, what is left and why. Once a person
approves it, its writes are effects like any others: the target is read before each, an answer
that is lost is looked for, and what cannot be taken back is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.arithmetic import ZERO
from unitledger.core.brakes import BrakeLimits, check_brakes
from unitledger.core.compare import Act, Change
from unitledger.core.dates import plain
from unitledger.core.documents import DocumentKind
from unitledger.core.plan import plan_of
from unitledger.core.problems import ProblemCode
from unitledger.engine import lease, planning, steering
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.lease import Lease
from unitledger.engine.reading import stored_chart
from unitledger.engine.reasons import problems_of
from unitledger.engine.resync import PERSONS_PRIORITY
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.journal import Document, Run, RunState
from unitledger.store.undoing import Undo, UndoItem, UndoOutcome, UndoState

CONTACT_STAYS = "Xero deletes no contacts. It stays, and may be archived in Xero."
GONE = "It is void or deleted in Xero already."
REPLACED = "A later sync put another in its place."
WRITTEN_AGAIN = "A later sync wrote it again."
UNDER_WAY = "Another write of it is under way."
EDITED = "It was changed in Xero since."
RECONCILED = "It is reconciled with a bank line in Xero."
LOCKED = "It is dated in a period that is locked up to {locked_to}."
PAID_BY_HAND = "It was paid in Xero by hand."
PAYMENT_STAYS = "A payment on it stays."
CHANGED_HERE = "It was changed since the plan was made."


class UndoError(Exception):
    """It cannot be undone as things stand; the message says why."""


@dataclass(frozen=True, slots=True)
class _Made:
    """One document the run made, with what is known of it now."""

    document_id: int
    kind: DocumentKind
    amount: Decimal | None
    parent_id: int | None
    dated_on: date | None
    is_gone_here: bool
    is_replaced: bool
    is_written_again: bool
    has_open_effect: bool
    is_drifted: bool
    status: str | None
    is_reconciled: bool
    paid_by_hand: bool


_MADE = """
    SELECT d.id, d.kind, d.amount, d.parent_id, d.dated_on,
           d.applied_content IS NULL, d.incarnation <> e.incarnation,
           EXISTS (SELECT 1 FROM effect n WHERE n.document_id = d.id AND n.id > e.id
                    AND n.state = 'applied' AND n.kind LIKE 'update%%'),
           EXISTS (SELECT 1 FROM effect o WHERE o.document_id = d.id
                    AND o.state IN ('waiting', 'in_flight', 'unknown')),
           d.state = 'drifted', x.status, COALESCE(x.is_reconciled, false),
           d.kind = 'invoice' AND COALESCE(x.amount_paid, 0) > COALESCE(
               (SELECT sum(p.amount) FROM document p
                 WHERE p.parent_id = d.id AND p.kind = 'payment'
                   AND p.applied_content IS NOT NULL), 0)
      FROM batch b
      CROSS JOIN LATERAL unnest(b.effect_ids) AS s (effect_id)
      JOIN effect e ON e.id = s.effect_id AND e.batch_id = b.id
      JOIN document d ON d.id = e.document_id
      LEFT JOIN xero_object x ON x.organisation_id = d.organisation_id AND x.kind = d.kind
                             AND x.xero_id = d.xero_id
     WHERE b.run_id = %s AND e.kind LIKE 'create%%' AND e.state = 'applied'
     ORDER BY d.kind, d.id
"""
_WRITE_EFFECTS = """
    WITH fit AS (
        SELECT i.id AS item, d.* FROM undo_item i JOIN document d ON d.id = i.document_id
         WHERE i.undo_id = %(undo)s AND i.outcome = 'planned'
           AND d.xero_id IS NOT NULL AND d.applied_content IS NOT NULL
           AND d.applied_version = d.wanted_version AND d.planned_version = d.wanted_version
           AND NOT EXISTS (SELECT 1 FROM effect o WHERE o.document_id = d.id
                            AND o.state IN ('waiting', 'in_flight', 'unknown'))
         ORDER BY d.id FOR UPDATE OF d
    ), made AS (
        INSERT INTO effect (
            operator_id, organisation_id, document_id, kind, state, brake, priority,
            source_version, mapping_version, incarnation, handle, payload, content, total,
            target_id, batch_size, batch_max, absences, unknowns, messages)
        SELECT operator_id, organisation_id, id,
               CASE kind WHEN 'invoice' THEN 'void_invoice' ELSE 'delete_payment' END,
               -- No version of the source asks for it: it counts as not applied afterwards.
               'waiting', 'approved', %(priority)s, 0, mapping_version, incarnation, xero_id,
               '{}', NULL, NULL, xero_id, 1, 50, 0, 0, '[]'::jsonb
          FROM fit
        RETURNING id, document_id)
    UPDATE undo_item i SET effect_id = made.id, outcome = 'under_way'
      FROM made WHERE i.undo_id = %(undo)s AND i.document_id = made.document_id
"""
_UNDONE = """
    WITH done AS (
        UPDATE undo_item i SET outcome = 'undone'
          FROM effect e, undo u
         WHERE u.id = i.undo_id AND u.organisation_id = %(organisation)s
           AND u.state = 'approved' AND i.outcome = 'under_way'
           AND e.id = i.effect_id AND e.state = 'applied'
        RETURNING i.document_id, u.run_id, u.approved_by_name)
    UPDATE document d
       SET state = 'skipped', priority = 0, verified_at = %(now)s,
           planned_version = d.wanted_version,
           problems = jsonb_build_array(jsonb_build_object(
               'code', %(code)s, 'facts', jsonb_build_object(
                   'run', done.run_id::text, 'by', done.approved_by_name)))
      FROM done WHERE d.id = done.document_id
"""
_NOT_UNDONE = """
    SELECT i.id, i.document_id, e.state, d.problems
      FROM undo u JOIN undo_item i ON i.undo_id = u.id
      JOIN effect e ON e.id = i.effect_id JOIN document d ON d.id = i.document_id
     WHERE u.organisation_id = %s AND u.state = 'approved' AND i.outcome = 'under_way'
       AND e.state IN ('refused', 'needs_attention', 'superseded')
"""


def plan_undo(run_id: int, *, by: Actor, now: datetime) -> Undo:
    """The open plan to undo a run, made now where there is none. Makes no call.

    Raises `UndoError` where the run is going on or made nothing.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(id=run_id)
        if run.state == RunState.RUNNING:
            raise UndoError(f"Run {run.pk} is going on. Stop it first.")
        found = Undo.objects.filter(run_id=run_id, state__in=("planned", "approved")).first()
        if found is not None and found.state == UndoState.APPROVED:
            return found
        if found is not None:
            # What was touched since is not known to an old plan.
            Undo.objects.filter(id=found.pk).update(state=UndoState.DECLINED)
        items = _items(run)
        if not items:
            raise UndoError(f"Run {run.pk} made nothing in Xero that could be taken back.")
        undo = Undo.objects.create(
            operator_id=run.operator_id,
            organisation_id=run.organisation_id,
            run=run,
            asked_by_name=by.name,
            asked_at=now,
        )
        for item in items:
            item.undo = undo
        UndoItem.objects.bulk_create(items, batch_size=1000)
    return undo


def approve(undo_id: int, *, by: Actor, now: datetime) -> bool:
    """Let the plan go; False where that was said before, or the plan is no longer open.

    Where the sync is paused, or has not had its go-ahead, only this goes: what else waits is
    planned anew once a person gives the go-ahead. Raises `UndoError` without a connection.
    """
    with transaction.atomic():
        undo = Undo.objects.select_for_update().get(id=undo_id)
        if undo.state != UndoState.PLANNED:
            return False
        _only_this(undo, now=now)
        undo.state, undo.approved_by_name, undo.approved_at = UndoState.APPROVED, by.name, now
        undo.save(update_fields=["state", "approved_by_name", "approved_at"])
        with database.cursor() as cursor:
            cursor.execute(_WRITE_EFFECTS, {"undo": undo.pk, "priority": PERSONS_PRIORITY})
        UndoItem.objects.filter(undo=undo, outcome=UndoOutcome.PLANNED).update(
            outcome=UndoOutcome.LEFT, reason=CHANGED_HERE
        )
        steering.ask(undo.organisation_id, by=by, now=now)
        subject = Subject("run", str(undo.run.public_id), f"Run {undo.run_id}")
        count = UndoItem.objects.filter(undo=undo, outcome=UndoOutcome.UNDER_WAY).count()
        note(undo.operator_id, by, "run_undo_approved", subject, after={"writes": count})
    return True


def decline(undo_id: int, *, by: Actor) -> bool:
    """Leave everything as it is; False where the plan is no longer open."""
    with transaction.atomic():
        undo = Undo.objects.select_for_update().get(id=undo_id)
        if undo.state != UndoState.PLANNED:
            return False
        Undo.objects.filter(id=undo_id).update(state=UndoState.DECLINED)
        subject = Subject("run", str(undo.run.public_id), f"Run {undo.run_id}")
        note(undo.operator_id, by, "run_undo_declined", subject)
    return True


def settle(held: Lease, *, now: datetime) -> None:
    """Write down what became of approved undos; may be repeated at any time.

    What was taken back is left out of the sync until a person takes it up again. What was not
    stands as before.
    """
    if not Undo.objects.filter(
        organisation_id=held.organisation_id, state=UndoState.APPROVED
    ).exists():
        return
    with transaction.atomic(), database.cursor() as cursor:
        lease.check(held)
        cursor.execute(
            _UNDONE,
            {"organisation": held.organisation_id, "now": now, "code": str(ProblemCode.UNDONE)},
        )
        cursor.execute(_NOT_UNDONE, [held.organisation_id])
        for item, document, state, problems in cursor.fetchall():
            _leave(item, document, state=state, problems=problems)
        _end(held.organisation_id, now=now)


@dataclass
class Told:
    """The items of one outcome and reason."""

    kind: DocumentKind
    outcome: UndoOutcome
    reason: str
    count: int
    amount: Decimal


@dataclass
class Summary:
    """An undo as people read it: sums, and why anything is left."""

    lines: Sequence[Told] = field(default_factory=list)

    def of(self, *outcomes: UndoOutcome, kind: DocumentKind | None = None) -> Told:
        found = [
            each for each in self.lines if each.outcome in outcomes and kind in (None, each.kind)
        ]
        return Told(
            kind=kind or DocumentKind.INVOICE,
            outcome=outcomes[0],
            reason="",
            count=sum(each.count for each in found),
            amount=sum((each.amount for each in found), ZERO),
        )

    @property
    def left(self) -> Sequence[Told]:
        """What stays in Xero, by reason."""
        ends = (UndoOutcome.LEFT, UndoOutcome.FAILED)
        return [each for each in self.lines if each.outcome in ends]

    @property
    def calls(self) -> int:
        """What the plan takes: a voided invoice travels with others, a deleted payment alone;
        each is read before."""
        goes = (UndoOutcome.PLANNED, UndoOutcome.UNDER_WAY, UndoOutcome.UNDONE)
        invoices = self.of(*goes, kind=DocumentKind.INVOICE).count
        payments = self.of(*goes, kind=DocumentKind.PAYMENT).count
        return -(-invoices // 50) + -(-invoices // 40) + 2 * payments

    def brakes(self, *, currency: str, limits: BrakeLimits | None = None) -> Sequence[str]:
        """Why this is more than is done without a person looking twice."""
        changes = [
            (f"{position} {number}", Change(act=Act.VOID, kind=line.kind, before=amount))
            for position, line in enumerate(self.lines)
            if line.outcome is UndoOutcome.PLANNED
            for number, amount in enumerate([line.amount, *[ZERO] * (line.count - 1)])
        ]
        plan = plan_of(changes, currency=currency)
        return [each.sentence for each in check_brakes(plan, limits=limits or BrakeLimits())]


def summary(undo: Undo) -> Summary:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT kind, outcome, reason, count(*), COALESCE(sum(amount), 0) FROM undo_item "
            "WHERE undo_id = %s GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 3",
            [undo.pk],
        )
        return Summary(
            lines=[
                Told(DocumentKind(kind), UndoOutcome(outcome), reason, count, amount)
                for kind, outcome, reason, count, amount in cursor.fetchall()
            ]
        )


def _items(run: Run) -> list[UndoItem]:
    with database.cursor() as cursor:
        cursor.execute(_MADE, [run.pk])
        made = [_Made(row[0], DocumentKind(row[1]), *row[2:]) for row in cursor.fetchall()]
    chart = stored_chart(run.organisation_id)
    locked_to = chart.locked_to if chart else None
    reasons = {each.document_id: _reason(each, locked_to) for each in made}
    for invoice_id in _under_payments_that_stay(reasons):
        reasons[invoice_id] = reasons[invoice_id] or PAYMENT_STAYS
    return [
        UndoItem(
            operator_id=run.operator_id,
            document_id=each.document_id,
            kind=each.kind,
            amount=each.amount,
            outcome=UndoOutcome.LEFT if reasons[each.document_id] else UndoOutcome.PLANNED,
            reason=reasons[each.document_id],
        )
        for each in made
    ]


def _reason(made: _Made, locked_to: date | None) -> str:
    """Why it is left; nothing where it can be taken back. What is surest comes first."""
    is_locked = locked_to is not None and made.dated_on is not None and made.dated_on <= locked_to
    checks = (
        (made.kind is DocumentKind.CONTACT, CONTACT_STAYS),
        (made.is_gone_here or made.status in ("VOIDED", "DELETED"), GONE),
        (made.is_replaced, REPLACED),
        (made.has_open_effect, UNDER_WAY),
        (made.is_drifted, EDITED),
        (made.is_written_again, WRITTEN_AGAIN),
        (made.is_reconciled, RECONCILED),
        (is_locked, LOCKED.format(locked_to=plain(locked_to) if locked_to else "")),
        (made.paid_by_hand, PAID_BY_HAND),
    )
    return next((reason for holds, reason in checks if holds), "")


def _under_payments_that_stay(reasons: Mapping[int, str]) -> list[int]:
    """Invoices cannot be voided under a payment that stays, of this run or another."""
    goes = [document for document, reason in reasons.items() if not reason]
    return [
        parent
        for parent, payment in Document.objects.filter(
            parent_id__in=goes, kind=DocumentKind.PAYMENT, applied_content__isnull=False
        ).values_list("parent_id", "id")
        if parent is not None and reasons.get(payment, PAYMENT_STAYS)
    ]


def _only_this(undo: Undo, *, now: datetime) -> None:
    connection = (
        Connection.objects.select_for_update()
        .filter(organisation_id=undo.organisation_id)
        .latest("id")
    )
    if connection.state in (ConnectionState.LOST, ConnectionState.DISCONNECTED):
        raise UndoError("The organisation is not connected: connect to Xero first.")
    is_paused = connection.state == ConnectionState.PAUSED
    if is_paused or connection.awaits_go_ahead:
        planning.take_back(undo.organisation_id, now=now)
        connection.awaits_go_ahead = True
    if is_paused:
        connection.state = connection.paused_state or ConnectionState.ACTIVE
        connection.paused_state, connection.reason = None, None
    connection.save(update_fields=["awaits_go_ahead", "state", "paused_state", "reason"])


def _leave(item: int, document: int, *, state: str, problems: Any) -> None:
    """It is in the books as before; what stopped it is told here and not of the record."""
    first = next(iter(problems_of(planning.loaded(problems) or [])), None)
    outcome = UndoOutcome.LEFT if state == "superseded" else UndoOutcome.FAILED
    reason = first.sentence if first else CHANGED_HERE
    UndoItem.objects.filter(id=item).update(outcome=outcome, reason=reason)
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document SET state = 'synced', problems = '[]'::jsonb, priority = 0 "
            "WHERE id = %s AND applied_version = wanted_version AND applied_content IS NOT NULL "
            "AND xero_id IS NOT NULL AND state IN ('failed', 'needs_attention', 'waiting')",
            [document],
        )


def _end(organisation_id: int, *, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE undo u SET state = 'ended', ended_at = %s WHERE u.organisation_id = %s "
            "AND u.state = 'approved' AND NOT EXISTS (SELECT 1 FROM undo_item i "
            "WHERE i.undo_id = u.id AND i.outcome = 'under_way')",
            [now, organisation_id],
        )
