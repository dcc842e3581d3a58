"""Writing the fictional business's invoices and payments as its storage software would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    RecordKey,
    RecordKind,
    Tenant,
)
from unitledger.core.money import cents
from unitledger.demo.cast import CURRENCY, SOURCE

VAT = Decimal(20)
NO_TAX = Decimal(0)
DUE_AFTER = timedelta(days=7)
FIRST_INVOICE = 24001
FIRST_RECEIPT = 51001


@dataclass(frozen=True, slots=True)
class Charge:
    """One line before it has a place on an invoice. The price includes tax."""

    charge_type: ChargeType
    description: str
    price: Decimal
    tax_percent: Decimal = VAT
    quantity: int = 1
    code: str | None = None
    start_on: date | None = None
    end_on: date | None = None


@dataclass(slots=True)
class Ledger:
    """Numbers documents in the order in which they are written."""

    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    paid: dict[RecordKey, Decimal] = field(default_factory=dict)  # by invoice
    first_invoice: int = FIRST_INVOICE

    def bill(self, tenant: Tenant, place: Place, charges: Sequence[Charge], *, on: date) -> Invoice:
        number = f"INV-{self.first_invoice + len(self.invoices)}"
        lines = tuple(_line(charge, place) for charge in charges)
        invoice = Invoice(
            key=RecordKey(SOURCE, RecordKind.INVOICE, "number", number),
            number=number,
            tenant=tenant.key,
            place=place,
            issued_on=on,
            due_on=on + DUE_AFTER,
            currency=CURRENCY,
            prices_include_tax=True,
            lines=lines,
            total=sum((line.amount for line in lines), Decimal("0.00")),
        )
        self.invoices.append(invoice)
        return invoice

    def receive(
        self,
        tenant: Tenant,
        place: Place,
        parts: Sequence[tuple[Invoice, Decimal]],
        *,
        method: str,
        on: date,
    ) -> Payment:
        """One payment over one or several invoices."""
        number = f"RC-{FIRST_RECEIPT + len(self.payments)}"
        payment = Payment(
            key=RecordKey(SOURCE, RecordKind.PAYMENT, "number", number),
            number=number,
            tenant=tenant.key,
            place=place,
            paid_on=on,
            method=method,
            currency=CURRENCY,
            amount=sum((amount for _, amount in parts), Decimal("0.00")),
            allocations=tuple(
                Allocation(invoice=invoice.key, amount=amount) for invoice, amount in parts
            ),
        )
        self.payments.append(payment)
        for invoice, amount in parts:
            self.paid[invoice.key] = self.paid.get(invoice.key, Decimal("0.00")) + amount
        return payment


def _line(charge: Charge, place: Place) -> InvoiceLine:
    amount = cents(charge.price * charge.quantity)
    return InvoiceLine(
        charge_type=charge.charge_type,
        description=charge.description,
        quantity=Decimal(charge.quantity),
        unit_price=charge.price,
        amount=amount,
        charge_code=charge.code,
        tax_name="VAT" if charge.tax_percent else "No VAT",
        tax_percent=charge.tax_percent,
        tax_amount=amount - cents(amount / (1 + charge.tax_percent / 100)),
        unit=place.unit if charge.start_on else None,
        period_start_on=charge.start_on,
        period_end_on=charge.end_on,
    )
