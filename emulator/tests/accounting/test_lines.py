"""Lines of documents: accounts, tax types, items, tracking, discounts, ids on update."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.accounting.story import Story, done, line, refused

D = Decimal


def asked(story: Story, *lines: dict, **more: object) -> tuple[str, ...]:
    return refused(story.put("invoices", **story.invoice_request(LineItems=list(lines), **more)))


@pytest.mark.parametrize("code", ["9999", "090", "610", "820", "800"])
def test_unknown_bank_and_system_accounts_are_not_for_lines(story: Story, code: str) -> None:
    """Text reported verbatim; that bank and system accounts draw it is reported."""
    assert asked(story, line(AccountCode=code)) == (
        f"Account code '{code}' is not a valid code for this document.",
    )


def test_the_rounding_account_may_take_a_line(story: Story) -> None:
    """Documented as one way to meet a cent."""
    story.invoice(LineItems=[line("100.00"), line("0.01", AccountCode="860")])


def test_an_archived_account_is_refused_in_its_own_words(story: Story) -> None:
    """Text reported verbatim."""
    story.bookkeeper("archive_account", code="2000")
    assert asked(story, line()) == (
        "Account code '2000' has been archived, or has been deleted. "
        "Each line item must reference a valid account.",
    )


def test_an_account_may_be_named_by_id(story: Story) -> None:
    account = story.books.account_by_code("2200")
    assert account is not None
    request = line(AccountID=account.id)
    del request["AccountCode"]
    assert story.invoice(LineItems=[request])["LineItems"][0]["AccountCode"] == "2200"


def test_a_draft_may_lack_what_an_approved_invoice_needs(story: Story) -> None:
    """Documented; one of the texts is reported verbatim."""
    bare = {"UnitAmount": D("10.00")}
    draft = story.invoice(Status="DRAFT", LineItems=[bare])
    assert "The description field is mandatory for each line item." in refused(
        story.post(
            "invoices",
            draft["InvoiceID"],
            Status="AUTHORISED",
            LineItems=[{"LineItemID": draft["LineItems"][0]["LineItemID"], "Description": ""}],
        )
    )
    refused(story.put("invoices", **story.invoice_request(LineItems=[bare])))


def test_a_line_takes_the_tax_of_its_account_when_it_names_none(story: Story) -> None:
    invoice = story.invoice(LineItems=[line(), line("10.00", AccountCode="2100")])
    assert [row["TaxType"] for row in invoice["LineItems"]] == ["OUTPUT2", "EXEMPTOUTPUT"]


def test_a_tax_type_that_does_not_fit_the_account_is_refused(story: Story) -> None:
    """Text documented."""
    assert asked(story, line(TaxType="INPUT2")) == (
        "The TaxType code 'INPUT2' cannot be used with account code '2000'.",
    )


def test_an_unknown_tax_type_draws_both_texts(story: Story) -> None:
    """Both reported verbatim, together."""
    assert asked(story, line(TaxType="GST on Income")) == (
        "The TaxType code GST on Income does not exist or cannot be used for this type of "
        "transaction.",
        "The TaxType code 'GST on Income' cannot be used with account code '2000'.",
    )


def test_a_rate_that_was_deleted_is_refused() -> None:
    """Recorded: the old 12.5 % rates of NZ read as DELETED."""
    assert len(asked(Story("nz"), line(TaxType="OUTPUT"))) == 1


def test_a_document_without_tax_ignores_the_tax_of_its_lines(story: Story) -> None:
    invoice = story.invoice(LineAmountTypes="NoTax", LineItems=[line("50.00", TaxType="OUTPUT2")])
    assert (invoice["TotalTax"], invoice["Total"]) == (0, 50)
    assert invoice["LineItems"][0]["TaxType"] == "NONE"


def test_a_tax_amount_may_be_overridden_by_a_cent(story: Story) -> None:
    """Documented."""
    invoice = story.invoice(
        LineAmountTypes="Exclusive", LineItems=[line("10.03", TaxAmount=D("2.00"))]
    )
    assert (invoice["TotalTax"], invoice["Total"]) == (D("2.00"), D("12.03"))
    assert story.balance("820") == D("-2.00")


def test_mixed_rates_on_one_invoice_sum_by_line(story: Story) -> None:
    invoice = story.invoice(
        LineAmountTypes="Exclusive",
        LineItems=[
            line("83.33"),
            line("12.50", AccountCode="2100"),
            line("50.00", AccountCode="8000"),
            line("9.99", TaxType="RROUTPUT"),
        ],
    )
    assert [row["TaxAmount"] for row in invoice["LineItems"]] == [
        D("16.67"),
        D("0.00"),
        D("0.00"),
        D("0.50"),
    ]
    assert invoice["Total"] == D("172.99")


def test_sales_tax_of_several_parts_is_charged_at_their_sum() -> None:
    story = Story("us")
    invoice = story.invoice(
        LineAmountTypes="Exclusive", LineItems=[line("100.00", TaxType="TAX001")]
    )
    assert invoice["TotalTax"] == D("8.25")


def test_a_third_decimal_in_a_price_needs_unitdp_four(story: Story) -> None:
    """Documented: without it the price is rounded before multiplying."""
    request = story.invoice_request(
        LineAmountTypes="NoTax", LineItems=[line("0.125", Quantity=D(1000))]
    )
    assert done(story.put("invoices", **request))["Total"] == 125
    story.options = type(story.options)(unit_decimals=2)
    assert done(story.put("invoices", **request))["Total"] == 130


def test_amounts_that_do_not_multiply_are_refused(story: Story) -> None:
    """Text reported verbatim."""
    assert asked(story, line("666.93", LineAmount=D("666.88"))) == (
        "The line total 666.88 does not match the expected line total 666.93",
    )


# ---- discounts


def test_a_discount_is_shown_and_totalled(story: Story) -> None:
    invoice = story.invoice(LineItems=[line("120.00", DiscountRate=D(25))])
    assert invoice["IsDiscounted"] is True
    assert (invoice["TotalDiscount"], invoice["Total"]) == (30, 90)
    assert invoice["LineItems"][0]["DiscountRate"] == 25


def test_bills_take_no_discount(story: Story) -> None:
    """Text reported verbatim."""
    bill = line("10.00", AccountCode="429", DiscountRate=D(10))
    assert asked(story, bill, Type="ACCPAY") == (
        "Discounts may not be applied to ACCPAY invoices.",
    )


def test_a_discount_beyond_the_line_is_refused(story: Story) -> None:
    """Text reported verbatim."""
    assert asked(story, line("10.00", DiscountAmount=D(11))) == (
        "The discount rate '11.00' is invalid. Discount must not be greater than the line total.",
    )


# ---- items


def test_a_line_takes_what_it_leaves_out_from_its_item(story: Story) -> None:
    """Documented."""
    invoice = story.invoice(LineItems=[{"ItemCode": "LOCK", "Quantity": D(2)}])
    (row,) = invoice["LineItems"]
    assert row["Description"] == "Disc padlock, 70 mm"
    assert (row["AccountCode"], row["LineAmount"]) == ("2200", D("19.98"))
    assert row["Item"]["Code"] == "LOCK"


def test_an_unknown_item_is_refused(story: Story) -> None:
    """Unsure whether Xero refuses or warns; refusing is the safer reading."""
    asked(story, line(ItemCode="NO-SUCH"))


# ---- tracking


def test_tracking_is_taken_by_names_or_by_ids(story: Story) -> None:
    """Documented; the read shape is recorded."""
    by_name = story.invoice(LineItems=[line(Tracking=[{"Name": "location", "Option": "ASHFORD"}])])
    (shown,) = by_name["LineItems"][0]["Tracking"]
    assert shown.keys() == {"Name", "Option", "TrackingCategoryID", "Options"}
    option = story.books.option_by_name(shown["TrackingCategoryID"], "Ashford")
    assert option is not None
    by_id = story.invoice(
        LineItems=[
            line(
                Tracking=[
                    {
                        "TrackingCategoryID": shown["TrackingCategoryID"],
                        "TrackingOptionID": option.id,
                    }
                ]
            )
        ]
    )
    assert by_id["LineItems"][0]["Tracking"] == [shown]


def test_an_unknown_or_archived_option_is_refused_unless_switched(story: Story) -> None:
    """Unsure whether Xero refuses or drops it; refusing is the default."""
    story.bookkeeper("archive_tracking_option", category="Location", option="Ashford")
    category = story.books.category_by_name("Location")
    assert category is not None
    archived = story.books.options_of(category.id)[0]
    for option in ({"Option": "Ashford"}, {"TrackingOptionID": archived.id}, {"Option": "Nowhere"}):
        tracked = line(Tracking=[{"Name": "Location"} | option])
        asked(story, tracked)
    story.books.set_switches(drop_unknown_tracking=True)
    outcome = story.put("invoices", **story.invoice_request(LineItems=[tracked]))
    assert done(outcome)["LineItems"][0]["Tracking"] == []
    assert outcome.warnings


def test_one_category_may_not_be_named_twice_on_a_line(story: Story) -> None:
    asked(
        story,
        line(
            Tracking=[
                {"Name": "Location", "Option": "Ashford"},
                {"Name": "Location", "Option": "Brookvale"},
            ]
        ),
    )


# ---- ids on update


def test_lines_with_an_id_change_without_one_are_added_and_missing_ones_go(story: Story) -> None:
    """Documented."""
    invoice = story.invoice(LineItems=[line("10.00"), line("20.00")])
    first, second = (row["LineItemID"] for row in invoice["LineItems"])
    changed = done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            LineItems=[{"LineItemID": second, "UnitAmount": D("25.00")}, line("5.00")],
        )
    )
    ids = [row["LineItemID"] for row in changed["LineItems"]]
    assert ids[0] == second
    assert first not in ids
    assert changed["Total"] == 30


def test_lines_sent_without_ids_are_all_made_anew(story: Story) -> None:
    """Documented."""
    invoice = story.invoice()
    changed = done(story.post("invoices", invoice["InvoiceID"], LineItems=[line()]))
    assert changed["LineItems"][0]["LineItemID"] != invoice["LineItems"][0]["LineItemID"]


def test_sending_no_lines_leaves_them(story: Story) -> None:
    invoice = story.invoice()
    changed = done(story.post("invoices", invoice["InvoiceID"], Reference="A12"))
    assert changed["LineItems"][0]["LineItemID"] == invoice["LineItems"][0]["LineItemID"]


def test_an_overridden_tax_survives_an_edit_that_does_not_touch_amounts(story: Story) -> None:
    invoice = story.invoice(LineItems=[line("10.03", TaxAmount=D("1.66"))])
    line_id = invoice["LineItems"][0]["LineItemID"]
    changed = done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            LineItems=[{"LineItemID": line_id, "Description": "Unit B7"}],
        )
    )
    assert changed["TotalTax"] == D("1.66")


def test_a_line_id_of_another_invoice_is_refused(story: Story) -> None:
    other = story.invoice()["LineItems"][0]["LineItemID"]
    invoice = story.invoice()
    refused(story.post("invoices", invoice["InvoiceID"], LineItems=[line(LineItemID=other)]))
