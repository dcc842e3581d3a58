"""Consent, tokens and connections: against the emulator, and against broken answers."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from fauxero.clock import Clock
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from tests.contract.wire_server import Act, WireServer, answer, cut
from unitledger.books.xero import SCOPES, XeroBooks, XeroIdentity
from unitledger.books.xero.client import Timeouts
from unitledger.core.effects import Verdict
from unitledger.core.exchange import (
    Access,
    BooksUnavailable,
    ConsentLost,
    ConsentRefused,
    IdentityUnavailable,
    TokenPair,
)

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
REDIRECT = "http://localhost:8000/xero/callback"
IMPATIENT = Timeouts(connect=0.5, write=0.5, read=0.25, answer=0.3)


def identity_at(url: str) -> XeroIdentity:
    return XeroIdentity(login_url=url, identity_url=url, api_root=url, timeouts=IMPATIENT)


@dataclass(frozen=True)
class Desk:
    """An app registered with the emulator, and the person who says yes to it."""

    server: Server
    identity: XeroIdentity
    client_id: str
    client_secret: str

    def consent(self) -> str:
        """Let the person allow everything; return the code their browser brings back."""
        url = self.identity.authorize_url(
            client_id=self.client_id, redirect_uri=REDIRECT, scopes=tuple(SCOPES), state="s 1&2"
        )
        back = httpx2.get(url, trust_env=False).headers["location"]
        brought = parse_qs(urlsplit(back).query)
        assert brought["state"] == ["s 1&2"]
        return brought["code"][0]

    def exchange(self, code: str) -> TokenPair:
        return self.identity.exchange_code(
            client_id=self.client_id,
            client_secret=self.client_secret,
            code=code,
            redirect_uri=REDIRECT,
            now=NOW,
        )

    def refresh(self, refresh_token: str, *, client_secret: str | None = None) -> TokenPair:
        return self.identity.refresh(
            client_id=self.client_id,
            client_secret=client_secret or self.client_secret,
            refresh_token=refresh_token,
            now=NOW,
        )


@pytest.fixture
def desk() -> Iterator[Desk]:
    world = World(clock=Clock(start_at=NOW, speed=0))
    world.open([{"template": "uk"}])
    world.approve_automatically()
    app = world.identity.add_app(name="unitledger", redirect_uris=[REDIRECT])
    with serve_in_thread(world) as server:
        yield Desk(server, identity_at(server.url), app.id, app.secret or "")


def test_the_address_of_the_consent_page_separates_scopes_by_a_plain_space() -> None:
    url = identity_at("https://login.example").authorize_url(
        client_id="id", redirect_uri=REDIRECT, scopes=["openid", "a.b"], state="x+y"
    )
    assert url == (
        "https://login.example/identity/connect/authorize?response_type=code&client_id=id"
        "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fxero%2Fcallback"
        "&scope=openid%20a.b&state=x%2By"
    )


def test_a_persons_yes_becomes_tokens_that_reach_their_organisation(desk: Desk) -> None:
    pair = desk.exchange(desk.consent())
    assert pair.expires_at == NOW + timedelta(minutes=30)
    assert set(pair.scopes) == set(SCOPES)
    (reached,) = desk.identity.reachable(access_token=pair.access_token)
    assert reached.name == "Demo Company (UK)"
    assert reached.created_at == NOW
    event = desk.identity.consent_event(access_token=pair.access_token)
    assert event is not None
    assert event == reached.auth_event_id


def test_the_scopes_we_ask_for_are_enough_for_every_read(desk: Desk) -> None:
    pair = desk.exchange(desk.consent())
    (reached,) = desk.identity.reachable(access_token=pair.access_token)
    access = Access(reached.organisation_id, pair.access_token, pair.expires_at)
    books = XeroBooks(f"{desk.server.url}/api.xro/2.0")
    chart, _, _ = books.read_chart(access, read_at=NOW)
    rows, _ = books.read_trial_balance(access, on=NOW.date())
    assert chart.accounts
    assert sum(each.debit - each.credit for each in rows) == 0


def test_a_code_works_once(desk: Desk) -> None:
    code = desk.consent()
    desk.exchange(code)
    with pytest.raises(ConsentRefused) as refusal:
        desk.exchange(code)
    assert refusal.value.code == "invalid_grant"


def test_every_refresh_gives_a_new_pair_and_the_old_one_is_good_for_a_while(desk: Desk) -> None:
    first = desk.exchange(desk.consent())
    second = desk.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    # The answer may have been lost: within half an hour the old token may be used again.
    desk.refresh(first.refresh_token)
    desk.server.run(lambda world: world.advance(31 * 60))
    with pytest.raises(ConsentLost):
        desk.refresh(first.refresh_token)


def test_a_wrong_secret_is_not_mistaken_for_a_lost_consent(desk: Desk) -> None:
    pair = desk.exchange(desk.consent())
    with pytest.raises(ConsentRefused) as refusal:
        desk.refresh(pair.refresh_token, client_secret="wrong")
    assert refusal.value.code == "invalid_client"


def test_disconnecting_takes_the_organisation_off_and_can_be_repeated(desk: Desk) -> None:
    pair = desk.exchange(desk.consent())
    (reached,) = desk.identity.reachable(access_token=pair.access_token)
    for _ in range(2):
        desk.identity.disconnect(
            access_token=pair.access_token, connection_id=reached.connection_id
        )
    assert not desk.identity.reachable(access_token=pair.access_token)
    access = Access(reached.organisation_id, pair.access_token, pair.expires_at)
    with pytest.raises(BooksUnavailable) as failure:
        XeroBooks(f"{desk.server.url}/api.xro/2.0").read_chart(access, read_at=NOW)
    assert failure.value.verdict is Verdict.DISCONNECTED


def test_a_revoked_consent_is_lost(desk: Desk) -> None:
    pair = desk.exchange(desk.consent())
    desk.identity.revoke(
        client_id=desk.client_id,
        client_secret=desk.client_secret,
        refresh_token=pair.refresh_token,
    )
    with pytest.raises(ConsentLost):
        desk.refresh(pair.refresh_token)


def refresh_at(url: str) -> TokenPair:
    return identity_at(url).refresh(
        client_id="id", client_secret="hush-hush", refresh_token="a-refresh-token", now=NOW
    )


@pytest.mark.parametrize(
    "act",
    [
        cut,
        answer("500 Internal Server Error"),
        answer("503 Service Unavailable"),
        answer("429 Too Many Requests"),
        answer("200 OK", b"<html>hotel network</html>"),
        answer("200 OK", b"[]"),
        answer("200 OK", b'{"access_token": "a", "expires_in": 1800}'),
        answer("200 OK", b'{"access_token": "a", "refresh_token": "r", "expires_in": "soon"}'),
    ],
)
def test_a_refresh_whose_answer_was_lost_can_be_tried_again(act: Act) -> None:
    with WireServer(act, answer("200 OK")) as server, pytest.raises(IdentityUnavailable) as failure:
        refresh_at(server.url)
    # Never by the client itself: two refreshes at once are how connections die.
    assert len(server.requests) == 1
    assert "hush" not in str(failure.value)
    assert "a-refresh-token" not in str(failure.value)


def test_nobody_listening_is_no_lost_consent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(IdentityUnavailable):
        refresh_at(f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (answer("400 Bad Request", b'{"error": "invalid_grant"}'), ConsentLost),
        (answer("400 Bad Request", b'{"error": "invalid_client"}'), ConsentRefused),
        (answer("401 Unauthorized", b'{"error": "unauthorized_client"}'), ConsentRefused),
        (answer("403 Forbidden", b"<html>"), ConsentRefused),
        (answer("404 Not Found"), ConsentRefused),
    ],
)
def test_only_the_word_invalid_grant_ends_a_consent(act: Act, error: type[Exception]) -> None:
    with WireServer(act) as server, pytest.raises(error):
        refresh_at(server.url)


def test_secrets_travel_in_the_header_and_the_form_and_not_in_the_address() -> None:
    pair = {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "scope": "x y"}
    with WireServer(answer("200 OK", json.dumps(pair).encode())) as server:
        got = refresh_at(server.url)
    line, _, rest = server.requests[0].partition(b"\r\n")
    assert line == b"POST /connect/token HTTP/1.1"
    assert base64.b64encode(b"id:hush-hush") in rest
    assert rest.endswith(b"grant_type=refresh_token&refresh_token=a-refresh-token")
    assert list(got.scopes) == ["x", "y"]
    assert "'a'" not in repr(got)


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.e30.c", "a.W10.c", "a.é.c"])
def test_a_token_that_does_not_tell_its_consent_is_no_error(token: str) -> None:
    assert identity_at("https://identity.example").consent_event(access_token=token) is None


def test_a_practice_is_not_offered_as_an_organisation() -> None:
    plain = {
        "id": "a3675fc4-f8dd-4f03-ba5b-f1870566bcd7",
        "tenantId": "c7c37b83-ac95-45ea-88ba-8ad83a5f22fe",
        "tenantName": "Harbour Storage",
        "tenantType": "ORGANISATION",
        "createdDateUtc": "2019-12-07T18:46:19.5165400",
    }
    listed = [plain, {**plain, "tenantType": "PRACTICE"}]
    with WireServer(answer("200 OK", json.dumps(listed).encode())) as server:
        (reached,) = identity_at(server.url).reachable(access_token="t")
    assert reached.created_at == datetime(2019, 12, 7, 18, 46, 19, 516540, tzinfo=UTC)
    assert reached.auth_event_id is None


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"tenantType": "ORGANISATION"}]', b"x"])
def test_a_list_of_connections_we_cannot_read_is_not_taken_for_an_empty_one(body: bytes) -> None:
    with WireServer(answer("200 OK", body)) as server, pytest.raises(IdentityUnavailable):
        identity_at(server.url).reachable(access_token="t")
