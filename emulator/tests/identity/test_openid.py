"""Discovery, signing keys and what tokens say. Evidence: documented (OAuth 2.0, OpenID Connect)."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from fauxero.identity.scopes import BROAD_END_AT
from tests.conftest import Xero

DISCOVERY = "/.well-known/openid-configuration"


def verified(xero: Xero, token: str, **how) -> dict:
    """Check a token as a client does: with the published key that its head names."""
    keys = jwt.PyJWKSet.from_dict(xero.http.get(f"{DISCOVERY}/jwks").json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    # The world's clock stands in 2026; the library would compare with the machine's.
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    return jwt.decode(token, key, algorithms=["RS256"], options=options, **how)


def test_an_access_token_is_verified_with_the_published_key(xero: Xero) -> None:
    claims = verified(xero, xero.token["access_token"], issuer="https://identity.xero.com")
    assert claims["client_id"] == xero.token["client_id"]
    assert claims["exp"] - claims["nbf"] == 1800
    assert "accounting.invoices" in claims["scope"]


def test_a_token_with_changed_claims_is_refused(xero: Xero) -> None:
    head, body, signature = xero.token["access_token"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["exp"] += 10**6
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    answer = xero.get("Contacts", headers={"Authorization": f"Bearer {head}.{body}.{signature}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["a", "a.b", "a.b.c", "é.ü.ö", "e30.e30.", "..", "a.b.é"])
def test_a_token_that_is_none_is_refused(xero: Xero, token: str) -> None:
    bearer = f"Bearer {token}".encode()
    answer = xero.get("Contacts", headers={"Authorization": bearer})
    assert answer.status_code == 401


def test_discovery_names_xeros_addresses_to_who_asks_by_xeros_name(xero: Xero) -> None:
    found = xero.http.get(DISCOVERY, headers={"Host": "identity.xero.com"}).json()
    assert found["issuer"] == "https://identity.xero.com"
    assert found["token_endpoint"] == "https://identity.xero.com/connect/token"
    address = "https://login.xero.com/identity/connect/authorize"
    assert found["authorization_endpoint"] == address
    here = xero.http.get(DISCOVERY).json()
    assert here["issuer"] == found["issuer"]
    assert here["token_endpoint"] == f"{xero.server.url}/connect/token"


def test_userinfo_tells_who_consented(xero: Xero) -> None:
    bearer = {"Authorization": f"Bearer {xero.token['access_token']}"}
    found = xero.http.get("/connect/userinfo", headers=bearer).json()
    assert found["email"].endswith("@fauxero.invalid")
    assert found["sub"] == verified(xero, xero.token["access_token"])["sub"]
    narrow = xero.new_token(scopes=["accounting.contacts"])
    bearer = {"Authorization": f"Bearer {narrow['access_token']}"}
    assert xero.http.get("/connect/userinfo", headers=bearer).status_code == 401


def test_broad_scopes_end_on_13_september_2027(xero: Xero) -> None:
    """Documented date; what a refresh gives afterwards is unsure: the scopes that are left."""
    app = xero.control(
        "POST",
        "apps",
        {"name": "Old", "redirect_uris": ["http://localhost/back"], "broad_scopes": True},
    )
    scopes = ["offline_access", "accounting.transactions", "accounting.contacts"]
    token = xero.new_token(client_id=app["client_id"], scopes=scopes)
    xero.token = {**xero.token, **token}
    assert xero.get("Invoices").status_code == 200

    def refreshed() -> dict:
        form = {"grant_type": "refresh_token", "refresh_token": xero.token["refresh_token"]}
        auth = (app["client_id"], app["client_secret"])
        return xero.http.post("/connect/token", data=form, auth=auth).json()

    # The day before; a refresh token lives 60 days, so the way there needs several.
    for _ in range(11):
        xero.advance(50 * 86400)
        xero.token |= refreshed()
    xero.control("POST", "clock", {"at": "2027-09-12T23:50:00Z"})
    xero.token |= refreshed()
    assert xero.get("Invoices").status_code == 200
    xero.control("POST", "clock", {"at": BROAD_END_AT.isoformat()})
    assert xero.get("Invoices").status_code == 200  # until the token of the day before runs out
    xero.token |= refreshed()
    assert xero.token["scope"] == "offline_access accounting.contacts"
    assert xero.get("Invoices").status_code == 401
    assert xero.get("Contacts").status_code == 200
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": "http://localhost/back",
        "scope": "accounting.transactions",
    }
    answer = xero.http.get("/identity/connect/authorize", params=asked)
    assert "error=invalid_scope" in answer.headers["location"]
