"""What a bookkeeper does in Xero's own pages, seen by an integration afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fauxero.accounting.bookkeeper import ACTS, ActRefused
from fauxero.accounting.resource import NotFound
from tests.accounting.story import Story, refused

D = Decimal


def moved(story: Story, path: str) -> int:
    """How many rows a sweep since this very second sees."""
    return len(
        story.list(path, page=1, modified_since=story.clock.now(), include_archived=True).rows
    )


def test_every_act_the_tests_of_an_integration_need_is_there() -> None:
    assert {
        "raise_invoice",
        "edit_invoice",
        "void_invoice",
        "pay_invoice",
        "delete_payment",
        "reconcile_payment",
        "edit_contact",
        "archive_contact",
        "merge_contacts",
        "add_contact",
        "archive_account",
        "archive_tracking_option",
        "set_lock_dates",
        "post_manual_adjustment",
    } <= ACTS.keys()


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        ("edit_invoice", {"amount": "99.00"}),
        ("edit_invoice", {"date": "2026-11-03"}),
        ("edit_invoice", {"account_code": "2300"}),
        ("void_invoice", {}),
        ("pay_invoice", {}),
    ],
)
def test_what_is_done_to_an_invoice_is_seen_by_a_sweep(
    story: Story, act: str, arguments: dict
) -> None:
    invoice = story.invoice()
    story.clock.advance(60)
    story.bookkeeper(act, invoice_id=invoice["InvoiceID"], **arguments)
    assert moved(story, "invoices") == 1


def test_an_amount_is_edited_by_hand_and_the_ledger_follows(story: Story) -> None:
    invoice = story.invoice("120.00", InvoiceNumber="R-1")
    story.bookkeeper("edit_invoice", invoice_id="R-1", amount="60.00")
    assert story.read("invoices", invoice["InvoiceID"])["Total"] == 60
    assert story.balance("610") == 60


def test_a_hand_raised_invoice_takes_the_number_it_is_given(story: Story) -> None:
    by_hand = story.bookkeeper(
        "raise_invoice",
        contact_name="Orla Finnegan",
        number="R-1",
        lines=[
            {
                "description": "Unit A12",
                "quantity": 1,
                "unit_amount": "50.00",
                "account_code": "200",
            }
        ],
    )
    assert (by_hand["InvoiceNumber"], by_hand["Total"]) == ("R-1", 60)
    refused(story.put("invoices", **story.invoice_request(InvoiceNumber="R-1")))


def test_merging_moves_documents_and_leaves_a_pointer(story: Story) -> None:
    """Documented: MergedToContactID on single and paged reads."""
    keeper = story.contact("Orla Finnegan")
    invoice = story.invoice()
    old = invoice["Contact"]["ContactID"]
    story.clock.advance(60)
    story.bookkeeper("merge_contacts", from_id=old, into_id=keeper)
    assert story.read("invoices", invoice["InvoiceID"])["Contact"]["ContactID"] == keeper
    gone = story.read("contacts", old)
    assert (gone["ContactStatus"], gone["MergedToContactID"]) == ("ARCHIVED", keeper)
    assert moved(story, "contacts") == 2
    assert moved(story, "invoices") == 1


def test_a_contact_merged_into_itself_is_refused(story: Story) -> None:
    contact_id = story.contact()
    with pytest.raises(ActRefused):
        story.bookkeeper("merge_contacts", from_id=contact_id, into_id=contact_id)


def test_a_contact_is_brought_back_by_hand_unless_its_name_is_taken(story: Story) -> None:
    contact_id = story.contact("Orla")
    story.bookkeeper("archive_contact", contact_id=contact_id)
    story.bookkeeper("restore_contact", contact_id=contact_id)
    assert story.read("contacts", contact_id)["ContactStatus"] == "ACTIVE"
    story.bookkeeper("archive_contact", contact_id=contact_id)
    story.contact("Orla")
    with pytest.raises(ActRefused):
        story.bookkeeper("restore_contact", contact_id=contact_id)


def test_a_person_edits_an_archived_contact_though_the_api_may_not(story: Story) -> None:
    contact_id = story.contact("Orla")
    story.bookkeeper("archive_contact", contact_id=contact_id)
    story.bookkeeper("edit_contact", contact_id=contact_id, EmailAddress="orla@x.example")
    contact = story.read("contacts", contact_id)
    assert (contact["ContactStatus"], contact["EmailAddress"]) == ("ARCHIVED", "orla@x.example")


def test_a_person_may_delete_a_reconciled_payment(story: Story) -> None:
    invoice = story.invoice()
    payment = story.pay(invoice)
    story.bookkeeper("reconcile_payment", payment_id=payment["PaymentID"])
    assert story.read("payments", payment["PaymentID"])["IsReconciled"] is True
    story.bookkeeper("delete_payment", payment_id=payment["PaymentID"])
    assert story.read("invoices", invoice["InvoiceID"])["Status"] == "AUTHORISED"


def test_what_xero_refuses_a_person_is_refused_here_too(story: Story) -> None:
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    for act in ("void_invoice", "delete_invoice"):
        with pytest.raises(ActRefused):
            story.bookkeeper(act, invoice_id=invoice["InvoiceID"])
    with pytest.raises(ActRefused):
        story.bookkeeper("archive_account", code="610")
    with pytest.raises(NotFound):
        story.bookkeeper("void_invoice", invoice_id="R-none")


def test_a_manual_adjustment_moves_money_between_ordinary_accounts(story: Story) -> None:
    story.bookkeeper(
        "post_manual_adjustment", debit_code="2010", credit_code="2000", amount="12.50"
    )
    assert (story.balance("2010"), story.balance("2000")) == (D("12.50"), D("-12.50"))
    with pytest.raises(ActRefused):
        story.bookkeeper("post_manual_adjustment", debit_code="610", credit_code="2000", amount="1")


def test_an_option_renamed_by_hand_shows_on_old_documents(story: Story) -> None:
    invoice = story.invoice(
        LineItems=[
            {
                "Description": "x",
                "UnitAmount": D(5),
                "AccountCode": "2000",
                "Tracking": [{"Name": "Location", "Option": "Ashford"}],
            }
        ]
    )
    story.bookkeeper(
        "rename_tracking_option", category="Location", option="Ashford", new_name="Ashford North"
    )
    (row,) = story.read("invoices", invoice["InvoiceID"])["LineItems"]
    assert row["Tracking"][0]["Option"] == "Ashford North"
