"""The sync's pages: history, steering, dry run, first push, undo, preview."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business
from tests.conftest import Database
from tests.connected import installed, new_operator
from tests.installed import business_of
from tests.unit.web.test_report_pages import person

PAGE_KB = 100


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def _organisation(operator: Business) -> str:
    from unitledger.store.models import Organisation

    return str(Organisation.objects.get(id=operator.organisation_id).public_id)


def _get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    text = answer.content.decode()
    assert len(text) < PAGE_KB * 1024
    assert " style=" not in text
    return text


def _post(client: Client, address: str, operator: Business, **fields: str) -> str:
    answer = client.post(address, {"organisation": _organisation(operator), **fields}, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def _billed(operator: Business) -> None:
    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))


def _newest_run():
    from unitledger.store.models import Run

    return Run.objects.latest("id")


def _made_by_a_worker() -> None:
    """What the worker does with the asked dry runs."""
    from unitledger import wiring
    from unitledger.engine.dry_runs import make
    from unitledger.store.models import DryRun

    for each in DryRun.objects.filter(state="asked"):
        make(each.pk, tools=wiring.shared_tools())


def test_the_history_names_runs_with_counts_calls_and_who_began_them(operator: Business) -> None:
    _billed(operator)
    client = person(operator.operator_id)
    _post(client, "/books/sync/now", operator)
    operator.syncs(trigger="event")

    text = _get(client, "/books/runs")

    run = _newest_run()
    assert f"Run {run.pk}</a>" in text
    assert "Bea" in text
    assert ">3</td>" in text


def test_a_viewer_sees_the_runs_and_no_button(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    client = person(operator.operator_id, "viewer")

    assert "Sync now" not in _get(client, "/books/runs")
    assert "Undo this run" not in _get(client, f"/books/runs/{_newest_run().public_id}")
    assert client.post("/books/sync/pause").status_code == 403


def test_somebody_kept_to_a_location_does_not_steer(operator: Business) -> None:
    operator.bills("1001", "120.00")
    client = person(operator.operator_id, "bookkeeper", "loc", "Riverside")

    answer = client.post("/books/sync/pause", {"organisation": _organisation(operator)})

    assert answer.status_code == 403


def test_another_operators_organisation_and_run_are_not_found(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    stranger = person(new_operator(), "administrator", "stranger")

    for address in ("now", "pause", "resume", "go-ahead", "schedule", "approve", "decline"):
        answer = stranger.post(f"/books/sync/{address}", {"organisation": _organisation(operator)})
        assert answer.status_code == 404, address
    run = _newest_run().public_id
    assert stranger.get(f"/books/runs/{run}").status_code == 404
    assert stranger.post(f"/books/runs/{run}/undo").status_code == 404


def test_pause_says_who_paused_and_offers_to_resume(operator: Business) -> None:
    client = person(operator.operator_id)

    paused = _post(client, "/books/sync/pause", operator)
    assert "Paused by Bea" in paused
    assert ">Resume</button>" in paused
    resumed = _post(client, "/books/sync/resume", operator)
    assert ">Sync now</button>" in resumed


def test_the_schedule_is_saved_and_the_next_look_shown(operator: Business) -> None:
    client = person(operator.operator_id)

    text = _post(client, "/books/sync/schedule", operator, minutes="60")

    assert "every hour" in text
    assert re.search(r'<option value="60" selected>', text)
    wrong = _post(client, "/books/sync/schedule", operator, minutes="7")
    assert "Choose one of the offered times." in wrong


def test_a_finished_run_shows_kinds_calls_and_batches(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    client = person(operator.operator_id)

    text = _get(client, f"/books/runs/{_newest_run().public_id}")

    assert "3 records were written" in text
    for word in ("Contacts", "Invoices", "Payments", "Last batches", "1 of 1"):
        assert word in text
    assert "£120.00" in text
    assert "hx-get" not in re.sub(r"<head>.*?</head>", "", text, flags=re.DOTALL)


def test_a_run_that_is_going_on_refreshes_itself_and_can_be_stopped(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    run = _newest_run()
    run.state, run.finished_at, run.phase = "running", None, "sending"
    run.save()
    client = person(operator.operator_id)

    text = _get(client, f"/books/runs/{run.public_id}")

    assert 'hx-trigger="every 2s"' in text
    assert "Stop after this batch" in text
    assert f"Run {run.pk} is going on · 99 %" in text


def test_each_end_of_a_run_has_its_own_words(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    run = _newest_run()
    client = person(operator.operator_id)
    for state, words in (
        ("interrupted", "Interrupted"),
        ("out_of_quota", "limit for the day is reached"),
        ("failed", "The run ended"),
        ("finished", "Done"),
    ):
        type(run).objects.filter(id=run.pk).update(state=state)
        assert words in _get(client, f"/books/runs/{run.public_id}"), state


def test_a_dry_run_is_asked_for_once_made_by_the_worker_and_shown(operator: Business) -> None:
    from unitledger.store.models import DryRun

    _billed(operator)
    client = person(operator.operator_id)
    assert "No dry run yet" in _get(client, "/books/dry-run")

    waiting = _post(client, "/books/dry-run/ask", operator)
    _post(client, "/books/dry-run/ask", operator)
    assert "Working it out" in waiting
    assert DryRun.objects.count() == 1
    _made_by_a_worker()

    text = _get(client, "/books/dry-run")
    assert "3 records would be sent" in text
    for word in ("By location", "By account", "Ashford", "£120.00", "£50.00"):
        assert word in text
    assert operator.writes() == 0


def test_the_first_send_waits_for_a_go_ahead_given_once(operator: Business) -> None:
    from unitledger.store.models import AuditEntry, Connection

    Connection.objects.update(awaits_go_ahead=True)
    _billed(operator)
    client = person(operator.operator_id)
    assert "Nothing is sent yet." in _get(client, "/books/runs")
    _post(client, "/books/dry-run/ask", operator)
    _made_by_a_worker()
    assert "Send 3 records" in _get(client, "/books/dry-run")
    operator.syncs()  # the organisation is read before the first write
    assert operator.writes() == 0

    _post(client, "/books/sync/go-ahead", operator)
    _post(client, "/books/sync/go-ahead", operator)
    operator.syncs()

    assert operator.books() == ["INV-1 AUTHORISED 120.00 paid 50.00"]
    assert AuditEntry.objects.filter(act="sync_go_ahead_given").count() == 1


def test_a_few_are_sent_first_and_listed_with_their_state(operator: Business) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(awaits_go_ahead=True)
    operator.takes_in(tenant(), *(invoice(f"INV-{n}") for n in range(1, 13)))
    operator.syncs()  # the organisation is read before the first write
    client = person(operator.operator_id)
    text = _get(client, "/books/first-push")
    ticks = re.findall(r'name="record" value="([0-9a-f-]{36})"', text)
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key and len(ticks) == 12

    organisation = {"organisation": _organisation(operator), "key": key[1], "by": "invoices"}
    too_many = client.post("/books/first-push/send", {**organisation, "record": ticks})
    assert too_many.status_code == 422
    assert "more than ten" in too_many.content.decode()
    sent = client.post("/books/first-push/send", {**organisation, "record": ticks[:2]}, follow=True)
    assert sent.status_code == 200
    operator.syncs(is_asked_by_person=False)

    assert len(operator.books()) == 2
    done = client.get(sent.redirect_chain[-1][0]).content.decode()
    assert "2 of 2 records are in Xero" in done


def test_an_undo_is_planned_approved_by_an_administrator_and_followed(operator: Business) -> None:
    _billed(operator)
    operator.syncs()
    run = _newest_run()
    bookkeeper = person(operator.operator_id)
    planned = bookkeeper.post(f"/books/runs/{run.public_id}/undo", follow=True)
    address = planned.redirect_chain[-1][0]
    text = planned.content.decode()
    assert "would be taken out of Xero" in text
    assert "Xero deletes no contacts" in text
    assert "An administrator of" in text
    assert bookkeeper.post(f"{address}/approve").status_code == 403

    administrator = person(operator.operator_id, "administrator", "ada")
    assert "Delete 1 payment and void 1 invoice in Xero" in _get(administrator, address)
    going = administrator.post(f"{address}/approve", follow=True).content.decode()
    assert "Taking back: 2 documents are left to go." in going
    operator.syncs(is_asked_by_person=False)

    assert operator.books() == []
    assert "Done" in _get(bookkeeper, address)


def test_what_a_brake_holds_is_shown_and_declined_on_the_page(operator: Business) -> None:
    from decimal import Decimal

    from unitledger.core.brakes import BrakeLimits

    operator.takes_in(tenant(), invoice("INV-1"), invoice("INV-2"))
    operator.syncs()
    operator.takes_in(invoice("INV-1", is_void=True), invoice("INV-2", is_void=True))
    operator.syncs(limits=BrakeLimits(void_count_max=1, void_money_max=Decimal(10)))
    client = person(operator.operator_id)

    text = _get(client, "/books/runs")
    assert "2 writes wait for your approval" in text
    assert "£240.00" in text
    shown = re.search(r'name="shown" value="(\d+)"', text)
    assert shown
    said = _post(client, "/books/sync/decline", operator, shown=shown[1])

    assert "Xero keeps what it holds" in said
    assert len(operator.books()) == 2


def test_a_preview_shows_entries_and_problems_with_their_fix(operator: Business) -> None:
    from unitledger.store.models import MappingVersion, SourceRecord

    _billed(operator)
    record = SourceRecord.objects.get(kind="invoice").public_id
    client = person(operator.operator_id)

    text = _get(client, f"/records/{record}/preview")
    assert "An invoice is created in Xero" in text
    assert "Receivable" in text
    assert "£100.00" in text

    MappingVersion.objects.create(
        operator_id=operator.operator_id,
        organisation_id=operator.organisation_id,
        version=9,
        content={"contact_prefix": "T-", "charges": [], "methods": []},
    )
    blocked = _get(client, f"/records/{record}/preview")
    assert "Nothing is sent before this is mended" in blocked
    assert re.search(r'<a class="go" href="/settings[^"]*">Choose an account', blocked)
    stranger = person(new_operator(), "viewer", "stranger")
    assert stranger.get(f"/records/{record}/preview").status_code == 404
