"""Xero's filter language. Evidence: documented (Requests and responses, Invoices, Contacts);
DateTime.Parse: reported (a maintainer of Xero's SDK, XeroAPI/Xero-Net issue 314)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fauxero.accounting.resource import BadQuery
from fauxero.accounting.where import (
    DAY,
    FLAG,
    GUID,
    INSTANT,
    NUMBER,
    TEXT,
    Field,
    parse_order,
    parse_where,
)


@dataclass(frozen=True)
class Row:
    name: str | None = "Ridgeway Choir"
    status: str = "AUTHORISED"
    id: str = "2f79af6c-5f57-49e8-9e44-301499538add"
    due: Decimal = Decimal("120.50")
    on: date = date(2026, 11, 1)
    at: datetime = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)
    sent: bool = False


FIELDS = {
    "name": Field(TEXT, lambda row: row.name),
    "contact.name": Field(TEXT, lambda row: row.name),
    "status": Field(TEXT, lambda row: row.status),
    "invoiceid": Field(GUID, lambda row: row.id),
    "amountdue": Field(NUMBER, lambda row: row.due),
    "date": Field(DAY, lambda row: row.on),
    "updateddateutc": Field(INSTANT, lambda row: row.at),
    "senttocontact": Field(FLAG, lambda row: row.sent),
}


@pytest.mark.parametrize(
    "where",
    [
        'Status=="AUTHORISED"',
        'Status = "authorised"',
        'status=="Authorised"',
        'Status!="PAID"',
        'Status=="PAID" OR Status=="AUTHORISED"',
        'Status=="PAID"||Status=="AUTHORISED"',
        'Status=="AUTHORISED" AND AmountDue>=120.5',
        'Status=="AUTHORISED"&&AmountDue<121',
        "AmountDue > 100.00 and AmountDue <= 120.50",
        'Contact.Name=="ridgeway choir"',
        'InvoiceID==guid("2F79AF6C-5F57-49E8-9E44-301499538ADD")',
        'InvoiceId==Guid("2f79af6c-5f57-49e8-9e44-301499538add")',
        "Date==DateTime(2026, 11, 01)",
        "Date>=DateTime(2026,11,1) AND Date<DateTime(2026,12,1)",
        "UpdatedDateUTC>DateTime(2026,11,2,10,0,0)",
        "UpdatedDateUTC<DateTime(2026,11,3)",
        'Date==DateTime.Parse("2026-11-01")',
        'UpdatedDateUTC>=datetime.parse("2026-11-02T12:30:00+02:00")',
        "SentToContact==false",
        "!SentToContact",
        'Name!=null AND Name.StartsWith("ridge")',
        'Name.Contains("WAY C")',
        'Name.EndsWith("choir")',
        'Name.ToLower()=="ridgeway choir"',
        'Name.ToLower().Contains("choir")==true',
        '(Status=="PAID" OR SentToContact==false) AND Name!=null',
    ],
)
def test_a_filter_finds_the_row(where: str) -> None:
    assert parse_where(where, FIELDS).test(Row())


@pytest.mark.parametrize(
    "where",
    [
        'Status=="PAID"',
        "AmountDue>120.50",
        "Date!=DateTime(2026,11,1)",
        "SentToContact",
        'Name=="Ridgeway"',
        "Name==null",
        'NOT Status=="AUTHORISED"',
    ],
)
def test_a_filter_leaves_the_row_out(where: str) -> None:
    assert not parse_where(where, FIELDS).test(Row())


@pytest.mark.parametrize(
    "where",
    [
        "",
        "   ",
        "nonsense",
        "Status",
        'Status=="AUTHORISED',
        'Status=="a"b"',
        'Status=="AUTHORISED" AND',
        'Status=="AUTHORISED")',
        '((Status=="AUTHORISED")',
        'Nothing=="x"',
        "Status==5",
        'AmountDue=="120.50"',
        'InvoiceID=="2f79af6c-5f57-49e8-9e44-301499538add"',
        'InvoiceID==guid("not one")',
        "Date==DateTime(2026, 13, 1)",
        "Date==DateTime(2026, 1)",
        'Date==DateTime.Parse("yesterday")',
        'Date==DateTime.Parse("0001-01-01T00:00:00+23:00")',
        "Date==DateTime.Parse(2026)",
        "Date==DateTime.Now",
        'Name.Explode("x")',
        'AmountDue.Contains("1")',
        'Name.Contains("a"',
        "Status=='AUTHORISED'",
        "Status==AUTHORISED",
        "; drop table",
        "(" * 500 + 'Status=="x"' + ")" * 500,
    ],
)
def test_nonsense_is_a_bad_query(where: str) -> None:
    with pytest.raises(BadQuery):
        parse_where(where, FIELDS)


def test_a_method_on_null_is_a_bad_query_unless_guarded() -> None:
    """Reported by integrators: guard with Name!=null&& before the method."""
    nameless = Row(name=None)
    with pytest.raises(BadQuery):
        parse_where('Name.StartsWith("b")', FIELDS).test(nameless)
    assert not parse_where('Name!=null&&Name.StartsWith("b")', FIELDS).test(nameless)


def test_text_matches_ignore_accents() -> None:
    assert parse_where('Name=="renee dupre"', FIELDS).test(Row(name="Renée Dupré"))
    assert parse_where('Name.Contains("RENE")', FIELDS).test(Row(name="Renée Dupré"))


def test_and_binds_tighter_than_or() -> None:
    found = parse_where('Status=="AUTHORISED" OR Status=="PAID" AND AmountDue>1000', FIELDS)
    assert found.test(Row())


def test_equalities_joined_by_and_are_offered_to_indexes() -> None:
    found = parse_where('Status=="AUTHORISED" AND Date==DateTime(2026,11,1)', FIELDS)
    assert found.pins == {"status": "authorised", "date": date(2026, 11, 1)}
    assert not found.only_pin
    assert parse_where('Status=="PAID"', FIELDS).only_pin
    assert parse_where('Status=="PAID" OR Name=="x"', FIELDS).pins == {}


def test_an_order_reads_fields_and_directions() -> None:
    rows = [Row(due=Decimal(amount), name=name) for amount, name in ((5, "b"), (7, "a"), (5, "a"))]
    for read, descending in reversed(parse_order("AmountDue DESC, Name", FIELDS)):
        rows.sort(key=read, reverse=descending)
    assert [(int(row.due), row.name) for row in rows] == [(7, "a"), (5, "a"), (5, "b")]


@pytest.mark.parametrize("order", ["Nothing", "Name SIDEWAYS", "Name ASC DESC", "Name,,Status"])
def test_an_order_of_nonsense_is_a_bad_query(order: str) -> None:
    with pytest.raises(BadQuery):
        parse_order(order, FIELDS)


@given(st.text(alphabet='ABCdate()"=!<>&|. ,0123456789nul', max_size=40))
def test_whatever_is_typed_is_a_filter_or_a_bad_query_and_never_anything_else(text: str) -> None:
    try:
        parse_where(text, FIELDS).test(Row())
    except BadQuery:
        pass  # the other allowed answer
