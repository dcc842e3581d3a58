"""What lines come to. Evidence: documented (Invoices, Rounding in Xero); a given amount that
makes Xero derive the price is of the specification."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.checklist.words import line, made, refused
from tests.conftest import Xero

D = Decimal


def totals(xero: Xero, lines: list[dict[str, Any]], **more: Any) -> tuple[Decimal, ...]:
    row = made(xero, "Invoices", xero.invoice("T-1", LineItems=lines, **more))
    return row["SubTotal"], row["TotalTax"], row["Total"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Exclusive", ("100.00", "20.00", "120.00")),
        ("Inclusive", ("83.33", "16.67", "100.00")),
        ("NoTax", ("100.00", "0", "100.00")),
    ],
)
def test_the_three_kinds_of_amounts(xero: Xero, kind: str, expected: tuple[str, ...]) -> None:
    assert totals(xero, [line(100)], LineAmountTypes=kind) == tuple(map(D, expected))


def test_discounts_by_rate_and_by_amount(xero: Xero) -> None:
    found = totals(xero, [line(100, DiscountRate=10), line(50, DiscountAmount="5.50")])
    assert found == (D("134.50"), 0, D("134.50"))


def test_a_line_amount_gives_the_price(xero: Xero) -> None:
    """Spec."""
    row = made(
        xero,
        "Invoices",
        xero.invoice(
            "T-1",
            LineItems=[{"Description": "x", "Quantity": 4, "LineAmount": 10, "AccountCode": "200"}],
        ),
    )
    assert row["LineItems"][0]["UnitAmount"] == D("2.5")


def test_amounts_that_do_not_multiply_are_refused(xero: Xero) -> None:
    """Reported."""
    assert refused(
        xero, "PUT", "Invoices", xero.invoice("T-1", LineItems=[line(10, LineAmount=11)])
    )


def test_a_quantity_has_four_decimals(xero: Xero) -> None:
    """Reported by Xero's community."""
    assert totals(xero, [line(8, Quantity="0.3333")])[2] == D("2.67")


def test_an_item_fills_what_a_line_leaves_out(xero: Xero) -> None:
    item = {
        "Code": "PADLOCK",
        "Name": "Padlock",
        "Description": "A good padlock",
        "SalesDetails": {"UnitPrice": 9.5, "AccountCode": "200"},
    }
    made(xero, "Items", item)
    row = made(
        xero, "Invoices", xero.invoice("T-1", LineItems=[{"ItemCode": "PADLOCK", "Quantity": 2}])
    )
    assert (row["Total"], row["LineItems"][0]["Description"]) == (19, "A good padlock")


def test_negative_lines_are_fine_and_a_negative_total_is_not(xero: Xero) -> None:
    assert totals(xero, [line(100), line(-30)])[2] == 70
    refused(xero, "PUT", "Invoices", xero.invoice("T-2", LineItems=[line(-30)]))
