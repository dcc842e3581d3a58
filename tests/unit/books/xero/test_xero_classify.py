"""What an answer, or none, comes to. The samples are the evidence: Xero's own words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.books.xero.samples import (
    CONTACT_ID,
    INVOICE_ID,
    ZERO_ID,
    accepted,
    contact,
    contact_request,
    envelope,
    invoice,
    invoice_request,
    payment,
    payment_request,
    refused,
    reply,
)
from unitledger.books.xero.classify import classify_read, classify_write
from unitledger.books.xero.client import NoReply, Reply
from unitledger.core.effects import EffectKind, Verdict

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


def problem(status: int, detail: str, title: str = "Unauthorized") -> dict[str, Any]:
    return {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": "b4b6f9e4-1f6c-4f0e-8a05-1d2f5b1f1f5a",
        "Extensions": {},
    }


VALIDATION = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [{"ValidationErrors": [{"Message": "Email address must be valid."}]}],
}
WHOLE = [
    (
        reply(401, problem(401, "TokenExpired: token expired at 01/12/2026 14:34:47")),
        Verdict.NOT_SENT,
    ),
    (reply(401, problem(401, "AuthorizationUnsuccessful")), Verdict.DISCONNECTED),
    (reply(401, problem(401, "AuthenticationUnsuccessful")), Verdict.DISCONNECTED),
    (reply(401, b"", content_type=None), Verdict.DISCONNECTED),
    (reply(403, problem(403, "AuthenticationUnsuccessful", "Forbidden")), Verdict.DISCONNECTED),
    (reply(429, b"", content_type=None, retry_after="26"), Verdict.NOT_SENT),
    (reply(400, VALIDATION), Verdict.REQUEST_REFUSED),
    (
        reply(400, {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "bad"}),
        Verdict.REQUEST_REFUSED,
    ),
    (
        reply(400, {"Message": "Idempotency Key: k1 is used with a different request."}),
        Verdict.UNKNOWN,
    ),
    (
        reply(400, b"Idempotency Key: k1 is used with a different request.", content_type=TEXT),
        Verdict.UNKNOWN,
    ),
    (reply(404, b"<html>The resource cannot be found</html>", content_type=HTML), None),
    (reply(405, b"", content_type=None), Verdict.REQUEST_REFUSED),
    (reply(408, b"", content_type=None), Verdict.UNKNOWN),
    (reply(412, b"bad precondition", content_type=TEXT), Verdict.REQUEST_REFUSED),
    (reply(413, b"", content_type=None), Verdict.REQUEST_REFUSED),
    (reply(500, problem(500, "An error occurred in Xero.", "An error")), Verdict.UNKNOWN),
    (reply(501, {"Message": "not available"}), Verdict.REQUEST_REFUSED),
    (reply(502, b"<html>Bad Gateway</html>", content_type=HTML), Verdict.UNKNOWN),
    (
        reply(503, b"The Xero API is currently offline for maintenance", content_type=TEXT),
        Verdict.OFFLINE,
    ),
    (reply(503, b"The Xero API is temporarily unavailable", content_type=TEXT), Verdict.OFFLINE),
    (reply(503, b"The Organisation is offline", content_type=TEXT), Verdict.OFFLINE),
    (reply(503, b"<html>Service Unavailable</html>", content_type=HTML), Verdict.UNKNOWN),
    (reply(504, b"", content_type=None), Verdict.UNKNOWN),
    (reply(302, b"", content_type=None, location="https://elsewhere.example"), Verdict.UNKNOWN),
    (reply(200, b'{"Invoices":[{"InvoiceID":"c7c3'), Verdict.UNKNOWN),
    (reply(200, b"<html>Sign in to the hotel's network</html>", content_type=HTML), None),
    (reply(200, b""), Verdict.UNKNOWN),
    (reply(204, b"", content_type=None), Verdict.UNKNOWN),
    (reply(200, {"Status": "OK"}), Verdict.UNKNOWN),
    (reply(200, {"Invoices": {"InvoiceID": INVOICE_ID}}), Verdict.UNKNOWN),
    (reply(200, b'{"Invoices":[{"Total":NaN}]}'), Verdict.UNKNOWN),
    (reply(200, b"[" * 100_000), Verdict.UNKNOWN),
    (reply(200, b"\xff\xfe"), Verdict.UNKNOWN),
]
_EXPECTED_WITHOUT_VERDICT = {404: Verdict.REQUEST_REFUSED, 200: Verdict.UNKNOWN}


@pytest.mark.parametrize(("answer", "verdict"), WHOLE)
def test_a_whole_answer_names_who_acts_next(answer: Reply, verdict: Verdict | None) -> None:
    expected = verdict or _EXPECTED_WITHOUT_VERDICT[answer.status]
    came_of_it = classify_write(invoice_request("R1", "R2"), answer)
    assert came_of_it.whole is expected
    assert not came_of_it.elements
    assert came_of_it.http_status == answer.status
    assert came_of_it.messages


@pytest.mark.parametrize(
    ("may_have_arrived", "verdict"), [(True, Verdict.UNKNOWN), (False, Verdict.NOT_SENT)]
)
def test_no_answer_is_unknown_unless_nothing_was_written(
    may_have_arrived: bool, verdict: Verdict
) -> None:
    answer = classify_write(invoice_request("R1"), NoReply(may_have_arrived, "cut", 7))
    assert (answer.whole, answer.http_status, answer.bytes_read) == (verdict, None, 7)
    assert answer.messages == ("cut",)


def test_a_missing_scope_is_told_apart_from_a_lost_connection() -> None:
    answer = classify_write(
        invoice_request("R1"), reply(401, problem(401, "AuthorizationUnsuccessful"))
    )
    assert "scope" in answer.messages[0]


def test_a_refused_request_carries_xeros_own_words() -> None:
    answer = classify_write(invoice_request("R1", "R2"), reply(400, VALIDATION))
    assert "Email address must be valid." in answer.messages


def test_a_limit_says_when_to_come_back() -> None:
    answer = classify_read(
        reply(
            429,
            b"",
            content_type=None,
            retry_after="26",
            x_rate_limit_problem="minute",
            x_minlimit_remaining="0",
            x_daylimit_remaining="344",
        )
    )
    assert answer.whole is Verdict.NOT_SENT
    assert answer.limits.retry_after_seconds == 26
    assert answer.limits.problem == "minute"
    assert (answer.limits.minute_remaining, answer.limits.day_remaining) == (0, 344)


def test_one_bad_element_leaves_its_neighbours_applied() -> None:
    rows = (
        accepted(invoice("R3", InvoiceID=INVOICE_ID)),
        refused(invoice("R2"), "Account code '999' is not a valid code for this document."),
        accepted(invoice("R1", InvoiceID=CONTACT_ID)),
    )
    answer = classify_write(
        invoice_request("R1", "R2", "R3"), reply(200, envelope("Invoices", *rows))
    )
    assert answer.whole is None
    assert [(each.handle, each.verdict) for each in answer.elements] == [
        ("R1", Verdict.APPLIED),
        ("R2", Verdict.REFUSED),
        ("R3", Verdict.APPLIED),
    ]
    assert answer.elements[0].xero_id == CONTACT_ID
    assert answer.elements[1].xero_id is None
    assert answer.elements[1].messages == (
        "Account code '999' is not a valid code for this document.",
    )
    assert answer.books_at == datetime(2019, 3, 12, 23, 10, 38, 716000, tzinfo=UTC)


def test_an_applied_element_shows_what_the_books_hold_now() -> None:
    answer = classify_write(
        invoice_request("R1"),
        reply(200, envelope("Invoices", accepted(invoice("R1", Total=119.99)))),
    )
    element = answer.elements[0]
    # Another total than ours is the engine's to notice; the element is in the books.
    assert element.verdict is Verdict.APPLIED
    assert element.held is not None
    assert element.held.total == Decimal("119.99")


def one_invoice(row: dict[str, Any], kind: EffectKind = EffectKind.CREATE_INVOICE) -> Any:
    answer = classify_write(invoice_request("R1", kind=kind), reply(200, envelope("Invoices", row)))
    return answer.elements[0]


TAKEN = [
    "Invoice # must be unique.",
    (
        "The contact name Ada Moss is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    ),
    "Please enter a unique Name.",
    "Another contact has this contact number. Please enter a different contact number.",
]


@pytest.mark.parametrize("text", TAKEN)
def test_a_number_or_name_in_use_is_taken_and_looked_into(text: str) -> None:
    answer = classify_write(
        contact_request("6S-1"), reply(200, envelope("Contacts", refused(contact(), text)))
    )
    assert answer.elements[0].verdict is Verdict.TAKEN


REFUSED = [
    "Payment amount exceeds the amount outstanding on this document",
    "Payments can only be made against Authorised documents",
    "The document date cannot be before the period lock date, currently set at 31 March 2026",
    "Something Xero never said before",
]


@pytest.mark.parametrize("text", REFUSED)
def test_any_other_text_is_a_refusal_for_a_person(text: str) -> None:
    row = refused(payment(), text)
    answer = classify_write(
        payment_request(("k7f3q2m8xw", INVOICE_ID, "50.00")), reply(200, envelope("Payments", row))
    )
    assert answer.elements[0].verdict is Verdict.REFUSED
    assert answer.elements[0].messages == (text,)


def test_the_text_of_an_error_may_be_called_its_description() -> None:
    element = one_invoice(refused(invoice("R1"), "Invoice # must be unique.", key="Description"))
    assert element.verdict is Verdict.TAKEN


def test_errors_are_found_at_any_depth_and_said_once() -> None:
    row = refused(invoice("R1"), "A", "A")
    row["LineItems"][0]["ValidationErrors"] = [{"Message": "B"}]
    row["Contact"]["ValidationErrors"] = [{"Message": "C"}]
    assert set(one_invoice(row).messages) == {"A", "B", "C"}


def test_a_refusal_without_words_is_a_refusal() -> None:
    row = accepted(invoice("R1", InvoiceID=ZERO_ID), StatusAttributeString="ERROR")
    element = one_invoice(row)
    assert element.verdict is Verdict.REFUSED
    assert element.messages == ("Xero gave no reason.",)


def test_a_warning_is_kept_and_the_element_applied() -> None:
    row = accepted(
        invoice("R1"),
        StatusAttributeString="WARNING",
        Warnings=[{"Message": "Only AUTHORISED invoices may have SentToContact updated."}],
    )
    element = one_invoice(row)
    assert element.verdict is Verdict.APPLIED
    assert element.warnings == ("Only AUTHORISED invoices may have SentToContact updated.",)


def test_without_a_status_the_id_decides() -> None:
    assert one_invoice(invoice("R1")).verdict is Verdict.APPLIED
    assert one_invoice(invoice("R1", InvoiceID=ZERO_ID)).verdict is Verdict.UNKNOWN
    without_status = refused(invoice("R1"), "No.")
    del without_status["StatusAttributeString"]
    assert one_invoice(without_status).verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    "row",
    [
        # The API's own description shows a payment with an id and an error, answered 200.
        invoice("R1", HasErrors=True, ValidationErrors=[{"Message": "No."}]),
        accepted(invoice("R1"), ValidationErrors=[{"Message": "No."}]),
        accepted(invoice("R1", InvoiceID=ZERO_ID)),
        accepted(invoice("R1"), StatusAttributeString="PERHAPS"),
        # Reported: saved at a lower status, and complained about.
        {**refused(invoice("R1"), "Invoice # must be unique."), "InvoiceID": INVOICE_ID},
    ],
)
def test_an_answer_that_contradicts_itself_is_unknown(row: dict[str, Any]) -> None:
    assert one_invoice(row).verdict is Verdict.UNKNOWN


def test_a_refused_change_shows_its_id_and_is_refused_all_the_same() -> None:
    """Recorded: voiding what may not be voided comes back with the wanted status echoed."""
    row = invoice(
        "R1",
        Status="VOIDED",
        StatusAttributeString="ERROR",
        ValidationErrors=[{"Message": "Invoice not of valid status for modification"}],
    )
    assert one_invoice(row, EffectKind.VOID_INVOICE).verdict is Verdict.REFUSED


def test_an_applied_element_we_cannot_read_is_unknown_and_the_field_is_named() -> None:
    row = accepted(invoice("R1"))
    del row["Total"]
    element = one_invoice(row)
    assert element.verdict is Verdict.UNKNOWN
    assert "Total" in element.messages[0]


def test_an_element_the_answer_does_not_speak_of_is_unknown() -> None:
    answer = classify_write(
        invoice_request("R1", "R2"), reply(200, envelope("Invoices", accepted(invoice("R1"))))
    )
    assert [each.verdict for each in answer.elements] == [Verdict.APPLIED, Verdict.UNKNOWN]


def test_a_refused_deletion_says_why() -> None:
    """A single payment's address answers 400 for its one element."""
    request = payment_request(("k7f3q2m8xw", INVOICE_ID, "50.00"))
    answer = classify_write(request, reply(400, VALIDATION))
    assert answer.whole is None
    assert answer.elements[0].verdict is Verdict.REFUSED
    assert answer.elements[0].messages == ("Email address must be valid.",)


def test_a_refusal_of_many_settles_nothing_about_any_of_them() -> None:
    answer = classify_write(contact_request("6S-1", "6S-2"), reply(400, VALIDATION))
    assert (answer.whole, list(answer.elements)) == (Verdict.REQUEST_REFUSED, [])


def test_a_long_message_is_cut_to_what_fits_a_page() -> None:
    element = one_invoice(refused(invoice("R1"), "x" * 10_000))
    assert len(element.messages[0]) <= 500


def test_money_is_read_from_its_digits() -> None:
    body = json.dumps(envelope("Invoices", accepted(invoice("R1")))).replace(
        '"Total": 120.0', '"Total": 147703.18'
    )
    answer = classify_write(invoice_request("R1"), reply(200, body.encode()))
    held = answer.elements[0].held
    assert held is not None
    assert held.total == Decimal("147703.18")


def test_the_contact_of_an_answer_is_read_too() -> None:
    answer = classify_write(
        contact_request("6S-1"), reply(200, envelope("Contacts", accepted(contact())))
    )
    element = answer.elements[0]
    assert (element.verdict, element.xero_id) == (Verdict.APPLIED, CONTACT_ID)
