"""Which row of an answer speaks of which element: by name, by subject, never by position."""

from __future__ import annotations

from tests.unit.books.xero.samples import (
    CONTACT_ID,
    INVOICE_ID,
    PAYMENT_ID,
    ZERO_ID,
    contact,
    contact_request,
    invoice,
    invoice_request,
    numbered_id,
    payment,
    payment_request,
)
from unitledger.books.xero.matching import match_rows
from unitledger.core.effects import EffectKind

# Tokens, as they stand at the end of a payment's reference.
A, B, C = "k7f3q2m8xw", "b8g4r3n9yx", "c9h5s4p0zy"
OTHER_INVOICE = numbered_id(2)


def about(invoice_id: str, amount: float) -> dict[str, object]:
    return {"Amount": amount, "Invoice": {"InvoiceID": invoice_id}}


def test_rows_in_another_order_find_their_elements() -> None:
    rows = [invoice("R2"), invoice("R1")]
    assert match_rows(invoice_request("R1", "R2"), rows) == {"R1": rows[1], "R2": rows[0]}


def test_a_payment_is_found_by_the_token_at_the_end_of_its_reference() -> None:
    row = payment(f"R1 B114 Smith · {A}")
    assert match_rows(payment_request((A, INVOICE_ID, "50.00")), [row]) == {A: row}


def test_a_payment_is_found_by_its_whole_reference() -> None:
    row = payment(f"R1 B114 Smith · {A}")
    handle = f"R1 B114 Smith · {A}"
    assert match_rows(payment_request((handle, INVOICE_ID, "50.00")), [row]) == {handle: row}


def test_an_id_is_found_in_whatever_case() -> None:
    row = contact()
    request = contact_request(CONTACT_ID.upper(), kind=EffectKind.UPDATE_CONTACT)
    assert match_rows(request, [row]) == {CONTACT_ID.upper(): row}


def test_a_name_that_comes_twice_decides_nothing() -> None:
    rows = [invoice("R1"), invoice("R1", InvoiceID=ZERO_ID), invoice("R2")]
    assert match_rows(invoice_request("R1", "R2", "R3"), rows) == {"R2": rows[2]}


def test_the_only_row_left_speaks_of_the_only_element_left() -> None:
    rows = [payment(f"R1 · {A}"), payment(None)]
    request = payment_request((A, INVOICE_ID, "50.00"), (B, INVOICE_ID, "50.00"))
    assert match_rows(request, rows)[B] is rows[1]


def test_a_single_row_for_two_elements_is_not_given_to_either_by_elimination() -> None:
    row = payment(None, Amount=1.0)
    request = payment_request((A, INVOICE_ID, "50.00"), (B, INVOICE_ID, "60.00"))
    assert match_rows(request, [row]) == {}


def test_payments_without_reference_are_found_by_invoice_and_amount() -> None:
    rows = [
        payment(None, **about(OTHER_INVOICE, 50.0)),
        payment(None, **about(INVOICE_ID, 20.0)),
        payment(None, **about(INVOICE_ID, 50.0)),
    ]
    request = payment_request(
        (A, INVOICE_ID, "50.00"),
        (B, OTHER_INVOICE, "50.00"),
        (C, INVOICE_ID, "20.00"),
    )
    assert match_rows(request, rows) == {
        A: rows[2],
        B: rows[0],
        C: rows[1],
    }


def test_two_alike_payments_without_reference_stay_unmatched() -> None:
    rows = [payment(None), payment(None)]
    request = payment_request((A, INVOICE_ID, "50.00"), (B, INVOICE_ID, "50.00"))
    assert match_rows(request, rows) == {}


def test_a_row_that_names_something_else_is_not_taken_for_ours() -> None:
    assert match_rows(invoice_request("R1"), [invoice("R999")]) == {}


def test_one_row_is_never_given_to_two_elements() -> None:
    row = payment(f"R1 · {A}", PaymentID=PAYMENT_ID)
    request = payment_request((A, INVOICE_ID, "50.00"), (B, INVOICE_ID, "50.00"))
    assert match_rows(request, [row]) == {A: row}


def test_elimination_is_not_certain_beside_a_row_about_something_else() -> None:
    rows = [invoice("R1"), invoice("R999"), invoice("", InvoiceID=ZERO_ID)]
    assert match_rows(invoice_request("R1", "R2"), rows) == {"R1": rows[0]}
