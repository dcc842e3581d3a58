"""Money received and spent. Evidence is named test by test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.banking.resource import CREDIT_FIXED, NOT_FOR_MODIFICATION, RECONCILED
from fauxero.accounting.resource import BadPostData, NotFound
from tests.accounting.story import Story, done, line, refused

D = Decimal


def test_money_received_goes_to_the_bank_and_to_its_account_and_tax(story: Story) -> None:
    """Documented: LineAmountTypes is Inclusive unless it says otherwise."""
    row = story.money("120.00", Reference="TILL-1")
    assert (row["Type"], row["Status"], row["LineAmountTypes"]) == (
        "RECEIVE",
        "AUTHORISED",
        "Inclusive",
    )
    assert (row["SubTotal"], row["TotalTax"], row["Total"]) == (100, 20, 120)
    assert (row["BankAccount"]["Code"], row["Reference"]) == ("090", "TILL-1")
    assert (story.balance("090"), story.balance("2000"), story.balance("820")) == (120, -100, -20)


def test_money_spent_goes_the_other_way_round(story: Story) -> None:
    story.money("60.00", Type="SPEND", LineItems=[line("60.00", AccountCode="4010")])
    assert (story.balance("090"), story.balance("4010"), story.balance("820")) == (-60, 50, 10)


def test_an_edit_moves_the_ledger(story: Story) -> None:
    """Documented: lines sent without ids replace those there were."""
    row = story.money("120.00")
    done(story.post("banktransactions", row["BankTransactionID"], LineItems=[line("60.00")]))
    assert (story.balance("090"), story.balance("2000")) == (60, -50)
    kept = done(story.post("banktransactions", row["BankTransactionID"], Reference="x"))
    assert (kept["Total"], kept["Reference"]) == (60, "x")


def test_a_deleted_transaction_is_out_of_the_ledger_for_good(story: Story) -> None:
    """Documented."""
    row = story.money()
    gone = done(story.post("banktransactions", row["BankTransactionID"], Status="DELETED"))
    assert gone["Status"] == "DELETED"
    assert (story.balance("090"), story.balance("2000")) == (0, 0)
    again = story.post("banktransactions", row["BankTransactionID"], Status="DELETED")
    assert refused(again) == (NOT_FOR_MODIFICATION,)
    assert story.read("banktransactions", row["BankTransactionID"])["Status"] == "DELETED"


def test_a_reconciled_one_is_left_alone_unless_switched(story: Story) -> None:
    """Unsure; refusing is the default."""
    row = story.money(IsReconciled=True)
    change = {"BankTransactionID": row["BankTransactionID"], "Status": "DELETED"}
    assert refused(story.post("banktransactions", **change)) == (RECONCILED,)
    story.books.set_switches(delete_reconciled_bank_transactions=True)
    done(story.post("banktransactions", **change))


@pytest.mark.parametrize(
    "wrong",
    [
        {"Type": None},
        {"Type": "RECEIVE-TRANSFER"},
        {"Type": "SPEND-TRANSFER"},
        {"Contact": None},
        {"LineItems": []},
        {"LineItems": None},
        {"BankAccount": None},
        {"BankAccount": {"Code": "200"}},
        {"BankAccount": {"Code": "880"}},
        {"BankAccount": {"Code": "nowhere"}},
        {"LineItems": [line(Quantity=D(0))]},
        {"LineItems": [line(Quantity=D(-1), UnitAmount=D(-5))]},
        {"LineItems": [line("0.00")]},
        {"LineItems": [line("-5.00")]},
        {"LineItems": [line(TaxAmount=D("1.00"))]},
        {"LineItems": [line(DiscountRate=D(10))]},
        {"LineItems": [line(AccountCode="610")]},
        {"LineItems": [line(AccountCode="091")]},
        {"LineItems": [line(AccountCode=None)]},
        {"Status": "DELETED"},
        {"Url": "https://xero.example/1"},
        {"CurrencyCode": "USD"},
    ],
)
def test_what_is_documented_as_wrong_is_refused(story: Story, wrong: dict[str, Any]) -> None:
    """Rules documented, wordings unsure."""
    refused(story.put("banktransactions", **(story.money_request() | wrong)))
    assert story.balance("090") == 0


def test_negative_lines_are_fine_while_the_total_is_positive(story: Story) -> None:
    """Documented."""
    fee = line("-2.00", AccountCode="4010", TaxType="NONE")
    assert story.money(LineItems=[line("12.00"), fee])["Total"] == 10


def test_an_archived_bank_account_takes_no_money(story: Story) -> None:
    story.bookkeeper("archive_account", code="9000")
    refused(story.put("banktransactions", **story.money_request(BankAccount={"Code": "9000"})))


def test_type_and_bank_account_stay_as_they_were(story: Story) -> None:
    """Unsure; refusing is the safer reading."""
    row = story.money()
    refused(story.post("banktransactions", row["BankTransactionID"], Type="SPEND"))
    elsewhere = {"BankAccount": {"Code": "091"}}
    refused(story.post("banktransactions", row["BankTransactionID"], **elsewhere))


def test_lock_dates_bind_bank_transactions(story: Story) -> None:
    row = story.money(Date="2026-10-20")
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    refused(story.put("banktransactions", **story.money_request(Date="2026-10-31")))
    refused(story.post("banktransactions", row["BankTransactionID"], Status="DELETED"))
    later = story.money()
    refused(story.post("banktransactions", later["BankTransactionID"], Date="2026-10-01"))


def test_nothing_keeps_a_blind_repeat_from_doubling(story: Story) -> None:
    """Reported: pairs of transactions in live books."""
    request = story.money_request(Reference="same")
    ids = {done(story.put("banktransactions", **request))["BankTransactionID"] for _ in range(2)}
    assert len(ids) == 2


def test_unpaged_lists_have_no_lines(story: Story) -> None:
    """Documented and reported."""
    story.money()
    assert story.list("banktransactions").rows[0]["LineItems"] == []
    assert len(story.list("banktransactions", page=1).rows[0]["LineItems"]) == 1


def test_lists_are_filtered_but_contains_on_the_reference_matches_nothing(story: Story) -> None:
    """Reported: silently."""
    row = story.money(Reference="R20931 k7f3", Date="2026-11-08")
    story.money("30.00", Type="SPEND", Date="2026-11-09", Reference="fee")

    def found(where: str) -> list[str]:
        return [
            one["BankTransactionID"] for one in story.list("banktransactions", where=where).rows
        ]

    own = [row["BankTransactionID"]]
    assert found('Reference=="r20931 K7F3"') == own
    assert found('Reference.StartsWith("R20931")') == own
    assert found('Reference.Contains("k7f3")') == []
    assert found('Reference!=null&&Reference.EndsWith("k7f3")') == []
    assert found('Type=="RECEIVE"') == own
    assert found("Date<DateTime(2026,11,9)") == own
    assert found(f'Contact.ContactID==guid("{row["Contact"]["ContactID"]}") AND Total>100') == own
    assert found('BankAccount.Code=="091"') == []


def test_unknown_ids_and_wrong_types_refuse_the_request(story: Story) -> None:
    with pytest.raises(NotFound):
        story.post("banktransactions", story.books.ids.uuid(), Status="DELETED")
    with pytest.raises(BadPostData):
        story.put("banktransactions", **story.money_request(Type="GIFT"))


# ---- overpayments and prepayments made by money


def test_an_overpayment_sits_in_the_receivables(story: Story) -> None:
    """Documented: one line, NoTax, no account: the control account's code comes back."""
    row = story.money(**story.overpaid("50.00"))
    assert row["LineItems"][0]["AccountCode"] == "610"
    assert row["OverpaymentID"] != row["BankTransactionID"]
    assert (story.balance("090"), story.balance("610")) == (50, -50)
    credit = story.read("overpayments", row["OverpaymentID"])
    assert (credit["Type"], credit["Status"], credit["RemainingCredit"]) == (
        "RECEIVE-OVERPAYMENT",
        "AUTHORISED",
        50,
    )


def test_a_supplier_can_be_overpaid_too(story: Story) -> None:
    row = story.money(**story.overpaid("50.00") | {"Type": "SPEND-OVERPAYMENT"})
    assert row["LineItems"][0]["AccountCode"] == "800"
    assert (story.balance("090"), story.balance("800")) == (-50, 50)


@pytest.mark.parametrize(
    "wrong",
    [
        {"LineAmountTypes": None},
        {"LineAmountTypes": "Inclusive"},
        {"LineItems": [{"Description": "a", "LineAmount": D(1)}] * 2},
        {"LineItems": []},
        {"LineItems": [{"Description": "a", "LineAmount": D(0)}]},
        {"LineItems": [{"Description": "a", "LineAmount": D(-1)}]},
        {"LineItems": [{"LineAmount": D(1)}]},
        {"LineItems": [{"Description": "a", "LineAmount": D(1), "AccountCode": "200"}]},
    ],
)
def test_an_overpayment_is_one_line_without_tax(story: Story, wrong: dict[str, Any]) -> None:
    """Documented; wordings unsure."""
    request = story.money_request() | story.overpaid() | wrong
    refused(story.put("banktransactions", **request))


def test_a_prepayment_sits_on_its_coded_account_with_tax(story: Story) -> None:
    """Documented: normal lines with tax and accounts."""
    row = story.money("120.00", Type="RECEIVE-PREPAYMENT", LineItems=[line(AccountCode="2000")])
    assert (story.balance("090"), story.balance("2000"), story.balance("820")) == (120, -100, -20)
    assert story.balance("610") == 0
    credit = story.read("prepayments", row["PrepaymentID"])
    assert (credit["TotalTax"], credit["RemainingCredit"]) == (20, 120)


def test_a_prepayment_received_has_a_number_in_line_with_sales_invoices(story: Story) -> None:
    """Xero's help; the prepayment's Reference returns it (OpenAPI description)."""
    first, prepayment, last = story.invoice(), story.prepayment(), story.invoice()
    numbers = (first["InvoiceNumber"], prepayment["InvoiceNumber"], last["InvoiceNumber"])
    assert numbers == ("INV-0001", "INV-0002", "INV-0003")
    assert prepayment["Reference"] == "INV-0002"


@pytest.mark.parametrize("kind", ["RECEIVE-OVERPAYMENT", "RECEIVE-PREPAYMENT"])
def test_a_reference_is_kept_for_plain_money_only(story: Story, kind: str) -> None:
    """Documented; the OpenAPI description has one for overpayments since 2026: a switch."""
    more = story.overpaid() if kind == "RECEIVE-OVERPAYMENT" else {"Type": kind}
    assert "Reference" not in story.money(Reference="k7f3", **more)
    story.books.set_switches(keep_reference_on_credits=True)
    assert story.money(Reference="k7f3", **more)["Reference"] == "k7f3"


def test_credits_made_by_money_are_neither_changed_nor_deleted_here(story: Story) -> None:
    """Documented; users plan to delete them all the same: a switch, for unused ones."""
    made = [story.money(**story.overpaid()), story.money(Type="RECEIVE-PREPAYMENT")]
    for row in made:
        for change in ({"Status": "DELETED"}, {"Date": "2026-11-09"}):
            outcome = story.post("banktransactions", row["BankTransactionID"], **change)
            assert refused(outcome) == (CREDIT_FIXED,)
    story.books.set_switches(delete_credit_bank_transactions=True)
    credit = story.read("overpayments", made[0]["OverpaymentID"])
    used = story.allocate(credit, story.invoice(), "10.00")
    refused(story.post("banktransactions", made[0]["BankTransactionID"], Status="DELETED"))
    story.take_off(credit, used)
    for row in made:
        done(story.post("banktransactions", row["BankTransactionID"], Status="DELETED"))
    assert (story.balance("090"), story.balance("820")) == (0, -20)
    assert story.read("overpayments", credit["OverpaymentID"])["Status"] == "VOIDED"
