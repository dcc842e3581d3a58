"""Bank statement lines to match against, and reminders on the clock."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting import emails
from fauxero.accounting.resource import Element, NotFound, RequestRefused
from tests.accounting.story import Story, done, line, refused


def lines(story: Story, *amounts: str, code: str = "090") -> list[Element]:
    rows = [{"date": "2026-11-10", "amount": amount} for amount in amounts]
    found = story.bookkeeper("import_statement_lines", account_code=code, lines=rows)
    return found["StatementLines"]


def match(story: Story, found: Element, **to: Any) -> Element:
    return story.bookkeeper("match_statement_line", line_id=found["StatementLineID"], **to)


def test_matching_a_line_reconciles_the_payment(story: Story) -> None:
    """Documented (Payments): IsReconciled says that a payment is matched."""
    payment = story.pay(story.invoice("120.00"), "50.00")
    (received,) = lines(story, "50.00")
    assert match(story, received, payment_id=payment["PaymentID"])["IsReconciled"] is True
    assert story.read("payments", payment["PaymentID"])["IsReconciled"] is True
    refused(story.post("payments", payment["PaymentID"], Status="DELETED"))
    story.bookkeeper("unmatch_statement_line", line_id=received["StatementLineID"])
    assert story.read("payments", payment["PaymentID"])["IsReconciled"] is False


def test_money_paid_out_is_matched_to_a_negative_line(story: Story) -> None:
    bill = story.invoice(
        Type="ACCPAY", LineAmountTypes="NoTax", LineItems=[line("12.00", AccountCode="461")]
    )
    payment_id = story.pay(bill)["PaymentID"]
    wrong, right = lines(story, "12.00", "-12.00")
    with pytest.raises(RequestRefused):
        match(story, wrong, payment_id=payment_id)
    assert match(story, right, payment_id=payment_id)["MatchedID"] == payment_id


@pytest.mark.parametrize(("amount", "code"), [("49.99", "090"), ("50.00", "091")])
def test_another_amount_or_account_does_not_match(story: Story, amount: str, code: str) -> None:
    payment_id = story.pay(story.invoice("120.00"), "50.00")["PaymentID"]
    (found,) = lines(story, amount, code=code)
    with pytest.raises(RequestRefused):
        match(story, found, payment_id=payment_id)
    assert story.read("payments", payment_id)["IsReconciled"] is False


def test_a_line_and_a_payment_are_matched_once(story: Story) -> None:
    payments = [story.pay(story.invoice("120.00"), "50.00")["PaymentID"] for _ in range(2)]
    first, second = lines(story, "50.00", "50.00")
    match(story, first, payment_id=payments[0])
    for found, payment_id in ((first, payments[1]), (second, payments[0])):
        with pytest.raises(RequestRefused):
            match(story, found, payment_id=payment_id)
    with pytest.raises(RequestRefused):
        match(story, second)
    with pytest.raises(NotFound):
        match(story, second, payment_id=second["StatementLineID"])


def test_a_bank_transaction_is_matched(story: Story) -> None:
    """Documented (Bank transactions): IsReconciled."""
    made = done(
        story.put(
            "banktransactions",
            Type="RECEIVE",
            Contact={"ContactID": story.contact()},
            BankAccount={"Code": "090"},
            Date="2026-11-10",
            LineItems=[line("30.00", AccountCode="200")],
        )
    )
    (received,) = lines(story, "30.00")
    match(story, received, bank_transaction_id=made["BankTransactionID"])
    read = story.read("banktransactions", made["BankTransactionID"])
    assert read["IsReconciled"] is True


def test_only_a_bank_account_has_a_statement(story: Story) -> None:
    with pytest.raises(RequestRefused):
        lines(story, "1.00", code="200")
    for row in ({"date": "2026-11-10"}, {"amount": 1}, {"date": "x", "amount": 1}):
        with pytest.raises(RequestRefused):
            story.bookkeeper("import_statement_lines", account_code="090", lines=[row])
    assert not len(story.books.side.statement_lines)


# ---- reminders


def days_pass(story: Story, days: int) -> int:
    story.clock.advance(days * 86_400)
    return emails.remind(story.books)


def reminders(story: Story) -> list[str]:
    return [mail.detail for mail in story.books.outbox if mail.kind == emails.REMINDER]


def owing(story: Story, due_on: str = "2026-11-22") -> Element:
    contact_id = story.contact("Orla Finnegan", EmailAddress="orla@finnegan.example")
    return story.invoice("120.00", Contact={"ContactID": contact_id}, DueDate=due_on)


def test_reminders_go_out_seven_fourteen_and_twenty_one_days_late(story: Story) -> None:
    """Xero's default days; off unless switched on (documented: InvoiceReminders settings)."""
    invoice = owing(story)
    assert days_pass(story, 8) == 0
    emails.set_reminders(story.books, enabled=True)
    assert days_pass(story, 5) == 0
    assert days_pass(story, 1) == 1
    assert days_pass(story, 0) == 0
    assert reminders(story) == [
        f"{invoice['InvoiceNumber']}: 120.00 is 14 days overdue, to orla@finnegan.example"
    ]
    assert days_pass(story, 30) == 1
    assert len(reminders(story)) == 2


def test_who_has_paid_or_has_no_address_is_not_reminded(story: Story) -> None:
    emails.set_reminders(story.books, enabled=True)
    story.pay(owing(story), Date="2026-11-22")
    story.invoice(DueDate="2026-11-22")
    draft = story.invoice(Status="DRAFT", DueDate="2026-11-22")
    assert draft["Status"] == "DRAFT"
    assert days_pass(story, 40) == 0


def test_the_setting_is_read(story: Story) -> None:
    """Shape: OpenAPI example of InvoiceReminders."""
    from fauxero.accounting.resources import REMINDER_SETTINGS

    assert REMINDER_SETTINGS.read_list(story.books, None).rows == [{"Enabled": False}]
    emails.set_reminders(story.books, enabled=True, days=(1,))
    assert REMINDER_SETTINGS.read_list(story.books, None).rows == [{"Enabled": True}]
    assert story.books.organisation.reminded_on == date(2026, 11, 22)
    owing(story)
    assert days_pass(story, 1) == 1
    assert story.balance("610") == Decimal("120.00")
