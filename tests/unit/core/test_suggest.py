"""A first mapping, guessed from names, that a person checks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.core import samples
from unitledger.core.billing import ChargeType, Place
from unitledger.core.chart import Chart
from unitledger.core.mapping import ChargeRule, RoundingRule
from unitledger.core.suggest import Suggestion, suggest_mapping
from unitledger.core.translate import translate_invoice, translate_payment


def suggested(chart: Chart | None = None, **options: list[str]) -> Suggestion:
    return suggest_mapping(chart or samples.chart(), contact_prefix="fern-", **options)


def rule_for(suggestion: Suggestion, charge_type: ChargeType) -> ChargeRule | None:
    return suggestion.mapping.charge_rule(
        charge_type=charge_type, charge_code=None, location="Ashford"
    )


@pytest.mark.parametrize(
    ("charge_type", "code"),
    [
        (ChargeType.RENT, "2000"),  # not 469 Rent, which is an expense
        (ChargeType.INSURANCE, "2100"),
        (ChargeType.MERCHANDISE, "2200"),
        (ChargeType.DEPOSIT, "8000"),
        (ChargeType.DISCOUNT, "2000"),  # has no account of its own: lowers the rent
        (ChargeType.LATE_FEE, "200"),  # the first sales account
        (ChargeType.OTHER, "200"),
    ],
)
def test_a_charge_goes_to_the_account_named_like_it(charge_type: ChargeType, code: str) -> None:
    rule = rule_for(suggested(), charge_type)
    assert rule is not None
    assert rule.account_code == code


def test_a_deposit_never_falls_into_sales() -> None:
    chart = samples.chart()
    without = [each for each in chart.accounts if each.code != "8000"]
    suggestion = suggested(samples.chart(accounts=without))
    assert rule_for(suggestion, ChargeType.DEPOSIT) is None
    assert "No account is suggested for deposit." in suggestion.notes


def test_the_account_s_own_default_decides_between_rates_of_a_percentage() -> None:
    insurance = rule_for(suggested(), ChargeType.INSURANCE)
    rent = rule_for(suggested(), ChargeType.RENT)
    assert insurance is not None
    assert rent is not None
    assert insurance.tax_type(Decimal(0)) == "EXEMPTOUTPUT"
    assert rent.tax_type(Decimal(0)) == "NONE"
    assert rent.tax_type(Decimal(20)) == "OUTPUT2"
    assert rent.tax_type(Decimal("17.5")) is None  # no longer active
    assert rent.tax_type(None) == "NONE"


def test_tax_on_a_deposit_is_left_to_a_person() -> None:
    deposit = rule_for(suggested(), ChargeType.DEPOSIT)
    assert deposit is not None
    assert deposit.tax_type(Decimal(0)) == "NONE"
    assert deposit.tax_type(Decimal(20)) is None


@pytest.mark.parametrize(
    ("method", "account_id"),
    [
        ("Credit Card", "id-9000"),
        ("debit card", "id-9000"),
        ("Visa", "id-9000"),
        ("CASH", "id-9020"),
        ("cheque", "id-9020"),
        ("bank transfer", "id-090"),
        ("barter", "id-090"),
    ],
)
def test_a_payment_goes_where_its_method_s_money_goes(method: str, account_id: str) -> None:
    mapping = suggested(methods=[method]).mapping
    rule = mapping.method_rule(method=method, location="Ashford")
    assert rule is not None
    assert rule.account_id == account_id


def test_a_bank_account_goes_before_any_other_that_takes_payments() -> None:
    takings = samples.account("620", "Card takings", "CURRENT", takes_payments=True)
    clearing = samples.account("9000", "Card clearing", "BANK")
    mapping = suggested(samples.chart(accounts=(takings, clearing)), methods=["card"]).mapping
    rule = mapping.method_rule(method="card", location="Ashford")
    assert rule is not None
    assert rule.account_id == "id-9000"


def test_without_an_account_for_payments_none_is_suggested() -> None:
    chart = samples.chart(accounts=[samples.account("200", "Sales")])
    suggestion = suggested(chart)
    assert suggestion.mapping.methods == ()
    assert "No paid-to account is suggested: no account takes payments." in suggestion.notes


def test_tracking_is_required_only_where_every_location_has_its_option() -> None:
    (known,) = suggested(locations=["Ashford", "brookvale"]).mapping.tracking
    assert known.is_required
    partly = suggested(locations=["Ashford", "Nowhere"])
    assert not partly.mapping.tracking[0].is_required
    assert "Location in Xero has no option for: Nowhere." in partly.notes
    assert not suggested().mapping.tracking[0].is_required


def test_without_a_category_for_locations_nothing_is_tracked() -> None:
    suggestion = suggested(samples.chart(tracking=()))
    assert suggestion.mapping.tracking == ()
    assert "Nothing is tracked: Xero has no category for locations." in suggestion.notes


def test_rounding_goes_to_an_ordinary_account_and_never_to_xero_s_own() -> None:
    assert suggested().mapping.rounding == RoundingRule(account_code="4020", tax_type="NONE")
    chart = samples.chart()
    without = [each for each in chart.accounts if each.code != "4020"]
    assert suggested(samples.chart(accounts=without)).mapping.rounding is None


def test_an_empty_chart_suggests_nothing_and_says_so() -> None:
    suggestion = suggested(samples.chart(accounts=(), tax_rates=(), tracking=()))
    assert suggestion.mapping.charges == ()
    assert len(suggestion.notes) >= len(ChargeType)


def test_a_ledger_without_tax_and_with_strange_locations_goes_in_with_a_suggested_mapping() -> None:
    mapping = suggested().mapping
    line = samples.line("55.94", tax_percent=None, unit=None, period_end_on=None)
    invoice = samples.invoice(line, total="55.94", place=Place(location="391"))
    sent = translate_invoice(
        invoice, mapping=mapping, chart=samples.chart(), url=None, start_on=None
    )
    assert sent.wanted is not None
    assert sent.wanted.lines[0].tax_type == "NONE"
    assert len(sent.notes) == 2
    payment = samples.payment("55.94", place=Place(location="391"), method="settlement")
    paid = translate_payment(
        payment,
        payment.allocations[0],
        mapping=mapping,
        chart=samples.chart(),
        token="k7f3q2m8xw",
        start_on=None,
    )
    assert paid.wanted is not None
