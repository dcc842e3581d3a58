"""Whatever a client sends, fauxero answers as a server does: never with a failure of its own,
and never with books that no longer balance. The fixture's teardown checks both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Xero

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e300,
    10**40,
    "",
    "x" * 5000,
    "\0",
    "2026-13-45",
    "/Date(999999999999999999)/",
    [],
    {},
    [None],
    [[]],
    {"Name": None},
    "11111111-2222-3333-4444-555555555555",
)
QUERIES = (
    "where=((((",
    "where=Name.Foo()",
    "where=Date>DateTime(2020,13,45)",
    'where=Total=="x"',
    "order=Name DESC,,",
    "page=99999999999999999999",
    "IDs=x,,y",
    "Statuses=NONE",
    "unitdp=9",
)
KEYS = ("x", "..", "%00", "a'b", "é", "11111111-2222-3333-4444-555555555555")

LINE = {
    "Description": "Rent",
    "Quantity": 1,
    "UnitAmount": 120,
    "AccountCode": "200",
    "TaxType": "OUTPUT2",
    "TaxAmount": 1,
    "DiscountRate": 5,
    "ItemCode": "X",
    "LineItemID": "x",
    "Tracking": [{"Name": "a", "Option": "b"}],
}
SAMPLES: dict[str, dict[str, Any]] = {
    "Invoices": {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "InvoiceNumber": "N",
        "Contact": {"Name": "C"},
        "Date": "2026-03-01",
        "DueDate": "2026-03-15",
        "LineAmountTypes": "Inclusive",
        "CurrencyCode": "GBP",
        "Total": 2,
        "SentToContact": False,
        "LineItems": [LINE],
    },
    "Contacts": {
        "Name": "Z",
        "ContactNumber": "1",
        "EmailAddress": "a@example.test",
        "ContactStatus": "ACTIVE",
        "Addresses": [{"AddressType": "POBOX", "City": "x"}],
        "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "1"}],
        "ContactPersons": [{"FirstName": "a", "EmailAddress": "a@example.test"}],
    },
    "Payments": {
        "Invoice": {"InvoiceNumber": "N"},
        "Account": {"Code": "090"},
        "Date": "2026-03-01",
        "Amount": 1,
        "Status": "AUTHORISED",
    },
    "CreditNotes": {
        "Type": "ACCRECCREDIT",
        "Status": "AUTHORISED",
        "CreditNoteNumber": "N",
        "Contact": {"Name": "C"},
        "Date": "2026-03-01",
        "LineAmountTypes": "Inclusive",
        "LineItems": [LINE],
    },
    "BankTransactions": {
        "Type": "RECEIVE-PREPAYMENT",
        "Contact": {"Name": "C"},
        "BankAccount": {"Code": "090"},
        "Date": "2026-03-01",
        "LineAmountTypes": "Inclusive",
        "Status": "AUTHORISED",
        "IsReconciled": False,
        "LineItems": [{"Description": "a", "UnitAmount": 12, "AccountCode": "200"}],
    },
    "BatchPayments": {
        "Account": {"Code": "090"},
        "Date": "2026-03-01",
        "Reference": "r",
        "Payments": [{"Invoice": {"InvoiceNumber": "N"}, "Amount": 1}],
    },
    "BankTransfers": {
        "FromBankAccount": {"Code": "090"},
        "ToBankAccount": {"Code": "091"},
        "Amount": 1,
        "Date": "2026-03-01",
        "FromTracking": [{"Name": "Location", "Option": "Ashford"}],
    },
    "ManualJournals": {
        "Narration": "n",
        "Status": "POSTED",
        "Date": "2026-03-01",
        "LineAmountTypes": "Exclusive",
        "JournalLines": [
            {"LineAmount": 1, "AccountCode": "200", "Description": "a", "TaxType": "NONE"},
            {"LineAmount": -1, "AccountCode": "200", "TaxType": "NONE"},
        ],
    },
    "Accounts": {"Code": "9999", "Name": "N", "Type": "SALES", "TaxType": "OUTPUT2"},
    "Items": {"Code": "c", "Name": "n", "SalesDetails": {"UnitPrice": 5, "AccountCode": "200"}},
    "TrackingCategories": {"Name": "n", "Status": "ACTIVE"},
    "ContactGroups": {"Name": "n", "Status": "ACTIVE"},
    "Currencies": {"Code": "GBP", "Description": "d"},
    "Quotes": {
        "QuoteNumber": "Q",
        "Status": "SENT",
        "Contact": {"Name": "C", "PaymentTerms": {"Sales": {"Day": 7, "Type": "OFCURRENTMONTH"}}},
        "Date": "2026-03-01",
        "ExpiryDate": "2026-03-31",
        "Title": "t",
        "LineAmountTypes": "INCLUSIVE",
        "LineItems": [LINE],
    },
}


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        yield (*before, key)
        if isinstance(part, dict | list):
            yield from places(part, (*before, key))


def changed(sample: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    whole = copy.deepcopy(sample)
    part: Any = whole
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return whole


@pytest.fixture
def unlimited(xero: Xero) -> Xero:
    path = f"organisations/{xero.organisation_id}"
    xero.control("POST", path, {"minute": 10**6, "day": 10**6, "app_minute": 10**6})
    return xero


@pytest.mark.parametrize("name", SAMPLES)
def test_an_odd_value_anywhere_is_taken_or_refused(unlimited: Xero, name: str) -> None:
    # One request a place: as elements of one batch, several odd values would hide each other.
    for place in places(SAMPLES[name]):
        for value in ODD:
            answer = unlimited.put(
                name,
                {name: [changed(SAMPLES[name], place, value)]},
                params={"summarizeErrors": "false"},
            )
            assert answer.status_code in (200, 400, 404, 501), (place, value, answer.text)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_odd_query_or_key_is_answered_or_refused(unlimited: Xero, name: str) -> None:
    for query in QUERIES:
        parameter, _, value = query.partition("=")
        answer = unlimited.get(name, params={parameter: value})
        assert answer.status_code in (200, 400), (query, answer.text)
    for key in KEYS:
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = unlimited.call(method, f"{name}/{key}", content=b"{}")
            assert answer.status_code in (204, 400, 404, 501), (method, key, answer.text)
