"""The stored form of what a source says."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core import samples
from unitledger.core.billing import (
    ChargeType,
    Record,
    RecordKind,
    content_hash,
    from_content,
    to_content,
)

FULL_LINE = samples.line(
    charge_type=ChargeType.MERCHANDISE,
    charge_code="LOCK",
    quantity=Decimal("2.5"),
    unit_price=Decimal("9.9999"),
    tax_name="VAT",
    tax_amount=Decimal("4.17"),
)
RECORDS: tuple[Record, ...] = (
    samples.tenant(email="ada@example.org", other_keys=(samples.key(RecordKind.TENANT, "9"),)),
    samples.invoice(samples.line(), FULL_LINE, reference="PO 7", is_void=True),
    samples.invoice(samples.line(tax_percent=None, period_start_on=None)),
    samples.payment(number=None, reference="cheque 12"),
)


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_comes_back_from_its_stored_form(record: Record) -> None:
    stored = json.loads(json.dumps(to_content(record)))
    assert from_content(stored) == record


@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=2),
    day=st.dates(min_value=date(1990, 1, 1)),
    words=st.text(max_size=40),
)
def test_any_invoice_comes_back_from_its_stored_form(
    amount: Decimal, day: date, words: str
) -> None:
    line = samples.line(str(amount), description=words, period_end_on=day)
    invoice = samples.invoice(line, total=str(amount), issued_on=day)
    assert from_content(json.loads(json.dumps(to_content(invoice)))) == invoice


def test_equal_content_has_an_equal_hash_whatever_the_order_of_its_keys() -> None:
    content = to_content(samples.invoice())
    turned = dict(reversed(content.items()))
    assert content_hash(turned) == content_hash(content)


def test_a_changed_amount_changes_the_hash() -> None:
    content = to_content(samples.invoice())
    changed = to_content(samples.invoice(total="120.01"))
    assert content_hash(changed) != content_hash(content)
