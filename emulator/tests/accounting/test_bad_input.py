"""Whatever a client sends: a refusal or an outcome, never a traceback, never a changed book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fauxero.accounting.resource import RequestRefused
from fauxero.accounting.resources import RESOURCES
from tests.accounting.story import Story, line

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.text(max_size=12),
    st.sampled_from(
        ["", "0", "-1", "2026-02-30", "/Date(9e99)/", "/Date(99999999999999999999)/", "DRAFT"]
    ),
    st.just([]),
    st.just({}),
    st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=2),
)

GOOD: dict[str, dict[str, Any]] = {
    "contacts": {
        "Name": "Orla",
        "EmailAddress": "orla@x.example",
        "ContactNumber": "T-1",
        "ContactStatus": "ACTIVE",
        "Addresses": [{"AddressType": "POBOX", "City": "Deal"}],
        "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "1"}],
        "ContactPersons": [{"FirstName": "Jo"}],
    },
    "invoices": {
        "Type": "ACCREC",
        "Contact": {"Name": "Orla"},
        "Date": "2026-11-01",
        "DueDate": "2026-11-15",
        "Status": "AUTHORISED",
        "InvoiceNumber": "R-1",
        "LineAmountTypes": "Inclusive",
        "CurrencyCode": "GBP",
        "Total": Decimal("120.00"),
        "LineItems": [line(Tracking=[{"Name": "Location", "Option": "Ashford"}])],
    },
    "payments": {
        "Invoice": {"InvoiceNumber": "R-0"},
        "Account": {"Code": "090"},
        "Amount": Decimal("10.00"),
        "Date": "2026-11-10",
        "Reference": "x",
    },
    "items": {"Code": "VAN", "Name": "Van", "SalesDetails": {"UnitPrice": Decimal(5)}},
    "accounts": {"Code": "2500", "Name": "Van Hire", "Type": "REVENUE", "TaxType": "OUTPUT2"},
    "taxrates": {"Name": "Levy", "TaxComponents": [{"Name": "A", "Rate": Decimal(5)}]},
    "trackingcategories": {"Name": "Unit type"},
}


@st.composite
def spoiled(draw: st.DrawFn, path: str) -> dict[str, Any]:
    """A good element with one to three of its fields, at any depth, made odd."""

    def spoil(value: Any) -> Any:
        if isinstance(value, dict) and value and draw(st.booleans()):
            key = draw(st.sampled_from(sorted(value)))
            return value | {key: spoil(value[key])}
        if isinstance(value, list) and value and draw(st.booleans()):
            return [spoil(value[0]), *value[1:]]
        return draw(ODD)

    element = GOOD[path]
    for _ in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(sorted(element)))
        element = element | {key: spoil(element[key])}
    return element


@pytest.mark.parametrize("path", sorted(GOOD))
def test_the_good_element_is_taken(path: str) -> None:
    story = Story()
    story.invoice(InvoiceNumber="R-0")
    outcome = story.put(path, **GOOD[path])
    assert not outcome.errors


@pytest.mark.parametrize("path", sorted(GOOD))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_spoiled_element_is_refused_or_taken_whole(path: str, data: st.DataObject) -> None:
    story = _STORY
    before = _SNAPSHOT
    element = data.draw(spoiled(path))
    resource = RESOURCES[path]
    write = data.draw(st.sampled_from([resource.create, resource.create_or_update]))
    try:
        outcome = write(story.books, element, story.options)
        is_changed = not outcome.errors
    except RequestRefused:
        is_changed = False
    story.books.check()
    if not is_changed:
        assert story.books.snapshot() == before
    story.books.restore(before)


_STORY = Story()
_STORY.invoice(InvoiceNumber="R-0")
_SNAPSHOT = _STORY.books.snapshot()
