"""Look-up from the particular to the general."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import permutations

import pytest

from tests.unit.core import samples
from unitledger.core.billing import ChargeType, Place
from unitledger.core.mapping import (
    ChargeRule,
    Dimension,
    MethodRule,
    RoundingRule,
    TrackingRule,
    from_content,
    percent_key,
    to_content,
)

RENT = ChargeType.RENT
RULES = (
    ChargeRule(account_code="code+location", charge_code="C1", location="Ashford"),
    ChargeRule(account_code="code", charge_code="C1"),
    ChargeRule(account_code="type+location", charge_type=RENT, location="Ashford"),
    ChargeRule(account_code="type", charge_type=RENT),
    ChargeRule(account_code="location", location="Ashford"),
    ChargeRule(account_code="default"),
)


@pytest.mark.parametrize("kept", range(len(RULES)))
def test_the_most_particular_rule_wins(kept: int) -> None:
    rules = RULES[kept:]
    for order in (rules, tuple(reversed(rules))):
        found = samples.mapping(charges=order).charge_rule(
            charge_type=RENT, charge_code="C1", location="Ashford"
        )
        assert found == rules[0]


def test_no_rule_stands_for_a_charge_it_does_not_name() -> None:
    rules = tuple(rule for rule in RULES if rule.account_code != "default")
    found = samples.mapping(charges=rules).charge_rule(
        charge_type=ChargeType.DEPOSIT, charge_code=None, location="Brookvale"
    )
    assert found is None


def test_a_payment_method_goes_by_method_then_location_then_default() -> None:
    rules = (
        MethodRule(account_id="both", method="card", location="Ashford"),
        MethodRule(account_id="method", method="card"),
        MethodRule(account_id="location", location="Ashford"),
        MethodRule(account_id="default"),
    )
    for kept in range(len(rules)):
        for order in permutations(rules[kept:]):
            found = samples.mapping(methods=order).method_rule(method="card", location="Ashford")
            assert found == rules[kept]


def test_a_payment_method_is_the_same_whatever_its_case() -> None:
    found = samples.mapping().method_rule(method="CARD", location="Ashford")
    assert found is not None
    assert found.account_id == "id-9000"


def test_a_value_takes_its_option_its_own_name_or_the_default() -> None:
    mapping = samples.mapping()
    rule = TrackingRule(
        category="Site",
        dimension=Dimension.BUILDING,
        options=(("A", "Main house"),),
        default_option="Elsewhere",
    )
    assert mapping.option(rule, Place(location="Ashford", building="A")) == "Main house"
    assert mapping.option(rule, Place(location="Ashford", building="B")) == "B"
    assert mapping.option(rule, Place(location="Ashford")) == "Elsewhere"


@pytest.mark.parametrize(
    ("percent", "key"),
    [("20", "20"), ("20.00", "20"), ("12.50", "12.5"), ("0.0", "0"), ("-0", "0"), ("100", "100")],
)
def test_a_percentage_has_one_spelling(percent: str, key: str) -> None:
    assert percent_key(Decimal(percent)) == key


def test_a_rate_that_the_source_does_not_state_is_a_choice_of_its_own() -> None:
    rule = ChargeRule(account_code="200", tax_types=(("0", "ZERO"), ("unstated", "NONE")))
    assert rule.tax_type(None) == "NONE"
    assert rule.tax_type(Decimal("0.00")) == "ZERO"
    assert rule.tax_type(Decimal(20)) is None


def test_a_mapping_comes_back_from_its_stored_form() -> None:
    mapping = samples.mapping(
        rounding=RoundingRule(account_code="4020", tax_type="NONE"),
        invoice_prefix="F-",
        tracking=(
            TrackingRule(category="Site", dimension=Dimension.UNIT_TYPE, options=(("S", "Small"),)),
        ),
    )
    assert from_content(json.loads(json.dumps(to_content(mapping)))) == mapping
    assert from_content(json.loads(json.dumps(to_content(samples.mapping())))) == samples.mapping()
