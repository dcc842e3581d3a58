"""What the headers of an answer say. Evidence: documented on the Limits page; Retry-After missing
from the concurrent and the app limit is documented, their words are unsure."""

from __future__ import annotations

import threading

import httpx2 as httpx

from tests.conftest import Xero

LEFT = ("x-daylimit-remaining", "x-minlimit-remaining", "x-appminlimit-remaining")


def left(answer: httpx.Response) -> tuple[str, ...]:
    return tuple(answer.headers[name] for name in LEFT)


def test_every_answer_of_an_organisation_tells_what_is_left(xero: Xero) -> None:
    assert left(xero.get("Organisation")) == ("4999", "59", "9999")
    assert left(xero.get("Contacts/nobody")) == ("4998", "58", "9998")
    assert left(xero.put("Contacts", {"Name": ""})) == ("4997", "57", "9997")


def test_the_day_limit_says_how_long_to_wait(xero: Xero) -> None:
    xero.control("POST", f"organisations/{xero.organisation_id}", {"day": 2})
    xero.get("Organisation")
    xero.get("Organisation")
    xero.advance(3600)
    xero.token = xero.new_token()
    answer = xero.get("Organisation")
    assert answer.headers["x-rate-limit-problem"] == "day"
    assert answer.headers["retry-after"] == str(23 * 3600)
    assert left(answer)[:2] == ("0", "60")


def test_connections_and_tokens_cost_no_quota(xero: Xero) -> None:
    bearer = {"Authorization": f"Bearer {xero.token['access_token']}"}
    for _ in range(5):
        answer = xero.http.get("/connections", headers=bearer)
        assert answer.status_code == 200
        assert LEFT[0] not in answer.headers
    assert left(xero.get("Organisation"))[1] == "59"


def test_a_sixth_call_in_flight_is_refused_without_retry_after(xero: Xero) -> None:
    xero.fault("delay", seconds=10, count=5)
    slow = [threading.Thread(target=xero.get, args=("Organisation",)) for _ in range(5)]
    for thread in slow:
        thread.start()
    xero.wait_for_strikes(5)
    answer = xero.get("Organisation")
    xero.advance(10)
    for thread in slow:
        thread.join()
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-problem"] == "concurrent"
    assert "retry-after" not in answer.headers
    assert xero.get("Organisation").status_code == 200
