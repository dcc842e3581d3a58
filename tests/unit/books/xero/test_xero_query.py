"""The addresses of reads, and what an answer's headers say of limits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.unit.books.xero.samples import CONTACT_ID, INVOICE_ID, numbered_id
from unitledger.books.xero.limits import read_limits
from unitledger.books.xero.query import CannotBeAsked, list_path, modified_since, one_path
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Limits

CONTACT, INVOICE, PAYMENT = DocumentKind.CONTACT, DocumentKind.INVOICE, DocumentKind.PAYMENT


def asked(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def test_pages_are_full_ones_in_an_order_that_no_edit_changes() -> None:
    assert asked(list_path(INVOICE, page=3)) == {
        "page": "3",
        "pageSize": "1000",
        "order": "InvoiceID ASC",
    }


def test_contacts_include_the_archived_ones() -> None:
    assert asked(list_path(CONTACT, page=1))["includeArchived"] == "true"


def test_a_space_is_never_written_as_a_plus() -> None:
    assert "+" not in list_path(PAYMENT, page=1, numbers=["R 1 · k7f3q2m8xw"])


def test_documents_are_asked_for_by_id_or_by_number() -> None:
    assert asked(list_path(INVOICE, page=1, ids=[INVOICE_ID, CONTACT_ID]))["IDs"] == (
        f"{INVOICE_ID},{CONTACT_ID}"
    )
    assert asked(list_path(INVOICE, page=1, numbers=["R1&x", "R 2"]))["InvoiceNumbers"] == (
        "R1&x,R 2"
    )


def test_a_number_with_a_comma_is_asked_for_by_a_filter() -> None:
    assert asked(list_path(INVOICE, page=1, numbers=["R1,a", "R2"]))["where"] == (
        'InvoiceNumber=="R1,a" OR InvoiceNumber=="R2"'
    )


def test_payments_are_asked_for_by_reference_and_contacts_by_number() -> None:
    assert asked(list_path(PAYMENT, page=1, numbers=["R1 · k7f3q2m8xw"]))["where"] == (
        'Reference=="R1 · k7f3q2m8xw"'
    )
    assert asked(list_path(CONTACT, page=1, numbers=["6S-1"]))["where"] == 'ContactNumber=="6S-1"'


@pytest.mark.parametrize(
    ("kind", "ids", "numbers"),
    [
        (PAYMENT, [INVOICE_ID, CONTACT_ID], []),
        (INVOICE, [INVOICE_ID], ["R1"]),
        (CONTACT, [], ['6S-1" OR Name!="']),
        (INVOICE, ["R1"], []),
        (INVOICE, [numbered_id(each) for each in range(51)], []),
    ],
)
def test_what_xeros_filters_cannot_express_is_refused_and_not_guessed(
    kind: DocumentKind, ids: list[str], numbers: list[str]
) -> None:
    with pytest.raises(CannotBeAsked):
        list_path(kind, page=1, ids=ids, numbers=numbers)


def test_an_id_cannot_lead_to_another_address() -> None:
    with pytest.raises(CannotBeAsked):
        one_path(INVOICE, "../Organisation")


def test_the_moment_of_change_is_given_in_utc_to_the_second() -> None:
    at = datetime(2026, 10, 1, 12, 30, 59, 999999, timezone(timedelta(hours=2)))
    assert modified_since(at) == "2026-10-01T10:30:59"


def test_the_three_counters_are_read_whatever_their_case() -> None:
    headers = httpx2.Headers(
        {
            "X-MinLimit-Remaining": "59",
            "X-DayLimit-Remaining": "4999",
            "X-AppMinLimit-Remaining": "9999",
        }
    )
    assert read_limits(headers) == Limits(59, 4999, 9999)


@pytest.mark.parametrize(
    ("spelled", "problem"),
    [
        ("minute", "minute"),
        ("Day", "day"),
        ("appminute", "appminute"),
        ("App Minute", "appminute"),
        ("Concurrent Requests", "concurrent"),
        ("fortnight", "fortnight"),
        ("", None),
    ],
)
def test_the_limit_that_was_hit_is_named(spelled: str, problem: str | None) -> None:
    assert read_limits({"x-rate-limit-problem": spelled}).problem == problem


@pytest.mark.parametrize("spelled", ["", "soon", "-1", "²", "9" * 30])
def test_a_counter_we_cannot_read_is_not_known(spelled: str) -> None:
    assert read_limits({"retry-after": spelled}).retry_after_seconds is None
