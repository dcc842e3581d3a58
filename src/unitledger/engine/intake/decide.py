"""Row by row, in memory: taken in or refused, and what that makes of each record.

The rows of a chunk are decided in their order, so that a row may lean on an earlier one of
the same chunk; a refused row leaves no trace for the later ones to lean on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from unitledger.core.arrivals import Arrived, Change, Outcome, RecordResult, RowResult
from unitledger.core.billing import (
    Invoice,
    Payment,
    Record,
    RecordKey,
    Tenant,
    content_hash,
    content_text,
    text_hash,
    to_content,
)
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.engine.intake.checks import Limits, check
from unitledger.engine.intake.differences import differences
from unitledger.engine.intake.identities import Known

Settled = TypeVar("Settled", Invoice, Payment)
CHANGES_NAMED_MAX = 5  # in a sentence; results carry all of them
_POSITION = re.compile(r"\[\d+\]")


@dataclass(slots=True)
class Version:
    """One new version of a record, to be written with the chunk."""

    known: Known
    record: Record  # its references in their primary keys
    content: dict[str, Any]
    text: str  # the content as it is stored
    digest: bytes
    number: int
    arrival: int  # position in the chunk


@dataclass(slots=True)
class Decided:
    """What one record of a row comes to, before the old contents are at hand."""

    key: RecordKey
    known: Known
    outcome: Outcome
    version: Version | None = None
    against: Version | None = None  # an earlier version within this chunk
    against_stored: int = 0  # or the stored version it differs from
    is_repeat: bool = False


@dataclass(slots=True)
class Row:
    arrived: Arrived
    refusals: list[Refusal] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    conflicts: list[Decided] = field(default_factory=list)  # a key of this file, other content


class Chunk:
    """The decisions about one chunk of arrivals."""

    def __init__(self, *, known: dict[RecordKey, Known], limits: Limits, one_file: bool) -> None:
        self._known = known
        self._limits = limits
        self._one_file = one_file  # a key stands for one content throughout
        self._latest: dict[int, Version] = {}  # id() of Known → its newest version of this chunk
        self.rows: list[Row] = []
        self.versions: list[Version] = []

    def decide(self, arrived: Arrived) -> None:
        row = Row(arrived=arrived, refusals=list(arrived.refusals))
        self.rows.append(row)
        for record in arrived.records:
            row.refusals.extend(_of_columns(check(record, limits=self._limits), arrived))
        if not row.refusals:
            self._resolve(row, position=len(self.rows) - 1)

    def _resolve(self, row: Row, *, position: int) -> None:
        mine: dict[RecordKey, Known] = {}  # what this row adds
        for record in row.arrived.records:
            decided = self._record(record, row, mine, position=position)
            if decided is not None:
                row.decided.append(decided)
        if row.refusals or row.conflicts:
            row.decided.clear()
            return
        self._known.update(mine)
        for decided in row.decided:
            decided.known.was_seen = True
            self._accept(decided, mine)

    def _accept(self, decided: Decided, mine: Mapping[RecordKey, Known]) -> None:
        known = decided.known
        known.new_keys.extend(
            key for key, owner in mine.items() if owner is known and key not in known.new_keys
        )
        if decided.version is not None:
            self._latest[id(known)] = decided.version
            known.content_hash = decided.version.digest
            self.versions.append(decided.version)

    def _record(
        self, record: Record, row: Row, mine: dict[RecordKey, Known], *, position: int
    ) -> Decided | None:
        known = self._identify(record, row, mine)
        if known is None:
            return None
        settled = self._settle(record, known, row, mine)
        if settled is None:
            return None
        content = to_content(settled)
        text = content_text(content)
        digest = text_hash(text) if not content["other_keys"] else _hash_without_names(content)
        in_row = _version_in(row, known)
        if (in_row.digest if in_row else known.content_hash) == digest:
            return Decided(
                key=record.key, known=known, outcome=Outcome.UNCHANGED, is_repeat=known.was_seen
            )
        latest = in_row or self._latest.get(id(known))
        newest = latest.number if latest else known.version
        decided = Decided(
            key=record.key,
            known=known,
            outcome=Outcome.CHANGED if newest else Outcome.CREATED,
            version=Version(known, settled, content, text, digest, newest + 1, position),
            against=latest,
            against_stored=0 if latest else known.version,
        )
        if newest and (in_row or (known.was_seen and self._one_file)):
            row.conflicts.append(decided)
            return None
        return decided

    def _identify(self, record: Record, row: Row, mine: dict[RecordKey, Known]) -> Known | None:
        """The record these keys name, known or new; None where they name several."""
        keys = (record.key, *record.other_keys)
        owners = {id(each): each for key in keys if (each := self._find(key, mine))}
        if len(owners) > 1:
            names = ", ".join(str(each.primary) for each in owners.values())
            refusal = refuse(
                Rule.KEYS_OF_TWO_RECORDS,
                f"{record.kind}.key",
                kind=record.kind,
                count=len(owners),
                keys=names,
            )
            _refuse(row, refusal)
            return None
        known = next(iter(owners.values()), None) or Known(kind=record.kind, primary=record.key)
        for key in keys:
            if self._find(key, mine) is None:
                mine[key] = known
        return known

    def _find(self, key: RecordKey, mine: Mapping[RecordKey, Known]) -> Known | None:
        return mine.get(key) or self._known.get(key)

    def _settle(
        self, record: Record, known: Known, row: Row, mine: Mapping[RecordKey, Known]
    ) -> Record | None:
        """The record under primary keys, so that its content does not depend on the channel."""
        if record.key != known.primary:
            others = [key for key in (record.key, *record.other_keys) if key != known.primary]
            record = replace(record, key=known.primary, other_keys=tuple(others))
        match record:
            case Tenant():
                return record
            case Invoice():
                return self._with_tenant(record, row, mine)
            case Payment():
                with_tenant = self._with_tenant(record, row, mine)
                return with_tenant and self._with_invoices(with_tenant, row, mine)

    def _with_tenant(
        self, record: Settled, row: Row, mine: Mapping[RecordKey, Known]
    ) -> Settled | None:
        tenant = self._find(record.tenant, mine)
        if tenant is None:
            refusal = refuse(
                Rule.TENANT_UNKNOWN,
                f"{record.kind}.tenant",
                kind=record.kind,
                tenant=record.tenant.value,
            )
            _refuse(row, refusal)
            return None
        return record if tenant.primary == record.tenant else replace(record, tenant=tenant.primary)

    def _with_invoices(
        self, payment: Payment, row: Row, mine: Mapping[RecordKey, Known]
    ) -> Payment | None:
        allocations = []
        for each in payment.allocations:
            invoice = self._find(each.invoice, mine)
            if invoice is None:
                refusal = refuse(
                    Rule.INVOICE_UNKNOWN,
                    "payment.allocations",
                    kind=payment.kind,
                    invoice=each.invoice.value,
                )
                _refuse(row, refusal)
                return None
            same = invoice.primary == each.invoice
            allocations.append(each if same else replace(each, invoice=invoice.primary))
        if tuple(allocations) == tuple(payment.allocations):
            return payment
        return replace(payment, allocations=tuple(allocations))

    def reading(self) -> dict[int, int]:
        """The stored versions that results compare with: record id → version."""
        compared = [decided for row in self.rows for decided in row.decided]
        compared += [decided for row in self.rows for decided in row.conflicts]
        return {
            each.known.record_id: each.against_stored for each in compared if each.against_stored
        }

    def results(self, stored: Mapping[int, Mapping[str, Any]]) -> list[RowResult]:
        """One result a row. `stored` are the contents that `reading` asked for."""
        for row in self.rows:
            row.refusals.extend(
                refusal
                for decided in row.conflicts
                for refusal in _of_columns(_conflict(decided, stored), row.arrived)
            )
        return [_result(row, stored) for row in self.rows]


def _refuse(row: Row, refusal: Refusal) -> None:
    row.refusals.extend(_of_columns([refusal], row.arrived))


def _hash_without_names(content: Mapping[str, Any]) -> bytes:
    """Further names of a record are not part of what it says."""
    return content_hash({**content, "other_keys": []})


def _of_columns(refusals: Iterable[Refusal], arrived: Arrived) -> Iterator[Refusal]:
    """Name the file's column where the source said which one a field came from."""
    columns = arrived.fields or {}
    for refusal in refusals:
        column = columns.get(refusal.field) or columns.get(_POSITION.sub("", refusal.field))
        if column is None:
            yield refusal
        else:
            message = refusal.message.replace(refusal.field, column)
            yield replace(refusal, field=column, message=message)


def _version_in(row: Row, known: Known) -> Version | None:
    """What an earlier record of the same row makes of this one."""
    return next((each.version for each in row.decided if each.known is known), None)


def _conflict(decided: Decided, stored: Mapping[int, Mapping[str, Any]]) -> Iterator[Refusal]:
    assert decided.version is not None
    changes = differences(_old(decided, stored), decided.version.content)
    kind = decided.known.kind
    yield refuse(
        Rule.SAME_KEY_TWICE,
        f"{kind}.key",
        kind=kind,
        key=f"{kind} {decided.key.value}",
        differences="; ".join(str(change) for change in changes[:CHANGES_NAMED_MAX]),
    )


def _old(decided: Decided, stored: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Any]:
    if decided.against is not None:
        return decided.against.content
    return stored[decided.known.record_id]


def _result(row: Row, stored: Mapping[int, Mapping[str, Any]]) -> RowResult:
    number = row.arrived.row_number
    if row.refusals:
        return RowResult(row_number=number, records=_refused(row), refusals=_once(row.refusals))
    return RowResult(
        row_number=number,
        records=tuple(
            RecordResult(
                kind=decided.known.kind,
                key=decided.key,
                outcome=decided.outcome,
                changes=_changes(decided, stored),
                is_repeat=decided.is_repeat,
            )
            for decided in row.decided
        ),
    )


def _once(refusals: Sequence[Refusal]) -> tuple[Refusal, ...]:
    """One cell may feed several fields of several records: what is wrong with it is said once."""
    return tuple({(each.rule, each.field, each.message): each for each in refusals}.values())


def _refused(row: Row) -> tuple[RecordResult, ...]:
    keys = {record.kind: record.key for record in row.arrived.records}
    kinds = row.arrived.kinds or [record.kind for record in row.arrived.records]
    return tuple(RecordResult(kind, keys.get(kind), Outcome.REFUSED) for kind in kinds)


def _changes(decided: Decided, stored: Mapping[int, Mapping[str, Any]]) -> Sequence[Change]:
    if decided.outcome is not Outcome.CHANGED or decided.version is None:
        return ()
    return differences(_old(decided, stored), decided.version.content)
