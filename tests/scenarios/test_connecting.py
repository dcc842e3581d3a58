"""Connecting an operator to its books, through fauxero's own consent page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Database
from tests.connected import REDIRECT_URI, START_ON, Stage, connected, consented, new_operator, stage
from unitledger.books.xero.identity import SCOPES
from unitledger.demo.consenting import give_consent
from unitledger.engine import connecting
from unitledger.engine.access import access
from unitledger.engine.connecting import Mismatch

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def xero(database: Database) -> Iterator[Stage]:
    with stage("uk") as running:
        yield running


def _asked(xero: Stage, operator_id: int, *, user_id: int | None = None) -> str:
    app = xero.world.demo_app
    kept = connecting.save_app_keys(
        operator_id, client_id=app.id, client_secret=app.secret, vault=xero.tools.vault
    )
    return connecting.begin_consent(
        kept, user_id=user_id, redirect_uri=REDIRECT_URI, scopes=tuple(SCOPES), tools=xero.tools
    )


def _state(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def _refusal(xero: Stage, state: str, *, code: str | None = "c", user_id: int | None = None):
    with pytest.raises(connecting.AnswerMismatch) as refused:
        connecting.finish_consent(
            state=state, code=code, error=None, user_id=user_id, tools=xero.tools
        )
    return refused.value.mismatch


def test_a_consent_given_on_the_page_reaches_the_books(xero: Stage) -> None:
    connection_id = connected(xero, new_operator())

    chart, _, _ = xero.tools.books.read_chart(
        access(connection_id, tools=xero.tools), read_at=xero.tools.clock.now()
    )

    assert chart.facts.name == "Demo Company (UK)"
    assert chart.facts.currency == "GBP"


def test_secrets_are_stored_sealed(xero: Stage) -> None:
    from unitledger.store.models import Consent, XeroApp

    connection_id = connected(xero, new_operator())

    token = access(connection_id, tools=xero.tools).token
    app, consent = XeroApp.objects.get(), Consent.objects.get()
    assert xero.world.demo_app.secret.encode() not in bytes(app.client_secret_sealed)
    assert token.encode() not in bytes(consent.access_token_sealed)
    assert token not in repr(access(connection_id, tools=xero.tools))


def test_an_answer_nobody_asked_for_is_not_taken(xero: Stage) -> None:
    assert _refusal(xero, "made-up") is Mismatch.UNKNOWN


def test_an_answer_is_taken_once(xero: Stage) -> None:
    address = _asked(xero, new_operator())
    back = give_consent(address)
    connecting.finish_consent(
        state=back.state, code=back.code, error=None, user_id=None, tools=xero.tools
    )

    assert _refusal(xero, back.state, code=back.code) is Mismatch.USED


def test_an_answer_is_good_for_ten_minutes(xero: Stage) -> None:
    address = _asked(xero, new_operator())

    xero.advance(601)

    assert _refusal(xero, _state(address)) is Mismatch.EXPIRED


def test_an_answer_belongs_to_the_user_who_asked(xero: Stage) -> None:
    from unitledger.store.models import User

    mary = User.objects.create_user("mary")
    eve = User.objects.create_user("eve")
    address = _asked(xero, new_operator(), user_id=mary.pk)

    assert _refusal(xero, _state(address), user_id=eve.pk) is Mismatch.OTHER_USER


def test_a_cancelled_consent_changes_nothing(xero: Stage) -> None:
    from unitledger.store.models import Consent

    address = _asked(xero, new_operator())

    with pytest.raises(connecting.ConsentNotGiven, match="You cancelled in Xero"):
        connecting.finish_consent(
            state=_state(address),
            code=None,
            error="access_denied",
            user_id=None,
            tools=xero.tools,
        )
    assert not Consent.objects.exists()


def test_of_several_organisations_none_is_chosen_for_the_person(database: Database) -> None:
    with stage("uk", "nz") as xero:
        operator_id = new_operator()
        consented(xero, operator_id, organisation="Demo Company (UK)")
        second = consented(xero, operator_id, organisation="Demo Company (NZ)")

        # The token reaches both; this consent was given for one.
        names = [each.name for each in connecting.reachable(second, tools=xero.tools)]

    assert names == ["Demo Company (NZ)"]


def test_an_organisation_the_consent_does_not_reach_is_not_connected(xero: Stage) -> None:
    from unitledger.store.models import Connection

    consent_id = consented(xero, new_operator())

    with pytest.raises(connecting.NotReachable):
        connecting.connect_organisation(
            consent_id, xero_id="elsewhere", start_on=START_ON, tools=xero.tools
        )
    assert not Connection.objects.exists()


def test_locations_post_to_the_connected_organisation_from_the_beginning(xero: Stage) -> None:
    from unitledger.store.models import LocationRoute

    connected(xero, new_operator("Ashford", "Brookvale"))

    routes = LocationRoute.objects.order_by("location__name")
    assert [(route.location.name, route.valid_from_on) for route in routes] == [
        ("Ashford", connecting.BEGINNING),
        ("Brookvale", connecting.BEGINNING),
    ]


def test_a_location_does_not_change_its_books_behind_its_back(database: Database) -> None:
    with stage("uk", "nz") as xero:
        operator_id = new_operator("Ashford")
        connected(xero, operator_id, organisation="Demo Company (UK)")

        with pytest.raises(connecting.OtherOrganisationConnected, match="We did not switch"):
            connected(xero, operator_id, organisation="Demo Company (NZ)")


def test_after_disconnecting_a_location_may_post_to_other_books(database: Database) -> None:
    from unitledger.store.models import LocationRoute

    with stage("uk", "nz") as xero:
        operator_id = new_operator("Ashford")
        first = connected(xero, operator_id, organisation="Demo Company (UK)")
        connecting.disconnect(first, tools=xero.tools)
        connected(xero, operator_id, organisation="Demo Company (NZ)")

    routes = LocationRoute.objects.order_by("valid_from_on")
    assert [(route.organisation.name, route.valid_from_on) for route in routes] == [
        ("Demo Company (UK)", connecting.BEGINNING),
        ("Demo Company (NZ)", START_ON),
    ]


def test_reconnecting_goes_on_with_the_same_row_and_starts_held(xero: Stage) -> None:
    from unitledger.store.models import Connection

    operator_id = new_operator()
    first = connected(xero, operator_id)
    Connection.objects.filter(id=first).update(fence=7)
    connecting.disconnect(first, tools=xero.tools)

    second = connected(xero, operator_id)

    connection = Connection.objects.get()
    assert (second, connection.state, connection.fence) == (first, "held", 7)


def test_disconnecting_withdraws_our_permission_at_xero(xero: Stage) -> None:
    from unitledger.store.models import Connection, Consent

    connection_id = connected(xero, new_operator())
    app, user = xero.world.demo_app, xero.world.demo_user

    assert connecting.disconnect(connection_id, tools=xero.tools)

    assert xero.world.identity.connections_of(app.id, user.id) == []
    assert Connection.objects.get().state == "disconnected"
    assert bytes(Consent.objects.get().refresh_token_sealed) == b""


def test_disconnecting_works_while_xero_is_away(xero: Stage) -> None:
    from unitledger.store.models import Connection

    connection_id = connected(xero, new_operator())
    xero.server.stop()

    assert not connecting.disconnect(connection_id, tools=xero.tools)

    assert Connection.objects.get().state == "disconnected"


@pytest.mark.parametrize("client_id, secret", [("", "s"), ("  ", "s"), ("c", "")])
def test_half_a_pair_of_keys_is_not_saved(xero: Stage, client_id: str, secret: str) -> None:
    with pytest.raises(connecting.KeysIncomplete):
        connecting.save_app_keys(
            new_operator(), client_id=client_id, client_secret=secret, vault=xero.tools.vault
        )


def test_a_new_secret_replaces_the_old_one(xero: Stage) -> None:
    from unitledger.store.models import XeroApp

    operator_id = new_operator()
    for secret in ("old", "new"):
        connecting.save_app_keys(
            operator_id, client_id="c", client_secret=secret, vault=xero.tools.vault
        )

    assert xero.tools.vault.open(XeroApp.objects.get().client_secret_sealed) == "new"
