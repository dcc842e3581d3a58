"""One bad element among fifty good ones: the fifty-first request never loses the forty-nine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.business import Business

FIFTY = range(1001, 1051)
BAD = "1030"


def _fifty_invoices(operator: Business) -> None:
    for number in FIFTY:
        operator.bills(str(number), "10.00")


@pytest.mark.parametrize(
    ("action", "how"),
    [
        ("refuse_request", {"error": 14}),
        ("refuse_request", {"error": 10}),
        ("refuse_request", {"error": 404}),
        ("error_before_commit", {"status": 500}),
        ("cut_before_commit", {}),
    ],
)
def test_a_request_that_fails_for_one_element_applies_the_other_forty_nine(
    operator: Business, action: str, how: dict[str, Any]
) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    _fifty_invoices(operator)
    operator.fault(action, method="PUT", body_contains=f'"{BAD}"', count=None, **how)

    for _ in range(12):
        operator.syncs()
        operator.passes(120)

    assert len(operator.books()) == 49
    states = operator.states()
    assert states.pop(f"invoice {BAD}") in ("failed", "needs_attention")
    assert set(states.values()) == {"synced"}


def test_an_element_refused_by_itself_does_not_stop_its_neighbours(operator: Business) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    _fifty_invoices(operator)
    operator.bookkeeper(
        "raise_invoice",
        contact_name="Somebody Else",
        number=BAD,
        lines=[{"description": "x", "quantity": 1, "unit_amount": "1.00", "account_code": "200"}],
    )

    operator.syncs()

    assert len(operator.books()) == 50
    states = operator.states()
    assert states.pop(f"invoice {BAD}") == "needs_attention"
    assert set(states.values()) == {"synced"}


def test_a_service_that_is_down_for_an_hour_leaves_nothing_for_a_person(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.fault("organisation_offline")

    for _ in range(6):
        operator.syncs()
        operator.passes(600)
    operator.server.run(lambda world: world.faults.clear())
    operator.settles()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 50.00"]
    assert set(operator.states().values()) == {"synced"}
