"""Going live, as a bookkeeper meets it: a check list, evidence, answers in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business
from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of
from tests.unit.web.test_report_pages import person

PAGE = "/settings/integration/xero/going-live"
PAGE_KB = 100


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def _raised(operator: Business, number: str, amount: str, of: str, on: date) -> Any:
    line = {"description": "Rent", "quantity": 1, "unit_amount": amount, "account_code": "2000"}
    return operator.bookkeeper(
        "raise_invoice",
        contact_name=of,
        number=number,
        date=on,
        due_date=on,
        line_amount_types="Inclusive",
        lines=[line],
    )


def _holds_a_past(operator: Business) -> None:
    """Three of our tenants were billed in Xero before, by hand; others too."""
    for number in range(1, 4):
        raised = _raised(operator, f"INV-{number}", "120.00", f"Renter T{number}", date(2026, 3, 1))
        operator.bookkeeper(
            "pay_invoice",
            invoice_id=raised["InvoiceID"],
            amount="50.00",
            date=date(2026, 3, 9),
        )
    _raised(operator, "INV-4", "66.00", "Somebody Else", date(2026, 3, 1))
    _raised(operator, "CAFE-9", "12.50", "Coffee Bar", date(2026, 4, 2))
    operator.takes_in(*(tenant(f"T{number}") for number in range(1, 6)))
    operator.takes_in(
        *(invoice(f"INV-{number}", of=f"T{number}") for number in range(1, 6)),
        *(payment(f"R{number}", (f"INV-{number}", "50.00"), of=f"T{number}") for number in (1, 2)),
    )


def _organisation(operator: Business) -> str:
    from unitledger.store.models import Organisation

    return str(Organisation.objects.get(id=operator.organisation_id).public_id)


def _get(client: Client, address: str = PAGE, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    text = answer.content.decode()
    assert len(text) < PAGE_KB * 1024 and " style=" not in text
    return text


def _post(client: Client, operator: Business, act: str, **fields: Any) -> tuple[int, str]:
    answer = client.post(
        f"{PAGE}/{act}", {"organisation": _organisation(operator), **fields}, follow=True
    )
    return answer.status_code, answer.content.decode()


def test_a_bookkeeper_reads_answers_and_goes_live_from_the_page(operator: Business) -> None:
    from unitledger.store.models import GoingLiveMatch, GoingLiveQuestion

    client = person(operator.operator_id)
    assert "has not been read yet" in _get(client)
    _holds_a_past(operator)
    assert "Asked for" in _post(client, operator, "look")[1]
    writes = operator.writes()
    operator.syncs()

    text = _get(client)
    assert "Nothing is sent yet" in text
    assert "3 tenants, 4 invoices, 2 payments may be in Xero already" in text
    assert "Renter T1" in text
    assert "3 of 3 open" in text and "4 of 4 open" in text

    # Contacts by their names, all at once.
    linked = _post(
        client, operator, "answer", part="tenants", answer="linked", all="likely", key="a"
    )
    assert "3 answered." in linked[1]
    # Nothing ticked, and no reason: said in place, with what was typed.
    assert _post(client, operator, "answer", part="invoices", answer="left", note="x")[0] == 422
    clash = GoingLiveMatch.objects.get(likeness="clash")
    status, said = _post(
        client, operator, "answer", part="invoices", answer="booked", match=str(clash.pk)
    )
    assert (status, "Say why in a few words" in said) == (422, True)
    assert f'value="{clash.pk}"' in said and "checked" in said

    booked = {"part": "invoices", "answer": "booked", "match": str(clash.pk), "note": "A mistake"}
    assert "1 answered." in _post(client, operator, "answer", **booked)[1]
    assert "A mistake" in _get(client, part="invoices", show="answered")
    _post(client, operator, "ask-again", part="invoices", match=str(clash.pk))
    left = {"part": "invoices", "answer": "left", "match": str(clash.pk), "note": "Void by us"}
    assert "1 answered." in _post(client, operator, "answer", **left)[1]
    for part in ("invoices", "payments"):
        _post(client, operator, "answer", part=part, answer="linked", all="exact", key=part)
    assert not GoingLiveMatch.objects.filter(answer="open").exists()

    for row in GoingLiveQuestion.objects.all():
        text = _get(client, part=row.topic)
        assert "Seen and settled" in text
        _post(client, operator, "question", part=row.topic, note="Looked at with the accountant")
    text = _get(client)
    assert "Everything is answered" in text and "Go live" in text
    assert operator.writes() == writes

    done = client.post("/books/sync/go-ahead", {"organisation": _organisation(operator)})
    assert done.status_code == 302
    operator.settles()
    assert f"{operator.xero_id}"
    assert "is live" in _get(client)
    assert operator.states()["invoice INV-5"] == "synced"
    assert len([each for each in operator.books() if each.startswith("INV-")]) == 5


def test_a_viewer_looks_and_cannot_answer_and_foreign_ids_are_not_found(
    operator: Business,
) -> None:
    from tests.people import signed_in, works_for

    _holds_a_past(operator)
    operator.syncs()
    viewer = signed_in(works_for("Vera", operator.operator_id, "viewer"))
    text = _get(viewer, part="invoices")
    assert "Link the ticked" not in text and "A bookkeeper who sees every location" in text
    assert (
        _post(viewer, operator, "answer", part="invoices", answer="linked", all="exact")[0] == 403
    )
    client = person(operator.operator_id)
    assert _post(client, operator, "answer", part="invoices", answer="open", match="1")[0] == 404
    assert _post(client, operator, "question", part="weather", note="x")[0] == 404
    gone = client.post(f"{PAGE}/look", {"organisation": "00000000-0000-4000-8000-000000000000"})
    assert gone.status_code == 404


def test_the_command_shows_answers_and_gives_the_go_ahead(operator: Business) -> None:
    import json

    from click.testing import CliRunner

    from unitledger.cli.going_live import command
    from unitledger.cli.sync import command as sync

    _holds_a_past(operator)
    waited = CliRunner().invoke(sync, ["--wait"])
    assert waited.exit_code == 3, waited.output
    assert "3 tenants, 4 invoices" in waited.output.replace(" that Xero may hold already", "")

    shown = json.loads(CliRunner().invoke(command, ["--json"]).stdout)
    assert len(shown["matches"]) == 9
    topics = [each["topic"] for each in shown["questions"] if not each["is_answered"]]
    refused = CliRunner().invoke(command, ["--go"])
    assert refused.exit_code == 1 and "Nothing is sent yet" in refused.output

    answers = ["exact=link", "likely=link", "invoice:INV-4=leave: void"]
    answers += [f"{topic}=looked at" for topic in topics]
    arguments = [part for each in answers for part in ("--answer", each)]
    answered = CliRunner().invoke(command, arguments)
    assert answered.exit_code == 0, answered.output
    waited = CliRunner().invoke(sync, ["--wait"])
    assert (waited.exit_code, "before your go-ahead" in waited.output) == (3, True)
    live = CliRunner().invoke(command, ["--go"])
    assert live.exit_code == 0 and "is live" in live.output
