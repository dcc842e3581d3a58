"""One movement of money for many invoices. Evidence: documented unless a test says more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.payment_targets import NOT_AUTHORISED, TOO_MUCH
from fauxero.accounting.payments import WITHIN_BATCH
from fauxero.accounting.resource import Element, NotFound
from tests.accounting.story import Story, done, line, refused

D = Decimal


def paying(*parts: tuple[Element, str], **more: Any) -> Element:
    return {
        "Account": {"Code": "9000"},
        "Date": "2026-11-10",
        "Payments": [
            {"Invoice": {"InvoiceID": invoice["InvoiceID"]}, "Amount": D(amount)}
            for invoice, amount in parts
        ],
    } | more


def test_a_batch_pays_many_invoices_with_one_total(story: Story) -> None:
    one, two = story.invoice("120.00"), story.invoice("80.00")
    batch = done(story.put("batchpayments", **paying((one, "120.00"), (two, "30.00"))))
    assert (batch["Type"], batch["Status"], batch["TotalAmount"]) == (
        "RECBATCH",
        "AUTHORISED",
        150,
    )
    assert [part["Amount"] for part in batch["Payments"]] == [120, 30]
    assert story.read("invoices", one["InvoiceID"])["Status"] == "PAID"
    assert story.read("invoices", two["InvoiceID"])["AmountDue"] == 50
    assert (story.balance("9000"), story.balance("610")) == (150, 50)


def test_a_batch_of_bills_is_a_paybatch(story: Story) -> None:
    bill = story.invoice("60.00", Type="ACCPAY", LineItems=[line("60.00", AccountCode="429")])
    assert done(story.put("batchpayments", **paying((bill, "60.00"))))["Type"] == "PAYBATCH"
    assert (story.balance("9000"), story.balance("800")) == (-60, 0)


def test_its_payments_name_the_batch(story: Story) -> None:
    """OpenAPI example: the total and the flag are texts in the payment's batch block."""
    batch = done(story.put("batchpayments", **paying((story.invoice("120.00"), "120.00"))))
    payment = story.read("payments", batch["Payments"][0]["PaymentID"])
    assert payment["BatchPaymentID"] == batch["BatchPaymentID"]
    assert payment["BatchPayment"]["TotalAmount"] == "120.00"
    assert payment["BatchPayment"]["IsReconciled"] == "false"


def test_a_payment_within_a_batch_is_not_deleted_alone(story: Story) -> None:
    """Text reported."""
    batch = done(story.put("batchpayments", **paying((story.invoice(), "120.00"))))
    payment_id = batch["Payments"][0]["PaymentID"]
    assert refused(story.post("payments", payment_id, Status="DELETED")) == (WITHIN_BATCH,)


@pytest.mark.parametrize("by_body", [True, False])
def test_deleting_the_batch_takes_all_its_payments_back(story: Story, by_body: bool) -> None:
    one, two = story.invoice("120.00"), story.invoice("80.00")
    batch = done(story.put("batchpayments", **paying((one, "120.00"), (two, "80.00"))))
    batch_id = batch["BatchPaymentID"]
    if by_body:
        gone = done(story.post("batchpayments", BatchPaymentID=batch_id, Status="DELETED"))
    else:
        gone = done(story.post("batchpayments", batch_id, Status="DELETED"))
    assert (gone["Status"], gone["Payments"], gone["TotalAmount"]) == ("DELETED", [], 200)
    assert story.read("invoices", one["InvoiceID"])["AmountDue"] == 120
    assert story.balance("9000") == 0
    payment = story.read("payments", batch["Payments"][0]["PaymentID"])
    assert payment["Status"] == "DELETED"
    refused(story.post("batchpayments", batch_id, Status="DELETED"))
    refused(story.post("batchpayments", batch_id, Reference="x"))


def test_one_bad_payment_refuses_the_whole_batch(story: Story) -> None:
    one, two = story.invoice("120.00"), story.invoice("80.00")
    outcome = story.put("batchpayments", **paying((one, "120.00"), (two, "80.01")))
    assert refused(outcome) == (TOO_MUCH,)
    assert story.read("invoices", one["InvoiceID"])["AmountDue"] == 120
    assert len(story.books.payments) == 0


def test_an_invoice_twice_in_a_batch_is_paid_no_more_than_is_due(story: Story) -> None:
    invoice = story.invoice("120.00")
    again = story.put("batchpayments", **paying((invoice, "100.00"), (invoice, "20.01")))
    assert refused(again) == (TOO_MUCH,)
    done(story.put("batchpayments", **paying((invoice, "100.00"), (invoice, "20.00"))))


def test_sales_and_bills_are_not_mixed(story: Story) -> None:
    sale = story.invoice()
    bill = story.invoice("60.00", Type="ACCPAY", LineItems=[line("60.00", AccountCode="429")])
    refused(story.put("batchpayments", **paying((sale, "1.00"), (bill, "1.00"))))


def test_credits_are_not_paid_back_in_a_batch(story: Story) -> None:
    note = story.credit_note()
    part = {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Amount": D(1)}
    refused(story.put("batchpayments", **paying(Payments=[part])))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Account": None},
        {"Account": {"Code": "200"}},
        {"Account": None, "Code": "9000"},
        {"Payments": []},
        {"Payments": [{"Invoice": {"InvoiceNumber": "none"}, "Amount": D(1)}]},
    ],
)
def test_what_a_batch_needs(story: Story, wrong: dict[str, Any]) -> None:
    refused(story.put("batchpayments", **paying((story.invoice(), "10.00")) | wrong))


def test_a_draft_is_not_paid_in_a_batch(story: Story) -> None:
    draft = story.invoice(Status="DRAFT")
    assert refused(story.put("batchpayments", **paying((draft, "10.00")))) == (NOT_AUTHORISED,)


@pytest.mark.parametrize(
    ("template", "name", "length_max"),
    [
        ("nz", "Reference", 12),
        ("nz", "Particulars", 12),
        ("nz", "Code", 12),
        ("uk", "Reference", 255),
        ("uk", "Details", 18),
        ("uk", "Narrative", 18),
        ("au", "Details", 18),
    ],
)
def test_each_region_has_its_fields_and_lengths(template: str, name: str, length_max: int) -> None:
    story = Story(template)
    texts = {name: "x" * length_max}
    fits = paying((story.invoice(), "1.00"), **texts)
    assert done(story.put("batchpayments", **fits))[name] == "x" * length_max
    refused(story.put("batchpayments", **fits | {name: "x" * (length_max + 1)}))
    story.books.check()


@pytest.mark.parametrize(("template", "name"), [("uk", "Particulars"), ("au", "Narrative")])
def test_another_regions_field_is_dropped(template: str, name: str) -> None:
    """Unsure whether Xero refuses it."""
    story = Story(template)
    made = done(story.put("batchpayments", **paying((story.invoice(), "1.00"), **{name: "x"})))
    assert name not in made


def test_lock_dates_bind_batches(story: Story) -> None:
    """Unsure, by the same switch as payments."""
    batch = done(story.put("batchpayments", **paying((story.invoice(), "1.00"), Date="2026-10-20")))
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    refused(story.post("batchpayments", batch["BatchPaymentID"], Status="DELETED"))
    refused(story.put("batchpayments", **paying((story.invoice(), "1.00"), Date="2026-10-20")))


def test_batches_are_listed_unpaged_and_read(story: Story) -> None:
    batch = done(story.put("batchpayments", **paying((story.invoice(), "1.00"), Reference="R")))
    page = story.list("batchpayments", where='Type=="RECBATCH" AND Status=="AUTHORISED"')
    assert [row["BatchPaymentID"] for row in page.rows] == [batch["BatchPaymentID"]]
    assert page.pagination is None
    assert story.read("batchpayments", batch["BatchPaymentID"])["Reference"] == "R"
    with pytest.raises(NotFound):
        story.post("batchpayments", story.books.ids.uuid(), Status="DELETED")
