"""Tax return figures: the boxes of the UK's and Australia's forms, on both bases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.tax_return import ReturnRefused, TaxReturn, tax_return
from tests.accounting.story import Story, done, line

D = Decimal
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def made(story: Story, **how: Any) -> TaxReturn:
    return tax_return(story.books, how.pop("first", FIRST), how.pop("last", LAST), **how)


def sale(story: Story, amount: str, tax_type: str, code: str = "2000", **more: Any) -> Any:
    request = {"LineAmountTypes": "Exclusive"} | more
    return story.invoice(LineItems=[line(amount, TaxType=tax_type, AccountCode=code)], **request)


def bill(story: Story, amount: str, tax_type: str, **more: Any) -> Any:
    return sale(story, amount, tax_type, "461", Type="ACCPAY", **more)


def test_the_vat_boxes_on_accrual_basis(story: Story) -> None:
    """The boxes of the UK's VAT return: exempt and zero-rated sales are in 6 too."""
    sale(story, "100.40", "OUTPUT2")
    sale(story, "10.00", "RROUTPUT")
    sale(story, "30.00", "EXEMPTOUTPUT", "2100")
    bill(story, "50.00", "INPUT2")
    found = made(story)
    assert found.basis == "ACCRUAL"
    assert found.boxes == {
        "1": D("20.58"),
        "2": 0,
        "3": D("20.58"),
        "4": D("10.00"),
        "5": D("10.58"),
        "6": D("140"),
        "7": D("50"),
        "8": 0,
        "9": 0,
    }
    assert found.exact["6"] == D("140.40")
    assert found.not_derived == ("2", "8", "9")


def test_what_has_no_vat_stays_outside_the_return(story: Story) -> None:
    """Documented (Types, tax types): NONE and BASEXCLUDED are in no box."""
    sale(story, "50.00", "NONE", "8000")
    found = made(story)
    assert set(found.boxes.values()) == {D("0")}
    assert found.outside == {"NONE": D("-50.00")}


def test_the_tax_account_agrees_with_the_boxes(story: Story) -> None:
    """Whatever is on the tax account is in box 5."""
    invoice = sale(story, "99.99", "OUTPUT2")
    bill(story, "33.33", "INPUT2")
    sale(story, "7.77", "RROUTPUT")
    done(story.post("invoices", invoice["InvoiceID"], Status="VOIDED"))
    assert -story.balance("820") == made(story).boxes["5"]


def test_cash_basis_follows_the_money(story: Story) -> None:
    """A part payment brings its share of net and tax, on the day it is made."""
    invoice = sale(story, "100.00", "OUTPUT2", Date="2026-10-01")
    assert made(story, basis="cash").boxes["1"] == 0
    story.pay(invoice, "60.00", Date="2026-11-10")
    found = made(story, basis="cash")
    assert (found.boxes["1"], found.boxes["6"]) == (D("10.00"), D("50"))
    story.pay(invoice, Date="2026-12-01")
    december = made(story, first=date(2026, 12, 1), last=date(2026, 12, 31), basis="CASH")
    assert december.boxes["1"] == D("10.00")
    assert made(story, first=date(2026, 10, 1), last=date(2026, 12, 31)).boxes["1"] == D("20.00")


def test_a_credit_note_lowers_the_boxes(story: Story) -> None:
    sale(story, "100.00", "OUTPUT2")
    request = story.invoice_request(Type="ACCRECCREDIT", LineAmountTypes="Exclusive")
    request["LineItems"] = [line("40.00", TaxType="OUTPUT2")]
    done(story.put("creditnotes", **request))
    assert (made(story).boxes["1"], made(story).boxes["6"]) == (D("12.00"), D("60"))


@pytest.fixture
def sydney() -> Story:
    return Story("au")


def test_the_activity_statement_on_the_organisations_own_basis(sydney: Story) -> None:
    """The boxes of Australia's activity statement; the demo organisation reports on cash."""
    paid = sale(sydney, "100.00", "OUTPUT")
    sydney.pay(paid)
    sale(sydney, "70.00", "OUTPUT")
    free = sale(sydney, "30.99", "EXEMPTOUTPUT")
    sydney.pay(free)
    sydney.pay(sale(sydney, "500.00", "BASEXCLUDED", "8000"))
    sydney.pay(bill(sydney, "50.00", "INPUT"))
    found = made(sydney)
    assert (found.country, found.basis) == ("AU", "CASH")
    assert found.boxes == {
        "G1": D("140"),
        "G2": 0,
        "G3": D("30"),
        "G10": 0,
        "G11": D("55"),
        "1A": D("10"),
        "1B": D("5"),
    }
    assert found.outside == {"BASEXCLUDED": D("-500.00")}
    accrual = made(sydney, basis="ACCRUAL")
    assert (accrual.boxes["G1"], accrual.boxes["1A"]) == (D("217"), D("17"))
    sydney.books.check()


def test_figures_that_cannot_be_derived_are_refused(story: Story) -> None:
    with pytest.raises(ReturnRefused, match="not for US"):
        made(Story("us"))
    with pytest.raises(ReturnRefused, match="basis"):
        made(story, basis="SOMETIMES")
    with pytest.raises(ReturnRefused, match="after"):
        made(story, first=LAST, last=FIRST)
    sale(story, "100.00", "OUTPUT2")
    rate = story.books.tax_rates["OUTPUT2"]
    story.books.tax_rates.put(replace(rate, report_tax_type="MOSSSALES"))
    with pytest.raises(ReturnRefused, match="has no place"):
        made(story)
