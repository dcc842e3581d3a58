"""Double entry under the documents, and the trial balance that follows from it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fauxero.accounting import ledger
from fauxero.accounting.ledger import OutOfBalance
from fauxero.accounting.reports import trial_balance
from fauxero.accounting.resource import BadQuery
from tests.accounting.story import Story, balances, done, line

D = Decimal


def test_a_move_in_posts_rent_goods_deposit_and_tax(story: Story) -> None:
    story.invoice(
        LineAmountTypes="Exclusive",
        LineItems=[
            line("100.00"),
            line("10.00", AccountCode="2200"),
            line("50.00", AccountCode="8000"),
        ],
    )
    found = balances(trial_balance(story.books, {}))
    assert found == {"610": 182, "2000": -100, "2200": -10, "8000": -50, "820": -22}


def test_a_payment_moves_what_is_owed_to_the_bank(story: Story) -> None:
    story.pay(story.invoice("120.00"), "50.00", Account={"Code": "9000"})
    assert (story.balance("9000"), story.balance("610")) == (50, 70)


def test_drafts_and_submitted_invoices_post_nothing(story: Story) -> None:
    """Documented: journals exist only from AUTHORISED."""
    story.invoice(Status="DRAFT")
    story.invoice(Status="SUBMITTED")
    assert balances(trial_balance(story.books, {})) == {}


def test_approving_posts_and_voiding_takes_it_all_back(story: Story) -> None:
    invoice = story.invoice(Status="DRAFT")
    done(story.post("invoices", invoice["InvoiceID"], Status="AUTHORISED"))
    assert story.balance("610") == 120
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert balances(trial_balance(story.books, {})) == {}


def test_a_change_moves_the_posting_to_the_new_account_and_day(story: Story) -> None:
    invoice = story.invoice("120.00", Date="2026-10-20")
    done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            Date="2026-11-02",
            LineItems=[line("60.00", AccountCode="2300")],
        )
    )
    october = balances(trial_balance(story.books, {"date": "2026-10-31"}))
    november = balances(trial_balance(story.books, {"date": "2026-11-30"}))
    assert october == {}
    assert november == {"610": 60, "2300": -50, "820": -10}


def test_journals_are_only_ever_added(story: Story) -> None:
    invoice = story.invoice()
    before = list(story.books.journals)
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert list(story.books.journals)[: len(before)] == before
    assert len(story.books.journals) == 2


def test_what_was_taken_back_is_not_taken_back_twice(story: Story) -> None:
    invoice = story.invoice(Status="DRAFT")
    ledger.reverse(story.books, invoice["InvoiceID"])
    assert len(story.books.journals) == 0
    done(story.post("invoices", invoice["InvoiceID"], Status="AUTHORISED"))
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    ledger.reverse(story.books, invoice["InvoiceID"])
    assert story.balance("610") == 0


def test_a_new_reference_posts_nothing_anew(story: Story) -> None:
    invoice = story.invoice()
    done(story.post("invoices", invoice["InvoiceID"], Reference="A12"))
    assert len(story.books.journals) == 1


def test_the_trial_balance_has_xeros_rows(story: Story) -> None:
    """Documented row types, columns and attributes."""
    story.invoice("120.00")
    report = trial_balance(story.books, {})
    assert report["ReportTitles"] == [
        "Trial Balance",
        "Demo Company (UK)",
        "As at 22 November 2026",
    ]
    header, *sections = report["Rows"]
    assert [cell["Value"] for cell in header["Cells"]] == [
        "Account",
        "Debit",
        "Credit",
        "YTD Debit",
        "YTD Credit",
    ]
    assert [section["Title"] for section in sections] == ["Revenue", "Assets", "Liabilities", ""]
    name, *_ = sections[0]["Rows"][0]["Cells"]
    account = story.books.account_by_code("2000")
    assert account is not None
    assert name == {
        "Value": "Storage Rent (2000)",
        "Attributes": [{"Id": "account", "Value": account.id}],
    }
    total = sections[-1]["Rows"][0]
    assert total["RowType"] == "SummaryRow"
    assert [cell["Value"] for cell in total["Cells"]] == [
        "Total",
        "120.00",
        "120.00",
        "120.00",
        "120.00",
    ]


def test_a_new_financial_year_begins_income_at_nothing_and_keeps_the_profit(
    story: Story,
) -> None:
    """The UK demo organisation's year ends on 31 March."""
    story.invoice("120.00", Date="2026-03-31")
    story.invoice("60.00", Date="2026-04-01")
    last_year = balances(trial_balance(story.books, {"date": "2026-03-31"}))
    this_year = balances(trial_balance(story.books, {"date": "2026-04-01"}))
    assert last_year == {"610": 120, "2000": -100, "820": -20}
    assert this_year == {"610": 180, "2000": -50, "820": -30, "960": -100}


def test_the_first_columns_are_the_month_and_the_last_the_balance(story: Story) -> None:
    """Unsure reading of the columns; see the module."""
    story.invoice("120.00", Date="2026-10-05")
    story.invoice("60.00", Date="2026-11-05")
    report = trial_balance(story.books, {"date": "2026-11-30"})
    receivable = next(
        row
        for section in report["Rows"][1:]
        for row in section["Rows"]
        if row["Cells"][0]["Value"].endswith("(610)")
    )
    assert [cell["Value"] for cell in receivable["Cells"][1:]] == ["60.00", "", "180.00", ""]


def test_a_report_of_no_date_is_refused(story: Story) -> None:
    with pytest.raises(BadQuery):
        trial_balance(story.books, {"date": "yesterday"})


def test_books_that_do_not_balance_are_found_out() -> None:
    story = Story()
    invoice = story.books.invoices[story.invoice()["InvoiceID"]]
    story.books.check()
    story.books.invoices.put(replace(invoice, total=D("121.00")))
    with pytest.raises(OutOfBalance):
        story.books.check()


def test_a_payment_no_invoice_knows_of_is_found_out() -> None:
    story = Story()
    payment = story.books.payments[story.pay(story.invoice(), "20.00")["PaymentID"]]
    story.books.payments.put(replace(payment, amount=D("30.00")))
    with pytest.raises(OutOfBalance):
        story.books.check()


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["raise", "pay", "unpay", "void", "edit", "approve"]),
        st.integers(0, 5),
        st.decimals("0.01", "500.00", places=2),
        st.sampled_from(["Inclusive", "Exclusive", "NoTax"]),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_whatever_is_done_the_books_balance(acts: list[tuple[str, int, Decimal, str]]) -> None:
    story = Story()
    invoices: list[dict] = []
    payments: list[dict] = []
    for act, at, amount, types in acts:
        story.clock.advance(1)
        if act == "raise" or not invoices:
            status = "DRAFT" if at == 0 else "AUTHORISED"
            request = story.invoice_request(
                str(amount),
                LineAmountTypes=types,
                Status=status,
                LineItems=[line(str(amount)), line("7.35", AccountCode="2100", TaxType="NONE")],
            )
            invoices.append(done(story.put("invoices", **request)))
        invoice = invoices[at % len(invoices)]
        key = invoice["InvoiceID"]
        if act == "pay":
            outcome = story.put("payments", **story.payment_request(invoice, str(amount)))
            payments += [] if outcome.errors else [outcome.element]
        elif act == "unpay" and payments:
            story.post("payments", payments[at % len(payments)]["PaymentID"], Status="DELETED")
        elif act == "void":
            story.post("invoices", key, Status="VOIDED")
        elif act == "approve":
            story.post("invoices", key, Status="AUTHORISED")
        elif act == "edit":
            story.post("invoices", key, LineItems=[line(str(amount))], LineAmountTypes=types)
        story.books.check()
    total = trial_balance(story.books, {})["Rows"][-1]["Rows"][0]["Cells"]
    assert total[1]["Value"] == total[2]["Value"]
    assert total[3]["Value"] == total[4]["Value"]
