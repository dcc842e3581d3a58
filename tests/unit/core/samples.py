"""Small samples of what a source says and of a British organisation's chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
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
from unitledger.core.chart import (
    Account,
    Chart,
    OrganisationFacts,
    TaxRate,
    TrackingCategory,
)
from unitledger.core.mapping import (
    ChargeRule,
    Dimension,
    Mapping,
    MethodRule,
    TrackingRule,
)

READ_AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
UK_TAXES = (("20", "OUTPUT2"), ("0", "NONE"))


def key(kind: RecordKind, value: str) -> RecordKey:
    return RecordKey(source="6storage", kind=kind, identifier_type="number", value=value)


def account(code: str, name: str, type: str = "REVENUE", **changes: object) -> Account:
    plain = Account(
        account_id=f"id-{code}",
        code=code,
        name=name,
        type=type,
        is_active=True,
        takes_payments=type == "BANK",
    )
    return replace(plain, **changes)


def rate(tax_type: str, percent: str, *, sales: bool = True, active: bool = True) -> TaxRate:
    return TaxRate(
        tax_type=tax_type,
        name=f"{tax_type} {percent}%",
        percent=Decimal(percent),
        is_active=active,
        applies_to_revenue=sales,
        applies_to_liabilities=True,
        applies_to_expenses=not sales or tax_type == "NONE",
        applies_to_assets=True,
        applies_to_equity=True,
    )


def chart(**changes: object) -> Chart:
    plain = Chart(
        facts=facts(),
        accounts=(
            account("090", "Business Bank Account", "BANK"),
            account("9000", "Clearing - Cards", "BANK"),
            account("9020", "Undeposited Cash and Cheques", "BANK"),
            account("9050", "Old Bank", "BANK", is_active=False),
            account("200", "Sales"),
            account("2000", "Storage Rent"),
            account("2100", "Insurance and Content Cover", tax_type="EXEMPTOUTPUT"),
            account("2200", "Merchandise Sales"),
            account("469", "Rent", "EXPENSE"),
            account("610", "Accounts Receivable", "CURRENT", system="DEBTORS"),
            account("640", "Petty Cash", "CURRENT", takes_payments=True),
            account("4020", "Rounding Differences", "EXPENSE"),
            account("860", "Rounding", "CURRLIAB", system="ROUNDING"),
            account("8000", "Tenant Security Deposits Held", "CURRLIAB"),
            account("2999", "Old Rent", is_active=False),
        ),
        tax_rates=(
            rate("OUTPUT2", "20"),
            rate("RROUTPUT", "5"),
            rate("EXEMPTOUTPUT", "0"),
            rate("INPUT2", "20", sales=False),
            rate("NONE", "0"),
            rate("OLDOUTPUT", "17.5", active=False),
        ),
        tracking=(
            TrackingCategory(
                category_id="cat-1",
                name="Location",
                is_active=True,
                options={"Ashford": "opt-1", "Brookvale": "opt-2"},
            ),
        ),
        read_at=READ_AT,
    )
    return replace(plain, **changes)


def facts(**changes: object) -> OrganisationFacts:
    plain = OrganisationFacts(
        name="Fern Storage Ltd",
        country="GB",
        currency="GBP",
        time_zone="GMTSTANDARDTIME",
        tax_basis="ACCRUAL",
        is_taxed=True,
        period_lock_on=None,
        year_end_lock_on=None,
    )
    return replace(plain, **changes)


def mapping(**changes: object) -> Mapping:
    plain = Mapping(
        contact_prefix="fern-",
        charges=(
            ChargeRule(account_code="200", tax_types=UK_TAXES),
            ChargeRule(account_code="2000", tax_types=UK_TAXES, charge_type=ChargeType.RENT),
            ChargeRule(
                account_code="8000", tax_types=(("0", "NONE"),), charge_type=ChargeType.DEPOSIT
            ),
        ),
        methods=(
            MethodRule(account_id="id-090"),
            MethodRule(account_id="id-9000", method="card"),
        ),
        tracking=(TrackingRule(category="Location", dimension=Dimension.LOCATION),),
    )
    return replace(plain, **changes)


def tenant(number: str = "T7", name: str = "Ada Smith", **changes: object) -> Tenant:
    plain = Tenant(key=key(RecordKind.TENANT, number), name=name, number=number)
    return replace(plain, **changes)


def line(amount: str = "120.00", **changes: object) -> InvoiceLine:
    plain = InvoiceLine(
        charge_type=ChargeType.RENT,
        description="Rent",
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        amount=Decimal(amount),
        tax_percent=Decimal(20),
        unit="B114",
        period_start_on=date(2026, 3, 1),
        period_end_on=date(2026, 3, 31),
    )
    return replace(plain, **changes)


def invoice(*lines: InvoiceLine, total: str = "120.00", **changes: object) -> Invoice:
    plain = Invoice(
        key=key(RecordKind.INVOICE, "INV-1001"),
        number="INV-1001",
        tenant=key(RecordKind.TENANT, "T7"),
        place=Place(location="Ashford", building="A", unit="B114"),
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 8),
        currency="GBP",
        prices_include_tax=True,
        lines=lines or (line(),),
        total=Decimal(total),
    )
    return replace(plain, **changes)


def payment(amount: str = "120.00", **changes: object) -> Payment:
    paid = Decimal(amount)
    plain = Payment(
        key=key(RecordKind.PAYMENT, "R20931"),
        number="R20931",
        tenant=key(RecordKind.TENANT, "T7"),
        place=Place(location="Ashford", unit="B114"),
        paid_on=date(2026, 3, 5),
        method="Card",
        currency="GBP",
        amount=paid,
        allocations=(Allocation(invoice=key(RecordKind.INVOICE, "INV-1001"), amount=paid),),
    )
    return replace(plain, **changes)
