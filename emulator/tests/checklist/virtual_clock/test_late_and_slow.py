"""Slow, late and lagging, on a clock that the tester moves. Evidence: own (a fault is asked for);
late writes and lagging lists are reported, Xero promises neither."""

from __future__ import annotations

import threading

import httpx2 as httpx
import pytest

from tests.conftest import Xero

ANN = {"Name": "Ann Archer"}


def names(xero: Xero) -> list[str]:
    return [row["Name"] for row in xero.rows("Contacts")]


def test_a_late_commit_happens_when_the_clock_gets_there(xero: Xero) -> None:
    xero.fault("commit_late", seconds=90)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    xero.advance(89)
    assert names(xero) == []
    xero.advance(1)
    assert names(xero) == ["Ann Archer"]
    assert "late" in xero.log("?method=PUT")[-1]["reason"]


def test_a_request_that_arrives_after_its_token_ran_out_changes_nothing(xero: Xero) -> None:
    """The bearer token is the only fence Xero checks."""
    xero.fault("commit_late", seconds=1801)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    xero.advance(1801)
    entry = xero.log("?method=PUT")[-1]
    assert (entry["status"], entry["reason"]) == (401, "token expired")
    xero.token = xero.new_token()
    assert names(xero) == []


def test_a_late_request_meets_the_books_as_they_are_then(xero: Xero) -> None:
    xero.fault("commit_late", seconds=60)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    assert xero.put("Contacts", ANN).status_code == 200
    xero.advance(60)
    assert xero.log("?method=PUT")[-1]["status"] == 400
    assert names(xero) == ["Ann Archer"]


def test_late_requests_happen_by_themselves_on_a_running_clock(xero: Xero) -> None:
    xero.control("POST", "clock", {"speed": 1000})
    xero.fault("commit_late", seconds=30)
    with pytest.raises(httpx.TransportError):
        xero.put("Contacts", ANN)
    for _ in range(2000):
        if xero.control("GET", "health")["late"] == 0:
            break
    xero.control("POST", "clock", {"speed": 0})
    assert names(xero) == ["Ann Archer"]


def test_lists_lag_behind_while_a_read_by_id_does_not(xero: Xero) -> None:
    xero.fault("lag_lists", seconds=10)
    [row] = xero.put("Contacts", ANN).json()["Contacts"]
    xero.post(f"Contacts/{row['ContactID']}", {"Name": "Anna"})
    assert names(xero) == []
    assert xero.rows(f"Contacts/{row['ContactID']}")[0]["Name"] == "Anna"
    xero.advance(5)
    assert names(xero) == []
    xero.advance(6)
    assert names(xero) == ["Anna"]


def test_a_lagging_list_shows_the_older_version_of_what_changed_since(xero: Xero) -> None:
    [row] = xero.put("Contacts", ANN).json()["Contacts"]
    xero.advance(60)
    xero.fault("lag_lists", seconds=10)
    xero.post(f"Contacts/{row['ContactID']}", {"Name": "Anna"})
    assert names(xero) == ["Ann Archer"]
    xero.control("DELETE", "faults")
    assert names(xero) == ["Anna"]


def test_a_delayed_answer_comes_after_the_write(xero: Xero) -> None:
    xero.fault("delay_answer", seconds=30)
    slow = threading.Thread(target=xero.put, args=("Contacts", ANN))
    slow.start()
    xero.wait_for_strikes(1)
    assert names(xero) == ["Ann Archer"]
    assert slow.is_alive()
    xero.advance(30)
    slow.join(timeout=5)
    assert not slow.is_alive()
