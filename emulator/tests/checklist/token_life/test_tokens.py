"""Tokens. Evidence: documented (lives, rotation, grace, revocation); `invalid_grant` as HTTP 400
is reported, its exact body is what the official Python SDK compares with."""

from __future__ import annotations

import base64
import json

import httpx2 as httpx
import pytest

from tests.conftest import Xero

REFUSED = {"error": "invalid_grant"}


def refresh(xero: Xero, token: str) -> httpx.Response:
    return xero.http.post(
        "/connect/token",
        data={"grant_type": "refresh_token", "refresh_token": token},
        auth=(xero.token["client_id"], xero.token["client_secret"]),
    )


def test_a_refresh_gives_a_new_access_token_and_a_new_refresh_token(xero: Xero) -> None:
    answer = refresh(xero, xero.token["refresh_token"])
    renewed = answer.json()
    assert answer.status_code == 200
    assert renewed["refresh_token"] != xero.token["refresh_token"]
    assert (renewed["expires_in"], renewed["token_type"]) == (1800, "Bearer")
    assert "no-store" in answer.headers["cache-control"]
    xero.advance(1800)
    xero.token = {**xero.token, **renewed}
    assert xero.get("Organisation").status_code == 401
    xero.token |= refresh(xero, renewed["refresh_token"]).json()
    assert xero.get("Organisation").status_code == 200


def test_an_access_token_is_shaped_like_xeros(xero: Xero) -> None:
    _, claims, _ = xero.token["access_token"].split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert read["iss"] == "https://identity.xero.com"
    assert read["exp"] - read["nbf"] == 1800
    assert read["client_id"] == xero.token["client_id"]
    assert "accounting.invoices" in read["scope"]
    assert {"aud", "sub", "xero_userid", "jti", "authentication_event_id"} <= set(read)


def test_the_previous_refresh_token_may_be_tried_again_for_thirty_minutes(xero: Xero) -> None:
    old = xero.token["refresh_token"]
    refresh(xero, old)
    xero.advance(1799)
    assert refresh(xero, old).status_code == 200
    xero.advance(1)
    answer = refresh(xero, old)
    assert answer.status_code == 400
    assert answer.text == '{"error":"invalid_grant"}'


def test_using_the_new_refresh_token_ends_the_grace_of_the_old(xero: Xero) -> None:
    old = xero.token["refresh_token"]
    new = refresh(xero, old).json()["refresh_token"]
    assert refresh(xero, new).status_code == 200
    assert refresh(xero, old).json() == REFUSED


def test_a_refresh_token_dies_after_sixty_days_unused(xero: Xero) -> None:
    xero.advance(60 * 86400 - 1)
    renewed = refresh(xero, xero.token["refresh_token"]).json()["refresh_token"]
    xero.advance(60 * 86400)
    assert refresh(xero, renewed).json() == REFUSED


def test_no_refresh_token_without_offline_access(xero: Xero) -> None:
    assert "refresh_token" not in xero.new_token(scopes="accounting.contacts")


def test_credentials_may_come_in_the_form_as_the_python_sdk_sends_them(xero: Xero) -> None:
    answer = xero.http.post(
        "/connect/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": xero.token["refresh_token"],
            "client_id": xero.token["client_id"],
            "client_secret": xero.token["client_secret"],
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_id": "nobody", "client_secret": "x"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"refresh_token": "nonsense"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
        ({"grant_type": "authorization_code", "code": "nonsense"}, "invalid_grant"),
    ],
)
def test_a_wrong_token_request_is_answered_with_its_error(
    xero: Xero, form: dict[str, str], error: str
) -> None:
    right = {
        "grant_type": "refresh_token",
        "refresh_token": xero.token["refresh_token"],
        "client_id": xero.token["client_id"],
        "client_secret": xero.token["client_secret"],
    }
    answer = xero.http.post("/connect/token", data=right | form)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_another_apps_refresh_token_is_refused(xero: Xero) -> None:
    app = xero.control("POST", "apps", {"name": "Another"})
    answer = xero.http.post(
        "/connect/token",
        data={"grant_type": "refresh_token", "refresh_token": xero.token["refresh_token"]},
        auth=(app["client_id"], app["client_secret"]),
    )
    assert answer.json() == REFUSED


def test_revoking_ends_the_refresh_token_and_every_connection_of_its_user(xero: Xero) -> None:
    answer = xero.http.post(
        "/connect/revocation",
        data={"token": xero.token["refresh_token"]},
        auth=(xero.token["client_id"], xero.token["client_secret"]),
    )
    assert (answer.status_code, answer.content) == (200, b"")
    assert refresh(xero, xero.token["refresh_token"]).json() == REFUSED
    assert xero.get("Organisation").status_code == 403


def test_a_custom_connection_gets_a_token_for_its_one_organisation(xero: Xero) -> None:
    app = xero.control(
        "POST",
        "apps",
        {"kind": "custom", "organisation": "uk", "scopes": ["accounting.settings.read"]},
    )
    token = xero.http.post(
        "/connect/token",
        data={"grant_type": "client_credentials"},
        auth=(app["client_id"], app["client_secret"]),
    ).json()
    assert "refresh_token" not in token
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    asking = bearer | {"Accept": "application/json"}
    answer = xero.http.get("/api.xro/2.0/Organisation", headers=asking)
    assert answer.json()["Organisations"][0]["OrganisationID"] == xero.organisation_id
    [link] = xero.http.get("/connections", headers=bearer).json()
    assert link["tenantId"] == xero.organisation_id


def test_a_custom_connection_cannot_ask_for_more_than_it_was_made_with(xero: Xero) -> None:
    app = xero.control(
        "POST", "apps", {"kind": "custom", "organisation": "uk", "scopes": ["accounting.settings"]}
    )
    answer = xero.http.post(
        "/connect/token",
        data={"grant_type": "client_credentials", "scope": "accounting.contacts"},
        auth=(app["client_id"], app["client_secret"]),
    )
    assert answer.json() == {"error": "invalid_scope"}
