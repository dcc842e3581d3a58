"""A served world with a state file: what was answered is there after a stop and after kill -9."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fauxero.accounting.rows import Contact
from fauxero.storage import Storage
from fauxero.webhooks.records import Reply
from fauxero.world import World

COMMAND = [sys.executable, "-m", "fauxero"]


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--json", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def audit(state: Path) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, "audit", "--state", str(state), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def kept_of(state: Path, organisation_id: str) -> int:
    with closing(sqlite3.connect(state)) as db:
        return db.execute(
            "SELECT count(*) FROM kept WHERE section LIKE ?", (f"%{organisation_id}%",)
        ).fetchone()[0]


def headers(token: dict[str, Any]) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token['access_token']}",
        "xero-tenant-id": token["organisation_id"],
        "Accept": "application/json",
    }


def test_the_first_line_says_where_it_answers_and_for_whom(tmp_path: Path) -> None:
    options = ("--organisation", "nz", "--organisation", "us", "--tier", "starter")
    with served(*options) as (process, ready):
        assert httpx.get(f"{ready['control_url']}/health").json()["status"] == "ok"
        assert [one["template"] for one in ready["organisations"]] == ["nz", "us"]
        assert ready["client_id"]
        assert ready["client_secret"]
        assert ready["pid"] == process.pid


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(how: signal.Signals, tmp_path: Path) -> None:
    with served("--state", str(tmp_path / "state")) as (process, _):
        process.send_signal(how)
        assert process.wait(timeout=10) == 0


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with (
        served("--state", str(state), "--history") as (process, ready),
        httpx.Client(base_url=ready["url"]) as client,
    ):
        token = client.post("/_fauxero/token", json={}).json()
        sent = {"Contacts": [{"Name": f"Contact {n}"} for n in range(30)]}
        once = headers(token) | {"Idempotency-Key": "once"}
        client.put("/api.xro/2.0/Contacts", headers=once, json=sent)
        before = client.get("/api.xro/2.0/Contacts?page=1", headers=headers(token))
        trial = client.get("/api.xro/2.0/Reports/TrialBalance", headers=headers(token))
        assert before.status_code == trial.status_code == 200
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert audit(state)["ok"] is True
    with (
        served("--state", str(state)) as (_, again),
        httpx.Client(base_url=again["url"]) as client,
    ):
        assert again["client_secret"] == ready["client_secret"]
        assert again["organisations"] == ready["organisations"]
        after = client.get("/api.xro/2.0/Contacts?page=1", headers=headers(token))
        assert after.json()["Contacts"] == before.json()["Contacts"]
        assert int(after.headers["x-minlimit-remaining"]) == 56
        report = client.get("/api.xro/2.0/Reports/TrialBalance", headers=headers(token))
        assert report.json()["Reports"][0]["Rows"] == trial.json()["Reports"][0]["Rows"]
        replay = client.put("/api.xro/2.0/Contacts", headers=once, json=sent)
        assert replay.status_code == 200
        renewed = client.post(
            "/connect/token",
            data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
            auth=(token["client_id"], token["client_secret"]),
        )
        assert renewed.status_code == 200
        new = client.put(
            "/api.xro/2.0/Contacts", headers=headers(token), json={"Name": "Somebody new"}
        )
        ids = {row["ContactID"] for row in before.json()["Contacts"]}
        assert new.json()["Contacts"][0]["ContactID"] not in ids


def test_a_moved_clock_and_changed_settings_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with served("--state", str(state)) as (_, ready):
        control = ready["control_url"]
        httpx.post(f"{control}/clock", json={"at": "2030-01-01T00:00:00Z", "speed": 0})
        httpx.post(f"{control}/settings", json={"partial_save": True})
    with served("--state", str(state)) as (_, ready):
        control = ready["control_url"]
        assert httpx.get(f"{control}/clock").json()["now"] == "2030-01-01T00:00:00+00:00"
        assert httpx.get(f"{control}/settings").json()["partial_save"] is True


def test_a_reset_empties_the_file_as_well(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with served("--state", str(state)) as (_, ready):
        url = ready["url"]
        token = httpx.post(f"{url}/_fauxero/token", json={}).json()
        httpx.put(f"{url}/api.xro/2.0/Contacts", headers=headers(token), json={"Name": "Ann"})
        httpx.post(f"{url}/_fauxero/reset", json={"organisations": [{"template": "au"}]})
    with served("--state", str(state)) as (_, ready):
        assert [one["template"] for one in ready["organisations"]] == ["au"]
        token = httpx.post(f"{ready['url']}/_fauxero/token", json={}).json()
        listed = httpx.get(f"{ready['url']}/api.xro/2.0/Contacts", headers=headers(token))
        assert listed.json()["Contacts"] == []


def test_a_restored_snapshot_is_what_the_file_holds(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with served("--state", str(state)) as (_, ready):
        url = ready["url"]
        token = httpx.post(f"{url}/_fauxero/token", json={}).json()
        httpx.post(f"{url}/_fauxero/snapshots", json={})
        httpx.put(f"{url}/api.xro/2.0/Contacts", headers=headers(token), json={"Name": "Ann"})
        opened = httpx.post(f"{url}/_fauxero/organisations", json={"template": "nz"}).json()
        httpx.post(f"{url}/_fauxero/restore", json={})
    assert kept_of(state, opened["organisation_id"]) == 0
    with served("--state", str(state)) as (_, ready):
        assert len(ready["organisations"]) == 1
        listed = httpx.get(f"{ready['url']}/api.xro/2.0/Contacts", headers=headers(token))
        assert listed.json()["Contacts"] == []


def test_a_file_that_is_not_a_state_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "letter.txt"
    state.write_text("Dear Ann, " * 500)
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0", "--state", str(state)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "letter.txt" in done.stderr
    assert "Traceback" not in done.stderr
    assert state.read_text() == "Dear Ann, " * 500


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with served("--state", str(state)):
        done = subprocess.run(
            [*COMMAND, "serve", "--port", "0", "--state", str(state)],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with served() as (_, ready):
        port = ready["url"].rpartition(":")[2]
        done = subprocess.run(
            [*COMMAND, "serve", "--port", port], capture_output=True, text=True, timeout=30
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_an_audit_finds_a_ledger_that_was_tampered_with(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with served("--state", str(state), "--history"):
        pass
    assert audit(state)["ok"] is True
    with closing(sqlite3.connect(state)) as db, db:
        changed = db.execute("DELETE FROM kept WHERE section LIKE 'books/%/payments'")
        assert changed.rowcount > 0
    done = subprocess.run(
        [*COMMAND, "audit", "--state", str(state)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "balances" not in done.stdout


def test_webhooks_and_what_waits_for_them_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "world.db"
    storage = Storage(state)
    world = World()
    world.open([{"template": "uk"}])
    organisation_id = next(iter(world.organisations))
    token = world.tester_token(organisation_id)
    app_id = world.demo_app.id
    world.webhooks.subscribe(app_id=app_id, url="http://localhost:1/", categories=["CONTACT"])
    [job] = world.webhooks.due(api_url=world.api_url)
    world.webhooks.settle(
        job, [Reply(200 if post.is_rightly_signed else 401) for post in job.posts]
    )
    books = world.organisations[organisation_id].books
    with books.transaction():
        books.contacts.put(Contact(books.ids.uuid(), "Ann", "ACTIVE", books.now()))
    storage.save(world)
    storage.close()
    again = Storage(state).read()
    assert again is not None
    assert again.webhooks.subscriptions[app_id].status == "ok"
    [event] = again.webhooks.events_of(app_id)
    assert (event.category, event.sequence) == ("CONTACT", 1)
    # A token of before still reads: its key is in the file too.
    assert again.identity.signer.read(token["access_token"]) is not None
