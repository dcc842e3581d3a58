"""Making and changing invoices. Evidence is named test by test."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fauxero.accounting.invoices.rules import (
    HAS_PAYMENT,
    NOT_FOR_CREATION,
    NOT_FOR_MODIFICATION,
    NUMBER_NOT_UNIQUE,
)
from fauxero.accounting.resource import BadPostData, NotFound, NotModelled
from tests.accounting.story import Story, done, line, refused

D = Decimal


def status_refused(status: str) -> str:
    return (
        f"The status {status} cannot be applied to the invoice because it has payments or "
        "credit notes allocated to it."
    )


# ---- making


def test_an_invoice_is_totalled_and_numbered(story: Story) -> None:
    invoice = story.invoice("120.00")
    assert invoice["InvoiceNumber"] == "INV-0001"
    assert (invoice["SubTotal"], invoice["TotalTax"], invoice["Total"]) == (100, 20, 120)
    assert (invoice["AmountDue"], invoice["AmountPaid"]) == (120, 0)
    assert story.invoice()["InvoiceNumber"] == "INV-0002"


def test_a_bare_invoice_is_a_draft_exclusive_of_tax_dated_today(story: Story) -> None:
    """Documented defaults."""
    invoice = done(
        story.put(
            "invoices",
            Type="ACCREC",
            Contact={"ContactID": story.contact()},
            LineItems=[line("100.00")],
        )
    )
    assert invoice["Status"] == "DRAFT"
    assert invoice["LineAmountTypes"] == "Exclusive"
    assert invoice["Date"].isoformat() == "2026-11-22"
    assert invoice["Total"] == 120
    assert invoice["CurrencyCode"] == "GBP"
    assert "DueDate" not in invoice


def test_today_is_today_where_the_organisation_is() -> None:
    """Documented: 12:00 UTC is the next day in Auckland."""
    story = Story("nz")
    request = story.invoice_request(Date=None, DueDate="2026-12-01")
    assert done(story.put("invoices", **request))["Date"].isoformat() == "2026-11-23"


def test_an_empty_request_is_told_all_that_is_missing(story: Story) -> None:
    """The three texts are from the tests of two client libraries that record Xero's answers."""
    assert set(refused(story.put("invoices", Type="ACCREC", Status="PAID"))) >= {
        "One or more line items must be specified",
        "Invoice not of valid status for creation",
        "A Contact must be specified for this type of transaction",
    }


@pytest.mark.parametrize("type_", [None, "ACCRECCREDIT"])
def test_only_invoices_and_bills_can_be_made_here(story: Story, type_: str | None) -> None:
    request = story.invoice_request(Type=type_)
    assert "Invoice not of valid type for creation" in refused(story.put("invoices", **request))


@pytest.mark.parametrize("status", ["PAID", "VOIDED", "DELETED"])
def test_an_invoice_cannot_begin_at_its_end(story: Story, status: str) -> None:
    request = story.invoice_request(Status=status)
    assert NOT_FOR_CREATION in refused(story.put("invoices", **request))


def test_an_approved_invoice_needs_a_due_date(story: Story) -> None:
    """Documented as required; wording unsure."""
    refused(story.put("invoices", **story.invoice_request(DueDate=None)))


def test_a_number_that_is_taken_is_refused_by_put(story: Story) -> None:
    """Documented uniqueness; the text is in the OpenAPI examples."""
    story.invoice(InvoiceNumber="R-1")
    request = story.invoice_request(InvoiceNumber="R-1")
    assert refused(story.put("invoices", **request)) == (NUMBER_NOT_UNIQUE,)


def test_the_same_number_by_post_silently_edits_the_first(story: Story) -> None:
    """Reported: the trap of POST with an InvoiceNumber."""
    first = story.invoice("120.00", InvoiceNumber="R-1")
    again = done(story.post("invoices", **story.invoice_request("60.00", InvoiceNumber="R-1")))
    assert again["InvoiceID"] == first["InvoiceID"]
    assert again["Total"] == 60
    assert len(story.books.invoices) == 1


@pytest.mark.parametrize("ending", ["VOIDED", "DELETED"])
def test_the_number_of_a_dead_invoice_stays_taken_unless_switched(
    story: Story, ending: str
) -> None:
    """Reported for voided, unsure for deleted: the safer reading is the default."""
    status = "AUTHORISED" if ending == "VOIDED" else "DRAFT"
    first = story.invoice(InvoiceNumber="R-1", Status=status)
    done(story.post("invoices", first["InvoiceID"], Status=ending))
    request = story.invoice_request(InvoiceNumber="R-1")
    assert refused(story.put("invoices", **request)) == (NUMBER_NOT_UNIQUE,)
    story.books.set_switches(**{f"reuse_{ending.lower()}_numbers": True})
    assert done(story.put("invoices", **request))["InvoiceID"] != first["InvoiceID"]


def test_posting_the_number_of_a_voided_invoice_is_refused(story: Story) -> None:
    """Reported: it is taken for an edit of the voided one."""
    first = story.invoice(InvoiceNumber="R-1")
    done(story.post("invoices", first["InvoiceID"], Status="VOIDED"))
    request = story.invoice_request(InvoiceNumber="R-1")
    assert refused(story.post("invoices", **request)) == (NOT_FOR_MODIFICATION,)


def test_two_bills_may_carry_one_number(story: Story) -> None:
    """Documented."""
    bill = story.invoice_request(
        Type="ACCPAY", InvoiceNumber="B-7", LineItems=[line(AccountCode="429")]
    )
    ids = {done(story.put("invoices", **bill))["InvoiceID"] for _ in range(2)}
    ids.add(done(story.post("invoices", **bill))["InvoiceID"])
    assert len(ids) == 3


def test_a_bill_and_a_sales_invoice_do_not_share_their_numbers(story: Story) -> None:
    sale = story.invoice(InvoiceNumber="R-1")
    bill = story.invoice_request(
        Type="ACCPAY", InvoiceNumber="R-1", LineItems=[line(AccountCode="429")]
    )
    assert done(story.post("invoices", **bill))["InvoiceID"] != sale["InvoiceID"]
    done(story.put("invoices", **(bill | {"InvoiceNumber": "R-2"})))
    story.invoice(InvoiceNumber="R-2")


def test_the_next_number_steps_over_one_a_client_has_taken(story: Story) -> None:
    story.invoice(InvoiceNumber="INV-0001")
    assert story.invoice()["InvoiceNumber"] == "INV-0002"


def test_a_currency_the_organisation_does_not_have_is_refused(story: Story) -> None:
    """Text documented in an example."""
    request = story.invoice_request(CurrencyCode="EUR")
    assert refused(story.put("invoices", **request)) == (
        "Organisation is not subscribed to currency EUR",
    )


def test_totals_that_do_not_add_up_are_refused(story: Story) -> None:
    """Text for Total reported verbatim."""
    assert refused(story.put("invoices", **story.invoice_request(Total=D("121.00")))) == (
        "The document total does not equal the sum of the lines.",
    )
    done(story.put("invoices", **story.invoice_request(Total=D("120.00"), TotalTax=D("20.00"))))


def test_a_negative_total_is_refused(story: Story) -> None:
    refused(story.put("invoices", **story.invoice_request("-5.00")))


def test_a_refused_create_is_echoed_with_computed_totals_and_the_zero_id(story: Story) -> None:
    """Recorded on the wire."""
    outcome = story.put("invoices", **story.invoice_request(DueDate=None))
    refused(outcome)
    assert outcome.element["InvoiceID"] == "00000000-0000-0000-0000-000000000000"
    assert outcome.element["Total"] == 120
    assert outcome.element["HasErrors"] is True
    assert len(story.books.invoices) == 0


def test_sent_to_contact_goes_to_the_outbox_and_only_when_approved(story: Story) -> None:
    """Documented; the warning's text is in an official example."""
    draft = story.put("invoices", **story.invoice_request(Status="DRAFT", SentToContact=True))
    assert draft.warnings == ("Only AUTHORISED invoices may have SentToContact updated.",)
    assert len(story.books.outbox) == 0
    assert story.invoice(SentToContact=True)["SentToContact"] is True
    assert len(story.books.outbox) == 1


def test_the_app_that_wrote_an_invoice_is_remembered(story: Story) -> None:
    story.invoice()
    story.bookkeeper(
        "raise_invoice",
        contact_name="Orla",
        lines=[{"description": "by hand", "unit_amount": 5, "account_code": "200"}],
    )
    assert len(story.list("invoices", page=1, created_by_app="app-1").rows) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"Date": "22/11/2026"},
        {"Date": "2026-13-01"},
        {"Status": "APPROVED"},
        {"LineAmountTypes": "NO_TAX"},
        {"LineItems": [{"UnitAmount": "twelve"}]},
        {"LineItems": [{"Quantity": True}]},
        {"LineItems": {"UnitAmount": 5}},
        {"Contact": "Bea"},
        {"BrandingThemeID": "standard"},
    ],
)
def test_values_of_the_wrong_type_are_bad_data(story: Story, wrong: dict) -> None:
    """Reported: PostDataInvalidException, the whole request."""
    with pytest.raises(BadPostData):
        story.put("invoices", **story.invoice_request(**wrong))


def test_dates_are_taken_in_three_forms_and_never_shifted(story: Story) -> None:
    """Documented."""
    for form in ("2026-11-05", "2026-11-05T23:59:00+13:00", "/Date(1793836800000+0000)/"):
        assert story.invoice(Date=form)["Date"].isoformat() == "2026-11-05"


def test_what_is_not_modelled_is_refused_loudly(story: Story) -> None:
    with pytest.raises(NotModelled):
        story.put("invoices", **story.invoice_request(EnteredTotal=D("120.01")))
    with pytest.raises(NotModelled):
        story.put("invoices", **story.invoice_request(InvoiceID=story.invoice()["InvoiceID"]))


def test_a_zero_total_invoice_is_paid_when_approved(story: Story) -> None:
    """Unsure; nothing is left to pay."""
    assert story.invoice("0.00")["Status"] == "PAID"


def test_a_starter_plan_approves_so_many_a_month_and_keeps_drafts(story: Story) -> None:
    """Documented for the old Starter plans: 20 and 5; the text is reported."""
    story.bookkeeper("set_plan", edition_class="STARTER", sales_approvals_max=2)
    story.invoice()
    draft = story.invoice(Status="DRAFT")
    story.invoice()
    full = ("You have reached the limit of invoices you can approve",)
    assert refused(story.put("invoices", **story.invoice_request())) == full
    assert refused(story.post("invoices", draft["InvoiceID"], Status="AUTHORISED")) == full
    story.invoice(Status="DRAFT")
    story.invoice(Date="2026-12-01", DueDate="2026-12-15")


# ---- moving through its statuses


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("DRAFT", "SUBMITTED"),
        ("DRAFT", "AUTHORISED"),
        ("DRAFT", "DELETED"),
        ("SUBMITTED", "DRAFT"),
        ("SUBMITTED", "AUTHORISED"),
        ("SUBMITTED", "DELETED"),
        ("AUTHORISED", "AUTHORISED"),
        ("AUTHORISED", "VOIDED"),
    ],
)
def test_a_documented_move_is_made(story: Story, before: str, after: str) -> None:
    invoice = story.invoice(Status=before)
    assert done(story.post("invoices", invoice["InvoiceID"], Status=after))["Status"] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("DRAFT", "VOIDED"),
        ("SUBMITTED", "VOIDED"),
        ("AUTHORISED", "DELETED"),
        ("AUTHORISED", "DRAFT"),
        ("AUTHORISED", "SUBMITTED"),
        ("AUTHORISED", "PAID"),
    ],
)
def test_any_other_move_is_refused(story: Story, before: str, after: str) -> None:
    """AUTHORISED to DELETED: text recorded on the wire, the status asked for echoed."""
    invoice = story.invoice(Status=before)
    outcome = story.post("invoices", InvoiceID=invoice["InvoiceID"], Status=after)
    assert refused(outcome) == (NOT_FOR_MODIFICATION,)
    assert outcome.element["Status"] == after
    assert story.read("invoices", invoice["InvoiceID"])["Status"] == before


@pytest.mark.parametrize("ending", ["VOIDED", "DELETED"])
def test_nothing_comes_back_from_the_dead(story: Story, ending: str) -> None:
    invoice = story.invoice(Status="AUTHORISED" if ending == "VOIDED" else "DRAFT")
    done(story.post("invoices", invoice["InvoiceID"], Status=ending))
    for change in ({"Status": ending}, {"Status": "AUTHORISED"}, {"Reference": "x"}):
        outcome = story.post("invoices", invoice["InvoiceID"], **change)
        assert refused(outcome) == (NOT_FOR_MODIFICATION,)


def test_a_void_answers_with_the_amount_due_before_it_and_reads_as_nothing_due(
    story: Story,
) -> None:
    """Answer recorded on the wire; the read is from a documented list example."""
    invoice = story.invoice("24.15")
    voided = done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert (voided["Status"], voided["AmountDue"]) == ("VOIDED", D("24.15"))
    read = story.read("invoices", invoice["InvoiceID"])
    assert (read["AmountDue"], read["Total"]) == (0, D("24.15"))


def test_dead_documents_stay_readable_and_listed(story: Story) -> None:
    """Documented."""
    invoice = story.invoice()
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert len(story.list("invoices", page=1).rows) == 1
    assert len(story.list("invoices", statuses=("VOIDED", "DELETED")).rows) == 1


# ---- changing


def test_an_unpaid_approved_invoice_can_be_changed_throughout(story: Story) -> None:
    invoice = story.invoice("120.00")
    changed = done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            Date="2026-11-02",
            Reference="A12",
            LineItems=[{"LineItemID": invoice["LineItems"][0]["LineItemID"], "UnitAmount": D(60)}],
        )
    )
    assert (changed["Total"], changed["Reference"]) == (60, "A12")
    assert story.balance("610") == 60


def test_an_unknown_id_refuses_the_whole_request(story: Story) -> None:
    with pytest.raises(NotFound):
        story.post("invoices", InvoiceID="11111111-1111-4111-8111-111111111111", Status="VOIDED")


def test_an_invoice_is_found_by_its_number_in_the_path(story: Story) -> None:
    """Documented."""
    invoice = story.invoice(InvoiceNumber="R-1")
    assert story.read("invoices", "R-1")["InvoiceID"] == invoice["InvoiceID"]
    assert done(story.post("invoices", "R-1", Reference="A12"))["Reference"] == "A12"


def test_changing_the_kind_of_amounts_works_the_tax_out_anew(story: Story) -> None:
    invoice = story.invoice("120.00", LineAmountTypes="Inclusive")
    changed = done(story.post("invoices", invoice["InvoiceID"], LineAmountTypes="Exclusive"))
    assert (changed["SubTotal"], changed["TotalTax"], changed["Total"]) == (120, 24, 144)


def test_an_invoice_of_an_archived_contact_can_still_be_voided(story: Story) -> None:
    """Only new documents are barred by the archived contact's text."""
    invoice = story.invoice()
    contact_id = invoice["Contact"]["ContactID"]
    story.bookkeeper("archive_contact", contact_id=contact_id)
    done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            Status="VOIDED",
            Contact={"ContactID": contact_id},
        )
    )


# ---- after a payment


@pytest.mark.parametrize(
    "change",
    [
        {"Reference": "new"},
        {"DueDate": "2026-12-31"},
        {"InvoiceNumber": "R-2"},
        {"Url": "https://storage.example/invoice/1"},
    ],
)
def test_a_part_paid_invoice_takes_the_documented_edits(story: Story, change: dict) -> None:
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    done(story.post("invoices", invoice["InvoiceID"], **change))


def test_lines_of_a_part_paid_invoice_take_text_account_and_tracking(story: Story) -> None:
    """Documented."""
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    changed = done(
        story.post(
            "invoices",
            invoice["InvoiceID"],
            LineItems=[
                {
                    "LineItemID": invoice["LineItems"][0]["LineItemID"],
                    "Description": "Unit B7",
                    "AccountCode": "2001",
                    "Tracking": [{"Name": "Location", "Option": "Ashford"}],
                }
            ],
        )
    )
    assert changed["LineItems"][0]["AccountCode"] == "2001"
    assert (story.balance("2000"), story.balance("2001")) == (0, -100)


@pytest.mark.parametrize(
    "change",
    [
        {"Date": "2026-11-02"},
        {"LineAmountTypes": "Exclusive"},
        {"LineItems": "halved"},
        {"LineItems": "gone"},
    ],
)
def test_a_part_paid_invoice_refuses_every_other_edit(story: Story, change: dict) -> None:
    """Text reported verbatim."""
    invoice = story.invoice(LineItems=[line("100.00"), line("20.00")])
    story.pay(invoice, "20.00")
    ids = [row["LineItemID"] for row in invoice["LineItems"]]
    if change.get("LineItems") == "halved":
        change = {
            "LineItems": [{"LineItemID": ids[0], "UnitAmount": D(50)}, {"LineItemID": ids[1]}]
        }
    elif change.get("LineItems") == "gone":
        change = {"LineItems": [{"LineItemID": ids[0]}]}
    assert refused(story.post("invoices", invoice["InvoiceID"], **change)) == (HAS_PAYMENT,)


def test_lines_of_a_paid_invoice_must_name_their_ids(story: Story) -> None:
    """Text reported verbatim."""
    invoice = story.invoice()
    story.pay(invoice)
    outcome = story.post("invoices", invoice["InvoiceID"], LineItems=[line()])
    assert refused(outcome) == (
        "To update fields on a paid invoice line item, you must supply a LineItemID",
    )


def test_a_part_paid_invoice_cannot_be_voided(story: Story) -> None:
    """Both texts reported verbatim."""
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    outcome = story.post("invoices", invoice["InvoiceID"], Status="VOIDED")
    assert refused(outcome) == (HAS_PAYMENT, status_refused("VOIDED"))


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "AUTHORISED"])
def test_a_paid_invoice_takes_no_other_status(story: Story, status: str) -> None:
    """Text reported verbatim with each of these statuses."""
    invoice = story.invoice()
    story.pay(invoice)
    outcome = story.post("invoices", invoice["InvoiceID"], Status=status)
    assert refused(outcome) == (status_refused(status),)


def test_an_invoice_freed_of_its_payment_can_be_voided(story: Story) -> None:
    invoice = story.invoice()
    payment = story.pay(invoice)
    done(story.post("payments", payment["PaymentID"], Status="DELETED"))
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert story.balance("610") == 0


# ---- what polling sees


def test_a_changed_due_date_on_a_part_paid_invoice_is_not_seen_by_polling(story: Story) -> None:
    """Documented blind spot of If-Modified-Since."""
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    story.clock.advance(60)
    done(story.post("invoices", invoice["InvoiceID"], DueDate="2026-12-31"))
    assert story.list("invoices", page=1, modified_since=story.clock.now()).rows == []
    done(story.post("invoices", invoice["InvoiceID"], Reference="seen"))
    assert len(story.list("invoices", page=1, modified_since=story.clock.now()).rows) == 1


def test_a_payment_moves_the_moment_its_invoice_changed(story: Story) -> None:
    invoice = story.invoice()
    story.clock.advance(60)
    story.pay(invoice, "20.00")
    assert len(story.list("invoices", page=1, modified_since=story.clock.now()).rows) == 1
