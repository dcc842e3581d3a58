"""Reports from the ledger, in Xero's rows, on accrual and on cash basis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fauxero.accounting.reports import REPORTS
from fauxero.accounting.resource import BadQuery, Element, NotModelled
from tests.accounting.story import Story, balances, done, line

D = Decimal


def made(story: Story, name: str, **parameters: str) -> Element:
    return REPORTS[name.lower()](story.books, parameters)


def table(report: Element) -> dict[str, list[str]]:
    """Every row that has a name, by it: the rest of its cells."""
    found: dict[str, list[str]] = {}
    for section in report["Rows"]:
        for row in section.get("Rows", []):
            name, *values = (cell["Value"] for cell in row["Cells"])
            found[name] = values
    return found


def titles(report: Element) -> list[str]:
    return [section["Title"] for section in report["Rows"] if section["RowType"] == "Section"]


def columns(report: Element) -> list[str]:
    return [cell["Value"] for cell in report["Rows"][0]["Cells"]]


def at(story: Story, option: str) -> list[dict[str, Any]]:
    return [{"Name": "Location", "Option": option}]


def trading(story: Story) -> None:
    """November: rent of 100 and goods of 50 sold, padlocks for 20 bought, paper for 10."""
    story.invoice(LineAmountTypes="Exclusive", LineItems=[line("100.00")])
    story.invoice(LineAmountTypes="NoTax", LineItems=[line("50.00", AccountCode="2200")])
    for code, amount in (("310", "20.00"), ("461", "10.00")):
        bill = [line(amount, AccountCode=code)]
        story.invoice(Type="ACCPAY", LineAmountTypes="NoTax", LineItems=bill)


# ---- profit and loss


def test_profit_and_loss_has_xeros_sections(story: Story) -> None:
    """Documented (Reports, Profit and loss): sections and totals; the current month."""
    trading(story)
    report = made(story, "ProfitAndLoss")
    assert report["ReportTitles"] == [
        "Profit & Loss",
        "Demo Company (UK)",
        "1 November 2026 to 30 November 2026",
    ]
    assert columns(report) == ["", "30 Nov 2026"]
    assert titles(report) == ["Income", "Less Cost of Sales", "", "Less Operating Expenses", ""]
    assert table(report) == {
        "Merchandise Sales": ["50.00"],
        "Storage Rent": ["100.00"],
        "Total Income": ["150.00"],
        "Cost of Goods Sold": ["20.00"],
        "Total Cost of Sales": ["20.00"],
        "Gross Profit": ["130.00"],
        "Printing & Stationery": ["10.00"],
        "Total Operating Expenses": ["10.00"],
        "Net Profit": ["120.00"],
    }


def test_account_ids_stand_in_the_attributes(story: Story) -> None:
    """Documented (Reports)."""
    trading(story)
    account = story.books.account_by_code("2200")
    assert account is not None
    cells = made(story, "ProfitAndLoss")["Rows"][1]["Rows"][0]["Cells"]
    assert [cell["Attributes"] for cell in cells] == [[{"Value": account.id, "Id": "account"}]] * 2


def test_periods_stand_beside_each_other_newest_first(story: Story) -> None:
    """Documented: periods to compare, of a month, a quarter or a year."""
    story.invoice("120.00", Date="2026-11-01")
    story.invoice("60.00", Date="2026-10-31")
    story.invoice("12.00", Date="2025-11-30")
    report = made(story, "ProfitAndLoss", periods="2", timeframe="MONTH")
    assert columns(report) == ["", "30 Nov 2026", "31 Oct 2026", "30 Sep 2026"]
    assert table(report)["Storage Rent"] == ["100.00", "50.00", "0.00"]
    yearly = made(story, "ProfitAndLoss", periods="1", timeframe="YEAR")
    assert table(yearly)["Storage Rent"] == ["100.00", "10.00"]


def test_tracking_shows_a_column_an_option(story: Story) -> None:
    """Documented: each option, and what has none; with an option id that one only."""
    for option, amount in (("Ashford", "100.00"), ("Brookvale", "40.00")):
        story.invoice(LineAmountTypes="NoTax", LineItems=[line(amount, Tracking=at(story, option))])
    story.invoice(LineAmountTypes="NoTax", LineItems=[line("7.00")])
    category = story.books.category_by_name("Location")
    assert category is not None
    report = made(story, "ProfitAndLoss", trackingCategoryID=category.id)
    assert columns(report) == ["", "Ashford", "Brookvale", "Castleton", "Unassigned", "Total"]
    assert table(report)["Net Profit"] == ["100.00", "40.00", "0.00", "7.00", "147.00"]
    option = story.books.option_by_name(category.id, "Brookvale")
    assert option is not None
    one = made(story, "ProfitAndLoss", trackingCategoryID=category.id, trackingOptionID=option.id)
    assert (columns(one), table(one)["Storage Rent"]) == (["", "Brookvale"], ["40.00"])


def test_two_categories_show_every_pair(story: Story) -> None:
    """Documented: combinations of the options of two categories."""
    second = done(story.put("trackingcategories", Name="Kind"))["TrackingCategoryID"]
    kind = story.books.tracking_categories[second]
    from fauxero.accounting.resources import TRACKING_OPTIONS

    done(TRACKING_OPTIONS.create(story.books, kind.id, {"Name": "Indoor"}, story.options))
    both = [*at(story, "Ashford"), {"Name": "Kind", "Option": "Indoor"}]
    story.invoice(LineAmountTypes="NoTax", LineItems=[line("9.00", Tracking=both)])
    story.invoice(LineAmountTypes="NoTax", LineItems=[line("2.00", Tracking=at(story, "Ashford"))])
    first = story.books.category_by_name("Location")
    assert first is not None
    report = made(story, "ProfitAndLoss", trackingCategoryID=first.id, trackingCategoryID2=kind.id)
    found = dict(zip(columns(report)[1:], table(report)["Net Profit"], strict=True))
    assert found["Ashford / Indoor"] == "9.00"
    assert found["Ashford / Unassigned"] == "2.00"
    assert found["Total"] == "11.00"


def test_cash_basis_takes_a_part_payments_share_of_each_line(story: Story) -> None:
    """Documented: paymentsOnly shows cash. That shares are in proportion is the usual reading."""
    invoice = story.invoice(
        LineAmountTypes="NoTax", LineItems=[line("90.00"), line("10.00", AccountCode="2200")]
    )
    assert table(made(story, "ProfitAndLoss", paymentsOnly="true"))["Net Profit"] == ["0.00"]
    story.pay(invoice, "33.33")
    cash = table(made(story, "ProfitAndLoss", paymentsOnly="true"))
    assert (cash["Storage Rent"], cash["Merchandise Sales"]) == (["30.00"], ["3.33"])
    story.pay(invoice)
    cash = table(made(story, "ProfitAndLoss", paymentsOnly="true"))
    assert (cash["Storage Rent"], cash["Merchandise Sales"]) == (["90.00"], ["10.00"])


def test_cash_income_falls_on_the_day_of_the_payment(story: Story) -> None:
    invoice = story.invoice("120.00", Date="2026-10-05", LineAmountTypes="NoTax")
    story.pay(invoice, Date="2026-11-03")
    october = made(story, "ProfitAndLoss", toDate="2026-10-31", paymentsOnly="true")
    november = made(story, "ProfitAndLoss", toDate="2026-11-30", paymentsOnly="true")
    assert table(october)["Net Profit"] == ["0.00"]
    assert table(november)["Net Profit"] == ["120.00"]


def test_what_a_report_cannot_read_or_honour_is_refused(story: Story) -> None:
    category = story.books.category_by_name("Location")
    assert category is not None
    for parameters in (
        {"fromDate": "2026-11-02", "toDate": "2026-11-01"},
        {"periods": "12"},
        {"periods": "many"},
        {"timeframe": "WEEK"},
        {"trackingCategoryID": "11111111-1111-4111-8111-111111111111"},
        {"trackingCategoryID": "Location"},
        {"trackingCategoryID": category.id, "trackingOptionID": category.id},
    ):
        with pytest.raises(BadQuery):
            made(story, "ProfitAndLoss", **parameters)
    for name, parameters in (
        ("ProfitAndLoss", {"trackingCategoryID": category.id, "periods": "1"}),
        ("BalanceSheet", {"trackingOptionID1": category.id}),
        ("BankSummary", {"periods": "1"}),
    ):
        with pytest.raises(NotModelled):
            made(story, name, **parameters)


# ---- balance sheet


def test_the_balance_sheet_has_xeros_sections(story: Story) -> None:
    """OpenAPI example of BalanceSheet; by default at the end of the month."""
    trading(story)
    story.invoice("10.00", LineAmountTypes="NoTax", Date="2026-03-01")
    report = made(story, "BalanceSheet")
    assert report["ReportTitles"][2] == "As at 30 November 2026"
    assert titles(report) == [
        *("Assets", "Current Assets", "", "Liabilities", "Current Liabilities", "", ""),
        "Equity",
    ]
    found = table(report)
    assert found["Accounts Receivable"] == ["180.00"]
    assert found["Total Assets"] == ["180.00"]
    assert found["Total Liabilities"] == ["50.00"]
    assert found["Net Assets"] == found["Total Equity"] == ["130.00"]
    assert found["Current Year Earnings"] == ["120.00"]
    assert found["Retained Earnings"] == ["10.00"]


def test_earlier_balance_sheets_stand_beside_it(story: Story) -> None:
    """OpenAPI example: the ends of earlier months."""
    story.invoice("12.00", LineAmountTypes="NoTax", Date="2026-10-31")
    report = made(story, "BalanceSheet", date="2026-11-30", periods="2")
    assert columns(report) == ["", "30 Nov 2026", "31 Oct 2026", "30 Sep 2026"]
    assert table(report)["Net Assets"] == ["12.00", "12.00", "0.00"]


def test_a_cash_balance_sheet_owes_and_is_owed_nothing(story: Story) -> None:
    trading(story)
    found = table(made(story, "BalanceSheet", paymentsOnly="true"))
    assert "Accounts Receivable" not in found
    assert found["Net Assets"] == ["0.00"]


# ---- bank summary, aged, executive summary


def test_the_bank_summary_tells_received_from_spent(story: Story) -> None:
    """OpenAPI example of BankSummary."""
    story.pay(story.invoice("100.00", Date="2026-10-01"), Date="2026-10-30")
    story.pay(story.invoice("30.00"), Date="2026-11-02")
    bill = story.invoice(
        Type="ACCPAY", LineAmountTypes="NoTax", LineItems=[line("12.00", AccountCode="461")]
    )
    story.pay(bill, Date="2026-11-03")
    gone = story.pay(story.invoice("5.00"), Date="2026-11-04")
    done(story.post("payments", gone["PaymentID"], Status="DELETED"))
    report = made(story, "BankSummary")
    assert report["ReportTitles"][2] == "From 1 November 2026 to 30 November 2026"
    found = table(report)
    assert found["Business Bank Account"] == ["100.00", "30.00", "12.00", "118.00"]
    assert found["Total"] == ["100.00", "30.00", "12.00", "118.00"]
    first = report["Rows"][1]["Rows"][0]["Cells"]
    assert first[0]["Attributes"][0]["Id"] == "accountID"
    assert first[2]["Attributes"][0]["Id"] == "account"


def test_aged_receivables_show_what_one_contact_owes(story: Story) -> None:
    """Documented: contactId is required; shape as in the OpenAPI example."""
    first = story.invoice("120.00", DueDate="2026-11-15")
    story.pay(first, "50.00", Date="2026-11-10")
    story.pay(story.invoice("7.00"))
    story.invoice("5.00", Contact={"Name": "Somebody Else"})
    contact_id = first["Contact"]["ContactID"]
    report = made(story, "AgedReceivablesByContact", contactId=contact_id)
    assert report["ReportTitles"] == [
        "Invoices",
        "Bea Wainwright",
        "From 1 November 2026 to 22 November 2026",
        "Showing payments to 22 November 2026",
    ]
    assert columns(report) == [
        *("Date", "Number", "Due Date", "", "Total", "Paid", "Credited", "Due"),
    ]
    row = report["Rows"][2]["Rows"][0]["Cells"]
    assert [cell["Value"] for cell in row] == [
        *("2026-11-01T00:00:00", first["InvoiceNumber"], "2026-11-15T00:00:00"),
        *("7 days overdue", "120.00", "50.00", "0.00", "70.00"),
    ]
    assert row[0]["Attributes"] == [{"Value": first["InvoiceID"], "Id": "invoiceID"}]
    assert table(report)["Closing Balance"][-1] == "70.00"
    for parameters in ({}, {"contactId": "11111111-1111-4111-8111-111111111111"}):
        with pytest.raises(BadQuery):
            made(story, "AgedReceivablesByContact", **parameters)


def test_an_aged_report_of_an_earlier_day_knows_no_later_payment(story: Story) -> None:
    """Documented: payments up to the date are shown."""
    invoice = story.invoice("120.00", Date="2026-10-01")
    story.pay(invoice, Date="2026-11-10")
    contact_id = invoice["Contact"]["ContactID"]
    then = made(story, "AgedReceivablesByContact", contactId=contact_id, date="2026-11-09")
    now = made(story, "AgedReceivablesByContact", contactId=contact_id, date="2026-11-10")
    assert table(then)["Closing Balance"][-1] == "120.00"
    assert table(now)["Closing Balance"][-1] == "0.00"


def test_what_was_owed_before_the_first_day_opens_the_report(story: Story) -> None:
    invoice = story.invoice("120.00", Date="2026-10-01")
    story.invoice("30.00")
    contact_id = invoice["Contact"]["ContactID"]
    report = made(story, "AgedReceivablesByContact", contactId=contact_id, fromDate="2026-11-01")
    opening = report["Rows"][1]["Rows"][0]["Cells"]
    assert [opening[1]["Value"], opening[-1]["Value"]] == ["Opening Balance", "120.00"]
    assert table(report)["Total"][-1] == "30.00"
    assert table(report)["Closing Balance"][-1] == "150.00"


def test_a_credit_not_used_up_lowers_what_is_owed(story: Story) -> None:
    invoice = story.invoice("120.00")
    contact_id = invoice["Contact"]["ContactID"]
    request = story.invoice_request("20.00", Type="ACCRECCREDIT")
    del request["DueDate"]
    done(story.put("creditnotes", **request))
    report = made(story, "AgedReceivablesByContact", contactId=contact_id)
    assert table(report)["Closing Balance"][-1] == "100.00"


def test_aged_payables_show_the_bills(story: Story) -> None:
    bill = story.invoice(
        Type="ACCPAY", LineAmountTypes="NoTax", LineItems=[line("12.00", AccountCode="461")]
    )
    report = made(story, "AgedPayablesByContact", contactId=bill["Contact"]["ContactID"])
    assert columns(report)[1] == "Reference"
    assert table(report)["Closing Balance"][-1] == "12.00"


def test_the_executive_summary_sets_a_month_beside_the_last(story: Story) -> None:
    """Rows: OpenAPI example. The ratios' formulas are unsure."""
    story.invoice("100.00", LineAmountTypes="NoTax", Date="2026-10-05")
    trading(story)
    report = made(story, "ExecutiveSummary")
    assert columns(report) == ["", "Nov 2026", "Oct 2026", "Variance"]
    assert titles(report) == [
        *("Cash", "Profitability", "Balance Sheet", "Income", "Performance", "Position"),
    ]
    found = table(report)
    assert found["Income"] == ["150.00", "100.00", "50.0%"]
    assert found["Debtors"] == ["270.00", "100.00", "170.0%"]
    assert found["Creditors"] == ["30.00", "0.00", "0.0%"]
    assert found["Net assets"][:2] == ["220.00", "100.00"]
    assert found["Number of invoices issued"][:2] == ["2", "1"]
    assert found["Gross profit margin"][0] == "86.7%"


# ---- RoundingAmount


def test_a_rounding_amount_goes_to_the_rounding_account(story: Story) -> None:
    """Documented in 2026 (Invoices): with all totals given and agreeing."""
    totals = {"SubTotal": D("100.00"), "TotalTax": D("20.00"), "Total": D("119.99")}
    invoice = story.invoice("120.00", RoundingAmount=D("-0.01"), **totals)
    assert (invoice["Total"], invoice["RoundingAmount"]) == (D("119.99"), D("-0.01"))
    assert story.balance("860") == D("0.01")
    assert story.balance("610") == D("119.99")
    story.pay(invoice)
    assert balances(made(story, "TrialBalance", paymentsOnly="true"))["860"] == D("0.01")


@pytest.mark.parametrize(
    "changes",
    [
        {"RoundingAmount": D("0.11"), "Total": D("120.11")},
        {"RoundingAmount": D("0.01"), "Total": D("120.00")},
        {"RoundingAmount": D("0.01"), "Total": D("120.01"), "Status": "DRAFT"},
        {"RoundingAmount": D("0.01"), "Total": D("120.01"), "TotalTax": None},
    ],
)
def test_a_rounding_amount_that_does_not_fit_is_refused(
    story: Story, changes: dict[str, Any]
) -> None:
    """Documented rules, unsure wordings."""
    totals = {"SubTotal": D("100.00"), "TotalTax": D("20.00")}
    request = story.invoice_request("120.00", **(totals | changes))
    assert story.put("invoices", **request).errors


# ---- whatever happens, the reports agree with each other

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "buy", "pay", "pay", "credit", "unpay", "void"]),
        st.integers(0, 4),
        st.decimals("0.01", "400.00", places=2),
        st.sampled_from(["Inclusive", "Exclusive", "NoTax"]),
        st.sampled_from(["2026-09-30", "2026-10-15", "2026-11-01", "2026-11-22"]),
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_cash_and_accrual_books_both_balance(
    steps: list[tuple[str, int, Decimal, str, str]],
) -> None:
    story = Story()
    documents: list[Element] = []
    payments: list[Element] = []
    for act, which, amount, types, on in steps:
        story.clock.advance(1)
        lines = [line(str(amount)), line("3.33", AccountCode="2100", TaxType="NONE")]
        if act in ("sell", "buy") or not documents:
            kind = "ACCPAY" if act == "buy" else "ACCREC"
            if kind == "ACCPAY":
                lines = [line(str(amount), AccountCode="461"), line("3.33", AccountCode="404")]
            request = story.invoice_request(
                Type=kind, Date=on, LineAmountTypes=types, LineItems=lines
            )
            documents.append(done(story.put("invoices", **request)))
            continue
        document = documents[which % len(documents)]
        if act == "pay":
            request = story.payment_request(document, str(amount), Date=on)
            outcome = story.put("payments", **request)
            payments += [] if outcome.errors else [outcome.element]
        elif act == "unpay" and payments:
            story.post("payments", payments[which % len(payments)]["PaymentID"], Status="DELETED")
        elif act == "void":
            story.post("invoices", document["InvoiceID"], Status="VOIDED")
        elif act == "credit":
            request = story.invoice_request(
                Type="ACCRECCREDIT", Date=on, LineAmountTypes=types, LineItems=lines
            )
            story.put("creditnotes", **request)
    for cash in ("false", "true"):
        for on in ("2026-10-31", "2026-11-30"):
            trial = made(story, "TrialBalance", date=on, paymentsOnly=cash)
            total = trial["Rows"][-1]["Rows"][0]["Cells"]
            assert total[1]["Value"] == total[2]["Value"]
            assert total[3]["Value"] == total[4]["Value"]
            sheet = table(made(story, "BalanceSheet", date=on, paymentsOnly=cash))
            assert sheet["Net Assets"] == sheet["Total Equity"]
