"""What the books hold, read from Xero's JSON: strict where we rely on it, mild elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.books.xero.samples import (
    ACCOUNT_ID,
    CONTACT_ID,
    INVOICE_ID,
    PAYMENT_ID,
    ZERO_ID,
    contact,
    invoice,
    payment,
)
from unitledger.books.xero import wire
from unitledger.books.xero.parse import read_books_at, read_held, read_page_count
from unitledger.books.xero.wire import UnexpectedAnswer
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held, Posting

CONTACT, INVOICE, PAYMENT = DocumentKind.CONTACT, DocumentKind.INVOICE, DocumentKind.PAYMENT


def exact(row: dict[str, Any]) -> dict[str, Any]:
    """The row as it comes off the wire: decimals as Decimal."""
    import json

    return wire.load(json.dumps(row).encode())


def test_an_invoice_is_read_whole() -> None:
    assert read_held(INVOICE, exact(invoice("R1", Url="https://books.example/d/1"))) == Held(
        kind=INVOICE,
        xero_id=INVOICE_ID,
        status="AUTHORISED",
        updated_at=datetime(2026, 10, 1, 7, 49, 59, tzinfo=UTC),
        number="R1",
        reference=None,
        url="https://books.example/d/1",
        contact_id=CONTACT_ID,
        dated_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        currency="GBP",
        total=Decimal("120.0"),
        total_tax=Decimal("20.0"),
        amount_due=Decimal("120.0"),
        amount_paid=Decimal("0.0"),
        prices_include_tax=True,
        postings=(
            Posting(
                account_code="200",
                line_amount=Decimal("120.0"),
                tax_amount=Decimal("20.0"),
                tax_type="OUTPUT2",
                description="Rent B114",
                tracking={"Location": "Leeds"},
            ),
        ),
    )


def test_a_bill_is_told_apart_from_a_sales_invoice() -> None:
    assert not read_held(INVOICE, exact(invoice("R1", Type="ACCPAY"))).is_receivable


def test_a_contact_tells_who_it_is_and_where_it_went() -> None:
    held = read_held(CONTACT, contact(ContactStatus="ARCHIVED", MergedToContactID=INVOICE_ID))
    assert (held.number, held.account_number, held.name) == ("6S-1", "T-1", "Ada Moss")
    assert (held.status, held.merged_to) == ("ARCHIVED", INVOICE_ID)


def test_a_payment_tells_what_it_pays_and_from_where() -> None:
    held = read_held(PAYMENT, exact(payment(IsReconciled=True)))
    assert (held.xero_id, held.invoice_id, held.account_id) == (PAYMENT_ID, INVOICE_ID, ACCOUNT_ID)
    assert (held.total, held.dated_on) == (Decimal("50.0"), date(2026, 10, 2))
    assert held.reference == "R1 · k7f3q2m8xw"
    assert held.is_reconciled
    assert held.is_receivable


@pytest.mark.parametrize("payment_type", ["ACCPAYPAYMENT", "ARCREDITPAYMENT", "NEWTYPE"])
def test_refunds_and_payments_of_bills_are_no_payments_received(payment_type: str) -> None:
    assert not read_held(PAYMENT, exact(payment(PaymentType=payment_type))).is_receivable


def test_a_payment_without_a_type_goes_by_its_invoice() -> None:
    row = payment()
    del row["PaymentType"]
    assert read_held(PAYMENT, exact(row)).is_receivable


def test_an_unknown_status_passes_through() -> None:
    assert read_held(CONTACT, contact(ContactStatus="GDPRREQUEST")).status == "GDPRREQUEST"


@pytest.mark.parametrize(
    ("kind", "row", "field"),
    [
        (INVOICE, invoice("R1"), "InvoiceID"),
        (INVOICE, invoice("R1"), "Total"),
        (INVOICE, invoice("R1"), "Status"),
        (INVOICE, invoice("R1"), "Type"),
        (CONTACT, contact(), "ContactID"),
        (CONTACT, contact(), "ContactStatus"),
        (PAYMENT, payment(), "PaymentID"),
        (PAYMENT, payment(), "Amount"),
        (PAYMENT, payment(), "Status"),
    ],
)
def test_what_we_rely_on_is_named_where_it_is_missing(
    kind: DocumentKind, row: dict[str, Any], field: str
) -> None:
    missing = exact({name: value for name, value in row.items() if name != field})
    with pytest.raises(UnexpectedAnswer) as refusal:
        read_held(kind, missing)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "changed",
    [
        {"InvoiceID": ZERO_ID},
        {"Total": "120.00"},
        {"Total": True},
        {"InvoiceNumber": 17},
        {"DateString": None, "Date": "yesterday"},
        {"UpdatedDateUTC": "/Date(99999999999999999)/"},
        {"Contact": "Ada"},
        {"LineItems": [None]},
    ],
)
def test_what_is_spelled_in_an_unknown_way_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_held(INVOICE, exact(invoice("R1", **changed)))


def test_what_may_be_missing_is_none() -> None:
    row = {"InvoiceID": INVOICE_ID, "Status": "DRAFT", "Type": "ACCREC", "Total": 0}
    held = read_held(INVOICE, row)
    assert (held.dated_on, held.due_on, held.number, held.amount_due) == (None, None, None, None)
    assert (held.total, held.prices_include_tax, list(held.postings)) == (Decimal(0), None, [])


def test_money_keeps_the_digits_it_came_with() -> None:
    assert wire.load(b'{"a": 0.1}')["a"] == Decimal("0.1")
    assert str(wire.load(b'{"a": 147703.180}')["a"]) == "147703.180"


@pytest.mark.parametrize(
    ("spelled", "on"),
    [
        ({"D": "/Date(1539993600000+0000)/"}, date(2018, 10, 20)),
        ({"D": "/Date(1539993600000)/"}, date(2018, 10, 20)),
        # Local midnight of a zone ahead of UTC is still that zone's day.
        ({"D": "/Date(1539946800000+1300)/"}, date(2018, 10, 20)),
        ({"D": "/Date(-86400000+0000)/"}, date(1969, 12, 31)),
        ({"D": "2018-10-20"}, date(2018, 10, 20)),
        ({"D": "/Date(0+0000)/", "DString": "2018-10-20T00:00:00"}, date(2018, 10, 20)),
        ({}, None),
    ],
)
def test_a_document_date_is_a_calendar_day(spelled: dict[str, str], on: date | None) -> None:
    assert wire.day(spelled, "D") == on


def test_an_instant_keeps_its_milliseconds() -> None:
    at = wire.instant({"U": "/Date(1552432238623+0000)/"}, "U")
    assert at == datetime(2019, 3, 12, 23, 10, 38, 623000, tzinfo=UTC)


def test_xeros_clock_is_unknown_rather_than_guessed() -> None:
    assert read_books_at({"DateTimeUTC": "/Date(0)/"}) == datetime(1970, 1, 1, tzinfo=UTC)
    assert read_books_at({"DateTimeUTC": "soon"}) is None
    assert read_books_at([]) is None


def test_the_number_of_pages_is_xeros_or_told_by_a_full_page() -> None:
    told = {"pagination": {"page": 1, "pageSize": 1000, "pageCount": 7, "itemCount": 6500}}
    assert read_page_count(told, page=1, rows_read=1000, page_size=1000) == 7
    assert read_page_count({}, page=3, rows_read=1000, page_size=1000) == 4
    assert read_page_count({}, page=3, rows_read=999, page_size=1000) == 3
