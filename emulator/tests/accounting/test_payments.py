"""Payments. Evidence is named test by test: documented, reported, unsure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fauxero.accounting.payment_targets import NOT_AUTHORISED, TOO_MUCH
from fauxero.accounting.resource import BadPostData, NotFound
from tests.accounting.story import Story, done, line, refused

D = Decimal


def test_a_full_payment_makes_the_invoice_paid_at_once(story: Story) -> None:
    """Documented."""
    invoice = story.invoice("120.00")
    payment = story.pay(invoice, Reference="R20931 B114")
    assert (payment["PaymentType"], payment["Status"]) == ("ACCRECPAYMENT", "AUTHORISED")
    assert (payment["Amount"], payment["Reference"]) == (120, "R20931 B114")
    read = story.read("invoices", invoice["InvoiceID"])
    assert (read["Status"], read["AmountDue"], read["AmountPaid"]) == ("PAID", 0, 120)
    assert read["FullyPaidOnDate"].isoformat() == "2026-11-10"
    assert read["Payments"][0]["PaymentID"] == payment["PaymentID"]


def test_a_part_payment_leaves_the_rest_owing(story: Story) -> None:
    invoice = story.invoice("120.00")
    story.pay(invoice, "50.00")
    read = story.read("invoices", invoice["InvoiceID"])
    assert (read["Status"], read["AmountDue"], read["AmountPaid"]) == ("AUTHORISED", 70, 50)
    assert "FullyPaidOnDate" not in read


def test_deleting_a_payment_makes_the_invoice_owed_again(story: Story) -> None:
    """Deletion documented; the way back reported."""
    invoice = story.invoice("120.00")
    payment = story.pay(invoice)
    gone = done(story.post("payments", payment["PaymentID"], Status="DELETED"))
    assert gone["Status"] == "DELETED"
    read = story.read("invoices", invoice["InvoiceID"])
    assert (read["Status"], read["AmountDue"], read["Payments"]) == ("AUTHORISED", 120, [])
    assert story.balance("090") == 0


def test_more_than_is_due_is_refused(story: Story) -> None:
    """Text in the OpenAPI examples."""
    invoice = story.invoice("120.00")
    story.pay(invoice, "100.00")
    request = story.payment_request(invoice, "20.01")
    assert refused(story.put("payments", **request)) == (TOO_MUCH,)


def test_a_payment_on_a_paid_invoice_draws_both_texts(story: Story) -> None:
    """Reported: the race with the bookkeeper."""
    invoice = story.invoice("120.00")
    request = story.payment_request(invoice)
    story.bookkeeper("pay_invoice", invoice_id=invoice["InvoiceID"])
    assert refused(story.put("payments", **request)) == (NOT_AUTHORISED, TOO_MUCH)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_only_approved_documents_can_be_paid(story: Story, status: str) -> None:
    """Text reported."""
    request = story.payment_request(story.invoice(Status=status))
    assert refused(story.put("payments", **request)) == (NOT_AUTHORISED,)


def test_a_voided_document_cannot_be_paid(story: Story) -> None:
    invoice = story.invoice()
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    request = story.payment_request(invoice, "1.00")
    assert refused(story.put("payments", **request)) == (NOT_AUTHORISED,)


@pytest.mark.parametrize(
    ("code", "is_fine"),
    [("9000", True), ("880", True), ("200", False), ("610", False), ("9999", False)],
)
def test_money_goes_to_banks_and_payment_enabled_accounts(
    story: Story, code: str, is_fine: bool
) -> None:
    """Documented rule; wording unsure."""
    request = story.payment_request(story.invoice(), Account={"Code": code})
    assert (not story.put("payments", **request).errors) is is_fine


def test_an_archived_account_takes_no_money(story: Story) -> None:
    story.bookkeeper("archive_account", code="9000")
    refused(
        story.put("payments", **story.payment_request(story.invoice(), Account={"Code": "9000"}))
    )


def test_an_account_may_be_named_by_id_and_an_invoice_by_number(story: Story) -> None:
    """Documented."""
    invoice = story.invoice(InvoiceNumber="R-1")
    account = story.books.account_by_code("9010")
    assert account is not None
    for named in ({"Invoice": {"InvoiceNumber": "R-1"}}, {"Invoice": None, "InvoiceNumber": "R-1"}):
        request = story.payment_request(invoice, "10.00", Account={"AccountID": account.id})
        payment = done(story.put("payments", **(request | named)))
        assert payment["Invoice"]["InvoiceID"] == invoice["InvoiceID"]
        assert payment["Account"]["Code"] == "9010"


@pytest.mark.parametrize("amount", [None, D(0), D("-5.00"), D("0.001")])
def test_a_payment_needs_an_amount_above_zero(story: Story, amount: Decimal | None) -> None:
    request = story.payment_request(story.invoice()) | {"Amount": amount}
    refused(story.put("payments", **request))


def test_an_unknown_invoice_is_refused(story: Story) -> None:
    request = story.payment_request(story.invoice()) | {
        "Invoice": {"InvoiceID": "11111111-1111-4111-8111-111111111111"}
    }
    refused(story.put("payments", **request))


def test_a_payment_can_be_deleted_and_nothing_else(story: Story) -> None:
    """Documented: no edits."""
    payment = story.pay(story.invoice(), "20.00")
    refused(story.post("payments", payment["PaymentID"], Amount=D("30.00")))
    refused(story.post("payments", payment["PaymentID"], Reference="x"))
    done(story.post("payments", PaymentID=payment["PaymentID"], Status="DELETED"))
    refused(story.post("payments", payment["PaymentID"], Status="DELETED"))


def test_a_reconciled_payment_is_not_deleted_unless_switched(story: Story) -> None:
    """Unsure what Xero does; refusing is the default."""
    payment = story.pay(story.invoice())
    story.bookkeeper("reconcile_payment", payment_id=payment["PaymentID"])
    refused(story.post("payments", payment["PaymentID"], Status="DELETED"))
    story.books.set_switches(delete_reconciled_payments=True)
    done(story.post("payments", payment["PaymentID"], Status="DELETED"))


def test_two_identical_payments_are_two_payments(story: Story) -> None:
    """Reported: nothing but the amount due keeps a blind repeat from doubling."""
    invoice = story.invoice("120.00")
    request = story.payment_request(invoice, "20.00", Reference="same")
    assert (
        done(story.put("payments", **request))["PaymentID"]
        != done(story.put("payments", **request))["PaymentID"]
    )


def test_a_bill_is_paid_the_other_way_round(story: Story) -> None:
    bill = story.invoice(Type="ACCPAY", LineItems=[line("60.00", AccountCode="429")])
    assert story.pay(bill)["PaymentType"] == "ACCPAYPAYMENT"
    assert (story.balance("090"), story.balance("800")) == (-60, 0)


def test_a_payment_before_its_invoice_is_taken_unless_switched(story: Story) -> None:
    """Reported by third parties as an error, unproven."""
    invoice = story.invoice(Date="2026-11-10")
    early = story.payment_request(invoice, "10.00", Date="2026-11-09")
    done(story.put("payments", **early))
    story.books.set_switches(allow_payment_before_invoice=False)
    refused(story.put("payments", **early))


def test_payments_are_listed_with_filters(story: Story) -> None:
    """Optimised fields documented."""
    one, two = story.invoice("50.00"), story.invoice("70.00")
    first = story.pay(one, Reference="k7f3", Date="2026-11-10")
    second = story.pay(two, Reference="m2p9", Date="2026-11-12")
    story.post("payments", second["PaymentID"], Status="DELETED")

    def found(where: str) -> list[str]:
        return [row["PaymentID"] for row in story.list("payments", page=1, where=where).rows]

    assert found('Reference=="K7F3"') == [first["PaymentID"]]
    assert found('Status=="DELETED"') == [second["PaymentID"]]
    assert found(f'Invoice.InvoiceId==guid("{one["InvoiceID"]}")') == [first["PaymentID"]]
    assert found("Date>=DateTime(2026,11,11)") == [second["PaymentID"]]
    assert found('PaymentType=="ACCRECPAYMENT" AND Amount>60') == [second["PaymentID"]]
    newest = story.list("payments", page=1, order="Date DESC").rows
    assert [row["PaymentID"] for row in newest] == [second["PaymentID"], first["PaymentID"]]


def test_a_deleted_payment_is_still_read(story: Story) -> None:
    payment = story.pay(story.invoice())
    story.post("payments", payment["PaymentID"], Status="DELETED")
    assert story.read("payments", payment["PaymentID"])["Status"] == "DELETED"


def test_wrong_types_and_unknown_ids_refuse_the_request(story: Story) -> None:
    with pytest.raises(BadPostData):
        story.put("payments", **(story.payment_request(story.invoice()) | {"Amount": "lots"}))
    with pytest.raises(NotFound):
        story.post("payments", "11111111-1111-4111-8111-111111111111", Status="DELETED")
