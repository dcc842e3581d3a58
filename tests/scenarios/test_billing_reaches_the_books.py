"""What an operator bills and is paid, as the books show it after a sync."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.business import Business, business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def test_an_invoice_and_its_payment_are_in_the_books_after_one_sync(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))

    operator.syncs()

    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]
    assert operator.payments() == ["1001 120.00"]
    assert operator.states() == {
        "contact T-ADA": "synced",
        "invoice 1001": "synced",
        "payment R1": "synced",
    }
