"""Connecting to an organisation that has a life of its own: nothing doubled, nothing touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.business import Business, business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def test_a_contact_of_the_same_name_is_neither_doubled_nor_adopted(operator: Business) -> None:
    operator.bookkeeper("add_contact", name="Ada Marsh")
    operator.bills("1001", "120.00", tenant="Ada Marsh")

    operator.syncs()

    assert operator.contacts() == ["Ada Marsh"]
    assert operator.books() == []
    assert operator.reasons("contact T-ADA") == ["exists_not_ours"]
    assert operator.reasons("invoice 1001") == ["contact_waits"]


def test_a_hand_raised_invoice_with_our_number_stays_as_it_is(operator: Business) -> None:
    raised = operator.bookkeeper(
        "raise_invoice",
        contact_name="Somebody Else",
        number="1001",
        date=date(2026, 3, 1),
        due_date=date(2026, 3, 15),
        lines=[
            {"description": "By hand", "quantity": 1, "unit_amount": "66.00", "account_code": "200"}
        ],
    )
    operator.bookkeeper(
        "pay_invoice", invoice_id=raised["InvoiceID"], amount="16.00", account_code="090"
    )
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))

    operator.syncs()

    assert len(operator.books()) == 1
    assert "paid 16.00" in operator.books()[0]
    assert operator.reasons("invoice 1001") == ["exists_not_ours"]
    assert operator.reasons("payment R1") == ["invoice_waits"]


def test_what_waits_for_a_person_is_not_tried_again_by_itself(operator: Business) -> None:
    operator.bookkeeper("add_contact", name="Ada Marsh")
    operator.bills("1001", "120.00", tenant="Ada Marsh")
    operator.syncs()
    calls = operator.calls()

    operator.syncs(trigger="schedule", is_asked_by_person=False)

    assert operator.calls() == calls


def test_a_bookkeepers_edit_is_not_overwritten(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bookkeeper(
        "edit_invoice", invoice_id=operator.xero_id_of("invoice 1001"), reference="Mine now"
    )

    operator.bills("1001", "90.00")
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]
    assert operator.reasons("invoice 1001") == ["edited_in_books"]


def test_a_payment_deleted_in_the_books_is_never_resurrected(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()
    operator.bookkeeper("delete_payment", payment_id=operator.xero_id_of("payment R1"))
    operator.bills("1002", "10.00")

    operator.syncs()

    assert operator.payments() == []
    assert operator.states()["payment R1"] == "drifted"


def test_a_reconciled_payment_is_not_deleted(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()
    operator.bookkeeper("reconcile_payment", payment_id=operator.xero_id_of("payment R1"))

    operator.is_paid("R1", ("1001", "120.00"), is_void=True)
    operator.syncs()

    assert operator.payments() == ["1001 120.00"]
    assert operator.reasons("payment R1") == ["reconciled_in_books"]
