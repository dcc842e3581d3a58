"""Faults on demand: what each does to the client, and what it does to the books. Evidence: own;
the bodies of 500 and 503 are documented and reported."""

from __future__ import annotations

import httpx2 as httpx
import pytest

from tests.conftest import Xero

ANN = {"Name": "Ann Archer"}


def names(xero: Xero) -> list[str]:
    return [row["Name"] for row in xero.rows("Contacts")]


def test_cut_before_commit_leaves_no_answer_and_no_trace(xero: Xero) -> None:
    xero.fault("cut_before_commit")
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    assert names(xero) == []


def test_cut_after_commit_leaves_no_answer_but_the_contact(xero: Xero) -> None:
    xero.fault("cut_after_commit")
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    assert names(xero) == ["Ann Archer"]


def test_an_answer_cut_in_the_middle_cannot_be_read_though_the_write_happened(xero: Xero) -> None:
    xero.fault("cut_mid_answer")
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    assert names(xero) == ["Ann Archer"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_before_commit_changes_nothing(xero: Xero, status: int) -> None:
    xero.fault("error_before_commit", status=status)
    assert xero.put("Contacts", ANN).status_code == status
    assert names(xero) == []


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_after_commit_hides_a_write_that_happened(xero: Xero, status: int) -> None:
    xero.fault("error_after_commit", status=status)
    assert xero.put("Contacts", ANN).status_code == status
    assert names(xero) == ["Ann Archer"]


def test_a_503_is_plain_text_and_a_500_is_json(xero: Xero) -> None:
    xero.fault("error_before_commit", status=503)
    answer = xero.get("Contacts")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "The Xero API is temporarily unavailable"
    xero.fault("error_before_commit", status=500)
    assert xero.get("Contacts").json()["Title"] == "An error occurred"


def test_an_organisation_may_be_offline_until_the_fault_is_cleared(xero: Xero) -> None:
    fault = xero.fault("organisation_offline")
    for _ in range(3):
        answer = xero.get("Contacts")
        assert (answer.status_code, answer.text) == (503, "The Organisation is offline")
    xero.control("DELETE", f"faults/{fault}")
    assert xero.get("Contacts").status_code == 200


@pytest.mark.parametrize(
    ("problem", "has_wait"), [("minute", True), ("day", True), ("concurrent", False)]
)
def test_a_pretended_limit_answers_like_a_real_one(
    xero: Xero, problem: str, has_wait: bool
) -> None:
    xero.fault("rate_limit", problem=problem)
    answer = xero.put("Contacts", ANN)
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers["x-rate-limit-problem"] == problem
    assert ("retry-after" in answer.headers) is has_wait
    assert names(xero) == []


@pytest.mark.parametrize(("error", "status"), [(10, 400), (14, 400), (404, 404)])
def test_a_whole_request_may_be_refused_with_nothing_saved(
    xero: Xero, error: int, status: int
) -> None:
    xero.fault("refuse_request", error=error)
    answer = xero.put("Contacts", {"Contacts": [ANN]}, params={"summarizeErrors": "false"})
    assert answer.status_code == status
    assert names(xero) == []


def test_one_poisonous_element_refuses_every_request_it_is_in(xero: Xero) -> None:
    xero.fault("refuse_request", error=14, body_contains="Poison", count=None)
    batch = [{"Name": f"Contact {n}"} for n in range(4)] + [{"Name": "Poison"}]
    assert xero.put("Contacts", {"Contacts": batch}).status_code == 400
    assert xero.put("Contacts", {"Contacts": batch[3:]}).status_code == 400
    assert xero.put("Contacts", {"Contacts": batch[:4]}).status_code == 200
    assert len(names(xero)) == 4


def test_a_rule_strikes_the_nth_match_and_then_only_so_often(xero: Xero) -> None:
    xero.fault("error_before_commit", method="GET", path="/contacts", nth=2, count=2)
    assert xero.get("Accounts").status_code == 200
    statuses = [xero.get("Contacts").status_code for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]


def test_a_rule_may_strike_one_organisation_only(xero: Xero) -> None:
    xero.fault("error_before_commit", organisation="another", count=None)
    assert xero.get("Contacts").status_code == 200


def test_a_probability_draws_the_same_from_the_same_seed(xero: Xero) -> None:
    def draws(seed: str) -> list[int]:
        xero.control("DELETE", "faults")
        xero.fault("error_before_commit", probability=0.5, seed=seed, count=None)
        return [xero.get("Organisation").status_code for _ in range(12)]

    first, other, again = draws("a"), draws("b"), draws("a")
    assert first == again
    assert first != other
    assert set(first) == {200, 500}


def test_the_token_endpoint_can_lose_its_answer_after_it_rotated(xero: Xero) -> None:
    xero.fault("cut_after_commit", path="/connect/token")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": xero.token["refresh_token"],
        "client_id": xero.token["client_id"],
        "client_secret": xero.token["client_secret"],
    }
    with pytest.raises(httpx.TransportError):
        xero.http.post("/connect/token", data=form)
    assert xero.http.post("/connect/token", data=form).status_code == 200
    xero.advance(1801)
    assert xero.http.post("/connect/token", data=form).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "explode"},
        {"action": "delay", "seconds": -1},
        {"action": "delay", "second": 1},
        {"action": "error_before_commit", "status": 418},
        {"action": "rate_limit", "problem": "hour"},
        {"action": "refuse_request", "error": 12},
        {"action": "delay", "probability": 2},
        {"action": "delay", "count": 0},
        {"action": "delay", "seconds": "soon"},
        {},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_field(xero: Xero, rule: dict) -> None:
    answer = xero.http.post("/_fauxero/faults", json=rule)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert xero.control("GET", "faults")["rules"] == []
