"""The names by which we find our own documents again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.samples import key
from unitledger.core.billing import RecordKind
from unitledger.core.handles import (
    CONTACT_NUMBER_MAX,
    REFERENCE_MAX,
    contact_number,
    payment_reference,
    token,
    token_of,
)

PAYMENT = key(RecordKind.PAYMENT, "R20931")


def test_a_token_is_the_same_after_a_restore() -> None:
    made = token(operator="fern", key=PAYMENT, part="INV-1", incarnation=1)
    assert made == token(operator="fern", key=PAYMENT, part="INV-1", incarnation=1)
    # A pinned value: a new release must find what an older one wrote.
    assert made == "qzv6y04tr8"


def test_a_token_tells_operator_key_part_and_incarnation_apart() -> None:
    tokens = {
        token(operator=operator, key=key(RecordKind.PAYMENT, value), part=part, incarnation=number)
        for operator in ("fern", "moss")
        for value in ("R1", "R2")
        for part in ("INV-1", "INV-2")
        for number in (1, 2)
    }
    assert len(tokens) == 16


@given(text=st.text(max_size=400))
def test_a_token_is_read_back_from_any_reference_it_was_put_on(text: str) -> None:
    reference = payment_reference(text=text, token="k7f3q2m8xw")
    assert len(reference) <= REFERENCE_MAX
    assert token_of(reference) == "k7f3q2m8xw"


def test_a_reference_of_somebody_else_has_no_token() -> None:
    for reference in (
        None,
        "",
        "R20931",
        "R20931 · Smith",
        "B114 · 1–31 Mar 2026",
        "a · K7F3Q2M8XW",
    ):
        assert token_of(reference) is None


@given(value=st.text(max_size=120))
def test_a_contact_number_fits_xero_s_field(value: str) -> None:
    number = contact_number(prefix="fern-", key=key(RecordKind.TENANT, value))
    assert len(number) <= CONTACT_NUMBER_MAX
    assert number.startswith("fern-")


def test_equal_numbers_of_two_sources_have_different_contact_numbers() -> None:
    old = key(RecordKind.TENANT, "7")
    others = (replace(old, source="sitelink"), replace(old, identifier_type="guid"))
    numbers = {contact_number(prefix="fern-", key=each) for each in (old, *others)}
    assert len(numbers) == 3
    # A pinned value: a new release must find what an older one wrote.
    assert contact_number(prefix="fern-", key=old) == "fern-7-1db9"


def test_long_keys_that_begin_alike_have_different_contact_numbers() -> None:
    numbers = {
        contact_number(prefix="fern-", key=key(RecordKind.TENANT, "x" * 80 + ending))
        for ending in ("1", "2")
    }
    assert len(numbers) == 2


def test_no_two_of_many_payments_share_a_token() -> None:
    tokens = {
        token(operator="fern", key=key(RecordKind.PAYMENT, str(each)), part="1", incarnation=1)
        for each in range(100_000)
    }
    assert len(tokens) == 100_000
