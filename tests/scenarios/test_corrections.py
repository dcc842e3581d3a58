"""Corrections that leave the amount as it was: they too must reach the books, or be named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.business import Business, business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def test_an_invoice_billed_to_another_tenant_moves_to_the_other_contact(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00", tenant="Ada Marsh")
    operator.syncs()

    operator.bills("1001", "120.00", tenant="Bo Reed")
    operator.syncs()

    assert operator.books_by_contact() == ["1001 Bo Reed"]
    assert operator.states()["invoice 1001"] == "synced"


def test_a_paid_invoice_billed_to_another_tenant_waits_for_a_person(operator: Business) -> None:
    operator.bills("1001", "120.00", tenant="Ada Marsh")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    operator.bills("1001", "120.00", tenant="Bo Reed")
    operator.syncs()

    assert operator.books_by_contact() == ["1001 Ada Marsh"]
    assert operator.reasons("invoice 1001") == ["paid_in_books"]


@pytest.mark.parametrize("action", ["cut_before_commit", "cut_after_commit"])
def test_an_invoice_moves_to_another_tenant_though_the_answer_was_lost(
    operator: Business, action: str
) -> None:
    operator.bills("1001", "120.00", tenant="Ada Marsh")
    operator.rents("Bo Reed")
    operator.syncs()
    operator.bills("1001", "120.00", tenant="Bo Reed")
    operator.fault(action, method="POST", path="/Invoices", count=3)

    operator.settles()

    assert operator.books_by_contact() == ["1001 Bo Reed"]
    assert operator.states()["invoice 1001"] == "synced"


@pytest.mark.parametrize("action", ["cut_before_commit", "cut_after_commit", "commit_late"])
def test_a_corrected_due_date_reaches_the_books_though_its_answer_was_lost(
    operator: Business, action: str
) -> None:
    invoice = operator.bills("1001", "120.00")
    operator.syncs()
    later = replace(invoice, due_on=invoice.due_on + timedelta(days=7))
    operator.takes_in(later)
    how = {"seconds": 300} if action == "commit_late" else {}
    operator.fault(action, method="POST", path="/Invoices", count=3, **how)

    operator.settles()

    assert operator.due_dates() == [f"1001 {later.due_on}"]
    assert operator.states()["invoice 1001"] == "synced"
