"""Rows written to a file come back the same to the last digit. Evidence: own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting import rowcodec
from fauxero.accounting.rows import Contact, Line, Outgoing, Payment, Switches

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ROWS = [
    Line("l", None, None, None, Decimal("1.50"), None, Decimal(0), discount=Decimal("0.00")),
    Line("l", "", Decimal("1.0"), None, Decimal("1"), "X", Decimal("0E+3"), discount=Decimal("0")),
    Line("l", "x", None, None, Decimal("-0.00"), None, Decimal(0), tracking=(("a", "b"),)),
    Payment("p", "i", "a", date(2026, 3, 1), Decimal("9.10"), "ACCRECPAYMENT", "DELETED", AT),
    Contact("c", "Ann", "ACTIVE", AT, number="", sales_terms=(0, "DAYS"), addresses=()),
    Switches(reuse_voided_numbers=True, lock_payments_by_date=False),
    Outgoing("o", "k", "d", "c", AT, "é\n\x00"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row).__name__)
def test_a_row_comes_back_from_its_text_with_every_digit(row: Any) -> None:
    back = rowcodec.decode(json.loads(json.dumps(rowcodec.encode(row))))
    assert back == row
    assert repr(back) == repr(row)


def test_a_file_that_names_every_field_or_one_too_many_is_read_too() -> None:
    kept = {"$row": "Switches", "reuse_deleted_numbers": False, "keep_reference_on_credits": True}
    assert rowcodec.decode(kept | {"gone": 1}) == Switches(keep_reference_on_credits=True)
