"""Bulk jobs: many items, any order, one result each, to be gone on with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.programs import Program, program
from unitledger import wiring
from unitledger.engine.arriving import bulk

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def sender() -> Program:
    return program()


def _work_off() -> None:
    for job_id in bulk.open_jobs():
        bulk.work_off(job_id, clock=wiring.shared_tools().clock, read_item=wiring.read_wire_item)


def _results(sender: Program, job: dict[str, Any]) -> list[dict[str, Any]]:
    answer = sender.ask(f"jobs/{job['id']}/result")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return [json.loads(line) for line in text.splitlines()]


def test_a_job_takes_everything_in_whatever_the_order(
    sender: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [sender.payment(), sender.invoice(), "nonsense", sender.tenant(), sender.location()]
    body = "\n".join(json.dumps(each) for each in items).encode()

    begun = sender.post("jobs", body, content_type="application/x-ndjson")
    assert begun.status_code == 202
    job = begun.json()
    assert (job["state"], job["items"], job["result_url"]) == ("waiting", 5, None)
    assert sender.ask(f"jobs/{job['id']}/result").status_code == 409
    _work_off()

    done = sender.get(f"jobs/{job['id']}")
    assert (done["state"], done["items_done"]) == ("finished", 5)
    assert (done["counts"]["created"], done["counts"]["refused"]) == (4, 1)
    results = _results(sender, job)
    assert [each["position"] for each in results] == [1, 2, 3, 4, 5]
    assert [each["outcome"] for each in results].count("created") == 4
    assert results[2]["problems"][0]["rule"] == "not_an_object"
    assert sender.get("jobs")["jobs"][0]["id"] == job["id"]


def test_a_dry_job_keeps_nothing_and_its_items_lean_on_each_other(sender: Program) -> None:
    items = [sender.payment(), sender.invoice(), sender.tenant(), sender.location()]

    job = sender.post("jobs?dry_run=true", {"items": items}).json()
    _work_off()

    assert [each["outcome"] for each in _results(sender, job)] == ["created"] * 4
    assert sender.reads("invoices") == []


def test_the_same_request_key_is_the_same_job(sender: Program) -> None:
    from unitledger.store.models import BulkJob

    first = bulk.begin(
        sender.operator_id,
        [sender.tenant()],
        by=bulk.Asker("Billing"),
        is_dry_run=False,
        body_hash=b"1",
        request_key="march",
    )
    again = bulk.begin(
        sender.operator_id,
        [sender.tenant()],
        by=bulk.Asker("Billing"),
        is_dry_run=False,
        body_hash=b"1",
        request_key="march",
    )
    assert first.pk == again.pk
    assert BulkJob.objects.count() == 1
    with pytest.raises(bulk.OtherRequest):
        bulk.begin(
            sender.operator_id,
            [],
            by=bulk.Asker("Billing"),
            is_dry_run=False,
            body_hash=b"2",
            request_key="march",
        )


def test_what_no_database_can_keep_is_refused_by_itself(sender: Program) -> None:
    items = [{"kind": "tenant", "id": "\ud800"}, {"kind": "tenant", "id": "a\u0000"}]

    job = sender.post("jobs", {"items": [*items, sender.tenant()]}).json()
    _work_off()

    outcomes = [each["outcome"] for each in _results(sender, job)]
    assert outcomes == ["refused", "refused", "created"]


def test_a_stranger_sees_no_job(sender: Program) -> None:
    job = sender.post("jobs", {"items": [sender.tenant()]}).json()
    stranger = program()

    assert stranger.ask(f"jobs/{job['id']}").status_code == 404
    assert stranger.get("jobs") == {"jobs": []}
