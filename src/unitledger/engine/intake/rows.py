"""Write what a chunk decided: records, names, versions, and the typed rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from unitledger.core.billing import Invoice, Payment, RecordKey, RecordKind, Tenant
from unitledger.engine.intake.catalogue import Catalogue
from unitledger.engine.intake.copying import allocate_ids, copy_rows, update_rows
from unitledger.engine.intake.decide import Version
from unitledger.engine.intake.identities import Known
from unitledger.store.base import new_public_id
from unitledger.store.billing import Allocation as AllocationRow
from unitledger.store.billing import Invoice as InvoiceRow
from unitledger.store.billing import InvoiceLine as InvoiceLineRow
from unitledger.store.billing import Payment as PaymentRow
from unitledger.store.billing import Tenant as TenantRow
from unitledger.store.records import RecordIdentifier, RecordVersion, SourceRecord

TENANT_COLUMNS = ("number", "name", "email", "phone")
INVOICE_COLUMNS = (
    "number",
    "tenant_record_id",
    "location_id",
    "building_id",
    "unit_id",
    "issued_on",
    "due_on",
    "currency",
    "prices_include_tax",
    "total",
)
PAYMENT_COLUMNS = (
    "number",
    "tenant_record_id",
    "location_id",
    "method_id",
    "paid_on",
    "currency",
    "amount",
)
LINE_COLUMNS = (
    "operator_id",
    "invoice_id",
    "position",
    "charge_id",
    "description",
    "quantity",
    "unit_price",
    "amount",
    "tax_percent",
    "tax_amount",
    "period_start_on",
    "period_end_on",
)


class Ids:
    """The record behind each primary key of a chunk."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._ids = {each.primary: each.record_id for each in known}

    def __getitem__(self, key: RecordKey) -> int:
        return self._ids[key]


def newest(versions: Iterable[Version]) -> list[Version]:
    """The last version of each record: the one its rows show."""
    return list({id(version.known): version for version in versions}.values())


def write_records(
    *,
    operator_id: int,
    versions: Sequence[Version],
    touched: Iterable[Known],
    arrival_ids: Sequence[int],
    now: datetime,
) -> None:
    """Source records with their names and versions; gives new records their row numbers."""
    current = newest(versions)
    new = [version for version in current if version.known.is_new]
    record_ids = allocate_ids(SourceRecord, len(new))
    for version, record_id in zip(new, record_ids, strict=True):
        version.known.record_id = record_id
    copy_rows(
        SourceRecord,
        (
            "id",
            "operator_id",
            "public_id",
            "kind",
            "version",
            "content_hash",
            "is_void",
            "changed_at",
        ),
        (
            (
                each.known.record_id,
                operator_id,
                new_public_id(),
                str(each.known.kind),
                each.number,
                each.digest,
                _is_void(each),
                now,
            )
            for each in new
        ),
    )
    update_rows(
        SourceRecord,
        ("version", "content_hash", "is_void", "changed_at"),
        [
            (each.known.record_id, each.number, each.digest, _is_void(each), now)
            for each in current
            if not each.known.is_new
        ],
    )
    _write_names(operator_id=operator_id, touched=touched)
    copy_rows(
        RecordVersion,
        ("operator_id", "record_id", "version", "content", "arrival_id", "received_at"),
        (
            (
                operator_id,
                each.known.record_id,
                each.number,
                each.text,
                arrival_ids[each.arrival],
                now,
            )
            for each in versions
        ),
    )


def _write_names(*, operator_id: int, touched: Iterable[Known]) -> None:
    copy_rows(
        RecordIdentifier,
        ("operator_id", "record_id", "source", "kind", "identifier_type", "value"),
        (
            (
                operator_id,
                known.record_id,
                key.source,
                str(key.kind),
                key.identifier_type,
                key.value,
            )
            for known in touched
            for key in known.new_keys
        ),
    )


def write_typed_rows(
    *, operator_id: int, versions: Sequence[Version], ids: Ids, catalogue: Catalogue
) -> None:
    """The current version of each record, laid out to be queried."""
    current = newest(versions)
    _write_tenants(operator_id, [each for each in current if each.known.kind is RecordKind.TENANT])
    _write_invoices(operator_id, current, ids, catalogue)
    _write_payments(operator_id, current, ids, catalogue)


def _write_tenants(operator_id: int, versions: Sequence[Version]) -> None:
    rows = [
        (each.known, (tenant.number, tenant.name, tenant.email, tenant.phone))
        for each in versions
        if isinstance(tenant := each.record, Tenant)
    ]
    _put(TenantRow, TENANT_COLUMNS, operator_id, rows)


def _write_invoices(
    operator_id: int, versions: Sequence[Version], ids: Ids, catalogue: Catalogue
) -> None:
    invoices = [
        (each.known, invoice) for each in versions if isinstance(invoice := each.record, Invoice)
    ]
    rows = [(known, _invoice_values(invoice, ids, catalogue)) for known, invoice in invoices]
    _put(InvoiceRow, INVOICE_COLUMNS, operator_id, rows)
    changed = [known.record_id for known, _ in invoices if not known.is_new]
    InvoiceLineRow.objects.filter(operator_id=operator_id, invoice_id__in=changed).delete()
    copy_rows(
        InvoiceLineRow,
        LINE_COLUMNS,
        (
            (
                operator_id,
                known.record_id,
                position,
                catalogue.charges[str(line.charge_type), line.charge_code],
                line.description,
                line.quantity,
                line.unit_price,
                line.amount,
                line.tax_percent,
                line.tax_amount,
                line.period_start_on,
                line.period_end_on,
            )
            for known, invoice in invoices
            for position, line in enumerate(invoice.lines, start=1)
        ),
    )


def _invoice_values(invoice: Invoice, ids: Ids, catalogue: Catalogue) -> tuple[object, ...]:
    return (
        invoice.number,
        ids[invoice.tenant],
        catalogue.location_id(invoice.place),
        catalogue.building_id(invoice.place),
        catalogue.unit_id(invoice.place),
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        invoice.prices_include_tax,
        invoice.total,
    )


def _write_payments(
    operator_id: int, versions: Sequence[Version], ids: Ids, catalogue: Catalogue
) -> None:
    payments = [
        (each.known, payment) for each in versions if isinstance(payment := each.record, Payment)
    ]
    rows = [(known, _payment_values(payment, ids, catalogue)) for known, payment in payments]
    _put(PaymentRow, PAYMENT_COLUMNS, operator_id, rows)
    changed = [known.record_id for known, _ in payments if not known.is_new]
    AllocationRow.objects.filter(operator_id=operator_id, payment_id__in=changed).delete()
    copy_rows(
        AllocationRow,
        ("operator_id", "payment_id", "invoice_record_id", "amount"),
        (
            (operator_id, known.record_id, ids[each.invoice], each.amount)
            for known, payment in payments
            for each in payment.allocations
        ),
    )


def _payment_values(payment: Payment, ids: Ids, catalogue: Catalogue) -> tuple[object, ...]:
    return (
        payment.number,
        ids[payment.tenant],
        catalogue.location_id(payment.place),
        catalogue.methods[payment.method],
        payment.paid_on,
        payment.currency,
        payment.amount,
    )


def _put(
    model: type[TenantRow] | type[InvoiceRow] | type[PaymentRow],
    columns: Sequence[str],
    operator_id: int,
    rows: Sequence[tuple[Known, tuple[object, ...]]],
) -> None:
    copy_rows(
        model,
        ("record_id", "operator_id", *columns),
        ((known.record_id, operator_id, *values) for known, values in rows if known.is_new),
    )
    update_rows(
        model,
        columns,
        [(known.record_id, *values) for known, values in rows if not known.is_new],
        key="record_id",
    )


def _is_void(version: Version) -> bool:
    return not isinstance(version.record, Tenant) and version.record.is_void
