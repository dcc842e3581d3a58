"""The stored form of wanted documents."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from unitledger.core.documents import (
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedLine,
    WantedPayment,
    amount_of,
    dated_on,
    wanted_from_content,
    wanted_to_content,
)

LINE = WantedLine(
    description="Rent unit B114",
    quantity=Decimal("1.5"),
    unit_amount=Decimal("80.0000"),
    account_code="2000",
    tax_type="OUTPUT2",
    line_amount=Decimal("120.00"),
    tax_amount=Decimal("20.01"),
    overrides_tax=True,
    tracking={"Location": "Ashford"},
    item_code="RENT",
)
INVOICE = WantedInvoice(
    number="INV-1",
    contact="T7",
    issued_on=date(2026, 3, 1),
    due_on=date(2026, 3, 8),
    currency="GBP",
    prices_include_tax=True,
    lines=(LINE,),
    total=Decimal("120.00"),
    reference="B114 · 1–31 Mar 2026",
    url=None,
)
CONTACT = WantedContact(contact_number="fern-7", account_number="7", name="Ada Smith")
PAYMENT = WantedPayment(
    account_id="id-090", paid_on=date(2026, 3, 5), amount=Decimal("50.00"), reference="R1 · k7f3"
)


@pytest.mark.parametrize("wanted", [INVOICE, CONTACT, PAYMENT])
def test_a_wanted_document_comes_back_from_its_stored_form(wanted: Wanted) -> None:
    assert wanted_from_content(json.loads(json.dumps(wanted_to_content(wanted)))) == wanted


def test_amount_and_date_are_those_of_the_document() -> None:
    assert (amount_of(INVOICE), dated_on(INVOICE)) == (Decimal("120.00"), date(2026, 3, 1))
    assert (amount_of(PAYMENT), dated_on(PAYMENT)) == (Decimal("50.00"), date(2026, 3, 5))
    assert (amount_of(CONTACT), dated_on(CONTACT)) == (None, None)
