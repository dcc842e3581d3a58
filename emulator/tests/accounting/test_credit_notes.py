"""Credit notes and their refunds. Evidence is named test by test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.credits.draft import NOT_FOR_MODIFICATION, NUMBER_NOT_UNIQUE
from fauxero.accounting.invoices.rules import HAS_PAYMENT
from fauxero.accounting.payment_targets import NOT_AUTHORISED, TOO_MUCH
from fauxero.accounting.resource import ZERO_ID, BadPostData, NotFound, NotModelled
from tests.accounting.story import Story, done, line, refused

D = Decimal


def test_a_credit_note_takes_income_and_tax_back(story: Story) -> None:
    """Documented: line shape, totals and numbering as invoices."""
    story.invoice("120.00")
    note = story.credit_note("48.00")
    assert (note["Type"], note["Status"], note["CreditNoteNumber"]) == (
        "ACCRECCREDIT",
        "AUTHORISED",
        "CN-0001",
    )
    assert (note["SubTotal"], note["TotalTax"], note["Total"]) == (40, 8, 48)
    assert note["RemainingCredit"] == 48
    assert (story.balance("610"), story.balance("2000"), story.balance("820")) == (72, -60, -12)


def test_a_suppliers_credit_note_posts_the_other_way_round(story: Story) -> None:
    note = story.credit_note(
        "60.00", Type="ACCPAYCREDIT", LineItems=[line("60.00", AccountCode="429")]
    )
    assert (note["Type"], note["CreditNoteNumber"]) == ("ACCPAYCREDIT", "")
    assert (story.balance("800"), story.balance("429"), story.balance("820")) == (60, -50, -10)


def test_a_note_of_nothing_is_paid_at_once(story: Story) -> None:
    """Reported for invoices; unsure."""
    note = story.credit_note(LineItems=[line("10.00"), line("-10.00")])
    assert (note["Status"], note["RemainingCredit"]) == ("PAID", 0)


def test_a_draft_posts_nothing_until_it_is_approved(story: Story) -> None:
    """Documented: journals exist from AUTHORISED on."""
    note = story.credit_note(Status="DRAFT")
    assert story.balance("610") == 0
    done(story.post("creditnotes", note["CreditNoteID"], Status="SUBMITTED"))
    done(story.post("creditnotes", note["CreditNoteID"], Status="AUTHORISED"))
    assert story.balance("610") == -120


@pytest.mark.parametrize(
    ("before", "after", "is_fine"),
    [
        ("DRAFT", "DELETED", True),
        ("SUBMITTED", "DELETED", True),
        ("SUBMITTED", "DRAFT", True),
        ("DRAFT", "VOIDED", False),
        ("AUTHORISED", "VOIDED", True),
        ("AUTHORISED", "DELETED", False),
        ("AUTHORISED", "DRAFT", False),
    ],
)
def test_statuses_move_as_those_of_invoices(
    story: Story, before: str, after: str, is_fine: bool
) -> None:
    """Documented; that an unused one can be voided is reported too."""
    note = story.credit_note(Status=before)
    outcome = story.post("creditnotes", note["CreditNoteID"], Status=after)
    if is_fine:
        assert done(outcome)["Status"] == after
    else:
        assert refused(outcome) == (NOT_FOR_MODIFICATION,)


def test_a_voided_note_is_out_of_the_ledger_for_good(story: Story) -> None:
    note = story.credit_note()
    assert done(story.post("creditnotes", note["CreditNoteID"], Status="VOIDED"))["Total"] == 120
    assert (story.balance("610"), story.balance("820")) == (0, 0)
    refused(story.post("creditnotes", note["CreditNoteID"], Status="AUTHORISED"))
    assert story.read("creditnotes", note["CreditNoteID"])["RemainingCredit"] == 0


def test_a_sales_number_is_unique_and_a_suppliers_is_not(story: Story) -> None:
    """Documented; the wording is after that for invoices and unsure."""
    story.credit_note(CreditNoteNumber="C-1")
    again = story.credit_note_request(CreditNoteNumber="C-1")
    outcome = story.put("creditnotes", **again)
    assert refused(outcome) == (NUMBER_NOT_UNIQUE,)
    assert outcome.element["CreditNoteID"] == ZERO_ID
    supplier = {"Type": "ACCPAYCREDIT", "LineItems": [line(AccountCode="429")]}
    story.credit_note(CreditNoteNumber="C-1", **supplier)
    story.credit_note(CreditNoteNumber="C-2", **supplier)
    story.credit_note(CreditNoteNumber="C-2", **supplier)
    story.credit_note(CreditNoteNumber="C-2")


@pytest.mark.parametrize(
    ("switch", "status"),
    [("reuse_voided_numbers", "VOIDED"), ("reuse_deleted_numbers", "DELETED")],
)
def test_a_dead_notes_number_stays_taken_unless_switched(
    story: Story, switch: str, status: str
) -> None:
    """Unsure, as for invoices."""
    start = "AUTHORISED" if status == "VOIDED" else "DRAFT"
    note = story.credit_note(CreditNoteNumber="C-1", Status=start)
    done(story.post("creditnotes", note["CreditNoteID"], Status=status))
    refused(story.put("creditnotes", **story.credit_note_request(CreditNoteNumber="C-1")))
    story.books.set_switches(**{switch: True})
    story.credit_note(CreditNoteNumber="C-1")


def test_a_post_with_a_known_number_edits_that_note(story: Story) -> None:
    """As reported for invoices."""
    note = story.credit_note(CreditNoteNumber="C-1")
    edited = done(
        story.post("creditnotes", Type="ACCRECCREDIT", CreditNoteNumber="C-1", Reference="late")
    )
    assert (edited["CreditNoteID"], edited["Reference"]) == (note["CreditNoteID"], "late")
    assert story.read("creditnotes", "C-1")["CreditNoteID"] == note["CreditNoteID"]


def test_an_edit_of_the_lines_moves_the_ledger(story: Story) -> None:
    note = story.credit_note("120.00")
    done(story.post("creditnotes", note["CreditNoteID"], LineItems=[line("60.00")]))
    assert (story.balance("610"), story.balance("2000")) == (-60, 50)


def test_credit_notes_take_no_discount(story: Story) -> None:
    """Documented; wording unsure."""
    lines = [line(DiscountRate=D(10))]
    refused(story.put("creditnotes", **story.credit_note_request(LineItems=lines)))


def test_sent_to_contact_and_allocations_in_the_note_say_nothing(story: Story) -> None:
    """Documented (read-only); reported (allocations need a call of their own)."""
    invoice = story.invoice()
    allocation = {"Amount": D(10), "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    note = story.credit_note(SentToContact=True, Allocations=[allocation])
    assert note["Allocations"] == []
    assert story.read("invoices", invoice["InvoiceID"])["AmountDue"] == 120


@pytest.mark.parametrize(
    "wrong",
    [
        {"Type": None},
        {"Contact": None},
        {"LineItems": []},
        {"LineItems": [line("-5.00")]},
        {"LineItems": [line(AccountCode="9999")]},
        {"Status": "PAID"},
        {"CurrencyCode": "USD"},
        {"Total": D("1.00")},
        {"CreditNoteNumber": "é"},
    ],
)
def test_what_invoices_refuse_credit_notes_refuse(story: Story, wrong: dict[str, Any]) -> None:
    refused(story.put("creditnotes", **(story.credit_note_request() | wrong)))


def test_a_credit_note_keeps_out_of_a_locked_period(story: Story) -> None:
    note = story.credit_note(Date="2026-10-20")
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    refused(story.put("creditnotes", **story.credit_note_request(Date="2026-10-31")))
    refused(story.post("creditnotes", note["CreditNoteID"], Status="VOIDED"))
    refused(story.post("creditnotes", note["CreditNoteID"], Date="2026-11-01"))
    story.credit_note(Date="2026-11-01")


# ---- refunds


def test_a_refund_pays_the_credit_back_from_the_bank(story: Story) -> None:
    """Documented: a payment with CreditNote; PaymentType ARCREDITPAYMENT."""
    note = story.credit_note("120.00")
    part = story.refund(note, "20.00")
    assert part["PaymentType"] == "ARCREDITPAYMENT"
    assert part["Invoice"]["Type"] == "ACCRECCREDIT"
    assert part["Invoice"]["InvoiceID"] == note["CreditNoteID"]
    assert (story.balance("090"), story.balance("610")) == (-20, -100)
    story.refund(note, "100.00", Date="2026-11-12")
    read = story.read("creditnotes", note["CreditNoteID"])
    assert (read["Status"], read["RemainingCredit"]) == ("PAID", 0)
    assert read["FullyPaidOnDate"].isoformat() == "2026-11-12"
    assert [payment["Amount"] for payment in read["Payments"]] == [20, 100]


def test_deleting_a_refund_gives_the_credit_back(story: Story) -> None:
    note = story.credit_note("120.00")
    payment = story.refund(note)
    done(story.post("payments", payment["PaymentID"], Status="DELETED"))
    read = story.read("creditnotes", note["CreditNoteID"])
    assert (read["Status"], read["RemainingCredit"], read["Payments"]) == ("AUTHORISED", 120, [])
    assert (story.balance("090"), story.balance("610")) == (0, -120)


def test_a_supplier_pays_back_into_the_bank(story: Story) -> None:
    supplier = {"Type": "ACCPAYCREDIT", "LineItems": [line("60.00", AccountCode="429")]}
    note = story.credit_note(**supplier)
    assert story.refund(note)["PaymentType"] == "APCREDITPAYMENT"
    assert (story.balance("090"), story.balance("800")) == (60, 0)


def test_no_more_than_what_is_left_is_paid_back(story: Story) -> None:
    note = story.credit_note("120.00")
    story.refund(note, "100.00")
    assert refused(story.put("payments", **story.refund_request(note, "20.01"))) == (TOO_MUCH,)


def test_only_an_approved_note_is_paid_back(story: Story) -> None:
    note = story.credit_note(Status="DRAFT")
    request = story.refund_request(note, "10.00")
    assert refused(story.put("payments", **request)) == (NOT_AUTHORISED,)


def test_a_note_that_was_paid_back_is_not_edited(story: Story) -> None:
    """Reported for notes with allocations, text verbatim."""
    note = story.credit_note()
    story.refund(note, "10.00")
    for change in ({"Status": "VOIDED"}, {"Reference": "x"}, {"LineItems": [line("5.00")]}):
        assert refused(story.post("creditnotes", note["CreditNoteID"], **change)) == (HAS_PAYMENT,)


def test_a_note_is_found_by_its_number_and_an_unknown_one_is_named(story: Story) -> None:
    """Number documented; the text for an unknown id is in the OpenAPI examples."""
    note = story.credit_note(CreditNoteNumber="C-1")
    named = story.refund_request(note, "10.00") | {"CreditNote": {"CreditNoteNumber": "C-1"}}
    done(story.put("payments", **named))
    plain = story.refund_request(note, "10.00") | {"CreditNote": None, "CreditNoteNumber": "C-1"}
    done(story.put("payments", **plain))
    unknown = story.refund_request(note) | {"CreditNote": {"CreditNoteID": story.books.ids.uuid()}}
    assert refused(story.put("payments", **unknown)) == (
        "An existing Credit Note with the specified CreditNoteID could not be found",
    )


def test_a_payment_is_for_one_document(story: Story) -> None:
    """Unsure which Xero would take; refusing is the safer reading."""
    note, invoice = story.credit_note(), story.invoice()
    both = story.refund_request(note, "1.00") | {"Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    refused(story.put("payments", **both))


# ---- reading


def test_credit_notes_are_listed_with_and_without_lines(story: Story) -> None:
    """Documented: lines only in paged lists."""
    one = story.credit_note("10.00", Reference="late")
    story.credit_note("20.00", Status="DRAFT")
    (row,) = story.list("creditnotes", where='Status=="AUTHORISED" AND Reference=="LATE"').rows
    assert (row["CreditNoteID"], row["LineItems"]) == (one["CreditNoteID"], [])
    page = story.list("creditnotes", page=1, page_size=1)
    assert (page.pagination and page.pagination.item_count) == 2
    assert len(page.rows[0]["LineItems"]) == 1
    contact_id = one["Contact"]["ContactID"]
    where = f'Contact.ContactID==guid("{contact_id}") AND RemainingCredit>15'
    assert [row["Total"] for row in story.list("creditnotes", where=where).rows] == [20]
    assert story.list("overpayments").rows == []


def test_wrong_types_and_unknown_ids_refuse_the_request(story: Story) -> None:
    with pytest.raises(BadPostData):
        story.put("creditnotes", **story.credit_note_request(Date="soon"))
    with pytest.raises(NotFound):
        story.post("creditnotes", story.books.ids.uuid(), Status="VOIDED")
    with pytest.raises(NotFound):
        story.post("creditnotes", CreditNoteID=story.invoice()["InvoiceID"])
    with pytest.raises(NotModelled):
        story.put("creditnotes", **story.credit_note_request(CreditNoteID=story.books.ids.uuid()))
