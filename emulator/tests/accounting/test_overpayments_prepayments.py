"""Using overpayments and prepayments: allocations and refunds. Evidence is named."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from fauxero.accounting.credits.allocations import too_much
from fauxero.accounting.payment_targets import TOO_MUCH
from fauxero.accounting.resource import Element, NotFound
from tests.accounting.story import Story, done, line, refused

D = Decimal
KINDS = ("overpayment", "prepayment")


def made(story: Story, kind: str, amount: str = "120.00") -> Element:
    makers: dict[str, Callable[[str], Element]] = {
        "overpayment": story.overpayment,
        "prepayment": story.prepayment,
    }
    return makers[kind](amount)


@pytest.mark.parametrize("kind", KINDS)
def test_it_pays_a_later_invoice_by_allocation(story: Story, kind: str) -> None:
    """Documented."""
    credit, invoice = made(story, kind), story.invoice("100.00")
    story.allocate(credit, invoice, "100.00")
    read = story.read("invoices", invoice["InvoiceID"])
    name = kind.capitalize()
    assert (read["Status"], read["AmountCredited"], read["CreditNotes"]) == ("PAID", 100, [])
    (applied,) = read[f"{name}s"]
    assert (applied[f"{name}ID"], applied["AppliedAmount"]) == (credit[f"{name}ID"], 100)
    assert story.read(f"{kind}s", credit[f"{name}ID"])["RemainingCredit"] == 20


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_paid_back_through_payments(story: Story, kind: str) -> None:
    """Documented: PaymentTypes AROVERPAYMENTPAYMENT and ARPREPAYMENTPAYMENT."""
    credit = made(story, kind)
    payment = story.refund(credit)
    assert payment["PaymentType"] == f"AR{kind.upper()}PAYMENT"
    assert payment["Invoice"]["Type"] == f"AR{kind.upper()}"
    read = story.read(f"{kind}s", credit[f"{kind.capitalize()}ID"])
    assert (read["Status"], read["RemainingCredit"]) == ("PAID", 0)
    assert [story.balance(code) for code in ("090", "610", "2000", "820")] == [0, 0, 0, 0]
    done(story.post("payments", payment["PaymentID"], Status="DELETED"))
    assert story.balance("090") == 120


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_than_what_is_left_is_used(story: Story, kind: str) -> None:
    """The allocation's text is reported verbatim for overpayments."""
    credit = made(story, kind, "50.00")
    story.refund(credit, "20.00")
    refusal = refused(story.allocating(credit, story.invoice(), "30.01"))
    assert refusal == (too_much(kind.capitalize()),)
    assert refused(story.put("payments", **story.refund_request(credit, "30.01"))) == (TOO_MUCH,)


def test_an_overpayments_allocation_moves_nothing(story: Story) -> None:
    credit, invoice = story.overpayment("120.00"), story.invoice("100.00")
    journals = len(story.books.journals)
    story.allocate(credit, invoice, "100.00")
    assert (story.balance("610"), len(story.books.journals)) == (-20, journals)


def test_a_used_prepayment_leaves_its_accounts_and_tax(story: Story) -> None:
    """Unsure in detail: what was coded in advance is taken back as the invoice is settled."""
    credit, invoice = story.prepayment("120.00"), story.invoice("120.00")
    assert (story.balance("2000"), story.balance("820")) == (-200, -40)
    story.allocate(credit, invoice, "60.00")
    assert [story.balance(code) for code in ("610", "2000", "820")] == [60, -150, -30]
    story.allocate(credit, invoice, "60.00")
    assert [story.balance(code) for code in ("610", "2000", "820")] == [0, -100, -20]


def test_taking_the_allocation_off_puts_it_back_on_its_accounts(story: Story) -> None:
    credit, invoice = story.prepayment("120.00"), story.invoice("120.00")
    allocation = story.allocate(credit, invoice, "120.00")
    story.take_off(credit, allocation)
    assert [story.balance(code) for code in ("610", "2000", "820")] == [120, -200, -40]


def test_odd_shares_leave_no_cent_behind(story: Story) -> None:
    """Three thirds of two taxed lines and one untaxed, in any order, with one taken off."""
    lines = [line("33.34"), line("33.33", AccountCode="2200"), line("33.33", AccountCode="8000")]
    made = story.money(Type="RECEIVE-PREPAYMENT", LineItems=lines)
    credit = story.read("prepayments", made["PrepaymentID"])
    invoices = [story.invoice("50.00", LineAmountTypes="NoTax") for _ in range(3)]
    allocations = [story.allocate(credit, invoice, "33.33") for invoice in invoices]
    story.take_off(credit, allocations[1])
    story.refund(credit, "33.34")
    assert story.read("prepayments", made["PrepaymentID"])["Status"] == "PAID"
    assert [story.balance(code) for code in ("2200", "8000", "820")] == [0, 0, 0]


def test_a_prepayment_to_a_supplier_goes_the_other_way_round(story: Story) -> None:
    spent = [line("60.00", AccountCode="429")]
    made = story.money(Type="SPEND-PREPAYMENT", LineItems=spent)
    credit = story.read("prepayments", made["PrepaymentID"])
    assert (story.balance("090"), story.balance("429"), story.balance("820")) == (-60, 50, 10)
    assert (credit["Reference"], "InvoiceNumber" in credit) == ("", False)
    bill = story.invoice(Type="ACCPAY", LineItems=spent)
    story.allocate(credit, bill, "60.00")
    assert (story.balance("800"), story.balance("429")) == (0, 50)
    assert story.refund_request(credit)["Amount"] == 0


def test_a_supplier_pays_an_overpayment_back(story: Story) -> None:
    made = story.money(**story.overpaid("50.00") | {"Type": "SPEND-OVERPAYMENT"})
    credit = story.read("overpayments", made["OverpaymentID"])
    assert story.refund(credit)["PaymentType"] == "APOVERPAYMENTPAYMENT"
    assert (story.balance("090"), story.balance("800")) == (0, 0)


def test_overpayments_are_listed_by_reference_and_prepayments_by_number(story: Story) -> None:
    """OpenAPI description: References and InvoiceNumbers."""
    story.books.set_switches(keep_reference_on_credits=True)
    one = story.overpayment("10.00", Reference="a")
    story.overpayment("20.00", Reference="b")
    rows = story.list("overpayments", other={"references": '"a", "c"'}).rows
    assert [row["OverpaymentID"] for row in rows] == [one["OverpaymentID"]]
    prepayments = [story.prepayment("10.00"), story.prepayment("20.00")]
    number = prepayments[1]["InvoiceNumber"]
    (row,) = story.list("prepayments", numbers=(number,)).rows
    assert (row["PrepaymentID"], row["LineItems"]) == (prepayments[1]["PrepaymentID"], [])
    (row,) = story.list("prepayments", page=1, where=f'Reference=="{number}"').rows
    assert len(row["LineItems"]) == 1
    assert story.list("overpayments", where='Status=="PAID"').rows == []


def test_each_kind_is_found_in_its_own_collection(story: Story) -> None:
    credit, invoice = story.overpayment(), story.invoice()
    assert story.list("prepayments").rows == story.list("creditnotes").rows == []
    sizes = [len(story.list(f"{kind}s", where="Total>0", page=1).rows) for kind in KINDS]
    assert sizes == [1, 0]
    with pytest.raises(NotFound):
        story.allocating({"PrepaymentID": credit["OverpaymentID"]}, invoice, "1.00")
    request = story.refund_request(credit) | {
        "Overpayment": None,
        "Prepayment": {"PrepaymentID": credit["OverpaymentID"]},
    }
    refused(story.put("payments", **request))
