"""The source's side of a tie-out: what the books should hold, read from the source's records.

It is worked out from the newest version of every record, not from what our documents say was
done. Of a document only its scope, its mapping version and its explanations are taken; so a
wrong row of ours cannot hide a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import F

from unitledger.core.billing import Record, RecordKind, from_content
from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.expecting import Expecting, InvoiceRecords
from unitledger.engine.reconcile.scope import Scope
from unitledger.engine.reconcile.values import Expected
from unitledger.store.journal import Document
from unitledger.store.records import RecordIdentifier, RecordVersion

CHUNK = 1000
_RECORD_KIND = {
    DocumentKind.CONTACT: RecordKind.TENANT,
    DocumentKind.INVOICE: RecordKind.INVOICE,
    DocumentKind.PAYMENT: RecordKind.PAYMENT,
}


class _Version(NamedTuple):
    record_id: int
    version: int
    is_void: bool
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceSide:
    """The operator's records that belong to one organisation, as expectations."""

    operator_id: int
    scope: Scope
    expecting: Expecting

    def chunks(self, kind: DocumentKind) -> Iterator[Sequence[Expected]]:
        """Every expectation of a kind, about a thousand at a time, in the records' order."""
        after = 0
        while versions := self._versions(kind, after=after):
            after = versions[-1].record_id
            yield list(self._expected(kind, versions))

    def _versions(self, kind: DocumentKind, *, after: int) -> Sequence[_Version]:
        found = RecordVersion.objects.filter(
            operator_id=self.operator_id,
            record__operator_id=self.operator_id,
            record__kind=_RECORD_KIND[kind],
            record_id__gt=after,
            version=F("record__version"),
        )
        columns = found.order_by("record_id").values_list(
            "record_id", "version", "record__is_void", "content"
        )
        return [_Version(*each) for each in columns[:CHUNK]]

    def _expected(self, kind: DocumentKind, versions: Sequence[_Version]) -> Iterator[Expected]:
        documents = _documents(kind, [each.record_id for each in versions])
        records = {each.record_id: from_content(each.content) for each in versions}
        invoices = _invoice_records(self.operator_id, records.values())
        for each in versions:
            record = records[each.record_id]
            mine = self._mine(documents[each.record_id], record)
            if mine is None:
                continue
            yield from self.expecting.of(
                record,
                record_id=each.record_id,
                version=each.version,
                is_void=each.is_void,
                documents=mine,
                elsewhere=self._elsewhere(documents[each.record_id], mine),
                invoices=invoices,
            )

    def _elsewhere(self, documents: Sequence[Document], mine: Sequence[Document]) -> Set[str]:
        here = {each.part for each in mine}
        return {each.part for each in documents if each.organisation_id is not None} - here

    def _mine(self, documents: Sequence[Document], record: Record) -> Sequence[Document] | None:
        """The record's documents for this organisation; None where it belongs to another."""
        bound = [each for each in documents if each.organisation_id == self.scope.organisation_id]
        if bound:
            return bound
        unbound = [each for each in documents if each.organisation_id is None]
        if documents and not unbound:
            return None
        location = getattr(record, "place", None)
        day = getattr(record, "issued_on", None) or getattr(record, "paid_on", None)
        is_here = self.scope.has(location=location.location if location else None, day=day)
        return unbound if is_here else None


def _documents(kind: DocumentKind, record_ids: Sequence[int]) -> Mapping[int, list[Document]]:
    found: dict[int, list[Document]] = defaultdict(list)
    for each in Document.objects.filter(record_id__in=record_ids, kind=kind).order_by("id"):
        found[each.record_id].append(each)
    return found


def _invoice_records(operator_id: int, records: Iterable[Record]) -> InvoiceRecords:
    """Our records of the invoices that payments name by their source's keys."""
    named = {
        allocation.invoice
        for record in records
        for allocation in getattr(record, "allocations", ())
    }
    if not named:
        return {}
    found = RecordIdentifier.objects.filter(
        operator_id=operator_id,
        kind=RecordKind.INVOICE,
        value__in={key.value for key in named},
    )
    columns = found.values_list("source", "identifier_type", "value", "record_id")
    return {(source, type_, value): record for source, type_, value, record in columns}
