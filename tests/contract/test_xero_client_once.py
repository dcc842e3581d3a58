"""A write is made once, whatever the network does, and its outcome is never guessed."""

from __future__ import annotations

import json
import logging
import socket
from datetime import UTC, datetime

import pytest

from tests.contract.wire_server import (
    Act,
    WireServer,
    answer,
    answer_half,
    answer_then_close,
    cut,
    stay_silent,
    trickle,
)
from unitledger.books.xero import XeroBooks
from unitledger.books.xero.client import Timeouts
from unitledger.core.effects import EffectKind, Verdict
from unitledger.core.exchange import Access, Answer, BooksUnavailable, Element

TOKEN = "a-token-nobody-may-see"
ACCESS = Access(
    organisation_id="c7c37b83-ac95-45ea-88ba-8ad83a5f22fe",
    token=TOKEN,
    expires_at=datetime(2026, 10, 1, tzinfo=UTC),
)
IMPATIENT = Timeouts(connect=0.5, write=0.5, read=0.25, answer=0.3)
APPLIED = json.dumps(
    {
        "Contacts": [
            {
                "ContactID": "a3675fc4-f8dd-4f03-ba5b-f1870566bcd7",
                "ContactNumber": "6S-1",
                "ContactStatus": "ACTIVE",
                "StatusAttributeString": "OK",
            }
        ]
    }
).encode()


def send(books: XeroBooks, key: str = "key-1") -> Answer:
    element = Element('{"ContactNumber":"6S-1","Name":"Ada"}', "6S-1")
    request = books.compose(EffectKind.CREATE_CONTACT, [element], idempotency_key=key)
    return books.send(request, ACCESS)


def verdict_of(answer: Answer) -> Verdict:
    return answer.whole or answer.elements[0].verdict


def books_at(url: str) -> XeroBooks:
    return XeroBooks(f"{url}/api.xro/2.0", timeouts=IMPATIENT)


def test_a_write_carries_its_key_its_organisation_and_exactly_its_bytes() -> None:
    with WireServer(answer("200 OK", APPLIED)) as server:
        assert verdict_of(send(books_at(server.url))) is Verdict.APPLIED
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = {line.lower() for line in head.decode().split("\r\n")}
    assert head.startswith(b"PUT /api.xro/2.0/Contacts?summarizeErrors=false&unitdp=4 ")
    assert f"authorization: bearer {TOKEN}" in lines
    assert f"xero-tenant-id: {ACCESS.organisation_id}" in lines
    assert {"idempotency-key: key-1", "accept: application/json"} <= lines
    assert body == b'{"Contacts":[{"ContactNumber":"6S-1","Name":"Ada"}]}'


def test_nobody_listening_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = send(books_at(f"http://127.0.0.1:{port}"))
    assert (answer.whole, answer.http_status) == (Verdict.NOT_SENT, None)


@pytest.mark.parametrize(
    "act",
    [
        cut,
        stay_silent,
        trickle,
        answer_half(APPLIED),
        answer("200 OK", APPLIED[:-20]),
        answer("307 Temporary Redirect", headers=["Location: /api.xro/2.0/Contacts"]),
        answer("200 OK", b"not gzip at all", headers=["Content-Encoding: gzip"]),
        answer("500 Internal Server Error"),
        answer("HTTP is not spoken here"),
    ],
)
def test_a_lost_or_broken_answer_is_unknown_and_the_write_is_not_repeated(act: Act) -> None:
    with WireServer(act, answer("200 OK", APPLIED)) as server:
        assert verdict_of(send(books_at(server.url))) is Verdict.UNKNOWN
    assert len(server.requests) == 1


def test_a_limit_is_not_waited_for() -> None:
    with WireServer(answer("429 Too Many Requests", headers=["Retry-After: 81178"])) as server:
        answered = send(books_at(server.url))
    assert (answered.whole, answered.limits.retry_after_seconds) == (Verdict.NOT_SENT, 81178)
    assert len(server.requests) == 1


def test_a_connection_is_used_again_while_it_is_fresh() -> None:
    with WireServer(*[answer("200 OK", APPLIED)] * 3) as server:
        books = books_at(server.url)
        assert [verdict_of(send(books, key)) for key in "abc"] == [Verdict.APPLIED] * 3
        books.close()
    assert server.connection_count == 1


def test_a_connection_the_far_side_closed_meanwhile_is_noticed_before_the_write() -> None:
    with WireServer(answer_then_close("200 OK", APPLIED), answer("200 OK", APPLIED)) as server:
        books = books_at(server.url)
        assert verdict_of(send(books, "a")) is Verdict.APPLIED
        assert verdict_of(send(books, "b")) is Verdict.APPLIED
        books.close()
    assert (len(server.requests), server.connection_count) == (2, 2)


def test_a_used_connection_that_dies_under_a_write_leaves_it_unknown() -> None:
    """The classic trap: clients take it for a stale connection and send again."""
    with WireServer(answer("200 OK", APPLIED), cut, answer("200 OK", APPLIED)) as server:
        books = books_at(server.url)
        assert verdict_of(send(books, "a")) is Verdict.APPLIED
        assert verdict_of(send(books, "b")) is Verdict.UNKNOWN
        books.close()
    assert len(server.requests) == 2


def test_no_cookie_goes_from_one_answer_into_another_request() -> None:
    cookie = answer("200 OK", APPLIED, headers=["Set-Cookie: who=operator-1; Path=/"])
    with WireServer(cookie, answer("200 OK", APPLIED)) as server:
        books = books_at(server.url)
        send(books, "a")
        send(books, "b")
        books.close()
    assert b"cookie" not in server.requests[1].lower()


def test_the_token_is_in_no_log_line_no_message_and_no_representation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with WireServer(answer("403 Forbidden", b'{"Detail":"no"}'), cut) as server:
        books = books_at(server.url)
        seen = [repr(send(books, "a")), repr(send(books, "b")), repr(ACCESS)]
        books.close()
    assert TOKEN not in "".join(seen)
    assert TOKEN not in caplog.text


def test_a_read_that_was_cut_can_be_made_again() -> None:
    with WireServer(cut) as server, pytest.raises(BooksUnavailable) as failure:
        books_at(server.url).read_trial_balance(ACCESS, on=datetime(2026, 10, 1, tzinfo=UTC).date())
    assert failure.value.verdict is Verdict.UNKNOWN
    assert TOKEN not in str(failure.value)


def test_an_emulator_on_this_machine_is_never_reached_through_a_companys_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with WireServer(answer("200 OK", APPLIED)) as server:
        assert verdict_of(send(books_at(server.url))) is Verdict.APPLIED
