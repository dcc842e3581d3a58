"""A British organisation: prices with 20 % VAT, storage insurance exempt."""

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


def _vat(rate: str) -> tuple[tuple[str, Decimal], ...]:
    return (("VAT", Decimal(rate)),)


UK = Template(
    country="GB",
    version="UK",
    name="Demo Company (UK)",
    legal_name="Demo Company (UK) Limited",
    currency="GBP",
    timezone="Europe/London",
    xero_timezone="GMTSTANDARDTIME",
    financial_year_end=(31, 3),
    sales_tax_basis="ACCRUAL",
    sales_tax_period="QUARTERLY1",
    tax_number="GB 000000000",
    default_sales_tax="Tax Inclusive",
    phone_country_code="44",
    taxes={
        "sale": "OUTPUT2",
        "sale_exempt": "EXEMPTOUTPUT",
        "expense": "INPUT2",
        "none": "NONE",
    },
    rates=(
        RateSpec("OUTPUT2", "20% (VAT on Income)", "OUTPUT", _vat("20.0"), ON_SALES),
        RateSpec("INPUT2", "20% (VAT on Expenses)", "INPUT", _vat("20.0"), ON_PURCHASES),
        RateSpec("RROUTPUT", "5% (VAT on Income)", "OUTPUT", _vat("5.0"), ON_SALES),
        RateSpec("RRINPUT", "5% (VAT on Expenses)", "INPUT", _vat("5.0"), ON_PURCHASES),
        RateSpec("EXEMPTOUTPUT", "Exempt Income", "EXEMPTOUTPUT", _vat("0.0"), ON_SALES),
        RateSpec("EXEMPTINPUT", "Exempt Expenses", "EXEMPTINPUT", _vat("0.0"), ON_PURCHASES),
        RateSpec(
            "ZERORATEDOUTPUT",
            "Zero Rated Income",
            "ZERORATEDOUTPUT",
            _vat("0.0"),
            ON_ZERO_RATED_SALES,
        ),
        RateSpec(
            "ZERORATEDINPUT", "Zero Rated Expenses", "ZERORATEDINPUT", _vat("0.0"), ON_PURCHASES
        ),
        RateSpec("NONE", "No VAT", "NONE", _vat("0.0"), ON_EVERYTHING),
    ),
    accounts=chart(
        Words(
            tax_account="VAT",
            bank_numbers=("20000011112222", "20000033334444", "20000055556666"),
            payroll_tax="PAYE & NIC Payable",
            income_tax="Corporation Tax",
            bank_debit="Direct Debit",
            cheques="Cheques",
        )
    ),
    tracking=(("Location", ("Ashford", "Brookvale", "Castleton")),),
    items=(
        ItemSpec("LOCK", "Padlock", "Disc padlock, 70 mm", Decimal("9.99"), "2200", "sale"),
        ItemSpec("BOX-L", "Large box", "Large moving box", Decimal("2.75"), "2200", "sale"),
    ),
)
