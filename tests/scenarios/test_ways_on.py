"""What stopped goes on when its reason is gone, and says the reason that is true until then."""

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


def test_an_invoice_is_voided_when_the_payment_on_it_is_gone(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()
    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()
    assert operator.reasons("invoice 1001") == ["paid_in_books"]

    operator.is_paid("R1", ("1001", "50.00"), is_void=True)
    operator.syncs(is_asked_by_person=False)

    assert operator.books() == []
    assert set(operator.states().values()) == {"synced"}


def test_what_xero_refused_goes_again_when_a_person_asks(operator: Business) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    contact = operator.xero_id_of("contact T-ADA")
    operator.bookkeeper("archive_contact", contact_id=contact)
    operator.bills("1001", "120.00")
    operator.syncs()
    assert operator.reasons("invoice 1001") == ["refused_by_books"]

    operator.bookkeeper("restore_contact", contact_id=contact)
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_a_payment_that_was_reconciled_is_changed_when_it_no_longer_is(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()
    payment = operator.xero_id_of("payment R1")
    operator.bookkeeper("reconcile_payment", payment_id=payment)
    operator.is_paid("R1", ("1001", "60.00"))
    operator.syncs()
    assert operator.reasons("payment R1") == ["reconciled_in_books"]

    operator.bookkeeper("reconcile_payment", payment_id=payment, is_reconciled=False)
    operator.syncs()

    assert operator.payments() == ["1001 60.00"]


def test_a_number_that_was_taken_is_free_when_the_other_has_another(operator: Business) -> None:
    line = {"description": "x", "quantity": 1, "unit_amount": "9.00", "account_code": "200"}
    theirs = operator.bookkeeper(
        "raise_invoice", contact_name="Somebody Else", number="1001", lines=[line]
    )
    operator.bills("1001", "120.00")
    operator.syncs()
    assert operator.reasons("invoice 1001") == ["exists_not_ours"]

    operator.bookkeeper("edit_invoice", invoice_id=theirs["InvoiceID"], number="9001")
    operator.passes(60)
    operator.syncs()

    assert "1001 AUTHORISED 120.00 paid 0.00" in operator.books()


def test_a_name_that_another_contact_has_is_said_to_be_taken(operator: Business) -> None:
    operator.rents("Ada Marsh", key="T-1")
    operator.syncs()
    operator.bookkeeper("add_contact", name="Ada Fenwick")
    operator.rents("Ada Fenwick", key="T-1")

    operator.settles()

    assert operator.states()["contact T-1"] == "needs_attention"
    assert operator.reasons("contact T-1") == ["exists_not_ours"]


def test_an_invoice_voided_and_wanted_again_is_for_a_person(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()

    operator.bills("1001", "120.00")
    operator.syncs()

    assert operator.reasons("invoice 1001") == ["voided_in_books"]
    assert operator.books() == []


def test_an_invoice_corrected_and_voided_at_once_needs_no_further_calls(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bills("1001", "90.00", is_void=True)
    operator.syncs()
    calls = operator.calls()

    operator.syncs()

    assert operator.books() == []
    assert operator.calls() == calls


def test_a_document_that_stays_changed_in_xero_is_not_asked_about_with_every_run(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bookkeeper("edit_invoice", invoice_id=operator.xero_id_of("invoice 1001"), amount=90)
    operator.bills("1002", "10.00")
    operator.syncs()
    assert operator.reasons("invoice 1001") == ["edited_in_books"]
    calls = operator.calls()

    operator.syncs(is_asked_by_person=False)

    assert operator.calls() == calls


def test_an_invoice_edited_before_its_lost_answer_is_looked_for_is_said_to_be_edited(
    operator: Business,
) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    operator.bills("1001", "120.00")
    operator.fault("error_after_commit", method="PUT", path="Invoices", status=500)
    operator.fault("organisation_offline", method="GET", path="Invoices")
    operator.syncs()
    operator.server.run(lambda world: world.faults.clear())
    operator.bookkeeper("edit_invoice", invoice_id="1001", amount=90)

    operator.settles()

    assert operator.states()["invoice 1001"] == "drifted"
    assert operator.reasons("invoice 1001") == ["edited_in_books"]
