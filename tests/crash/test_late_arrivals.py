"""What an attempt did is seen late: after what was to follow it, or after a second try."""

from __future__ import annotations

from datetime import date

import pytest

from tests.business import Business


def test_an_update_that_arrives_late_does_not_undo_a_later_one(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bills("1001", "90.00")
    operator.fault("commit_late", method="POST", path="Invoices", count=3, seconds=600)
    operator.syncs()
    operator.passes(60)
    operator.syncs()
    operator.bills("1001", "80.00")
    operator.syncs()

    operator.passes(700)
    operator.settles()

    assert operator.books() == ["1001 AUTHORISED 80.00 paid 0.00"]
    assert operator.states()["invoice 1001"] == "synced"


def test_an_invoice_voided_while_its_creation_is_lost_is_void_when_it_arrives(
    operator: Business,
) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    operator.bills("1001", "120.00")
    operator.fault("commit_late", method="PUT", path="Invoices", count=3, seconds=600)
    operator.syncs()
    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()

    operator.passes(700)
    operator.settles()

    assert operator.books() == []
    assert operator.states()["invoice 1001"] == "synced"


def test_a_changed_date_whose_answer_was_lost_is_in_the_books(operator: Business) -> None:
    operator.bills("1001", "120.00", on=date(2026, 3, 1))
    operator.syncs()
    operator.bills("1001", "120.00", on=date(2026, 3, 8))
    operator.fault("cut_before_commit", method="POST", path="Invoices", count=3)

    operator.settles()

    (day,) = {
        each.on
        for each in operator.server.run(
            lambda world: list(world.organisations[operator.xero_id].books.invoices)
        )
    }
    assert day == date(2026, 3, 8)


def test_an_invoice_that_a_lagging_list_hid_is_brought_to_its_newest_amount(
    operator: Business,
) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    operator.bills("1001", "120.00")
    operator.fault("error_after_commit", method="PUT", path="Invoices", status=500)
    operator.fault("lag_lists", method="GET", seconds=120)
    operator.fault("rate_limit", method="PUT", path="Invoices", nth=2, problem="day")
    operator.syncs()
    operator.server.run(lambda world: world.faults.clear())
    operator.passes(25 * 3600)
    operator.bills("1001", "90.00")

    operator.settles()

    assert operator.books() == ["1001 AUTHORISED 90.00 paid 0.00"]
    assert operator.states()["invoice 1001"] == "synced"


@pytest.mark.parametrize("problem", ["day", "minute", "concurrent"])
def test_a_second_send_that_is_turned_away_says_nothing_about_the_first(
    operator: Business, problem: str
) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.is_paid("R1", ("1001", "50.00"))
    operator.fault("cut_after_commit", method="PUT", path="Payments", count=1)
    operator.fault("rate_limit", method="PUT", path="Payments", nth=2, problem=problem, seconds=5)

    operator.settles(hours=30)

    assert operator.payments() == ["1001 50.00"]
    assert operator.states()["payment R1"] == "synced"
