"""A plan that changes or takes away too much waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.business import Business, business
from unitledger.core.brakes import BrakeLimits
from unitledger.engine import braking

TIGHT = BrakeLimits(
    void_count_max=1,
    void_money_max=Decimal("1000.00"),
    change_count_max=1,
    change_money_max=Decimal("1000.00"),
)
NUMBERS = ("1001", "1002")


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        for number in NUMBERS:
            made.bills(number, "120.00")
            made.is_paid(f"R{number}", (number, "50.00"))
        made.syncs(limits=TIGHT)
        yield made


def test_creating_is_never_held(operator: Business) -> None:
    assert operator.payments() == ["1001 50.00", "1002 50.00"]


@pytest.mark.parametrize(("is_void", "then"), [(False, ["1001 60.00", "1002 60.00"]), (True, [])])
def test_too_many_payments_changed_or_taken_back_wait_until_a_person_has_looked(
    operator: Business, is_void: bool, then: list[str]
) -> None:
    for number in NUMBERS:
        operator.is_paid(f"R{number}", (number, "60.00"), is_void=is_void)

    operator.syncs(limits=TIGHT)

    assert operator.payments() == ["1001 50.00", "1002 50.00"]
    assert operator.reasons("payment R1001") == ["brake_held"]

    braking.approve(operator.organisation_id)
    operator.syncs(limits=TIGHT)

    assert operator.payments() == then


def test_one_changed_payment_goes_by_itself(operator: Business) -> None:
    operator.is_paid("R1001", ("1001", "60.00"))

    operator.syncs(limits=TIGHT)

    assert operator.payments() == ["1001 60.00", "1002 50.00"]
