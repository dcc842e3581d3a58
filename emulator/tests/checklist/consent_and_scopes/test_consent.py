"""The consent page and the code it leads to. Evidence: documented (code life, PKCE, redirect
rules); the error codes at the callback are reported."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from tests.conftest import Xero

REDIRECT = "http://localhost:9999/callback"
SCOPES = "openid offline_access accounting.contacts"


@pytest.fixture
def app(xero: Xero) -> dict:
    return xero.control("POST", "apps", {"name": "Ledger", "redirect_uris": [REDIRECT]})


def asking(app: dict, **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "state": "s/1 & 2",
    } | more


def decide(xero: Xero, fields: dict[str, str], decision: str = "allow") -> httpx.Response:
    """Open the page, then press a button on it as a browser would."""
    page = xero.http.get("/identity/connect/authorize", params=fields)
    assert page.status_code == 200, page.text
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    organisation = re.findall(r'name="organisation" value="([^"]+)"', page.text)[0]
    form = {name: html.unescape(value) for name, value in hidden}
    form |= {"organisation": organisation, "decision": decision}
    return xero.http.post("/identity/connect/authorize", data=form)


def came_back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302
    address = answer.headers["location"]
    assert address.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def redeem(xero: Xero, app: dict, code: str, **more: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT} | more
    return xero.http.post(
        "/connect/token", data=form, auth=(app["client_id"], app["client_secret"])
    )


def test_a_person_allows_an_app_and_it_reaches_their_organisation(xero: Xero, app: dict) -> None:
    back = came_back(decide(xero, asking(app)))
    assert back["state"] == "s/1 & 2"
    token = redeem(xero, app, back["code"]).json()
    assert token["scope"] == SCOPES
    assert token["id_token"].count(".") == 2
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    [link] = xero.http.get("/connections", headers=bearer).json()
    assert link["tenantId"] == xero.organisation_id
    xero.token = {**token, "organisation_id": link["tenantId"]}
    assert xero.get("Contacts").status_code == 200


def test_the_page_says_what_it_is_who_asks_and_for_what(xero: Xero, app: dict) -> None:
    page = xero.http.get("/identity/connect/authorize", params=asking(app)).text
    assert "This is fauxero, an emulator" in page
    assert "Ledger wants access" in page
    assert "View and manage contacts" in page
    assert "Demo Company (UK)" in page


def test_a_person_who_cancels_sends_access_denied_back(xero: Xero, app: dict) -> None:
    back = came_back(decide(xero, asking(app), decision="cancel"))
    assert back == {"error": "access_denied", "state": "s/1 & 2"}


def test_a_code_is_good_once_and_for_five_minutes(xero: Xero, app: dict) -> None:
    code = came_back(decide(xero, asking(app)))["code"]
    assert redeem(xero, app, code).status_code == 200
    assert redeem(xero, app, code).json() == {"error": "invalid_grant"}
    code = came_back(decide(xero, asking(app)))["code"]
    xero.advance(300)
    assert redeem(xero, app, code).json() == {"error": "invalid_grant"}


def test_a_code_is_bound_to_its_redirect_address(xero: Xero, app: dict) -> None:
    code = came_back(decide(xero, asking(app)))["code"]
    answer = redeem(xero, app, code, redirect_uri="http://localhost:9999/other")
    assert answer.json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"client_id": ""}, "unauthorized_client"),
        ({"client_id": "nobody"}, "unauthorized_client"),
        ({"redirect_uri": "http://localhost:9999/callback/"}, "Invalid redirect_uri"),
        ({"redirect_uri": "http://evil.example/callback"}, "Invalid redirect_uri"),
    ],
)
def test_an_app_that_cannot_be_trusted_is_never_redirected_to(
    xero: Xero, app: dict, change: dict[str, str], word: str
) -> None:
    answer = xero.http.get("/identity/connect/authorize", params=asking(app, **change))
    assert answer.status_code == 400
    assert word in answer.text
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"scope": "accounting.everything"}, "invalid_scope"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid app.connections"}, "access_denied"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_request_goes_back_to_the_app_with_its_error(
    xero: Xero, app: dict, change: dict[str, str], error: str
) -> None:
    answer = xero.http.get("/identity/connect/authorize", params=asking(app, **change))
    assert came_back(answer)["error"] == error


def test_an_app_from_before_march_2026_may_still_ask_for_broad_scopes(xero: Xero) -> None:
    app = xero.control(
        "POST", "apps", {"name": "Old", "redirect_uris": [REDIRECT], "broad_scopes": True}
    )
    asked = asking(app, scope="accounting.transactions.read accounting.contacts")
    token = redeem(xero, app, came_back(decide(xero, asked))["code"]).json()
    xero.token = {**token, "organisation_id": xero.organisation_id}
    assert xero.get("Invoices").status_code == 200
    assert xero.put("Invoices", {"Type": "ACCREC"}).status_code == 401


def test_scopes_pile_up_over_consents(xero: Xero, app: dict) -> None:
    decide(xero, asking(app, scope="offline_access accounting.contacts"))
    back = came_back(decide(xero, asking(app, scope="accounting.settings.read")))
    token = redeem(xero, app, back["code"]).json()
    assert token["scope"] == "offline_access accounting.contacts accounting.settings.read"


def test_an_app_without_a_secret_proves_itself_with_pkce(xero: Xero) -> None:
    app = xero.control(
        "POST", "apps", {"name": "Desk", "kind": "pkce", "redirect_uris": [REDIRECT]}
    )
    assert app["client_secret"] is None
    verifier = "v" * 50
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = asking(app, code_challenge=challenge, code_challenge_method="S256")
    code = came_back(decide(xero, asked))["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": "w" * 50,
    }
    wrong = xero.http.post("/connect/token", data=form)
    assert wrong.json() == {"error": "invalid_grant"}
    form["code"] = came_back(decide(xero, asked))["code"]
    right = xero.http.post("/connect/token", data=form | {"code_verifier": verifier})
    assert right.status_code == 200


def test_a_pkce_app_without_challenge_is_sent_back(xero: Xero) -> None:
    app = xero.control(
        "POST", "apps", {"name": "Desk", "kind": "pkce", "redirect_uris": [REDIRECT]}
    )
    answer = xero.http.get("/identity/connect/authorize", params=asking(app))
    assert came_back(answer)["error"] == "invalid_request"


def test_consent_may_be_given_without_a_person_when_the_tester_says_so(
    xero: Xero, app: dict
) -> None:
    xero.control("POST", "settings", {"auto_approve": True})
    answer = xero.http.get("/identity/connect/authorize", params=asking(app))
    assert redeem(xero, app, came_back(answer)["code"]).status_code == 200


def test_a_script_in_an_apps_name_stays_text_on_the_page(xero: Xero) -> None:
    app = xero.control(
        "POST", "apps", {"name": "<script>alert(1)</script>", "redirect_uris": [REDIRECT]}
    )
    page = xero.http.get("/identity/connect/authorize", params=asking(app, state='"><b>')).text
    assert "<script>" not in page
    assert '"><b>' not in page


def test_discovery_names_this_servers_own_addresses(xero: Xero) -> None:
    found = xero.http.get("/.well-known/openid-configuration").json()
    assert found["token_endpoint"] == f"{xero.server.url}/connect/token"
    assert found["issuer"] == "https://identity.xero.com"
