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


def test_a_second_sync_writes_nothing_and_makes_no_call(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()
    calls = operator.calls()

    operator.syncs()

    assert operator.calls() == calls
    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]


def test_a_part_payment_leaves_the_rest_owing(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))

    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 50.00"]


def test_one_payment_over_several_invoices_is_a_payment_on_each(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1002", "80.00")
    operator.is_paid("R1", ("1001", "120.00"), ("1002", "30.00"))

    operator.syncs()

    assert operator.payments() == ["1001 120.00", "1002 30.00"]
    assert operator.books() == ["1001 PAID 120.00 paid 120.00", "1002 AUTHORISED 80.00 paid 30.00"]


def test_money_that_settles_no_invoice_is_named_and_the_rest_goes(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"), amount="150.00")

    operator.syncs()

    assert operator.payments() == ["1001 120.00"]
    assert operator.reasons("payment R1") == ["payment_unallocated"]


def test_a_payment_on_account_waits_for_a_person(operator: Business) -> None:
    operator.is_paid("R1", amount="50.00")

    operator.syncs()

    assert operator.payments() == []
    assert operator.states()["payment R1"] == "needs_attention"


def test_money_that_is_allocated_later_goes_then(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", amount="120.00")
    operator.syncs()

    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    assert operator.payments() == ["1001 120.00"]
    assert operator.states()["payment R1"] == "synced"


def test_a_corrected_amount_on_an_unpaid_invoice_updates_it(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()

    operator.bills("1001", "90.00")
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 90.00 paid 0.00"]
    assert operator.states()["invoice 1001"] == "synced"


def test_a_corrected_amount_on_a_paid_invoice_waits_for_a_person(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    operator.bills("1001", "90.00")
    operator.syncs()

    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]
    assert operator.reasons("invoice 1001") == ["paid_in_books"]


def test_a_voided_invoice_is_voided_in_the_books(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()

    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()

    assert operator.books() == []


def test_an_invoice_voided_before_it_was_sent_is_never_sent(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1001", "120.00", is_void=True)

    operator.syncs()

    assert operator.books() == []
    assert operator.states()["invoice 1001"] == "synced"


def test_a_voided_payment_is_deleted_and_the_invoice_owed_again(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    operator.is_paid("R1", ("1001", "120.00"), is_void=True)
    operator.syncs()

    assert operator.payments() == []
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_a_changed_payment_is_deleted_and_made_again_once(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()

    operator.is_paid("R1", ("1001", "70.00"))
    operator.syncs()

    assert operator.payments() == ["1001 70.00"]
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 70.00"]
    assert operator.states()["payment R1"] == "synced"


def test_a_payment_moved_to_another_invoice_leaves_the_first(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1002", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    operator.is_paid("R1", ("1002", "120.00"))
    operator.syncs()

    assert operator.payments() == ["1002 120.00"]


def test_an_invoice_and_its_payment_voided_together_both_go(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    operator.is_paid("R1", ("1001", "120.00"), is_void=True)
    operator.bills("1001", "120.00", is_void=True)
    operator.syncs()

    assert operator.books() == []
    assert operator.payments() == []


def test_two_tenants_of_one_name_are_two_contacts(operator: Business) -> None:
    operator.bills("1001", "120.00", tenant="Ada Marsh", tenant_key="T-1")
    operator.bills("1002", "80.00", tenant="Ada Marsh", tenant_key="T-2")

    operator.syncs()

    assert operator.contacts() == ["Ada Marsh", "Ada Marsh (T-2)"]


def test_a_tenant_who_changed_the_name_keeps_the_contact(operator: Business) -> None:
    operator.bills("1001", "120.00", tenant="Ada Marsh", tenant_key="T-1")
    operator.syncs()

    operator.rents("Ada Fenwick", key="T-1")
    operator.syncs()

    assert operator.contacts() == ["Ada Fenwick"]


def test_an_invoice_before_the_start_date_is_out_of_scope(operator: Business) -> None:
    from datetime import date

    operator.bills("0999", "120.00", on=date(2025, 12, 31))

    operator.syncs()

    assert operator.books() == []
    assert operator.states()["invoice 0999"] == "out_of_scope"


def test_nothing_is_ever_sent_to_a_tenant(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()

    outbox = operator.server.run(
        lambda world: list(world.organisations[operator.xero_id].books.outbox)
    )

    assert outbox == []


def test_what_is_written_reads_well_in_xero(operator: Business) -> None:
    """receipt, unit and name on a payment · unit on an invoice · nothing of the tenant's own"""
    operator.bills("1001", "120.00")
    operator.is_paid("R20931", ("1001", "120.00"))
    operator.syncs()

    payment, invoice = operator._listed("Payments")[0], operator._listed("Invoices")[0]
    contact = operator._listed("Contacts")[0]
    assert payment["Reference"].startswith("R20931 Ada Marsh · ")
    assert (invoice["InvoiceNumber"], invoice["Reference"]) == ("1001", "B114")
    assert not contact.get("EmailAddress")
