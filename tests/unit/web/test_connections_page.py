"""Connections: several organisations, who posts where, and what a reconnect must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business
from tests.conftest import Database
from tests.connected import START_ON, Stage, consented, installed, new_operator
from tests.report_page import person
from unitledger.demo.consenting import give_consent
from unitledger.engine import connecting

XERO = "/settings/integration/xero"
PAGE = f"{XERO}/connections"
FIRST, NORTH = "Demo Company (UK)", "North Storage Ltd"
APRIL = date(2026, 4, 1)


@pytest.fixture
def xero(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with installed(monkeypatch) as stage:
        stage.server.run(lambda world: world.add_organisation("uk", name=NORTH))
        yield stage


@pytest.fixture
def operator(xero: Stage) -> Business:
    from unitledger.engine.first_mapping import suggest_first_mapping

    operator_id = new_operator()
    consent = consented(xero, operator_id, organisation=FIRST)
    chosen = connecting.reachable(consent, tools=xero.tools)[0].organisation_id
    made = connecting.connect_organisation(
        consent, xero_id=chosen, start_on=START_ON, tools=xero.tools
    )
    suggest_first_mapping(made.pk, contact_prefix="T-", tools=xero.tools)
    return Business(
        server=xero.server,
        tools=xero.tools,
        operator_id=operator_id,
        organisation_id=made.organisation_id,
        xero_id=chosen,
        vault_key=b"",
    )


def _administrator(operator: Business) -> Client:
    client = person(operator.operator_id, "administrator", "ada")
    client.defaults["HTTP_HOST"] = "localhost"
    return client


def _comes_back(client: Client, organisation: str, /, **intent: str) -> str:
    """Consents for the organisation; the page that the person lands on in the end."""
    from unitledger.store.models import Organisation

    address = client.post(f"{XERO}/connect", intent)["Location"]
    back = give_consent(address, organisation=organisation)
    client.get(f"{XERO}/callback", {"state": back.state, "code": back.code})
    offered = client.get(f"{XERO}/organisation").content.decode()
    chosen = re.search(r'name="organisation" value="([^"]+)"', offered)
    assert chosen and organisation in offered
    answer = client.post(
        f"{XERO}/organisation/connect",
        {"organisation": chosen[1], "start_on": "2026-01-01"},
        follow=True,
    )
    assert Organisation.objects.exists()
    return answer.content.decode()


def _north(operator: Business) -> Business:
    from unitledger.engine.first_mapping import suggest_first_mapping
    from unitledger.store.models import Connection

    made = Connection.objects.select_related("organisation").get(organisation__name=NORTH)
    suggest_first_mapping(made.pk, contact_prefix="T-", tools=operator.tools)
    # As if somebody had looked at what would be sent, and given the go-ahead.
    Connection.objects.filter(id=made.pk).update(awaits_go_ahead=False)
    return replace(
        operator, organisation_id=made.organisation_id, xero_id=made.organisation.xero_id
    )


def test_two_organisations_are_fed_side_by_side_and_no_record_goes_to_both(
    operator: Business,
) -> None:
    """
    connects a second organisation · looks at what another route would do · changes it from
    April · both are synced · what was in the first stays there
    """
    from unitledger.store.models import AuditEntry, Location, Organisation

    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))
    operator.syncs()
    client = _administrator(operator)
    said = _comes_back(client, NORTH, another="yes")
    assert f"Connected to {NORTH}." in said
    north = _north(operator)
    operator.takes_in(
        invoice("INV-2", on=APRIL),
        payment("R2", ("INV-2", "120.00"), on=APRIL),
        payment("R3", ("INV-1", "70.00"), on=APRIL),
    )
    form = {
        "location": str(Location.objects.get(name="Ashford").public_id),
        "organisation": str(Organisation.objects.get(name=NORTH).public_id),
        "from": "2026-04-01",
    }

    looked = client.post(f"{PAGE}/route", form).content.decode()
    assert "2 invoices and payments that are not in Xero yet go" in looked
    assert AuditEntry.objects.filter(act="location_route_changed").count() == 0
    offered = client.get("/books/first-push", {"organisation": form["organisation"]})
    assert "INV-2" not in offered.content.decode()
    changed = client.post(f"{PAGE}/route", {**form, "act": "save"}, follow=True)
    text = changed.content.decode()
    assert f"Ashford posts to {NORTH}." in text
    assert "Who posts where" in text
    offered = client.get("/books/first-push", {"organisation": form["organisation"]})
    assert "INV-2" in offered.content.decode()
    north.syncs(is_asked_by_person=False)
    operator.syncs(is_asked_by_person=False)

    assert operator.books() == ["INV-1 PAID 120.00 paid 120.00"]
    assert north.books() == ["INV-2 PAID 120.00 paid 120.00"]
    entry = AuditEntry.objects.get(act="location_route_changed")
    assert (entry.before, entry.after and entry.after["from"]) == (
        {"organisation": FIRST},
        "2026-04-01",
    )
    again = client.post(f"{PAGE}/route", {**form, "act": "save"})
    assert again.status_code == 422
    assert f"posts to {NORTH} on 1 Apr 2026 already" in again.content.decode()


def test_what_was_planned_follows_its_new_route_and_a_run_is_not_disturbed(
    operator: Business,
) -> None:
    from unitledger.engine import lease, routing
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.store.models import Location, Organisation

    operator.takes_in(tenant(), invoice("INV-1"))
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()
    assert operator.states()["invoice INV-1"] != "synced"
    _comes_back(_administrator(operator), NORTH, another="yes")
    north = _north(operator)
    ashford = Location.objects.get(name="Ashford")
    to = Organisation.objects.get(name=NORTH)
    now = operator.tools.clock.now()
    held = lease.take(operator.organisation_id, owner="another machine:boot/1/1", now=now)
    assert held is not None

    def change() -> routing.Look:
        return routing.change_route(ashford, to, date(2026, 2, 1), by=COMMAND_LINE, now=now)

    with pytest.raises(routing.RoutingError, match="is going on"):
        change()
    lease.release(held, due_at=None)
    with pytest.raises(routing.RoutingError, match="starts on 1 Jan 2026"):
        routing.change_route(ashford, to, date(2025, 12, 31), by=COMMAND_LINE, now=now)
    assert change().moves == 1
    north.syncs()
    operator.syncs()

    assert north.books() == ["INV-1 AUTHORISED 120.00 paid 0.00"]
    assert operator.books() == []


def test_a_reconnect_never_switches_books_nor_takes_anothers(
    operator: Business, xero: Stage
) -> None:
    from unitledger.store.models import Connection, LocationRoute, Organisation

    client = _administrator(operator)
    Connection.objects.update(state="lost", reason="Xero no longer accepts our permission.")
    first = str(Organisation.objects.get().public_id)

    wrong = _comes_back(client, NORTH, organisation=first)

    assert f"You chose {NORTH}; this connection writes to {FIRST}." in wrong
    assert list(Connection.objects.values_list("state", flat=True)) == ["lost"]
    assert not Organisation.objects.filter(name=NORTH).exists()
    assert not LocationRoute.objects.exclude(organisation__name=FIRST).exists()
    right = _comes_back(client, FIRST, organisation=first)
    assert f"Connected to {FIRST}." in right
    assert Connection.objects.get().state == "held"

    stranger = new_operator()
    with pytest.raises(connecting.LinkedElsewhere, match="by another operator") as refused:
        connecting.connect_organisation(
            consented(xero, stranger, organisation=FIRST),
            xero_id=operator.xero_id,
            start_on=APRIL,
            tools=xero.tools,
        )
    assert "Operator" not in str(refused.value)
    assert not Organisation.objects.filter(operator_id=stranger).exists()


def test_the_page_shows_health_to_all_and_changes_nothing_for_a_viewer(
    operator: Business,
) -> None:
    from unitledger.store.models import Organisation

    viewer = person(operator.operator_id, "viewer", "viv")
    text = viewer.get(PAGE).content.decode()

    for word in (FIRST, "Consent and health", "Calls left today", "Posts there today"):
        assert word in text
    assert "Disconnect" not in text
    assert "Change where" not in text
    assert viewer.post(f"{PAGE}/route").status_code == 403
    operator.takes_in(tenant(), invoice("INV-1"), invoice("INV-2", at="Brookvale"))
    kept = person(operator.operator_id, "bookkeeper", "loc", "Ashford").get(PAGE).content.decode()
    assert "Ashford" in kept
    assert "Brookvale" not in kept
    stranger = person(new_operator(), "administrator", "stranger")
    assert FIRST not in stranger.get(PAGE).content.decode()
    organisation = str(Organisation.objects.get().public_id)
    foreign = stranger.post(f"{PAGE}/show", {"organisation": organisation})
    assert foreign.status_code == 404
    assert stranger.post(f"{XERO}/connect", {"organisation": organisation})["Location"] == XERO
