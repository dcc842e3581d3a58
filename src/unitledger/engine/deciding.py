"""What one document needs: translated, compared, and turned into intended writes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from unitledger.core.billing import Allocation, Invoice, Payment, RecordKey, Tenant, from_content
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
from unitledger.engine.tools import Tools

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
class Row:
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
    priority: int
    content: dict[str, Any]
    payer: str | None = None  # the tenant's name, of a payment
    is_overwriting: bool = False  # a person said: ours, over what was changed in the books


@dataclass(slots=True)
class Decision:
    """What is to be written for one document."""

    row: Row
    state: DocumentState
    problems: Sequence[Problem] = ()
    handle: str | None = None
    link: str | None = None
    incarnation: int = 1
    effects: Sequence[PlannedEffect] = ()
    notes: Sequence[str] | None = None  # None: nothing is written, what was noted still holds


@dataclass(frozen=True, slots=True)
class PlannedEffect:
    kind: EffectKind
    handle: str
    payload: str
    content: dict[str, Any] | None
    total: str | None
    target_id: str | None
    incarnation: int


@dataclass(slots=True)
class Chunk:
    rows: Sequence[Row]
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


def decide(row: Row, chunk: Chunk, *, tools: Tools, ground: Ground) -> Decision:
    """What one document needs. Pure but for rendering, which is pure too."""
    record = from_content(row.content)
    wanted: Wanted | None = None
    link: str | None = None
    incarnation = row.incarnation
    notes: Sequence[str] = ()
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
        if _is_voided_for_good(row):
            return _blocked(row, [Problem.of(ProblemCode.VOIDED_IN_BOOKS)])
        wanted = translation.wanted
        notes = translation.notes
    change = compare(
        kind=row.kind,
        version=row.wanted_version,
        wanted=wanted,
        applied=_applied(row),
        books=None,
        chart=ground.chart,
        is_overwriting=row.is_overwriting,
    )
    if change.act is Act.CONFLICT and change.problem is not None:
        return _blocked(row, [change.problem])
    if change.act is Act.LEAVE:
        return Decision(row=row, state=DocumentState.SYNCED, incarnation=row.incarnation)
    handle = _handle_of(wanted)
    effects = [
        _planned(kind, wanted=wanted, handle=handle, row=row, incarnation=incarnation, tools=tools)
        for kind in change.effects
    ]
    if isinstance(wanted, WantedContact):
        chunk.taken_names[name_key(wanted.name)] = row.document_id
    return Decision(
        row=row,
        state=DocumentState.QUEUED if row.applied_version == 0 else DocumentState.CHANGED,
        handle=handle,
        link=link if row.kind is DocumentKind.INVOICE else None,
        incarnation=incarnation,
        effects=effects,
        notes=notes,
    )


def _translate(
    record: Tenant | Invoice | Payment,
    row: Row,
    chunk: Chunk,
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
    if not row.part:
        rest = record.amount - sum((each.amount for each in record.allocations), Decimal(0))
        problem = Problem.of(ProblemCode.PAYMENT_UNALLOCATED, amount=rest)
        return Translation(wanted=None, problems=(problem,))
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
        payer=row.payer,
    )


def _allocation(payment: Payment, row: Row, chunk: Chunk) -> Allocation | None:
    for each in payment.allocations:
        if chunk.invoice_records.get(each.invoice) == int(row.part):
            return each
    return None


def _is_voided_for_good(row: Row) -> bool:
    """Whether we voided it ourselves: Xero gives the number of a voided invoice to no other."""
    is_void = row.xero_id is not None and row.applied_content is None
    return is_void and row.kind is DocumentKind.INVOICE


def _applied(row: Row) -> Applied | None:
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
    row: Row,
    incarnation: int,
    tools: Tools,
) -> PlannedEffect:
    writes_content = kind not in (EffectKind.VOID_INVOICE, EffectKind.DELETE_PAYMENT)
    target = None if kind.is_create else row.xero_id
    total = amount_of(wanted) if writes_content and wanted is not None else None
    return PlannedEffect(
        kind=kind,
        # An update, a void and a deletion are answered under the object's id.
        handle=(handle if kind.is_create else target) or "",
        payload=tools.books.render(wanted) if writes_content and wanted is not None else "{}",
        content=wanted_to_content(wanted) if writes_content and wanted is not None else None,
        total=None if total is None else format(total, "f"),
        target_id=target,
        incarnation=incarnation,
    )


def _blocked(row: Row, problems: Sequence[Problem]) -> Decision:
    codes = {problem.code for problem in problems}
    if ProblemCode.BEFORE_START in codes:
        state = DocumentState.OUT_OF_SCOPE
    elif ProblemCode.METHOD_NOT_POSTED in codes and row.applied_version == 0:
        state = DocumentState.SKIPPED
    elif codes & _DRIFTS:
        state = DocumentState.DRIFTED
    else:
        state = DocumentState.NEEDS_ATTENTION
    return Decision(row=row, state=state, problems=problems, incarnation=row.incarnation)
