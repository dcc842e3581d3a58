"""What a bookkeeper does with credits, money and journals, seen by an integration afterwards."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from fauxero.accounting.base import ElementRefused
from fauxero.accounting.bookkeeper import ActRefused
from fauxero.accounting.resource import Element, NotFound
from fauxero.accounting.resources import RESOURCES
from fauxero.accounting.tracking import is_option_used
from tests.accounting.story import Story, done, line, refused

D = Decimal
RENT = {"description": "Rent", "quantity": 1, "unit_amount": "100.00", "account_code": "2000"}


def test_credit_raised_by_hand_is_set_against_an_invoice_and_taken_off(story: Story) -> None:
    invoice = story.invoice("120.00")
    contact_id = invoice["Contact"]["ContactID"]
    note = story.bookkeeper("raise_credit_note", contact_id=contact_id, lines=[RENT])
    made = story.bookkeeper(
        "allocate_credit", credit_id=note["CreditNoteNumber"], invoice_id=invoice["InvoiceID"]
    )
    assert (made["Amount"], story.read("invoices", invoice["InvoiceID"])["Status"]) == (120, "PAID")
    story.bookkeeper("remove_allocation", allocation_id=made["AllocationID"])
    assert story.read("invoices", invoice["InvoiceID"])["AmountDue"] == 120
    with pytest.raises(NotFound):
        story.bookkeeper("remove_allocation", allocation_id=made["AllocationID"])
    story.bookkeeper("void_credit", credit_id=note["CreditNoteID"])
    assert story.read("creditnotes", note["CreditNoteID"])["Status"] == "VOIDED"


def test_the_app_meets_credit_that_was_used_elsewhere(story: Story) -> None:
    """An app allocates what a person has paid back in the meantime."""
    invoice, note = story.invoice("120.00"), story.credit_note("120.00")
    story.bookkeeper("refund_credit", credit_id=note["CreditNoteID"])
    refused(story.allocating(note, invoice, "120.00"))


def test_an_overpayment_at_the_invoice_is_two_things_at_once(story: Story) -> None:
    """Reported: only the pages do this; the type is in the OpenAPI description."""
    invoice = story.invoice("120.00")
    made = story.bookkeeper("overpay_invoice", invoice_id=invoice["InvoiceID"], amount="150.00")
    assert (made["Payment"]["Amount"], made["Overpayment"]["RemainingCredit"]) == (120, 30)
    assert made["Overpayment"]["Type"] == "AROVERPAYMENT"
    assert (story.balance("090"), story.balance("610")) == (150, -30)
    assert story.list("banktransactions").rows == []
    story.allocate(made["Overpayment"], story.invoice("30.00"), "30.00")
    with pytest.raises(ActRefused):
        story.bookkeeper("overpay_invoice", invoice_id=story.invoice()["InvoiceID"], amount="1.00")


@pytest.mark.parametrize("kind", ["overpayment", "prepayment"])
def test_unused_held_money_is_voided_with_its_bank_transaction(story: Story, kind: str) -> None:
    """Recorded: VOIDED is a status of bank transactions."""
    makers: dict[str, Callable[[], Element]] = {
        "overpayment": story.overpayment,
        "prepayment": story.prepayment,
    }
    credit = makers[kind]()
    credit_id = credit[f"{kind.capitalize()}ID"]
    used = story.allocate(credit, story.invoice(), "10.00")
    with pytest.raises(ActRefused):
        story.bookkeeper("void_credit", credit_id=credit_id)
    story.take_off(credit, used)
    story.bookkeeper("void_credit", credit_id=credit_id)
    read = story.read(f"{kind}s", credit_id)
    assert (read["Status"], read["RemainingCredit"]) == ("VOIDED", 0)
    assert story.list("banktransactions").rows[0]["Status"] == "VOIDED"
    assert story.balance("090") == 0


def test_an_overpayment_made_at_an_invoice_is_voided_too(story: Story) -> None:
    made = story.bookkeeper(
        "overpay_invoice", invoice_id=story.invoice("120.00")["InvoiceID"], amount="150.00"
    )
    story.bookkeeper("void_credit", credit_id=made["Overpayment"]["OverpaymentID"])
    assert (story.balance("090"), story.balance("610")) == (120, 0)


def test_money_is_received_spent_and_removed_by_hand(story: Story) -> None:
    received = story.bookkeeper("receive_money", contact_name="Till", lines=[RENT])
    story.bookkeeper(
        "spend_money",
        contact_name="Gateway",
        account_code="9000",
        lines=[RENT | {"account_code": "4010", "unit_amount": "4.00"}],
    )
    assert (story.balance("090"), story.balance("9000")) == (100, -4)
    row_id = received["BankTransactionID"]
    story.bookkeeper("reconcile_bank_transaction", bank_transaction_id=row_id)
    refused(story.post("banktransactions", row_id, Status="DELETED"))
    story.bookkeeper("delete_bank_transaction", bank_transaction_id=row_id)
    assert story.read("banktransactions", row_id)["Status"] == "DELETED"
    assert story.balance("090") == 0


def test_held_money_by_hand(story: Story) -> None:
    over = story.bookkeeper(
        "receive_money",
        contact_name="Ann",
        type="RECEIVE-OVERPAYMENT",
        lines=[{"description": "Too much", "line_amount": "5.00"}],
    )
    story.bookkeeper("delete_bank_transaction", bank_transaction_id=over["BankTransactionID"])
    assert story.read("overpayments", over["OverpaymentID"])["Status"] == "VOIDED"


def test_a_payout_is_transferred_and_undone(story: Story) -> None:
    made = story.bookkeeper("transfer_money", from_code="9000", to_code="090", amount="178.00")
    assert (story.balance("9000"), story.balance("090")) == (-178, 178)
    story.bookkeeper("delete_transfer", bank_transfer_id=made["BankTransferID"])
    assert story.balance("090") == 0
    with pytest.raises(ActRefused):
        story.bookkeeper("transfer_money", from_code="090", to_code="090", amount="1.00")


def test_a_batch_is_paid_reconciled_and_removed(story: Story) -> None:
    """A reconciled batch is left alone by the app: unsure, refusing is the default."""
    invoices = [story.invoice("50.00")["InvoiceID"], story.invoice("70.00")["InvoiceID"]]
    batch = story.bookkeeper("pay_batch", invoice_ids=invoices)
    assert batch["TotalAmount"] == 120
    batch_id = batch["BatchPaymentID"]
    story.bookkeeper("reconcile_batch", batch_payment_id=batch_id)
    assert story.read("payments", batch["Payments"][0]["PaymentID"])["IsReconciled"] is True
    refused(story.post("batchpayments", batch_id, Status="DELETED"))
    story.bookkeeper("delete_batch", batch_payment_id=batch_id)
    assert [story.read("invoices", key)["AmountDue"] for key in invoices] == [50, 70]


def test_a_journal_is_posted_and_voided_by_hand(story: Story) -> None:
    lines = [
        {"account_code": "8010", "line_amount": "10.00"},
        {"account_code": "2000", "line_amount": "-10.00"},
    ]
    made = story.bookkeeper("post_journal", narration="Release", lines=lines)
    assert story.balance("8010") == 10
    story.bookkeeper("void_journal", manual_journal_id=made["ManualJournalID"])
    assert story.balance("8010") == 0
    adjusted = story.bookkeeper(
        "post_manual_adjustment", debit_code="850", credit_code="4000", amount="1.00"
    )
    read = story.read("manualjournals", adjusted["ManualJournalID"])
    assert (read["Status"], len(read["JournalLines"])) == ("POSTED", 2)


def test_merging_contacts_takes_credit_and_money_along(story: Story) -> None:
    note, row = story.credit_note(), story.money()
    keeper = story.contact("Orla Finnegan")
    story.bookkeeper("merge_contacts", from_id=note["Contact"]["ContactID"], into_id=keeper)
    assert story.read("creditnotes", note["CreditNoteID"])["Contact"]["ContactID"] == keeper
    moved = story.read("banktransactions", row["BankTransactionID"])
    assert moved["Contact"]["ContactID"] == keeper
    invoice = story.invoice(Contact={"ContactID": keeper})
    story.allocate(note, invoice, "10.00")


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        ("void_credit", {"credit_id": "none"}),
        ("delete_bank_transaction", {"bank_transaction_id": "none"}),
        ("delete_transfer", {"bank_transfer_id": "none"}),
        ("delete_batch", {"batch_payment_id": "none"}),
        ("void_journal", {"manual_journal_id": "none"}),
        ("pay_batch", {"invoice_ids": ["none"]}),
    ],
)
def test_what_does_not_exist_is_said_so(story: Story, act: str, arguments: Element) -> None:
    with pytest.raises(NotFound):
        story.bookkeeper(act, **arguments)


# ---- balances


@pytest.mark.parametrize(("less", "expected"), [(True, 70), (False, 120)])
def test_a_contacts_balance_is_less_its_unused_credit_unless_switched(
    story: Story, less: bool, expected: int
) -> None:
    """Unsure; with it, all contacts' balances add up to the control account."""
    story.books.set_switches(balances_less_credits=less)
    note = story.credit_note("30.00")
    story.overpayment("20.00")
    story.prepayment("500.00")
    story.invoice("120.00")
    read = story.read("contacts", note["Contact"]["ContactID"])
    assert read["Balances"]["AccountsReceivable"]["Outstanding"] == expected
    if less:
        assert story.balance("610") == expected


def test_an_option_used_by_money_alone_is_in_use(story: Story) -> None:
    """Documented: options in use are not deleted but archived."""
    tracked = [line(Tracking=[{"Name": "Location", "Option": "Ashford"}])]
    story.money(LineItems=tracked)
    category = story.books.category_by_name("Location")
    assert category is not None
    option = story.books.option_by_name(category.id, "Ashford")
    assert option is not None
    assert is_option_used(story.books, option)


def test_an_account_that_a_draft_note_names_is_in_use(story: Story) -> None:
    """Documented: accounts in use are not deleted but archived."""
    made = done(story.put("accounts", Code="2999", Name="New", Type="REVENUE"))
    story.credit_note(Status="DRAFT", LineItems=[line(AccountCode="2999")])
    with pytest.raises(ElementRefused):
        RESOURCES["accounts"].delete(story.books, made["AccountID"])


def test_an_account_that_only_deleted_money_went_through_is_in_use(story: Story) -> None:
    bank = {"Code": "099", "Name": "Till", "Type": "BANK", "BankAccountNumber": "1"}
    made = done(story.put("accounts", **bank))
    row = story.money(BankAccount={"Code": "099"})
    done(story.post("banktransactions", row["BankTransactionID"], Status="DELETED"))
    with pytest.raises(ElementRefused):
        RESOURCES["accounts"].delete(story.books, made["AccountID"])
    assert len(story.list("journals").rows) == 2
