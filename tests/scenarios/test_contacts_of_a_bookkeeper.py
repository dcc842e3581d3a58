"""A bookkeeper merges contacts and moves invoices between them, and it stays as they made it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.business import Business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    from tests.business import business

    with business() as made:
        yield made


@pytest.fixture
def merged(operator: Business) -> Business:
    """Ada Marsh has an invoice; her contact was then merged into Bea Holt's."""
    operator.bills("1001", "120.00")
    operator.bills("2001", "60.00", tenant="Bea Holt")
    operator.syncs()
    merge(operator, "T-ADA", "T-BEA")
    return operator


def merge(operator: Business, from_: str, into: str) -> None:
    operator.bookkeeper(
        "merge_contacts",
        from_id=operator.xero_id_of(f"contact {from_}"),
        into_id=operator.xero_id_of(f"contact {into}"),
    )


def move_by_hand(operator: Business, invoice: str, tenant: str) -> None:
    operator.bookkeeper(
        "edit_invoice",
        invoice_id=operator.xero_id_of(f"invoice {invoice}"),
        Contact={"ContactID": operator.xero_id_of(f"contact {tenant}")},
    )


def test_a_new_invoice_goes_to_the_contact_that_its_tenant_was_merged_into(
    merged: Business,
) -> None:
    merged.bills("1002", "80.00")
    merged.syncs()

    assert merged.books_by_contact() == ["1001 Bea Holt", "1002 Bea Holt", "2001 Bea Holt"]
    assert set(merged.states().values()) == {"synced"}


def test_a_contact_merged_twice_is_followed_twice(merged: Business) -> None:
    merged.bills("3001", "10.00", tenant="Cleo Vane")
    merged.syncs()
    merge(merged, "T-BEA", "T-CLEO")
    merged.bills("1002", "80.00")
    merged.syncs()

    assert "1002 Cleo Vane" in merged.books_by_contact()
    assert set(merged.states().values()) == {"synced"}


def test_an_invoice_of_a_merged_contact_can_still_be_changed(merged: Business) -> None:
    merged.bills("1001", "150.00")
    merged.syncs()

    assert merged.books() == ["1001 AUTHORISED 150.00 paid 0.00", "2001 AUTHORISED 60.00 paid 0.00"]
    assert merged.books_by_contact() == ["1001 Bea Holt", "2001 Bea Holt"]
    assert set(merged.states().values()) == {"synced"}


def test_a_tenant_renamed_after_a_merge_leaves_the_remaining_contact_alone(
    merged: Business,
) -> None:
    merged.rents("Ada Marsh-Ford", key="T-ADA")
    merged.syncs()

    assert "Ada Marsh-Ford" not in merged.contacts()
    assert "Bea Holt" in merged.contacts()
    assert set(merged.states().values()) == {"synced"}


def test_an_invoice_that_was_moved_to_another_contact_by_hand_is_not_moved_back(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.bills("2001", "60.00", tenant="Bea Holt")
    operator.syncs()
    move_by_hand(operator, "1001", "T-BEA")
    operator.bills("1001", "150.00")
    operator.syncs()

    assert operator.reasons("invoice 1001") == ["edited_in_books"]
    assert "1001 Bea Holt" in operator.books_by_contact()
    assert "1001 AUTHORISED 120.00 paid 0.00" in operator.books()


def test_an_invoice_that_was_moved_by_hand_is_not_voided_without_asking(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.bills("2001", "60.00", tenant="Bea Holt")
    operator.syncs()
    move_by_hand(operator, "1001", "T-BEA")
    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()

    assert operator.reasons("invoice 1001") == ["edited_in_books"]
    assert "1001 Bea Holt" in operator.books_by_contact()


def test_an_invoice_may_change_its_tenant_and_one_moved_elsewhere_meanwhile_is_left(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1002", "70.00")
    operator.bills("2001", "60.00", tenant="Bea Holt")
    operator.bills("3001", "10.00", tenant="Cleo Vane")
    operator.syncs()
    move_by_hand(operator, "1002", "T-CLEO")
    operator.bills("1001", "120.00", tenant="Bea Holt")
    operator.bills("1002", "70.00", tenant="Bea Holt")
    operator.syncs()

    assert operator.reasons("invoice 1002") == ["edited_in_books"]
    by_contact = operator.books_by_contact()
    assert {"1001 Bea Holt", "1002 Cleo Vane"} <= set(by_contact)
