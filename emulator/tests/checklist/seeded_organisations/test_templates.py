"""Organisations to begin with. Evidence: documented tax types by country (Types page); the rest of
the charts is made up, as a demo company's is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.checklist.words import made, one
from tests.conftest import Xero

COUNTRIES = [
    ("uk", "GB", "GBP", "OUTPUT2", 20),
    ("nz", "NZ", "NZD", "OUTPUT2", 15),
    ("au", "AU", "AUD", "OUTPUT", 10),
    ("us", "US", "USD", "OUTPUT", 0),
]


def enter(xero: Xero, template: str, **how: object) -> None:
    asked = {"template": template, "name": f"Storage {template}"} | how
    opened = xero.control("POST", "organisations", asked)
    xero.token = xero.new_token(organisation=opened["organisation_id"])


@pytest.mark.parametrize(("template", "country", "currency", "tax_type", "rate"), COUNTRIES)
def test_each_country_has_its_currency_rates_chart_and_tracking(
    xero: Xero, template: str, country: str, currency: str, tax_type: str, rate: int
) -> None:
    enter(xero, template)
    found = one(xero, "Organisation")
    assert (found["CountryCode"], found["BaseCurrency"]) == (country, currency)
    (tax,) = [row for row in xero.rows("TaxRates") if row["TaxType"] == tax_type]
    assert Decimal(str(tax["EffectiveRate"])) == rate
    kinds = {row.get("SystemAccount") for row in xero.rows("Accounts")}
    assert {"DEBTORS", "CREDITORS", "ROUNDING"} <= kinds
    assert any(row["Type"] == "BANK" for row in xero.rows("Accounts"))
    assert xero.rows("TrackingCategories")
    code = xero.account(Type="REVENUE")["Code"]
    lines = [{"Description": "x", "UnitAmount": 100, "AccountCode": code, "TaxType": tax_type}]
    sent = xero.invoice("S-1", LineAmountTypes="Exclusive", LineItems=lines)
    assert made(xero, "Invoices", sent)["TotalTax"] == rate


@pytest.mark.parametrize("template", ["uk", "nz", "au", "us"])
def test_a_little_history_is_there_when_asked_for_and_balances(xero: Xero, template: str) -> None:
    enter(xero, template, history=True)
    assert xero.rows("Invoices")
    assert xero.control("GET", "audit")["ok"]
