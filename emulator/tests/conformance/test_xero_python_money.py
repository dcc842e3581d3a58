"""The money resources through Xero's own Python SDK: credits, bank, batches, journals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    BankTransaction,
    BankTransactions,
    BankTransfer,
    BankTransfers,
    BatchPayment,
    BatchPaymentDelete,
    BatchPaymentDeleteByUrlParam,
    BatchPayments,
    Contact,
    Contacts,
    CreditNote,
    CreditNotes,
    Invoice,
    Invoices,
    LineAmountTypes,
    LineItem,
    ManualJournal,
    ManualJournalLine,
    ManualJournals,
    Overpayment,
    Payment,
    Payments,
    Prepayment,
)
from xero_python.exceptions import AccountingBadRequestException

from tests.conformance.test_xero_python import Sdk, sales_invoice, sdk

__all__ = ["sdk"]

ON = date(2026, 3, 1)
BANK, SALES = Account(code="090"), "200"


def line(amount: str, code: str | None = SALES, **more: Any) -> LineItem:
    return LineItem(
        description="Unit A12",
        quantity=Decimal(1),
        unit_amount=Decimal(amount),
        account_code=code,
        **more,
    )


@pytest.fixture
def contact_id(sdk: Sdk) -> str:
    made = sdk.api.create_contacts(sdk.organisation, Contacts(contacts=[Contact(name="Ann")]))
    return made.contacts[0].contact_id


def an_invoice(sdk: Sdk, contact_id: str, number: str, amount: str = "100.00") -> Invoice:
    asked = Invoices(invoices=[sales_invoice(number, contact_id, SALES, amount)])
    return sdk.api.create_invoices(sdk.organisation, asked).invoices[0]


def a_credit_note(sdk: Sdk, contact_id: str, amount: str) -> CreditNote:
    note = CreditNote(
        type="ACCRECCREDIT",
        status="AUTHORISED",
        contact=Contact(contact_id=contact_id),
        date=ON,
        line_items=[line(amount)],
    )
    asked = CreditNotes(credit_notes=[note])
    return sdk.api.create_credit_notes(sdk.organisation, asked).credit_notes[0]


def money(sdk: Sdk, contact_id: str, type_: str, item: LineItem, **more: Any) -> BankTransaction:
    row = BankTransaction(
        type=type_,
        contact=Contact(contact_id=contact_id),
        bank_account=BANK,
        date=ON,
        line_items=[item],
        **more,
    )
    asked = BankTransactions(bank_transactions=[row])
    return sdk.api.create_bank_transactions(sdk.organisation, asked).bank_transactions[0]


def allocations(invoice: Invoice, amount: str) -> Allocations:
    target = Invoice(invoice_id=invoice.invoice_id)
    return Allocations(allocations=[Allocation(invoice=target, amount=Decimal(amount), date=ON)])


def test_a_credit_note_is_allocated_and_taken_off(sdk: Sdk, contact_id: str) -> None:
    """Reported: the SDK cannot read Xero's answer to taking an allocation off."""
    invoice, note = an_invoice(sdk, contact_id, "R-1"), a_credit_note(sdk, contact_id, "50.00")
    assert (note.total, note.remaining_credit) == (60, 60)
    made = sdk.api.create_credit_note_allocation(
        sdk.organisation, note.credit_note_id, allocations(invoice, "60.00")
    )
    assert made.allocations[0].amount == 60
    read = sdk.api.get_credit_note(sdk.organisation, note.credit_note_id).credit_notes[0]
    assert (read.status, read.remaining_credit) == ("PAID", 0)
    [allocation] = read.allocations
    credited = sdk.api.get_invoice(sdk.organisation, invoice.invoice_id).invoices[0]
    assert (credited.amount_credited, credited.amount_due) == (60, 60)
    assert credited.credit_notes[0].applied_amount == 60
    with pytest.raises(ValueError, match="invoice"):
        sdk.api.delete_credit_note_allocations(
            sdk.organisation, note.credit_note_id, allocation.allocation_id
        )
    read = sdk.api.get_credit_note(sdk.organisation, note.credit_note_id).credit_notes[0]
    assert (read.status, read.allocations) == ("AUTHORISED", [])


def test_too_much_is_refused_in_the_sdks_own_exception(sdk: Sdk, contact_id: str) -> None:
    invoice, note = an_invoice(sdk, contact_id, "R-1"), a_credit_note(sdk, contact_id, "50.00")
    with pytest.raises(AccountingBadRequestException) as refusal:
        sdk.api.create_credit_note_allocation(
            sdk.organisation, note.credit_note_id, allocations(invoice, "60.01")
        )
    assert "greater than amount outstanding" in str(refusal.value.error_data)


def test_overpayments_are_made_allocated_and_paid_back(sdk: Sdk, contact_id: str) -> None:
    item = LineItem(description="Too much", line_amount=Decimal("80.00"))
    made = money(
        sdk, contact_id, "RECEIVE-OVERPAYMENT", item, line_amount_types=LineAmountTypes.NOTAX
    )
    invoice = an_invoice(sdk, contact_id, "R-1")
    sdk.api.create_overpayment_allocations(
        sdk.organisation, made.overpayment_id, allocations(invoice, "30.00")
    )
    payment = Payment(
        overpayment=Overpayment(overpayment_id=made.overpayment_id),
        account=BANK,
        amount=Decimal("50.00"),
        date=ON,
    )
    paid = sdk.api.create_payments(sdk.organisation, Payments(payments=[payment])).payments[0]
    assert paid.payment_type == "AROVERPAYMENTPAYMENT"
    read = sdk.api.get_overpayment(sdk.organisation, made.overpayment_id).overpayments[0]
    assert (read.status, read.type, read.remaining_credit) == ("PAID", "RECEIVE-OVERPAYMENT", 0)
    assert len(sdk.api.get_overpayments(sdk.organisation, page=1).overpayments) == 1


def test_prepayments_are_made_and_allocated(sdk: Sdk, contact_id: str) -> None:
    made = money(sdk, contact_id, "RECEIVE-PREPAYMENT", line("120.00"))
    invoice = an_invoice(sdk, contact_id, "R-1")
    sdk.api.create_prepayment_allocations(
        sdk.organisation, made.prepayment_id, allocations(invoice, "120.00")
    )
    read = sdk.api.get_prepayment(sdk.organisation, made.prepayment_id).prepayments[0]
    assert (read.status, read.remaining_credit) == ("PAID", 0)
    refund = Payment(
        prepayment=Prepayment(prepayment_id=made.prepayment_id), account=BANK, amount=Decimal(1)
    )
    with pytest.raises(AccountingBadRequestException):
        sdk.api.create_payments(sdk.organisation, Payments(payments=[refund]))


def test_a_credit_note_is_paid_back_and_the_payment_listed(sdk: Sdk, contact_id: str) -> None:
    note = a_credit_note(sdk, contact_id, "50.00")
    payment = Payment(
        credit_note=CreditNote(credit_note_id=note.credit_note_id),
        account=BANK,
        amount=Decimal("60.00"),
        date=ON,
    )
    sdk.api.create_payments(sdk.organisation, Payments(payments=[payment]))
    [listed] = sdk.api.get_payments(sdk.organisation).payments
    assert (listed.payment_type, listed.invoice.invoice_id) == (
        "ARCREDITPAYMENT",
        note.credit_note_id,
    )


@pytest.mark.parametrize("by_url", [True, False])
def test_a_batch_is_paid_and_deleted(sdk: Sdk, contact_id: str, by_url: bool) -> None:
    invoices = [an_invoice(sdk, contact_id, number) for number in ("R-1", "R-2")]
    parts = [
        Payment(invoice=Invoice(invoice_id=row.invoice_id), amount=Decimal("120.00"))
        for row in invoices
    ]
    batch = BatchPayment(account=BANK, date=ON, reference="payout 11", payments=parts)
    asked = BatchPayments(batch_payments=[batch])
    [made] = sdk.api.create_batch_payment(sdk.organisation, asked).batch_payments
    assert (made.type, made.total_amount, len(made.payments)) == ("RECBATCH", 240, 2)
    if by_url:
        sdk.api.delete_batch_payment_by_url_param(
            sdk.organisation, made.batch_payment_id, BatchPaymentDeleteByUrlParam(status="DELETED")
        )
    else:
        sdk.api.delete_batch_payment(
            sdk.organisation,
            BatchPaymentDelete(status="DELETED", batch_payment_id=made.batch_payment_id),
        )
    read = sdk.api.get_batch_payment(sdk.organisation, made.batch_payment_id).batch_payments[0]
    assert (read.status, read.payments) == ("DELETED", [])


def test_money_is_spent_transferred_and_listed(sdk: Sdk, contact_id: str) -> None:
    money(sdk, contact_id, "SPEND", line("4.00", "4010"), reference="fee")
    moved = BankTransfer(
        from_bank_account=Account(code="9000"),
        to_bank_account=BANK,
        amount=Decimal("178.00"),
        date=ON,
    )
    asked = BankTransfers(bank_transfers=[moved])
    [made] = sdk.api.create_bank_transfer(sdk.organisation, asked).bank_transfers
    assert sdk.api.get_bank_transfer(sdk.organisation, made.bank_transfer_id).bank_transfers
    rows = sdk.api.get_bank_transactions(sdk.organisation, page=1).bank_transactions
    assert sorted(row.type for row in rows) == ["RECEIVE-TRANSFER", "SPEND", "SPEND-TRANSFER"]


def test_a_manual_journal_is_posted_and_the_ledger_read(sdk: Sdk, contact_id: str) -> None:
    an_invoice(sdk, contact_id, "R-1")
    lines = [
        ManualJournalLine(line_amount=Decimal("10.00"), account_code="8010"),
        ManualJournalLine(line_amount=Decimal("-10.00"), account_code=SALES),
    ]
    journal = ManualJournal(narration="Release", date=ON, status="POSTED", journal_lines=lines)
    asked = ManualJournals(manual_journals=[journal])
    [made] = sdk.api.create_manual_journals(sdk.organisation, asked).manual_journals
    assert made.status == "POSTED"
    assert len(sdk.api.get_manual_journals(sdk.organisation).manual_journals) == 1
    sdk.xero.token = sdk.xero.new_token(scopes=["offline_access", "accounting.journals.read"])
    ledger = Sdk(sdk.xero).api.get_journals(sdk.organisation).journals
    assert [row.source_type for row in ledger] == ["ACCREC", "MANJOURNAL"]
    assert sum(item.net_amount for item in ledger[0].journal_lines) == 0
