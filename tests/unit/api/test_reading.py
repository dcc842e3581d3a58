"""Who may read what, how often, and what every answer carries."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.programs import Program, program

pytestmark = pytest.mark.usefixtures("database")
HOST = {"Host": "localhost"}


@pytest.fixture
def sender() -> Program:
    return program()


def test_without_a_key_nothing_is_told() -> None:
    for key in (None, "Bearer", "Bearer nonsense", "Basic abc", "Bearer ul_live_abcdefgh_x\u00e9"):
        headers = {**HOST, **({"Authorization": key} if key else {})}
        answer = Client().get("/api/v1/me", headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["rule"] == "key_needed"


def test_a_revoked_key_is_none(sender: Program) -> None:
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.people.api_keys import revoke
    from unitledger.store.models import ApiKey
    from unitledger.wiring import shared_tools

    row = ApiKey.objects.get()
    revoke(sender.operator_id, row.public_id, by=COMMAND_LINE, now=shared_tools().clock.now())

    assert sender.ask("me").status_code == 401


def test_a_key_does_only_what_it_may() -> None:
    reader, writer = program(scopes=("read",)), program(scopes=("write",))

    assert reader.post("tenants", {"items": [reader.tenant()]}).status_code == 403
    assert writer.ask("tenants").json()["rule"] == "scope_missing"
    assert reader.get("me")["scopes"] == ["read"]


def test_a_key_may_call_so_often_a_minute(sender: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITLEDGER_API_CALLS", "2")

    first, second, third = (sender.ask("me") for _ in range(3))

    assert (first["RateLimit-Remaining"], second["RateLimit-Remaining"]) == ("1", "0")
    assert third.status_code == 429
    assert 1 <= int(third["Retry-After"]) <= 60
    assert program().ask("me").status_code == 200


def test_one_operator_never_reads_anothers(sender: Program) -> None:
    sender.knows_a_tenant()
    (tenant,) = sender.reads("tenants")
    stranger = program()

    assert stranger.reads("tenants") == []
    assert stranger.get("locations") == {"locations": []}
    assert stranger.ask(f"records/{tenant['id']}").status_code == 404
    by_source = "records?kind=tenant&source=6storage&id=T-ADA"
    assert stranger.ask(by_source).status_code == 404
    assert sender.get(by_source)["id"] == tenant["id"]


def test_two_operators_may_have_an_item_of_one_name(sender: Program) -> None:
    sender.knows_a_tenant()
    stranger = program()

    stranger.send("tenants", [stranger.tenant(name="Bo Dale")])

    assert [each["tenant"] for each in sender.reads("tenants")] == ["Ada Marsh"]
    assert [each["tenant"] for each in stranger.reads("tenants")] == ["Bo Dale"]


def test_a_record_says_where_it_stands_and_its_revision(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send("invoices", [sender.invoice(revision=7)])

    record = sender.get("records?kind=invoice&source=6storage&id=I-1")

    assert (record["state"], record["revision"], record["amount"]) == ("new", 7, "120.00")
    assert record["reasons"][0]["remedy"]
    assert record["url"].endswith(f"/records/{record['id']}")
    assert sender.get(f"records/{record['id']}") == record


def test_pages_follow_each_other_and_leave_nothing_out(sender: Program) -> None:
    sender.knows_a_tenant()
    sender.send(
        "invoices",
        [
            sender.invoice(id=f"I-{day}", number=f"INV-{day}", issued_on=f"2026-03-{day:02d}")
            for day in range(1, 8)
        ],
    )

    page, seen = sender.get("invoices?limit=3"), []
    while True:
        seen += [each["number"] for each in page["records"]]
        if page["next"] is None:
            break
        page = sender.get(f"invoices?limit=3&cursor={page['next']}")

    assert seen == [f"INV-{day}" for day in range(7, 0, -1)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("invoices?cursor=nonsense", 422),
        ("invoices?cursor=%C3%A9", 422),
        ("invoices?limit=0", 422),
        ("invoices?status=lost", 422),
        ("invoices?start_on=yesterday", 422),
        ("invoices?location=Nowhere", 404),
        ("records/not-an-id", 422),
        ("records?kind=invoice", 422),
    ],
)
def test_what_is_asked_wrongly_is_a_problem(sender: Program, path: str, status: int) -> None:
    answer = sender.ask(path)

    assert answer.status_code == status
    assert answer.json()["remedy"]


def test_what_was_sent_is_in_the_audit_log_once(sender: Program) -> None:
    from unitledger.store.models import AuditEntry

    sender.knows_a_tenant()
    sender.knows_a_tenant()

    (entry,) = AuditEntry.objects.filter(act="items_sent")
    assert (entry.actor_name, entry.after["created"]) == ("Billing", 2)
