"""Bills (ACCPAY): what they share with sales invoices, and what they do not."""

from __future__ import annotations

from typing import Any

import pytest

from fauxero.accounting.resource import Element
from tests.accounting.story import Story, done, line, refused


def bill(story: Story, **more: Any) -> Element:
    request = {"Type": "ACCPAY", "LineItems": [line("12.00", AccountCode="461")]} | more
    return story.invoice(LineAmountTypes="NoTax", **request)


def test_a_bill_gets_no_number_of_its_own(story: Story) -> None:
    """Documented (Invoices): only sales invoices are numbered by Xero."""
    assert not bill(story).get("InvoiceNumber")
    assert bill(story, InvoiceNumber="S-1")["InvoiceNumber"] == "S-1"


def test_a_bill_is_owed_not_owing(story: Story) -> None:
    made = bill(story)
    assert (story.balance("800"), story.balance("461")) == (-12, 12)
    story.pay(made)
    assert (story.balance("800"), story.balance("090")) == (0, -12)
    assert story.read("invoices", made["InvoiceID"])["Status"] == "PAID"


@pytest.mark.parametrize(
    "change", [{"DueDate": "2026-12-24"}, {"InvoiceNumber": "S-2"}, {"Url": "https://a.example/1"}]
)
def test_a_part_paid_bill_takes_the_documented_edits(story: Story, change: Element) -> None:
    """Documented: as for sales invoices since 19 March 2026."""
    made = bill(story)
    story.pay(made, "5.00")
    done(story.post("invoices", made["InvoiceID"], **change))


@pytest.mark.parametrize(
    "change", [{"Date": "2026-11-02"}, {"LineAmountTypes": "Exclusive"}, {"Status": "VOIDED"}]
)
def test_a_part_paid_bill_refuses_every_other_edit(story: Story, change: Element) -> None:
    made = bill(story)
    story.pay(made, "5.00")
    refused(story.post("invoices", made["InvoiceID"], **change))


def test_a_bill_is_never_marked_as_sent(story: Story) -> None:
    """Documented (Invoices): SentToContact is of approved sales invoices; else a warning."""
    made = bill(story)
    outcome = story.post("invoices", made["InvoiceID"], SentToContact=True)
    assert outcome.warnings == ("Only AUTHORISED invoices may have SentToContact updated.",)
    assert not len(story.books.outbox)


def test_a_purchase_takes_the_items_purchase_side(story: Story) -> None:
    """Documented (Items): PurchaseDetails fill a bill's line, SalesDetails an invoice's."""
    done(
        story.put(
            "items",
            Code="TAPE",
            PurchaseDetails={"UnitPrice": 2, "AccountCode": "310"},
            SalesDetails={"UnitPrice": 5, "AccountCode": "2200"},
        )
    )
    bought = {"Description": "Tape", "ItemCode": "TAPE", "Quantity": 3}
    assert bill(story, LineItems=[bought])["Total"] == 6
    assert story.invoice(LineAmountTypes="NoTax", LineItems=[bought])["Total"] == 15
