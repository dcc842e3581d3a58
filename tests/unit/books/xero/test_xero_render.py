"""What we send: the JSON of an element and the bytes of a request."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.books.xero.samples import ACCOUNT_ID, CONTACT_ID, INVOICE_ID, PAYMENT_ID
from unitledger.books.xero.render import InexactAmount, compose, render
from unitledger.core.documents import WantedContact, WantedInvoice, WantedLine, WantedPayment
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Element

RENT = WantedLine(
    description='Rent "B114" – Zoë',
    quantity=Decimal("1"),
    unit_amount=Decimal("120.5"),
    account_code="200",
    tax_type="OUTPUT2",
    line_amount=Decimal("120.50"),
    tax_amount=Decimal("20.08"),
)


def wanted_invoice(*lines: WantedLine, prices_include_tax: bool = True) -> WantedInvoice:
    return WantedInvoice(
        number="R20931",
        contact="T7",
        issued_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        currency="GBP",
        prices_include_tax=prices_include_tax,
        lines=lines or (RENT,),
        total=Decimal("120.50"),
        reference="B114",
        url="https://books.example/d/1",
    )


def changed_line(**changed: object) -> WantedLine:
    names = ("description", "quantity", "unit_amount", "account_code", "tax_type")
    fields = {name: getattr(RENT, name) for name in (*names, "line_amount", "tax_amount")}
    return WantedLine(**{**fields, **changed})


def test_a_contact_is_sent_with_its_key_its_number_and_its_name_and_nothing_else() -> None:
    text = render(WantedContact(contact_number="6S-1", account_number="T1", name="Ada Moss"))
    assert json.loads(text) == {
        "ContactNumber": "6S-1",
        "AccountNumber": "T1",
        "Name": "Ada Moss",
    }


def test_an_invoice_is_sent_whole() -> None:
    sent = json.loads(render(wanted_invoice()), parse_float=Decimal)
    line = sent.pop("LineItems")[0]
    assert sent == {
        "Type": "ACCREC",
        "InvoiceNumber": "R20931",
        "Status": "AUTHORISED",
        "Date": "2026-10-01",
        "DueDate": "2026-10-15",
        "CurrencyCode": "GBP",
        "LineAmountTypes": "Inclusive",
        "Reference": "B114",
        "Url": "https://books.example/d/1",
    }
    assert line == {
        "Description": 'Rent "B114" – Zoë',
        "Quantity": 1,
        "UnitAmount": Decimal("120.5"),
        "LineAmount": Decimal("120.5"),
        "AccountCode": "200",
        "TaxType": "OUTPUT2",
    }


def test_amounts_are_written_with_fixed_decimals_and_never_as_floats() -> None:
    line = changed_line(quantity=Decimal("1E+1"), unit_amount=Decimal("0.1"))
    text = render(wanted_invoice(line))
    assert '"Quantity":10.0000,"UnitAmount":0.1000,"LineAmount":120.50' in text


def test_an_amount_with_a_third_decimal_is_not_rounded_behind_our_back() -> None:
    with pytest.raises(InexactAmount):
        render(wanted_invoice(changed_line(line_amount=Decimal("1.005"))))


def test_an_amount_that_is_no_number_is_not_sent() -> None:
    with pytest.raises(InexactAmount):
        render(wanted_invoice(changed_line(line_amount=Decimal("NaN"))))


def test_prices_without_tax_are_said_to_be_so() -> None:
    assert '"LineAmountTypes":"Exclusive"' in render(wanted_invoice(prices_include_tax=False))


def test_a_tax_amount_travels_only_where_it_overrides_xeros() -> None:
    assert "TaxAmount" not in render(wanted_invoice())
    text = render(wanted_invoice(changed_line(overrides_tax=True)))
    assert '"TaxAmount":20.08' in text


def test_tracking_is_sent_by_category_and_option_name() -> None:
    text = render(wanted_invoice(changed_line(tracking={"Site": "Leeds", "Type": "Indoor"})))
    assert json.loads(text)["LineItems"][0]["Tracking"] == [
        {"Name": "Site", "Option": "Leeds"},
        {"Name": "Type", "Option": "Indoor"},
    ]


def test_nothing_we_send_makes_xero_write_to_a_tenant() -> None:
    text = render(wanted_invoice()) + render(WantedContact("6S-1", "T1", "Ada"))
    assert not {"SentToContact", "EmailAddress", "Phones"} & set(text.split('"'))


def test_a_payment_names_its_account_by_id() -> None:
    wanted = WantedPayment(ACCOUNT_ID, date(2026, 10, 2), Decimal("50"), "R1 · k7f3q2m8xw")
    assert render(wanted) == (
        f'{{"Account":{{"AccountID":"{ACCOUNT_ID}"}},"Date":"2026-10-02",'
        '"Amount":50.00,"Reference":"R1 · k7f3q2m8xw"}'
    )


@pytest.mark.parametrize(
    ("kind", "method", "path", "sent"),
    [
        (
            EffectKind.CREATE_CONTACT,
            "PUT",
            "Contacts?summarizeErrors=false&unitdp=4",
            {"Contacts": [{"a": 1}]},
        ),
        (
            EffectKind.UPDATE_CONTACT,
            "POST",
            "Contacts?summarizeErrors=false&unitdp=4",
            {"Contacts": [{"ContactID": INVOICE_ID, "a": 1}]},
        ),
        (
            EffectKind.CREATE_INVOICE,
            "PUT",
            "Invoices?summarizeErrors=false&unitdp=4",
            {"Invoices": [{"Contact": {"ContactID": CONTACT_ID}, "a": 1}]},
        ),
        (
            EffectKind.UPDATE_INVOICE,
            "POST",
            "Invoices?summarizeErrors=false&unitdp=4",
            {"Invoices": [{"InvoiceID": INVOICE_ID, "Contact": {"ContactID": CONTACT_ID}, "a": 1}]},
        ),
        (
            EffectKind.VOID_INVOICE,
            "POST",
            "Invoices?summarizeErrors=false&unitdp=4",
            {"Invoices": [{"InvoiceID": INVOICE_ID, "Status": "VOIDED"}]},
        ),
        (
            EffectKind.CREATE_PAYMENT,
            "PUT",
            "Payments?summarizeErrors=false&unitdp=4",
            {"Payments": [{"Invoice": {"InvoiceID": CONTACT_ID}, "a": 1}]},
        ),
        (EffectKind.DELETE_PAYMENT, "POST", f"Payments/{INVOICE_ID}", {"Status": "DELETED"}),
    ],
)
def test_creates_are_put_and_changes_are_posted_by_id(
    kind: EffectKind, method: str, path: str, sent: object
) -> None:
    element = Element('{"a":1}', "handle", parent_id=CONTACT_ID, target_id=INVOICE_ID)
    request = compose(kind, [element], idempotency_key="key-1")
    assert (request.method, request.path) == (method, path)
    assert json.loads(request.body) == sent
    assert request.idempotency_key == "key-1"
    assert list(request.handles) == ["handle"]


def test_the_same_elements_make_the_same_bytes() -> None:
    elements = [Element('{"a":1}', "h", parent_id=CONTACT_ID)]
    first = compose(EffectKind.CREATE_INVOICE, elements, idempotency_key="k")
    assert first == compose(EffectKind.CREATE_INVOICE, elements, idempotency_key="k")


@pytest.mark.parametrize("parent_id", [None, "", "R20931", f'{CONTACT_ID}","Status":"PAID'])
def test_an_element_whose_parent_is_no_xero_id_is_not_sent(parent_id: str | None) -> None:
    with pytest.raises(ValueError, match="no Xero id"):
        compose(
            EffectKind.CREATE_INVOICE,
            [Element('{"a":1}', "h", parent_id=parent_id)],
            idempotency_key="k",
        )


def test_a_deletion_travels_alone() -> None:
    two = [Element("{}", each, target_id=PAYMENT_ID) for each in "ab"]
    with pytest.raises(ValueError, match="2 elements"):
        compose(EffectKind.DELETE_PAYMENT, two, idempotency_key="k")


def test_more_than_fifty_elements_are_not_put_into_one_request() -> None:
    many = [Element('{"a":1}', str(number), parent_id=CONTACT_ID) for number in range(51)]
    with pytest.raises(ValueError, match="51 elements"):
        compose(EffectKind.CREATE_INVOICE, many, idempotency_key="k")


def test_two_elements_with_one_handle_are_not_sent_together() -> None:
    twins = [Element('{"a":1}', "h", parent_id=CONTACT_ID)] * 2
    with pytest.raises(ValueError, match="same handle"):
        compose(EffectKind.CREATE_INVOICE, twins, idempotency_key="k")


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_an_idempotency_key_that_xero_would_refuse_is_not_sent(key: str) -> None:
    with pytest.raises(ValueError, match="128"):
        compose(EffectKind.CREATE_CONTACT, [Element('{"a":1}', "h")], idempotency_key=key)
