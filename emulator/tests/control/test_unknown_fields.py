"""A control call that says something fauxero does not read is refused, and says what."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from fauxero.accounting.bookkeeper import ACTS
from fauxero.control.endpoints import HANDLERS, ORGANISATION_HANDLERS
from tests.conftest import Xero

ODD = [None, -1, 1.5, True, "", "\u0000", [1], [{}], {"a": 1}, "9" * 400]


@pytest.mark.parametrize(("method", "word", "is_two"), HANDLERS, ids=lambda part: str(part).lower())
def test_every_call_refuses_an_argument_it_does_not_know(
    xero: Xero, method: str, word: str, is_two: bool
) -> None:
    second = {
        "acts": "void_invoice",
        "requests": "counts",
        "organisations": xero.organisation_id,
        "apps": xero.token["client_id"],
        "webhooks": xero.token["client_id"],
    }.get(word, "1")
    path = f"/_fauxero/{word}/{second}" if is_two else f"/_fauxero/{word}"
    if word == "webhooks":
        hook = {"url": "http://127.0.0.1:9/"}
        assert xero.http.post("/_fauxero/webhooks", json=hook).status_code == 200
    how: dict[str, Any] = {"params": {"surprise": "1"}}
    if method == "POST":
        how = {"json": {"surprise": 1}}
    answer = xero.http.request(method, path, **how)
    assert answer.status_code == 400, answer.text
    assert "surprise" in answer.json()["error"]


@pytest.mark.parametrize(("method", "view"), ORGANISATION_HANDLERS)
def test_calls_below_an_organisation_do_so_too(xero: Xero, method: str, view: str) -> None:
    path = f"/_fauxero/organisations/{xero.organisation_id}/{view}"
    how: dict[str, Any] = {"json": {"surprise": 1}}
    if method == "GET":
        how = {"params": {"surprise": "1"}}
    answer = xero.http.request(method, path, **how)
    assert (answer.status_code, "surprise" in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("act", "wrong", "word"),
    [
        ("edit_invoice", {"changes": {"Reference": "x"}}, "changes"),
        ("edit_invoice", {"Refrence": "x"}, "Refrence"),
        ("edit_invoice", {"lines": [{"descripton": "x"}]}, "descripton"),
        ("pay_invoice", {"ammount": 5}, "ammount"),
    ],
)
def test_a_misspelt_change_of_an_invoice_is_no_success(
    xero: Xero, act: str, wrong: dict[str, Any], word: str
) -> None:
    made = xero.put("Invoices", xero.invoice("R-1")).json()["Invoices"][0]
    sent = {"invoice_id": made["InvoiceID"]} | wrong
    answer = xero.http.post(f"/_fauxero/acts/{act}", json=sent)
    assert (answer.status_code, word in answer.json()["error"]) == (400, True)
    assert xero.rows("Invoices/R-1")[0]["UpdatedDateUTC"] == made["UpdatedDateUTC"]


def test_a_misspelt_change_of_a_contact_is_no_success(xero: Xero) -> None:
    made = xero.put("Contacts", {"Name": "Ann"}).json()["Contacts"][0]["ContactID"]
    sent = {"contact_id": made, "changes": {"Name": "Bob"}, "EMail": "a@b.example"}
    answer = xero.http.post("/_fauxero/acts/edit_contact", json=sent)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("edit_contact: unknown: EMail, changes;")


@pytest.mark.parametrize("act", ACTS)
def test_odd_values_of_an_acts_arguments_are_refused_or_taken_and_never_a_failure(
    xero: Xero, act: str
) -> None:
    parameters = inspect.signature(ACTS[act]).parameters
    names = [name for name in parameters if name not in ("books", "changes", "more")]
    for odd in ODD:
        for chosen in names:
            given = {name: "x" for name in names if parameters[name].default is inspect._empty}
            answer = xero.http.post(f"/_fauxero/acts/{act}", json=given | {chosen: odd})
            assert answer.status_code in (200, 400, 404), (chosen, odd, answer.text)


@pytest.mark.parametrize(
    "wrong",
    [
        '{"advance": 1e300}',
        '{"advance": -1e300}',
        '{"advance": 1e999}',
        '{"at": "0001-01-01T00:00:00Z"}',
        '{"at": "9999-12-31T23:59:59-14:00"}',
        '{"speed": -1}',
    ],
)
def test_a_clock_is_not_moved_out_of_time(xero: Xero, wrong: str) -> None:
    before = xero.control("GET", "clock")
    assert xero.http.post("/_fauxero/clock", content=wrong.encode()).status_code == 400
    assert xero.control("GET", "clock") == before


def test_the_fastest_clock_stands_still_at_the_end_of_time(xero: Xero) -> None:
    xero.control("POST", "clock", {"speed": 1e300})
    assert xero.control("GET", "clock")["now"].startswith("2200-01-01")
    assert xero.get("Organisation").status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("faults", {"action": "delay", "seconds": "x"}, "seconds: a number is needed"),
        ("faults", {"action": "delay", "seconds": True}, "seconds: a number is needed"),
        ("faults", {"action": "delay", "seconds": 1e99}, "seconds: at most"),
        ("faults", {"action": "delay", "path": 5}, "path: a text is needed"),
        ("faults", {"action": "delay", "method": ["PUT"]}, "method: a text is needed"),
        ("faults", {"action": "delay", "body_contains": "\ud800"}, "body_contains: holds half"),
        ("faults", {"action": "delay", "nth": 1.5}, "nth: a whole number is needed"),
        ("faults", {"action": "delay", "probability": None}, "probability: a number is needed"),
        ("faults", {"action": "error_before_commit", "status": [500]}, "status: a whole number"),
        ("organisations/uk", {"switches": {"foo": True}}, "switches: there is no switch 'foo'"),
        ("organisations/uk", {"switches": {"edit_posted_journals": 1}}, "true or false"),
        ("organisations/uk", {"switches": 1}, "switches: an object is needed"),
        ("apps", {"name": "My Xero app"}, "name: The name may not contain the word Xero."),
    ],
)
def test_a_field_of_a_wrong_kind_is_named_and_changes_nothing(
    xero: Xero, path: str, body: dict[str, Any], wanted: str
) -> None:
    answer = xero.http.post(f"/_fauxero/{path}", content=json.dumps(body))
    assert answer.status_code == 400, answer.text
    assert wanted in answer.json()["error"]
    assert xero.get("Organisation").status_code == 200
    assert xero.control("GET", "faults")["rules"] == []


def test_limits_beside_a_wrong_switch_stay_as_they_were(xero: Xero) -> None:
    body = {"minute": 1, "switches": {"foo": True}}
    path = f"/_fauxero/organisations/{xero.organisation_id}"
    assert xero.http.post(path, json=body).status_code == 400
    assert [xero.get("Organisation").status_code for _ in range(3)] == [200] * 3
