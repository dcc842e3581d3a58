"""An Australian organisation: 10 % GST, June year end."""

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


def _gst(rate: str) -> tuple[tuple[str, Decimal], ...]:
    return (("GST", Decimal(rate)),)


AU = Template(
    country="AU",
    version="AU",
    name="Demo Company (AU)",
    legal_name="Demo Company (AU) Pty Ltd",
    currency="AUD",
    timezone="Australia/Sydney",
    xero_timezone="AUSEASTERNSTANDARDTIME",
    financial_year_end=(30, 6),
    sales_tax_basis="CASH",
    sales_tax_period="QUARTERLY1",
    tax_number="00 000 000 000",
    default_sales_tax="Tax Inclusive",
    phone_country_code="61",
    taxes={
        "sale": "OUTPUT",
        "sale_exempt": "EXEMPTOUTPUT",
        "expense": "INPUT",
        "none": "BASEXCLUDED",
    },
    rates=(
        RateSpec("OUTPUT", "GST on Income", "OUTPUT", _gst("10.0"), ON_SALES),
        RateSpec("INPUT", "GST on Expenses", "INPUT", _gst("10.0"), ON_PURCHASES),
        RateSpec("EXEMPTOUTPUT", "GST Free Income", "EXEMPTOUTPUT", _gst("0.0"), ON_SALES),
        RateSpec(
            "EXEMPTEXPENSES", "GST Free Expenses", "EXEMPTEXPENSES", _gst("0.0"), ON_PURCHASES
        ),
        RateSpec("INPUTTAXED", "Input Taxed", "INPUTTAXED", _gst("0.0"), ON_SALES),
        RateSpec("BASEXCLUDED", "BAS Excluded", "BASEXCLUDED", _gst("0.0"), ON_EVERYTHING),
    ),
    accounts=chart(
        Words(
            tax_account="GST",
            bank_numbers=("000000111111111", "000000222222222", "000000333333333"),
            payroll_tax="PAYG Withholdings Payable",
            income_tax="Income Tax Expense",
            bank_debit="Direct Debit",
            cheques="Cheques",
        )
    ),
    tracking=(("Location", ("Ashgrove", "Brookvale", "Coburg")),),
    items=(
        ItemSpec("LOCK", "Padlock", "Disc padlock, 70 mm", Decimal("19.95"), "2200", "sale"),
        ItemSpec("BOX-L", "Large box", "Large moving box", Decimal("5.50"), "2200", "sale"),
    ),
)
