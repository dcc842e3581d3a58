"""The general ledger, read. Evidence: documented unless a test says more."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fauxero.accounting.resource import BadQuery, NotModelled
from tests.accounting.story import Story, done

D = Decimal


def test_every_posting_is_a_journal_with_its_source(story: Story) -> None:
    invoice = story.invoice("120.00", Reference="R-1")
    payment = story.pay(invoice)
    note = story.credit_note("60.00")
    refund = story.refund(note)
    sources = [(row["SourceType"], row["SourceID"]) for row in story.list("journals").rows]
    assert sources == [
        ("ACCREC", invoice["InvoiceID"]),
        ("ACCRECPAYMENT", payment["PaymentID"]),
        ("ACCRECCREDIT", note["CreditNoteID"]),
        ("ARCREDITPAYMENT", refund["PaymentID"]),
    ]


def test_every_kind_of_money_names_its_source_type(story: Story) -> None:
    """The list of journal source types; a refund of an overpayment has none of its own: unsure."""
    story.money()
    story.money(Type="SPEND")
    story.refund(story.overpayment())
    story.prepayment()
    done(
        story.put(
            "banktransfers",
            FromBankAccount={"Code": "090"},
            ToBankAccount={"Code": "091"},
            Amount=D(1),
        )
    )
    story.bookkeeper("post_manual_adjustment", debit_code="850", credit_code="4000", amount="1.00")
    assert [row["SourceType"] for row in story.list("journals").rows] == [
        "CASHREC",
        "CASHPAID",
        "AROVERPAYMENT",
        "AROVERPAYMENT",
        "ARPREPAYMENT",
        "TRANSFER",
        "MANJOURNAL",
    ]


def test_lines_are_net_with_tax_beside_and_debits_positive(story: Story) -> None:
    story.invoice("120.00", Reference="R-1")
    (row,) = story.list("journals").rows
    assert (row["JournalNumber"], row["Reference"]) == (1, "R-1")
    lines = [
        (line["AccountCode"], line["NetAmount"], line["TaxAmount"], line["GrossAmount"])
        for line in row["JournalLines"]
    ]
    assert lines == [("610", 120, 0, 120), ("2000", -100, -20, -120), ("820", -20, 0, -20)]
    income = row["JournalLines"][1]
    assert (income["TaxType"], income["TaxName"]) == ("OUTPUT2", "20% (VAT on Income)")
    assert income["Description"] == "Unit A12, November"


def test_a_void_is_a_journal_of_its_own(story: Story) -> None:
    invoice = story.invoice("120.00")
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    one, two = story.list("journals").rows
    assert one["SourceID"] == two["SourceID"]
    nets = [[line["NetAmount"] for line in row["JournalLines"]] for row in (one, two)]
    assert nets[0] == [-amount for amount in nets[1]]


def test_a_hundred_come_at_a_time_after_the_offset(story: Story) -> None:
    for _ in range(103):
        story.money("1.00")
    first = story.list("journals").rows
    assert [row["JournalNumber"] for row in first] == list(range(1, 101))
    rest = story.list("journals", other={"offset": "100"}).rows
    assert [row["JournalNumber"] for row in rest] == [101, 102, 103]
    assert story.list("journals", other={"offset": "103"}).rows == []


def test_a_journal_is_read_by_id_and_by_number(story: Story) -> None:
    story.money()
    story.money()
    rows = story.list("journals").rows
    assert len({row["JournalID"] for row in rows}) == 2
    for row in rows:
        assert story.read("journals", row["JournalID"]) == row
        assert story.read("journals", str(row["JournalNumber"])) == row
    found = story.list("journals").rows[0]["JournalLines"]
    assert len({line["JournalLineID"] for line in found}) == len(found)


def test_if_modified_since_gives_what_was_created_since(story: Story) -> None:
    story.money()
    story.clock.advance(60)
    story.money()
    rows = story.list("journals", modified_since=story.books.now()).rows
    assert [row["JournalNumber"] for row in rows] == [2]


def test_odd_questions_are_refused(story: Story) -> None:
    with pytest.raises(BadQuery):
        story.list("journals", other={"offset": "many"})
    with pytest.raises(BadQuery):
        story.list("journals", where="JournalNumber>3")
    with pytest.raises(NotModelled):
        story.list("journals", other={"paymentsonly": "true"})
