"""A plan that changes or takes away too much waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.business import Business, business
from unitledger.core.brakes import BrakeLimits
from unitledger.engine import braking
from unitledger.engine.auditing import Actor
from unitledger.store.audit import ActorKind

TIGHT = BrakeLimits(
    void_count_max=1,
    void_money_max=Decimal("1000.00"),
    change_count_max=1,
    change_money_max=Decimal("1000.00"),
)
MARY = Actor(ActorKind.PERSON, "Mary Holt")
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


def _renamed(operator: Business) -> None:
    for number in ("T-ADA", "T-BEN"):
        operator.rents(f"Renamed {number}", key=number)


def test_a_file_that_renames_many_tenants_waits_too(operator: Business) -> None:
    operator.rents("Ben Cole", key="T-BEN")
    operator.syncs(limits=TIGHT)
    _renamed(operator)

    operator.syncs(limits=TIGHT)

    assert operator.contacts() == ["Ada Marsh", "Ben Cole"]
    assert operator.reasons("contact T-ADA") == ["brake_held"]

    braking.approve(operator.organisation_id)
    operator.syncs(limits=TIGHT)
    assert operator.contacts() == ["Renamed T-ADA", "Renamed T-BEN"]


def _changed(operator: Business) -> None:
    for number in NUMBERS:
        operator.is_paid(f"R{number}", (number, "60.00"))
    operator.syncs(limits=TIGHT)


def test_what_is_held_is_shown_with_count_and_money(operator: Business) -> None:
    _changed(operator)

    held = braking.held_back(operator.organisation_id)

    assert [(str(each.kind), each.count, each.before, each.after) for each in held.lines] == [
        ("delete_payment", 2, Decimal("100.00"), Decimal("120.00"))
    ]
    assert held.reasons == [
        "The plan changes 2 documents, more than is done without a person (at most 1)."
    ]


def test_what_is_declined_stays_as_it_is_in_xero_and_says_who_said_so(operator: Business) -> None:
    _changed(operator)

    assert braking.decline(operator.organisation_id, by=MARY) == 2
    operator.syncs(limits=TIGHT)

    assert operator.payments() == ["1001 50.00", "1002 50.00"]
    assert operator.reasons("payment R1001") == ["change_declined"]
    assert operator.states()["payment R1001"] == "drifted"


def test_a_declined_change_goes_again_when_the_source_changes_again(operator: Business) -> None:
    _changed(operator)
    braking.decline(operator.organisation_id, by=MARY)

    operator.is_paid("R1001", ("1001", "70.00"))
    operator.syncs(limits=TIGHT)

    assert operator.payments() == ["1001 70.00", "1002 50.00"]


def test_an_approval_of_what_has_grown_since_is_refused(operator: Business) -> None:
    operator.bills("1003", "120.00")
    operator.is_paid("R1003", ("1003", "50.00"))
    operator.syncs(limits=TIGHT)
    _changed(operator)
    shown = braking.held_back(operator.organisation_id).newest_id
    operator.is_paid("R1003", ("1003", "60.00"))
    operator.syncs(limits=TIGHT)

    with pytest.raises(braking.PlanMoved):
        braking.approve(operator.organisation_id, by=MARY, shown=shown)

    assert operator.payments() == ["1001 50.00", "1002 50.00", "1003 50.00"]


def test_decisions_are_in_the_audit_log_once(operator: Business) -> None:
    from unitledger.store.models import AuditEntry

    _changed(operator)
    braking.approve(operator.organisation_id, by=MARY)
    braking.approve(operator.organisation_id, by=MARY)

    (entry,) = AuditEntry.objects.filter(act="held_writes_approved")
    assert (entry.actor_name, entry.after) == ("Mary Holt", {"writes": 2})
