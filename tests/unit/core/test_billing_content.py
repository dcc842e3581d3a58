"""The stored form of records: lossless, and the same for the same facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKey,
    RecordKind,
    Tenant,
    content_hash,
    from_content,
    to_content,
)

amounts = st.decimals(0, 10**6, places=2)
numbers = st.decimals(-(10**4), 10**4, places=4)
days = st.dates(date(2000, 1, 1), date(2050, 1, 1))
texts = st.text(max_size=12)
maybe = st.none() | texts


def keys(kind: RecordKind) -> st.SearchStrategy[RecordKey]:
    return st.builds(RecordKey, texts, st.just(kind), texts, texts)


places = st.builds(Place, texts, maybe, maybe, maybe)
lines = st.builds(
    InvoiceLine,
    st.sampled_from(ChargeType),
    texts,
    numbers,
    numbers,
    amounts,
    maybe,
    maybe,
    st.none() | numbers,
    st.none() | amounts,
    maybe,
    st.none() | days,
    st.none() | days,
)
tenants = st.builds(
    Tenant,
    keys(RecordKind.TENANT),
    texts,
    texts,
    maybe,
    maybe,
    st.lists(keys(RecordKind.TENANT), max_size=2).map(tuple),
)
invoices = st.builds(
    Invoice,
    keys(RecordKind.INVOICE),
    texts,
    keys(RecordKind.TENANT),
    places,
    days,
    days,
    texts,
    st.booleans(),
    st.lists(lines, max_size=3).map(tuple),
    amounts,
    maybe,
    st.lists(keys(RecordKind.INVOICE), max_size=2).map(tuple),
    st.booleans(),
)
payments = st.builds(
    Payment,
    keys(RecordKind.PAYMENT),
    maybe,
    keys(RecordKind.TENANT),
    places,
    days,
    texts,
    texts,
    amounts,
    st.lists(st.builds(Allocation, keys(RecordKind.INVOICE), amounts), max_size=3).map(tuple),
    maybe,
    st.just(()),
    st.booleans(),
)


@given(tenants | invoices | payments)
def test_a_record_comes_back_from_its_stored_form_as_it_was(record: Record) -> None:
    assert from_content(to_content(record)) == record


def test_five_and_five_point_nought_nought_are_the_same_content() -> None:
    payment = Payment(
        key=RecordKey("s", RecordKind.PAYMENT, "number", "R1"),
        number="R1",
        tenant=RecordKey("s", RecordKind.TENANT, "number", "T1"),
        place=Place("North"),
        paid_on=date(2026, 3, 1),
        method="card",
        currency="GBP",
        amount=Decimal("5"),
        allocations=(),
    )
    same = replace(payment, amount=Decimal("5.00"))
    other = replace(payment, amount=Decimal("5.01"))

    assert content_hash(to_content(payment)) == content_hash(to_content(same))
    assert content_hash(to_content(payment)) != content_hash(to_content(other))
