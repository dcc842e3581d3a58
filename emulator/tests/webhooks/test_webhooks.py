"""Webhooks. Evidence: documented (Webhooks page and its description: payload, signature, intent to
receive, five seconds, retries, 31 days), the categories' dates reported; unsure where said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fauxero.webhooks.payload import signature
from tests.conftest import Xero
from tests.webhooks.receiver import Receiver

KEY = "s3cr3t/key"
DAY = 86400


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver(KEY)
    yield running
    running.stop()


def shown(xero: Xero) -> dict[str, Any]:
    return xero.control("GET", "webhooks")["webhooks"][0]


def until(xero: Xero, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait, at most a few seconds, until the webhook's state is as wanted."""
    give_up_at = time.monotonic() + 8
    while not is_so(state := shown(xero)):
        assert time.monotonic() < give_up_at, state
        time.sleep(0.01)
    return state


def subscribe(xero: Xero, receiver: Receiver, **how: Any) -> dict[str, Any]:
    xero.control("POST", "webhooks", {"url": receiver.url, "key": KEY, **how})
    return until(xero, lambda state: not state["intent_awaited"])


@pytest.fixture
def hooked(xero: Xero, receiver: Receiver) -> Xero:
    assert subscribe(xero, receiver)["status"] == "ok"
    receiver.posts.clear()
    receiver.signatures.clear()
    return xero


def delivered(state: dict[str, Any]) -> bool:
    return state["undelivered"] == 0


def tried(times: int) -> Callable[[dict[str, Any]], bool]:
    return lambda state: sum(part["kind"] == "events" for part in state["attempts"]) >= times


def test_a_signature_is_base64_of_hmac_sha256_over_the_raw_body() -> None:
    # Worked out with: printf '{"events":[]}' | openssl dgst -sha256 -hmac key -binary | base64
    assert signature("key", b'{"events":[]}') == EXPECTED


EXPECTED = "Qrz9n8NSnnBLDlKIZEhYxzL4J+L5wKUqtKk3FuhGKW0="


def test_the_intent_is_proved_by_telling_right_signatures_from_wrong(
    xero: Xero, receiver: Receiver
) -> None:
    state = subscribe(xero, receiver)
    assert state["status"] == "ok"
    assert set(receiver.signatures) == {True, False}
    for post in receiver.posts:
        assert post["events"] == []
        assert (post["firstEventSequence"], post["lastEventSequence"]) == (0, 0)
        assert len(post["entropy"]) == 20
    assert len({post["entropy"] for post in receiver.posts}) == len(receiver.posts)


@pytest.mark.parametrize("answers", [200, 401, 202, 500])
def test_an_address_that_answers_all_alike_does_not_prove_its_intent(
    xero: Xero, receiver: Receiver, answers: int
) -> None:
    receiver.judge = lambda body, signature: answers
    assert subscribe(xero, receiver)["status"] == "pending"
    xero.put("Contacts", {"Name": "Ann"})
    assert shown(xero)["undelivered"] == 0


def test_a_new_contact_and_its_change_are_told(hooked: Xero, receiver: Receiver) -> None:
    contact = hooked.put("Contacts", {"Name": "Ann"}).json()["Contacts"][0]["ContactID"]
    hooked.advance(60)
    hooked.post(f"Contacts/{contact}", {"ContactStatus": "ARCHIVED"})
    until(hooked, delivered)
    first, second = receiver.events
    assert first == {
        "resourceUrl": f"{hooked.server.url}/api.xro/2.0/Contacts/{contact}",
        "resourceId": contact,
        "tenantId": hooked.organisation_id,
        "tenantType": "ORGANISATION",
        "eventCategory": "CONTACT",
        "eventType": "CREATE",
        "eventDateUtc": "2026-03-02T09:00:00.000",
    }
    assert (second["eventType"], second["eventDateUtc"]) == ("UPDATE", "2026-03-02T09:01:00.000")
    assert [post["lastEventSequence"] for post in receiver.posts] == [1, 2]


def test_a_read_and_a_refused_write_tell_nothing(hooked: Xero, receiver: Receiver) -> None:
    hooked.get("Contacts")
    hooked.put("Contacts", {"Name": ""})
    both = {"Contacts": [{"Name": "Ann"}, {"Name": "Ann"}]}
    assert hooked.put("Contacts", both).status_code == 400
    assert shown(hooked)["last_sequence"] == 0


def test_a_payment_updates_its_invoice_and_has_no_event_of_its_own(
    hooked: Xero, receiver: Receiver
) -> None:
    """Payments have no category (documented); that the invoice's is fired is unsure."""
    hooked.put("Invoices", hooked.invoice("W-1"))
    until(hooked, delivered)
    receiver.posts.clear()
    pay(hooked)
    until(hooked, delivered)
    [event] = receiver.events
    assert (event["eventCategory"], event["eventType"]) == ("INVOICE", "UPDATE")


def pay(xero: Xero) -> None:
    bank = xero.account(Type="BANK")["AccountID"]
    payment = {"Invoice": {"InvoiceNumber": "W-1"}, "Account": {"AccountID": bank}, "Amount": 10}
    assert xero.put("Payments", payment).status_code == 200


def test_a_switch_keeps_payments_silent(hooked: Xero, receiver: Receiver) -> None:
    hooked.control("POST", "settings", {"webhook_on_payment": False})
    hooked.put("Invoices", hooked.invoice("W-1"))
    before = shown(hooked)["last_sequence"]
    pay(hooked)
    assert shown(hooked)["last_sequence"] == before
    hooked.post("Invoices/W-1", {"Reference": "by hand"})
    assert shown(hooked)["last_sequence"] == before + 1


def test_a_credit_note_tells_its_type_and_status(hooked: Xero, receiver: Receiver) -> None:
    note = hooked.invoice("CN-1") | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-1"}
    del note["InvoiceNumber"], note["DueDate"]
    assert hooked.put("CreditNotes", note).status_code == 200
    until(hooked, delivered)
    [event] = [event for event in receiver.events if event["eventCategory"] == "CREDITNOTE"]
    assert event["data"] == {"Type": "ACCRECCREDIT", "Status": "AUTHORISED"}


@pytest.mark.parametrize(
    ("kind", "line", "collection"),
    [
        ("OVERPAYMENT", {"LineAmount": 5}, "Overpayments"),
        ("PREPAYMENT", {"UnitAmount": 5, "Quantity": 1}, "Prepayments"),
    ],
)
def test_money_received_in_advance_has_a_category_of_its_own(
    hooked: Xero, receiver: Receiver, kind: str, line: dict[str, Any], collection: str
) -> None:
    received = {
        "Type": f"RECEIVE-{kind}",
        "Contact": {"Name": "Ann"},
        "BankAccount": {"AccountID": hooked.account(Type="BANK")["AccountID"]},
        "LineItems": [{"Description": "in advance"} | line],
    }
    if kind == "OVERPAYMENT":
        received["LineAmountTypes"] = "NoTax"
    else:
        received["LineItems"][0]["AccountCode"] = hooked.account(Type="REVENUE")["Code"]
    answer = hooked.put("BankTransactions", received)
    assert answer.status_code == 200, answer.text
    until(hooked, delivered)
    [event] = [event for event in receiver.events if event["eventCategory"] != "CONTACT"]
    assert (event["eventCategory"], event["eventType"]) == (kind, "CREATE")
    [row] = hooked.rows(collection)
    assert event["resourceUrl"].endswith(f"/{collection}/{row[f'{collection[:-1]}ID']}")


def test_only_the_chosen_categories_are_told(xero: Xero, receiver: Receiver) -> None:
    subscribe(xero, receiver, categories=["INVOICE"])
    receiver.posts.clear()
    xero.put("Invoices", xero.invoice("W-1"))  # makes its contact as well
    until(xero, delivered)
    assert {event["eventCategory"] for event in receiver.events} == {"INVOICE"}


def test_only_connected_organisations_are_told_of(hooked: Xero, receiver: Receiver) -> None:
    other = hooked.control("POST", "organisations", {"template": "nz"})["organisation_id"]
    app = hooked.control("POST", "apps", {"name": "Other"})
    token = hooked.new_token(organisation=other, client_id=app["client_id"])
    bearer = {"Authorization": f"Bearer {token['access_token']}", "xero-tenant-id": other}
    assert hooked.put("Contacts", {"Name": "Ann"}, headers=bearer).status_code == 200
    assert shown(hooked)["last_sequence"] == 0


def test_a_bookkeepers_act_is_told_too(hooked: Xero, receiver: Receiver) -> None:
    hooked.put("Invoices", hooked.invoice("W-1"))
    until(hooked, delivered)
    receiver.posts.clear()
    invoice = hooked.rows("Invoices")[0]["InvoiceID"]
    hooked.control("POST", "acts/void_invoice", {"invoice_id": invoice})
    until(hooked, delivered)
    assert [event["resourceId"] for event in receiver.events] == [invoice]


def test_a_failed_delivery_is_tried_again_at_once_then_every_fifteen_minutes(
    hooked: Xero, receiver: Receiver
) -> None:
    receiver.judge = lambda body, signature: 500
    hooked.put("Contacts", {"Name": "Ann"})
    state = until(hooked, tried(2))
    assert state["failing_since"] == "2026-03-02T09:00:00+00:00"
    hooked.advance(14 * 60)
    time.sleep(0.1)
    assert not tried(3)(shown(hooked))
    hooked.advance(60)
    until(hooked, tried(3))
    receiver.judge = lambda body, signature: 204
    hooked.advance(15 * 60)
    state = until(hooked, delivered)
    assert state["failing_since"] is None


def test_after_a_day_of_failures_it_is_disabled_and_later_replayed_in_order(
    hooked: Xero, receiver: Receiver
) -> None:
    works = receiver.judge
    receiver.judge = lambda body, signature: 500
    hooked.put("Contacts", {"Name": "Ann"})
    until(hooked, tried(2))
    for count in range(3, 6):
        hooked.advance(8 * 3600)
        until(hooked, tried(count))
    state = until(hooked, lambda state: state["status"] == "disabled")
    assert state["undelivered"] == 1
    assert "disabled" in hooked.control("GET", "webhooks")["notices"][0]
    hooked.token |= hooked.new_token()
    hooked.put("Contacts", {"Contacts": [{"Name": "Bob"}, {"Name": "Cid"}]})
    hooked.advance(DAY)
    assert shown(hooked)["undelivered"] == 3
    receiver.judge = works
    receiver.posts.clear()
    hooked.control("POST", f"webhooks/{state['client_id']}", {})
    until(hooked, delivered)
    [replay] = [post for post in receiver.posts if post["events"]]
    assert (replay["firstEventSequence"], replay["lastEventSequence"]) == (1, 3)


def test_what_was_not_delivered_for_thirty_one_days_is_gone(
    hooked: Xero, receiver: Receiver
) -> None:
    receiver.judge = lambda body, signature: 500
    hooked.put("Contacts", {"Name": "Ann"})
    until(hooked, tried(2))
    hooked.advance(31 * DAY - 60)
    assert shown(hooked)["undelivered"] == 1
    hooked.advance(60)
    until(hooked, delivered)


def test_an_answer_after_five_seconds_is_too_late(hooked: Xero, receiver: Receiver) -> None:
    receiver.wait_seconds = 5.5
    hooked.put("Contacts", {"Name": "Ann"})
    receiver.wait_seconds = 5.5
    state = until(hooked, tried(1))
    failed = state["attempts"][-1]
    assert not failed["is_accepted"]
    assert failed["reply"]["error"] == "no answer within 5 s"


def test_a_body_and_a_cookie_are_remarked_upon(hooked: Xero, receiver: Receiver) -> None:
    receiver.extra = b"thanks"
    hooked.put("Contacts", {"Name": "Ann"})
    state = until(hooked, delivered)
    assert len(state["attempts"][-1]["reply"]["remarks"]) == 2


def test_a_new_address_has_to_prove_its_intent_again(hooked: Xero, receiver: Receiver) -> None:
    other = Receiver("another")
    other.judge = lambda body, signature: 200
    state = subscribe(hooked, other)
    other.stop()
    assert state["status"] == "pending"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://example.org/hook"},
        {"url": "http://10.0.0.1/hook"},
        {"url": "ftp://localhost/hook"},
        {"url": "localhost"},
        {"url": "http://localhost:99999/"},
        {"url": "http://a:b@localhost/"},
        {"url": "http://localhost/a\r\nX-Injected: yes"},
        {"url": "http://localhost/", "categories": ["PAYMENT"]},
        {"url": "http://localhost/", "categories": []},
        {"url": "http://localhost/", "client_id": "nobody"},
        {"url": "http://localhost/", "other": 1},
    ],
)
def test_a_webhook_that_cannot_be_is_refused(xero: Xero, wrong: dict[str, Any]) -> None:
    answer = xero.http.post("/_fauxero/webhooks", json=wrong)
    assert answer.status_code in (400, 404), answer.text
    assert xero.control("GET", "webhooks")["webhooks"] == []


def test_another_machine_may_be_named_and_then_needs_https(xero: Xero) -> None:
    xero.control("POST", "settings", {"webhook_hosts": ["hooks.example"]})
    wrong = xero.http.post("/_fauxero/webhooks", json={"url": "http://hooks.example/"})
    assert wrong.status_code == 400


def test_nothing_listens_and_the_books_do_not_mind(xero: Xero, receiver: Receiver) -> None:
    subscribe(xero, receiver)
    receiver.stop()
    assert xero.put("Contacts", {"Name": "Ann"}).status_code == 200
    state = until(xero, tried(2))
    assert "Connect" in state["attempts"][-1]["reply"]["error"]


def test_a_webhook_can_be_taken_away(hooked: Xero) -> None:
    hooked.control("DELETE", f"webhooks/{shown(hooked)['client_id']}")
    assert hooked.control("GET", "webhooks")["webhooks"] == []
    assert hooked.put("Contacts", {"Name": "Ann"}).status_code == 200
