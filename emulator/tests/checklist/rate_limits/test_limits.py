"""The four limits. Evidence: documented on the Limits page; the 429's shape was recorded on the
wire; the words for the concurrent and the app limit are unsure."""

from __future__ import annotations

import httpx2 as httpx

from tests.conftest import Xero

LEFT = ("x-daylimit-remaining", "x-minlimit-remaining", "x-appminlimit-remaining")


def left(answer: httpx.Response) -> tuple[str, ...]:
    return tuple(answer.headers[name] for name in LEFT)


def test_the_sixty_first_call_in_a_minute_is_refused_with_an_empty_body(xero: Xero) -> None:
    for _ in range(60):
        assert xero.get("Organisation").status_code == 200
    xero.advance(34)
    answer = xero.get("Organisation")
    assert answer.status_code == 429
    assert answer.content == b""
    assert "content-type" not in answer.headers
    assert answer.headers["x-rate-limit-problem"] == "minute"
    assert answer.headers["retry-after"] == "26"
    assert left(answer) == ("4940", "0", "9940")


def test_a_refused_call_costs_nothing_and_the_next_minute_is_open(xero: Xero) -> None:
    for _ in range(62):
        xero.get("Organisation")
    xero.advance(60)
    assert left(xero.get("Organisation")) == ("4939", "59", "9999")


def test_a_refused_write_commits_nothing(xero: Xero) -> None:
    xero.control("POST", f"organisations/{xero.organisation_id}", {"minute": 1})
    xero.get("Organisation")
    assert xero.put("Contacts", {"Name": "Ann"}).status_code == 429
    xero.advance(60)
    assert xero.rows("Contacts") == []


def test_the_day_is_1000_calls_on_the_starter_tier(xero: Xero) -> None:
    xero.control("POST", f"organisations/{xero.organisation_id}", {"tier": "starter"})
    assert left(xero.get("Organisation"))[0] == "999"


def test_the_apps_own_minute_runs_over_all_its_organisations(xero: Xero) -> None:
    other = xero.control("POST", "organisations", {"template": "nz", "app_minute": 3})
    first = xero.new_token(user="one@example.test")
    second = xero.control(
        "POST",
        "token",
        {"organisation": other["organisation_id"], "user": "one@example.test"},
    )
    assert first["client_id"] == second["client_id"]
    for _ in range(3):
        xero.get("Organisation")
    xero.token = second
    answer = xero.get("Organisation")
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-problem"] == "appminute"
    assert "retry-after" not in answer.headers


def test_limits_are_per_app_and_organisation(xero: Xero) -> None:
    for _ in range(60):
        xero.get("Organisation")
    app = xero.control("POST", "apps", {"name": "Another"})
    xero.token = xero.new_token(client_id=app["client_id"])
    assert xero.get("Organisation").status_code == 200
