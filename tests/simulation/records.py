"""From what was told to the records that intake takes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.business import LOCATION, source_key
from tests.simulation.told import Told, ToldInvoice, ToldPayment
from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKind,
    Tenant,
)

PLACE = Place(location=LOCATION, unit="B114")
CHARGES = (ChargeType.RENT, ChargeType.FEE, ChargeType.MERCHANDISE)


def tenant_record(key: str, name: str) -> Tenant:
    return Tenant(key=source_key(RecordKind.TENANT, key), name=name, number=key)


def invoice_record(told: ToldInvoice) -> Invoice:
    return Invoice(
        key=source_key(RecordKind.INVOICE, told.number),
        number=told.number,
        tenant=source_key(RecordKind.TENANT, told.tenant),
        place=PLACE,
        issued_on=told.on,
        due_on=told.on + timedelta(days=14),
        currency="GBP",
        prices_include_tax=True,
        lines=tuple(
            _line(cents, CHARGES[position % len(CHARGES)])
            for position, cents in enumerate(told.lines)
        ),
        total=_money(told.cents),
        is_void=told.is_void,
    )


def payment_record(told: ToldPayment) -> Payment:
    return Payment(
        key=source_key(RecordKind.PAYMENT, told.receipt),
        number=told.receipt,
        tenant=source_key(RecordKind.TENANT, told.tenant),
        place=PLACE,
        paid_on=told.on,
        method=told.method,
        currency="GBP",
        amount=_money(sum(cents for _, cents in told.parts)),
        allocations=tuple(
            Allocation(invoice=source_key(RecordKind.INVOICE, number), amount=_money(cents))
            for number, cents in told.parts
        ),
        is_void=told.is_void,
    )


def every_record(told: Told) -> list[Record]:
    """All that was told so far, as one full export of the source would say it."""
    return [
        *(tenant_record(key, name) for key, name in told.tenants.items()),
        *(invoice_record(each) for each in told.invoices.values()),
        *(payment_record(each) for each in told.payments.values()),
    ]


def _line(cents: int, charge: ChargeType) -> InvoiceLine:
    return InvoiceLine(
        charge_type=charge,
        description=charge.value.capitalize(),
        quantity=Decimal(1),
        unit_price=_money(cents),
        amount=_money(cents),
        tax_percent=Decimal(20),
        unit="B114",
    )


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
