"""A New Zealand organisation: 15 % GST, March year end.

The rates, with the old 12.5 % ones as DELETED, are as recorded from Xero's demo company.
"""

from __future__ import annotations

from decimal import Decimal

from fauxero.accounting.templates.chart import Words, chart
from fauxero.accounting.templates.shapes import (
    ON_EVERYTHING,
    ON_PURCHASES,
    ON_SALES,
    ON_ZERO_RATED_SALES,
    ItemSpec,
    RateSpec,
    Template,
)


def _gst(rate: str) -> tuple[tuple[str, Decimal], ...]:
    return (("GST", Decimal(rate)),)


NZ = Template(
    country="NZ",
    version="NZ",
    name="Demo Company (NZ)",
    legal_name="Demo Company (NZ) Limited",
    currency="NZD",
    timezone="Pacific/Auckland",
    xero_timezone="NEWZEALANDSTANDARDTIME",
    financial_year_end=(31, 3),
    sales_tax_basis="PAYMENTS",
    sales_tax_period="TWOMONTHS",
    tax_number="000-000-000",
    default_sales_tax="Remember previous",
    phone_country_code="64",
    taxes={"sale": "OUTPUT2", "sale_exempt": "NONE", "expense": "INPUT2", "none": "NONE"},
    rates=(
        RateSpec(
            "INPUT", "12.5% GST on Expenses", "INPUT", _gst("12.5"), ON_PURCHASES, status="DELETED"
        ),
        RateSpec(
            "OUTPUT", "12.5% GST on Income", "OUTPUT", _gst("12.5"), ON_SALES, status="DELETED"
        ),
        RateSpec("INPUT2", "15% GST on Expenses", "INPUT", _gst("15.0"), ON_PURCHASES),
        RateSpec("OUTPUT2", "15% GST on Income", "OUTPUT", _gst("15.0"), ON_SALES),
        RateSpec("GSTONIMPORTS", "GST on Imports", "GSTONIMPORTS", _gst("0.0"), ("LIABILITY",)),
        RateSpec("NONE", "No GST", "NONE", _gst("0.0"), ON_EVERYTHING),
        RateSpec("ZERORATED", "Zero Rated", "OUTPUT", _gst("0.0"), ON_ZERO_RATED_SALES),
    ),
    accounts=chart(
        Words(
            tax_account="GST",
            bank_numbers=("0000001111111000", "0000002222222000", "0000003333333000"),
            payroll_tax="PAYE Payable",
            income_tax="Income Tax",
            bank_debit="Direct Debit",
            cheques="Cheques",
        )
    ),
    tracking=(("Region", ("Eastside", "North", "South", "West Coast")),),
    items=(
        ItemSpec("LOCK", "Padlock", "Disc padlock, 70 mm", Decimal("24.90"), "2200", "sale"),
        ItemSpec("BOX-L", "Large box", "Large moving box", Decimal("6.50"), "2200", "sale"),
    ),
)
