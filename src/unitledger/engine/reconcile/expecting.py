"""From a source record to what the books should hold of it, for a tie-out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from unitledger.core import handles
from unitledger.core.billing import Allocation, Invoice, Payment, Record, RecordKey, Tenant
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind, DocumentState, Wanted, wanted_from_content
from unitledger.core.mapping import Mapping as AccountMapping
from unitledger.core.problems import Problem, ProblemCode
from unitledger.core.translate import (
    check_allocations,
    translate_invoice,
    translate_payment,
    translate_tenant,
)
from unitledger.engine.reasons import problems_of
from unitledger.engine.reconcile.values import ZERO, Expected, Row
from unitledger.store.journal import Document

# (source, identifier type, value) → record id
InvoiceRecords = Mapping[tuple[str, str, str], int]


@dataclass(frozen=True, slots=True)
class Expecting:
    """What an expectation is made with. `chart` has nothing locked (`settled.as_it_was`)."""

    operator_key: str
    chart: Chart
    mappings: Mapping[int, AccountMapping]  # by version; a document keeps the one it was sent with

    def of(
        self,
        record: Record,
        *,
        record_id: int,
        version: int,
        is_void: bool,
        documents: Sequence[Document],
        elsewhere: Set[str],
        invoices: InvoiceRecords,
    ) -> Iterator[Expected]:
        """One expectation for a tenant or an invoice; one a part for a payment.

        `elsewhere` are the parts of a payment that settle invoices in another organisation.
        """
        about = _About(
            record_id=record_id, version=version, is_wanted=not is_void, elsewhere=elsewhere
        )
        match record:
            case Tenant():
                yield self._contact(record, about, _first(documents))
            case Invoice():
                yield self._invoice(record, about, _first(documents))
            case Payment():
                yield from self._payment(record, about, documents, invoices)

    def _contact(self, tenant: Tenant, about: _About, document: Document | None) -> Expected:
        mapping = self._mapping(document)
        translated = mapping and translate_tenant(tenant, mapping=mapping, taken_names=frozenset())
        return Expected(
            kind=DocumentKind.CONTACT,
            record_id=about.record_id,
            part="",
            version=about.version,
            is_wanted=about.is_wanted,
            label=f"Contact {tenant.number}",
            handles=() if mapping is None else (_contact_number(tenant.key, mapping),),
            amount=ZERO,
            wanted=translated.wanted if translated else None,
            problems=translated.problems if translated else _no_mapping(),
            row=_row(document),
        )

    def _invoice(self, invoice: Invoice, about: _About, document: Document | None) -> Expected:
        mapping = self._mapping(document)
        translated = mapping and translate_invoice(
            invoice, mapping=mapping, chart=self.chart, url=None, start_on=None
        )
        wanted = translated.wanted if translated else None
        return Expected(
            kind=DocumentKind.INVOICE,
            record_id=about.record_id,
            part="",
            version=about.version,
            is_wanted=about.is_wanted,
            label=f"Invoice {invoice.number}{self._foreign(invoice.currency, invoice.total)}",
            handles=(f"{mapping.invoice_prefix if mapping else ''}{invoice.number}",),
            amount=self._in_books_currency(invoice.currency, invoice.total),
            currency=invoice.currency,
            dated_on=invoice.issued_on,
            location=invoice.place.location,
            wanted=wanted or _as_sent(document, about.version),
            problems=translated.problems if translated else _no_mapping(),
            link_token=handles.link_token(operator=self.operator_key, key=invoice.key),
            contact_number=_contact_number(invoice.tenant, mapping) if mapping else None,
            row=_row(document),
        )

    def _payment(
        self,
        payment: Payment,
        about: _About,
        documents: Sequence[Document],
        invoices: InvoiceRecords,
    ) -> Iterator[Expected]:
        by_part = {each.part: each for each in documents}
        unallocated = by_part.pop("", None)
        for allocation in payment.allocations:
            key = allocation.invoice
            invoice_record = invoices.get((key.source, key.identifier_type, key.value))
            if str(invoice_record) in about.elsewhere:
                continue
            document = by_part.pop(str(invoice_record), None)
            yield self._part(payment, allocation, about, document, invoice_record)
        for document in by_part.values():
            yield self._removed_part(payment, about, document)
        if unallocated is not None or not about.elsewhere:
            yield from self._unallocated(payment, about, unallocated)

    def _part(
        self,
        payment: Payment,
        allocation: Allocation,
        about: _About,
        document: Document | None,
        invoice_record: int | None,
    ) -> Expected:
        mapping = self._mapping(document)
        tokens = self._tokens(payment.key, allocation.invoice.value, document)
        translated = mapping and translate_payment(
            payment,
            allocation,
            mapping=mapping,
            chart=self.chart,
            token=tokens[0],
            start_on=None,
        )
        wanted = translated.wanted if translated else None
        return Expected(
            kind=DocumentKind.PAYMENT,
            record_id=about.record_id,
            part="" if invoice_record is None else str(invoice_record),
            version=about.version,
            is_wanted=about.is_wanted,
            label=f"{_payment_label(payment)} on invoice {allocation.invoice.value}"
            f"{self._foreign(payment.currency, allocation.amount)}",
            handles=tokens,
            amount=self._in_books_currency(payment.currency, allocation.amount),
            currency=payment.currency,
            dated_on=payment.paid_on,
            location=payment.place.location,
            wanted=wanted or _as_sent(document, about.version),
            problems=translated.problems if translated else _no_mapping(),
            invoice_record_id=invoice_record,
            row=_row(document),
        )

    def _removed_part(self, payment: Payment, about: _About, document: Document) -> Expected:
        """A part the payment no longer has: the books should hold nothing for it."""
        sent = None
        if document.applied_content is not None:
            sent = wanted_from_content(document.applied_content)
        token = handles.token_of(getattr(sent, "reference", None))
        return Expected(
            kind=DocumentKind.PAYMENT,
            record_id=about.record_id,
            part=document.part,
            version=about.version,
            is_wanted=False,
            label=f"{_payment_label(payment)}, a part it no longer has",
            handles=() if token is None else (token,),
            amount=ZERO,
            currency=payment.currency,
            dated_on=payment.paid_on,
            location=payment.place.location,
            row=_row(document),
        )

    def _unallocated(
        self, payment: Payment, about: _About, document: Document | None
    ) -> Iterator[Expected]:
        """The rest of a payment that settles nothing: money of the source's all the same."""
        rest = payment.amount - sum((each.amount for each in payment.allocations), ZERO)
        if rest <= 0 or not about.is_wanted:
            return
        yield Expected(
            kind=DocumentKind.PAYMENT,
            record_id=about.record_id,
            part="unallocated",
            version=about.version,
            is_wanted=True,
            label=f"{_payment_label(payment)}, not allocated"
            f"{self._foreign(payment.currency, rest)}",
            handles=(),
            amount=self._in_books_currency(payment.currency, rest),
            currency=payment.currency,
            dated_on=payment.paid_on,
            location=payment.place.location,
            problems=check_allocations(payment),
            row=_row(document),
        )

    def _in_books_currency(self, currency: str, amount: Decimal) -> Decimal:
        """Money of another currency is named, and never added to the books' own."""
        return amount if currency == self.chart.facts.currency else ZERO

    def _foreign(self, currency: str, amount: Decimal) -> str:
        return "" if currency == self.chart.facts.currency else f" ({currency} {amount})"

    def _tokens(self, key: RecordKey, part: str, document: Document | None) -> Sequence[str]:
        """The tokens of every incarnation the payment may have had, the current one first.

        One more than our row counts: the next may be on its way.
        """
        current = document.incarnation if document else 1
        order = [current, current + 1, *range(current - 1, 0, -1)]
        return [
            handles.token(operator=self.operator_key, key=key, part=part, incarnation=each)
            for each in order
        ]

    def _mapping(self, document: Document | None) -> AccountMapping | None:
        """The mapping a document was sent with; the newest for what was not sent."""
        if not self.mappings:
            return None
        if document is not None and document.applied_version and document.mapping_version:
            kept = self.mappings.get(document.mapping_version)
            if kept is not None:
                return kept
        return self.mappings[max(self.mappings)]


@dataclass(frozen=True, slots=True)
class _About:
    record_id: int
    version: int
    is_wanted: bool
    elsewhere: Set[str]


def _first(documents: Sequence[Document]) -> Document | None:
    return documents[0] if documents else None


def _row(document: Document | None) -> Row | None:
    if document is None:
        return None
    return Row(
        document_id=document.pk,
        state=DocumentState(document.state),
        problems=problems_of(document.problems),
        applied_version=document.applied_version,
        xero_id=document.xero_id,
        last_attempt_at=document.last_attempt_at,
    )


def _as_sent(document: Document | None, version: int) -> Wanted | None:
    """What was sent for this very version, where today's chart no longer lets us work it out."""
    if document is None or document.applied_version != version:
        return None
    content = document.applied_content
    return None if content is None else wanted_from_content(content)


def _no_mapping() -> tuple[Problem, ...]:
    return (Problem.of(ProblemCode.NO_MAPPING, organisation="this organisation"),)


def _contact_number(key: RecordKey, mapping: AccountMapping) -> str:
    return handles.contact_number(prefix=mapping.contact_prefix, key=key)


def _payment_label(payment: Payment) -> str:
    return f"Payment {payment.number or payment.key.value}"
