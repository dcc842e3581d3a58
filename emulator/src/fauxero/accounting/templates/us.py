"""An American organisation: sales tax by place, made of components, none by default."""

from __future__ import annotations

from decimal import Decimal

from fauxero.accounting.templates.chart import Words, chart
from fauxero.accounting.templates.shapes import (
    ON_EVERYTHING,
    ON_PURCHASES,
    ON_SALES,
    ItemSpec,
    RateSpec,
    Template,
)

_NO_TAX = (("Tax", Decimal("0.0")),)

US = Template(
    country="US",
    version="US",
    name="Demo Company (US)",
    legal_name="Demo Company (US) Inc",
    currency="USD",
    timezone="America/New_York",
    xero_timezone="EASTERNSTANDARDTIME",
    financial_year_end=(31, 12),
    sales_tax_basis="ACCRUALS",
    sales_tax_period="QUARTERLY",
    tax_number="00-0000000",
    default_sales_tax="Tax Exclusive",
    phone_country_code="1",
    taxes={"sale": "OUTPUT", "sale_exempt": "NONE", "expense": "INPUT", "none": "NONE"},
    rates=(
        RateSpec("INPUT", "Tax on Purchases", "INPUT", _NO_TAX, ON_PURCHASES),
        RateSpec("NONE", "Tax Exempt", "NONE", _NO_TAX, ON_EVERYTHING),
        RateSpec("OUTPUT", "Tax on Sales", "OUTPUT", _NO_TAX, ON_SALES),
        RateSpec(
            "TAX001",
            "Maple County Sales Tax",
            "OUTPUT",
            (("State", Decimal("6.0")), ("County", Decimal("2.25"))),
            ON_SALES,
            is_system=False,
        ),
    ),
    accounts=chart(
        Words(
            tax_account="Sales Tax",
            bank_numbers=("000111111", "000222222", "000333333"),
            payroll_tax="Payroll Tax Payable",
            income_tax="Income Tax Expense",
            bank_debit="ACH",
            cheques="Checks",
            rates="Property Tax",
        )
    ),
    tracking=(("Location", ("Ashland", "Brookfield", "Cedar Grove")),),
    items=(
        ItemSpec("LOCK", "Disc lock", "Disc lock, 70 mm", Decimal("14.95"), "2200", "sale"),
        ItemSpec("BOX-L", "Large box", "Large moving box", Decimal("3.95"), "2200", "sale"),
    ),
)
