"""A dry run: what a sync would write, counted and summed; nothing is sent to the books.

By kind, location and account, with what would be held back and why, the calls it takes and
when it would end within Xero's limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from unitledger.core.arithmetic import ZERO
from unitledger.core.brakes import BrakeLimits, check_brakes
from unitledger.core.chart import Chart
from unitledger.core.compare import Act, Change
from unitledger.core.documents import (
    DocumentKind,
    DocumentState,
    Wanted,
    WantedInvoice,
    WantedPayment,
    amount_of,
    wanted_from_content,
)
from unitledger.core.effects import EffectKind
from unitledger.core.plan import Plan, plan_of
from unitledger.core.problems import Problem
from unitledger.core.translate import expected_postings
from unitledger.engine import budget
from unitledger.engine.deciding import Decision
from unitledger.engine.looking_ahead import Ahead, ahead, ground_for
from unitledger.engine.reading import CHART_AGE_MAX, CHART_CALLS
from unitledger.engine.targets import LOOK_AT_ONCE
from unitledger.engine.tools import Tools
from unitledger.store.connections import CallBudget, Connection, Organisation
from unitledger.store.journal import Document

PAGE = 1000  # what Xero shows in one call of a sweep
# Before these the contacts are looked at again.
_ON_CONTACTS = (EffectKind.CREATE_CONTACT, EffectKind.CREATE_INVOICE, EffectKind.UPDATE_INVOICE)
NO_LOCATION = "No location"
_ACTS = {
    EffectKind.CREATE_CONTACT: Act.CREATE,
    EffectKind.CREATE_INVOICE: Act.CREATE,
    EffectKind.CREATE_PAYMENT: Act.CREATE,
    EffectKind.UPDATE_CONTACT: Act.UPDATE,
    EffectKind.UPDATE_INVOICE: Act.UPDATE,
    EffectKind.VOID_INVOICE: Act.VOID,
    EffectKind.DELETE_PAYMENT: Act.VOID,
}


@dataclass
class Sum:
    """Documents and their money."""

    count: int = 0
    amount: Decimal = ZERO

    def add(self, amount: Decimal | None) -> None:
        self.count += 1
        self.amount += amount or ZERO


@dataclass
class AccountSum:
    """What an account would show: net of tax where lines are posted to it, or money received."""

    net: Decimal = ZERO
    tax: Decimal = ZERO
    received: Decimal = ZERO


@dataclass
class HeldBack:
    """Documents that one kind of problem stops, in the words of the first of them."""

    problem: Problem
    kind: DocumentKind
    sum: Sum = field(default_factory=Sum)


@dataclass(frozen=True)
class Calls:
    """The calls a run would make: writes by kind, and reads before and after."""

    writes: Mapping[EffectKind, int]
    reads: int

    @property
    def total(self) -> int:
        return sum(self.writes.values()) + self.reads


@dataclass
class DryRun:
    """What a sync would do, as of `made_at`."""

    organisation: str
    currency: str
    made_at: datetime
    chart: Chart
    writes: dict[EffectKind, Sum] = field(default_factory=dict)
    locations: dict[str, dict[DocumentKind, Sum]] = field(default_factory=dict)
    accounts: dict[str, AccountSum] = field(default_factory=dict)  # by the chart's own names
    held_back: dict[tuple[str, DocumentKind], HeldBack] = field(default_factory=dict)
    out_of_scope: Sum = field(default_factory=Sum)
    brakes: Sequence[str] = ()
    calls: Calls = field(default_factory=lambda: Calls(writes={}, reads=0))
    duration: timedelta = timedelta(0)
    calls_left_today: int | None = None  # none: Xero has not said yet

    @property
    def document_count(self) -> int:
        """Writes, but a payment deleted and made again counts once."""
        return sum(
            each.count
            for kind, each in self.writes.items()
            if kind is not EffectKind.DELETE_PAYMENT
        )

    @property
    def held_back_count(self) -> int:
        return sum(each.sum.count for each in self.held_back.values())

    @property
    def ends_at(self) -> datetime:
        return self.made_at + self.duration

    @property
    def exceeds_day(self) -> bool:
        return self.calls_left_today is not None and self.calls.total > self.calls_left_today


def dry_run(organisation_id: int, *, tools: Tools, limits: BrakeLimits | None = None) -> DryRun:
    """Work out what the next run would write. Reads Xero only where its chart was never read."""
    connection = (
        Connection.objects.filter(organisation_id=organisation_id)
        .select_related("organisation")
        .latest("id")
    )
    ground = ground_for(connection, tools=tools)
    result = DryRun(
        organisation=connection.organisation.name,
        currency=ground.chart.facts.currency,
        made_at=tools.clock.now(),
        chart=ground.chart,
    )
    plan = Plan(currency=result.currency)
    for chunk in _chunks(ahead(connection, ground=ground, tools=tools)):
        changes: list[tuple[str, Change]] = []
        amounts = _amounts(chunk)
        for each in chunk:
            amount = amounts.get(each.decision.row.document_id)
            changes.extend(_count(result, each, amount))
        plan = plan.merged(plan_of(changes, currency=result.currency))
    brakes = check_brakes(plan, limits=limits or BrakeLimits())
    result.brakes = [each.sentence for each in brakes]
    result.calls = _calls(result, connection.organisation)
    _time(result, organisation_id)
    return result


def to_content(result: DryRun) -> dict[str, Any]:
    """As plain values: money is text, the order is the order of sending."""
    return {
        "organisation": result.organisation,
        "currency": result.currency,
        "made_at": result.made_at.isoformat(),
        "documents": result.document_count,
        "kinds": [
            {
                "effect": str(kind),
                "kind": str(kind.document_kind),
                "act": str(_ACTS[kind]),
                "count": each.count,
                "amount": _money(each.amount, kind.document_kind),
                "calls": result.calls.writes.get(kind, 0),
            }
            for kind, each in _in_order(result.writes)
        ],
        "locations": [
            {
                "location": name,
                **{
                    f"{kind}s": {"count": each.count, "amount": str(each.amount)}
                    for kind in (DocumentKind.INVOICE, DocumentKind.PAYMENT)
                    for each in (sums.get(kind, Sum()),)
                },
            }
            for name, sums in sorted(result.locations.items())
        ],
        "accounts": [
            {
                "account": name,
                "net": str(each.net),
                "tax": str(each.tax),
                "received": str(each.received),
            }
            for name, each in sorted(result.accounts.items())
        ],
        "held_back": [
            {
                "code": str(each.problem.code),
                "kind": str(each.kind),
                "sentence": each.problem.sentence,
                "remedy": each.problem.remedy,
                "count": each.sum.count,
                "amount": _money(each.sum.amount, each.kind),
            }
            for each in sorted(result.held_back.values(), key=lambda one: -one.sum.count)
        ],
        "out_of_scope": {
            "count": result.out_of_scope.count,
            "amount": str(result.out_of_scope.amount),
        },
        "brakes": list(result.brakes),
        "calls": {"total": result.calls.total, "reads": result.calls.reads},
        "seconds": round(result.duration.total_seconds()),
        "ends_at": result.ends_at.isoformat(),
        "calls_left_today": result.calls_left_today,
        "exceeds_day": result.exceeds_day,
    }


def _count(result: DryRun, each: Ahead, amount: Decimal | None) -> list[tuple[str, Change]]:
    """Add one document to the sums; its changes, for the brakes."""
    decision = each.decision
    if decision.state is DocumentState.OUT_OF_SCOPE:
        result.out_of_scope.add(amount)
        return []
    if decision.problems:
        _hold_back(result, decision, amount)
        return []
    for effect in decision.effects:
        wanted = None if effect.content is None else wanted_from_content(effect.content)
        money = amount_of(wanted) if wanted is not None else amount
        result.writes.setdefault(effect.kind, Sum()).add(money)
        if wanted is not None:
            _place(result, each.location, wanted)
            _post(result, wanted)
    return _changes(decision, amount)


def _hold_back(result: DryRun, decision: Decision, amount: Decimal | None) -> None:
    problem, kind = decision.problems[0], decision.row.kind
    name = (problem.sentence, kind)
    result.held_back.setdefault(name, HeldBack(problem=problem, kind=kind)).sum.add(amount)


def _place(result: DryRun, location: str | None, wanted: Wanted) -> None:
    if isinstance(wanted, WantedInvoice | WantedPayment):
        sums = result.locations.setdefault(location or NO_LOCATION, {})
        sums.setdefault(wanted.kind, Sum()).add(amount_of(wanted))


def _post(result: DryRun, wanted: Wanted) -> None:
    chart = result.chart
    for posting in expected_postings(wanted):
        account = chart.account_by_code(posting.account_code)
        name = f"{posting.account_code} {account.name}" if account else posting.account_code
        sums = result.accounts.setdefault(name, AccountSum())
        sums.net += posting.net
        sums.tax += posting.tax
    if isinstance(wanted, WantedPayment):
        account = chart.account(wanted.account_id)
        name = f"{account.code or ''} {account.name}".strip() if account else wanted.account_id
        result.accounts.setdefault(name, AccountSum()).received += wanted.amount


def _changes(decision: Decision, amount: Decimal | None) -> list[tuple[str, Change]]:
    if not decision.effects:
        return []
    kinds = {effect.kind for effect in decision.effects}
    is_replaced = {EffectKind.DELETE_PAYMENT, EffectKind.CREATE_PAYMENT} <= kinds
    applied = decision.row.applied_content
    before = amount_of(wanted_from_content(applied)) if applied else None
    last = decision.effects[-1]
    after = amount_of(wanted_from_content(last.content)) if last.content else None
    change = Change(
        act=Act.REPLACE if is_replaced else _ACTS[last.kind],
        kind=decision.row.kind,
        before=before or ZERO,
        after=after or ZERO,
    )
    return [(str(decision.row.document_id), change)]


def _amounts(chunk: Sequence[Ahead]) -> dict[int, Decimal | None]:
    ids = [each.decision.row.document_id for each in chunk]
    return dict(Document.objects.filter(id__in=ids).values_list("id", "amount"))


def _chunks(found: Iterable[Ahead], size: int = 500) -> Iterable[list[Ahead]]:
    chunk: list[Ahead] = []
    for each in found:
        chunk.append(each)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _calls(result: DryRun, organisation: Organisation) -> Calls:
    counts = {kind: each.count for kind, each in result.writes.items()}
    writes = {kind: math.ceil(count / kind.batch_max) for kind, count in counts.items()}
    if not writes:
        return Calls(writes={}, reads=0)
    return Calls(writes=writes, reads=_reads(result, organisation, counts))


def _reads(result: DryRun, organisation: Organisation, counts: Mapping[EffectKind, int]) -> int:
    """The chart, a look around, each target before it is changed, and the verifying sweep.

    What an organisation we have never swept holds is not known yet: one page a kind is counted.
    """
    read_at = organisation.chart_read_at
    is_old = read_at is None or result.made_at - read_at > CHART_AGE_MAX
    swept = (
        organisation.contacts_swept_at,
        organisation.invoices_swept_at,
        organisation.payments_swept_at,
    )
    first_looks = sum(1 for at in swept if at is None)
    if organisation.contacts_swept_at and any(counts.get(kind) for kind in _ON_CONTACTS):
        first_looks += 1
    targets = sum(
        math.ceil(counts.get(kind, 0) / LOOK_AT_ONCE)
        for kind in (EffectKind.UPDATE_CONTACT, EffectKind.UPDATE_INVOICE, EffectKind.VOID_INVOICE)
    ) + counts.get(EffectKind.DELETE_PAYMENT, 0)
    return (CHART_CALLS if is_old else 0) + first_looks + targets + _verifying(counts)


def _verifying(counts: Mapping[EffectKind, int]) -> int:
    written = {
        kind: sum(count for effect, count in counts.items() if effect.document_kind is kind)
        for kind in (DocumentKind.INVOICE, DocumentKind.PAYMENT)
    }
    if not any(written.values()):
        return 0
    return sum(max(1, math.ceil(count / PAGE)) for count in written.values())


def _time(result: DryRun, organisation_id: int) -> None:
    found = CallBudget.objects.filter(organisation_id=organisation_id).first()
    if found is None:
        return
    result.duration = budget.time_for(result.calls.total, found, now=result.made_at)
    result.calls_left_today = budget.left_today(found, now=result.made_at)


def _in_order(writes: Mapping[EffectKind, Sum]) -> list[tuple[EffectKind, Sum]]:
    return [(kind, writes[kind]) for kind in EffectKind if kind in writes]


def _money(amount: Decimal, kind: DocumentKind) -> str | None:
    return None if kind is DocumentKind.CONTACT else str(amount)
