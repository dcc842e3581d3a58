"""Quotes, repeating invoices and linked transactions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.reports import trial_balance
from fauxero.accounting.resource import BadQuery, NotFound, NotModelled, RequestRefused
from tests.accounting.story import Story, balances, done, line, refused

D = Decimal


def request(story: Story, **more: Any) -> dict[str, Any]:
    wanted = story.invoice_request(**more)
    for name in ("Type", "DueDate"):
        del wanted[name]
    if "Status" not in more:
        del wanted["Status"]
    return wanted


def quoted(story: Story, **more: Any) -> dict[str, Any]:
    return done(story.put("quotes", **request(story, **more)))


def test_a_quote_is_numbered_totalled_and_posts_nothing(story: Story) -> None:
    """Documented (Quotes); shape as in the OpenAPI example."""
    quote = quoted(story, ExpiryDate="2026-12-01", Title="Unit A12", Terms="30 days")
    assert (quote["QuoteNumber"], quote["Status"]) == ("QU-0001", "DRAFT")
    assert (quote["SubTotal"], quote["TotalTax"], quote["Total"]) == (100, 20, 120)
    assert quote["LineAmountTypes"] == "INCLUSIVE"
    assert quote["Contact"]["Name"] == "Bea Wainwright"
    assert story.read("quotes", quote["QuoteID"]) == quote
    assert balances(trial_balance(story.books, {})) == {}


def test_a_quotes_number_is_unique(story: Story) -> None:
    """Documented (Quotes). Wording unsure."""
    quoted(story, QuoteNumber="Q-7")
    assert refused(story.put("quotes", **request(story, QuoteNumber="Q-7"))) == (
        "Quote # must be unique.",
    )


def test_a_quote_goes_from_draft_to_sent_to_accepted_to_invoiced(story: Story) -> None:
    """The statuses are documented; which may follow which is unsure."""
    key = quoted(story)["QuoteID"]
    refused(story.post("quotes", key, Status="INVOICED"))
    for status in ("SENT", "ACCEPTED", "INVOICED"):
        assert done(story.post("quotes", key, Status=status))["Status"] == status
    refused(story.post("quotes", key, Status="DRAFT"))
    refused(story.put("quotes", **request(story, Status="ACCEPTED")))


def test_only_a_draft_is_edited(story: Story) -> None:
    """As Xero's MCP server says of its update-quote tool."""
    quote = quoted(story)
    key = quote["QuoteID"]
    changed = done(story.post("quotes", key, LineItems=[line("60.00")], Title="Unit A13"))
    assert (changed["Total"], changed["Title"]) == (60, "Unit A13")
    done(story.post("quotes", key, Status="SENT"))
    refused(story.post("quotes", key, Title="Unit A14"))
    assert story.read("quotes", key)["Title"] == "Unit A13"


def test_quotes_are_filtered_by_their_own_parameters(story: Story) -> None:
    """Documented (OpenAPI): DateFrom, DateTo, ExpiryDateFrom, Status, ContactID, QuoteNumber."""
    first = quoted(story, Date="2026-10-01", ExpiryDate="2026-10-31")
    quoted(story, Date="2026-11-01", Status="SENT")
    for other, count in (
        ({}, 2),
        ({"datefrom": "2026-10-15"}, 1),
        ({"datefrom": "2026-09-01", "dateto": "2026-10-01"}, 1),
        ({"expirydatefrom": "2026-01-01"}, 1),
        ({"status": "sent"}, 1),
        ({"quotenumber": first["QuoteNumber"]}, 1),
        ({"contactid": first["Contact"]["ContactID"]}, 2),
        ({"contactid": first["QuoteID"]}, 0),
    ):
        assert len(story.list("quotes", other=other).rows) == count, other
    with pytest.raises(BadQuery):
        story.list("quotes", other={"datefrom": "soon"})


@pytest.mark.parametrize(
    "changes",
    [
        {"Title": "x" * 101},
        {"Summary": "x" * 3001},
        {"Terms": "x" * 4001},
        {"Total": D("1.00")},
        {"LineItems": []},
        {"Contact": None},
        {"BrandingThemeID": "11111111-1111-4111-8111-111111111111"},
    ],
)
def test_a_quote_that_breaks_a_rule_is_refused(story: Story, changes: dict[str, Any]) -> None:
    """Lengths are documented (OpenAPI)."""
    refused(story.put("quotes", **(request(story) | changes)))
    assert not len(story.books.side.quotes)


def test_a_quote_there_is_not_is_not_found(story: Story) -> None:
    with pytest.raises(NotFound):
        story.post("quotes", "11111111-1111-4111-8111-111111111111", Status="SENT")


# ---- read only


def test_repeating_invoices_are_read_and_never_raise_one(story: Story) -> None:
    """Fields: OpenAPI example. Writing them is not modelled."""
    made = story.bookkeeper(
        "add_repeating_invoice",
        contact_id=story.contact(),
        lines=[line("80.00")],
        status="AUTHORISED",
        starts_on="2026-12-01",
    )
    assert made["Schedule"]["Unit"] == "MONTHLY"
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (80, 16, 96)
    assert story.read("repeatinginvoices", made["RepeatingInvoiceID"]) == made
    story.clock.advance(90 * 86_400)
    assert list(story.list("repeatinginvoices").rows) == [made]
    assert not len(story.books.invoices)
    with pytest.raises(NotModelled):
        story.put("repeatinginvoices", Type="ACCREC")


def test_a_billable_expense_is_read_by_its_filters(story: Story) -> None:
    """Fields and filters: OpenAPI; the text about a wrong line is its example."""
    bill = story.invoice(
        Type="ACCPAY", LineAmountTypes="NoTax", LineItems=[line("12.00", AccountCode="461")]
    )
    line_id = bill["LineItems"][0]["LineItemID"]
    contact_id = bill["Contact"]["ContactID"]
    linked = story.bookkeeper(
        "bill_expense_on", bill_id=bill["InvoiceID"], line_id=line_id, contact_id=contact_id
    )
    assert (linked["Status"], linked["SourceTransactionTypeCode"]) == ("APPROVED", "ACCPAY")
    for name, value, count in (
        ("sourcetransactionid", bill["InvoiceID"], 1),
        ("contactid", contact_id.upper(), 1),
        ("status", "BILLED", 0),
    ):
        assert len(story.list("linkedtransactions", other={name: value}).rows) == count
    with pytest.raises(RequestRefused, match="do not match"):
        story.bookkeeper(
            "bill_expense_on",
            bill_id=bill["InvoiceID"],
            line_id=contact_id,
            contact_id=contact_id,
        )
