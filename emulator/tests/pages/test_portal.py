"""The developer portal's pages. Evidence: labels and steps reported (guides of integrators);
redirect rules, PKCE without a secret and the ban on "Xero" in a name documented."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import Xero
from tests.pages.conftest import Person

NEW: dict[str, Any] = {
    "name": "Unit billing",
    "kind": "web",
    "company_url": "https://units.example",
    "redirect_uri": "http://localhost:8000/callback",
    "terms": "1",
}


def app_id(person: Person) -> str:
    return person.path.split("/")[3]


def secret_on(person: Person) -> str:
    assert person.page is not None
    found = re.search(r'id="client_secret"[^>]*value="([^"]+)"', person.page.text)
    assert found, person.text
    return found[1]


def test_who_has_not_signed_in_is_asked_to_and_then_gets_where_they_wanted(
    visitor: Person,
) -> None:
    visitor.opens("/portal/new")
    assert visitor.path == "/signin"
    visitor.presses("Demo User")
    assert visitor.path == "/portal/new"
    visitor.presses("Sign out")
    visitor.opens("/portal")
    assert visitor.path == "/signin"


def test_somebody_new_signs_in_with_any_address_and_is_told_of_a_wrong_one(
    visitor: Person,
) -> None:
    visitor.opens("/signin").presses("Sign in", email="nobody")
    assert visitor.status == 422
    assert "Write an e-mail address" in visitor.text
    visitor.presses("Sign in", email="bea@mail.example")
    assert "bea@mail.example" in visitor.text


def test_signing_in_never_leads_to_another_machine(visitor: Person) -> None:
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        visitor.http.get("/signout")
        page = visitor.http.get("/signin", params={"next": address})
        assert "evil" not in page.text


def test_a_new_app_gets_its_id_and_a_secret_that_is_shown_once(xero: Xero, person: Person) -> None:
    person.opens("/portal/new").presses("Create app", **NEW)
    assert person.path.endswith("/configuration")
    client_id = app_id(person)
    assert "It has no secret yet." in person.text
    person.presses("Generate a secret")
    secret = secret_on(person)
    person.opens(person.path)
    assert person.page is not None and secret not in person.page.text
    auth = (client_id, secret)
    answer = xero.http.post("/connect/token", data={"grant_type": "refresh_token"}, auth=auth)
    assert answer.json() == {"error": "invalid_grant"}  # the client was believed
    person.presses("Generate a secret")
    answer = xero.http.post("/connect/token", data={"grant_type": "refresh_token"}, auth=auth)
    assert answer.json() == {"error": "invalid_client"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "Sync for Xero", "may not contain the word Xero"),
        ("name", "", "An app needs a name."),
        ("company_url", "http://units.example", "must begin with https://"),
        ("redirect_uri", "http://127.0.0.1:8000/callback", "must begin with https:// or http://l"),
        ("redirect_uri", "http://units.example/callback", "must begin with https:// or http://l"),
        ("terms", None, "Tick the box"),
    ],
)
def test_a_mistake_in_the_form_is_told_beside_its_field_and_nothing_is_lost(
    person: Person, field: str, value: str | None, words: str
) -> None:
    person.opens("/portal/new").presses("Create app", **(NEW | {field: value}))
    assert person.status == 422
    assert words in person.text
    assert person.page is not None
    if field != "name":
        assert 'value="Unit billing"' in person.page.text
    if field != "terms":
        assert f'aria-describedby="{field}-more"' in person.page.text
    person.opens("/portal")
    assert "Unit billing" not in person.text


def test_an_app_with_pkce_has_no_secret_and_no_button_for_one(person: Person) -> None:
    person.opens("/portal/new").presses("Create app", **(NEW | {"kind": "pkce"}))
    assert "has no secret" in person.text
    assert "Generate a secret" not in person.text


def test_a_custom_connection_names_its_organisation_and_scopes_and_gets_a_token(
    xero: Xero, person: Person
) -> None:
    new = NEW | {"kind": "custom", "redirect_uri": ""}
    person.opens("/portal/new").presses("Create app", **new)
    assert person.status == 422
    assert "Choose the organisation" in person.text and "Choose what it may do" in person.text
    scopes = ["accounting.contacts", "accounting.settings.read"]
    person.presses("Create app", **new, organisation=xero.organisation_id, scope=scopes)
    client_id = app_id(person)
    secret = secret_on(person.presses("Generate a secret"))
    answer = xero.http.post(
        "/connect/token", data={"grant_type": "client_credentials"}, auth=(client_id, secret)
    )
    bearer = {
        "Authorization": f"Bearer {answer.json()['access_token']}",
        "Accept": "application/json",
    }
    assert xero.http.get("/api.xro/2.0/Contacts", headers=bearer).status_code == 200
    assert xero.http.get("/api.xro/2.0/Invoices", headers=bearer).status_code == 401


def test_redirect_addresses_are_added_changed_and_removed(xero: Xero, person: Person) -> None:
    person.opens("/portal/new").presses("Create app", **NEW)
    client_id = app_id(person)
    two = ["http://localhost:8000/callback", "https://units.example/callback"]
    person.presses("Save", redirect_uri=two)
    assert "Saved." in person.text
    person.presses("Save", redirect_uri=[*two, "http://127.0.0.1/"])
    assert person.status == 422 and "must begin with" in person.text
    apps = xero.control("GET", "apps")["apps"]
    assert next(app for app in apps if app["client_id"] == client_id)["redirect_uris"] == two
    person.presses("Save", redirect_uri=["", two[1]])
    apps = xero.control("GET", "apps")["apps"]
    assert next(app for app in apps if app["client_id"] == client_id)["redirect_uris"] == [two[1]]
    person.presses("Save", redirect_uri=["", ""])
    assert "An app needs a redirect address." in person.text


def test_the_walk_from_new_app_to_a_connected_organisation_and_back(
    xero: Xero, person: Person
) -> None:
    person.opens("/portal/new").presses("Create app", **NEW)
    client_id = app_id(person)
    person.presses("Generate a secret")
    asking = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": NEW["redirect_uri"],
        "scope": "openid offline_access accounting.contacts",
        "state": "1",
    }
    person.http.follow_redirects = False
    person.page = person.http.get("/identity/connect/authorize", params=asking)
    assert "View and manage contacts" in person.text and "Demo Company (UK)" in person.text
    person.presses("Allow access", organisation=xero.organisation_id)
    assert person.status == 302
    person.http.follow_redirects = True
    person.opens(f"/portal/apps/{client_id}/connections")
    assert "Demo Company (UK)" in person.text
    person.opens(f"/books/{xero.organisation_id}/connected-apps")
    person.presses("Disconnect Unit billing")
    assert "Unit billing" not in person.text
    person.opens(f"/portal/apps/{client_id}/connections")
    assert "No organisation is connected" in person.text


def test_the_consent_page_knows_who_is_signed_in(person: Person, xero: Xero) -> None:
    app = xero.control("POST", "apps", {"name": "L", "redirect_uris": ["http://localhost/"]})
    person.presses("Sign out").opens("/signin").presses("Sign in", email="cara@mail.example")
    asking = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": "http://localhost/",
        "scope": "accounting.contacts",
    }
    person.page = person.http.get("/identity/connect/authorize", params=asking)
    assert "cara@mail.example" in person.text


def test_a_webhook_is_set_tried_and_removed_on_its_page(xero: Xero, person: Person) -> None:
    person.opens("/portal").opens(f"/portal/apps/{xero.token['client_id']}/webhooks")
    person.presses("Save", url="http://192.0.2.1/hook", category=["INVOICE"])
    assert person.status == 422 and "another machine" in person.text
    person.presses("Save", url="http://127.0.0.1:9/hook", category=None)
    assert person.status == 422 and "Choose what the app" in person.text
    person.presses("Save", url="http://127.0.0.1:9/hook", category=["INVOICE", "CONTACT"])
    assert "Intent to receive required" in person.text
    [found] = xero.control("GET", "webhooks")["webhooks"]
    assert found["categories"] == ["INVOICE", "CONTACT"]
    person.presses("Remove the webhook")
    assert xero.control("GET", "webhooks")["webhooks"] == []


def test_plan_and_name_are_changed_in_the_details(xero: Xero, person: Person) -> None:
    person.opens("/portal/new").presses("Create app", **NEW)
    person.opens(f"/portal/apps/{app_id(person)}")
    person.presses("Save", name="My Xero app")
    assert person.status == 422
    person.presses("Save", name="Unit books", tier="plus")
    assert "Saved." in person.text
    app = xero.control("GET", "apps")["apps"][-1]
    assert (app["name"], app["tier"]) == ("Unit books", "plus")


def test_a_form_from_another_site_is_not_taken(xero: Xero, person: Person) -> None:
    before = len(xero.control("GET", "apps")["apps"])
    assert person.http.post("/portal/new", data=NEW).status_code == 403
    person.opens("/portal/new")
    assert person.page is not None
    token = re.findall(r'name="csrf" value="([^"]+)"', person.page.text)[0]
    foreign = {"Origin": "https://evil.example"}
    answer = person.http.post("/portal/new", data=NEW | {"csrf": token}, headers=foreign)
    assert answer.status_code == 403
    assert len(xero.control("GET", "apps")["apps"]) == before


def test_a_forged_cookie_signs_nobody_in(xero: Xero, visitor: Person) -> None:
    user = xero.control("GET", "users")["users"][0]["user_id"]
    visitor.http.cookies.set("fauxero_user", f"{user}.{'0' * 40}")
    assert visitor.opens("/portal").path == "/signin"


def test_pages_are_not_counted_logged_or_struck_by_faults(xero: Xero, person: Person) -> None:
    xero.fault("cut_before_commit")
    person.opens("/portal").opens("/books").opens("/log")
    assert xero.log() == []


def test_what_is_not_there_is_said_and_every_page_says_it_is_an_emulator(person: Person) -> None:
    for path in ("/portal/apps/NONE", "/books/none", "/portal/nowhere", "/books/none/invoices/1"):
        answer = person.http.get(path)
        assert answer.status_code == 404
        assert "It is not Xero" in answer.text
    for path in ("/", "/signin", "/portal", "/portal/new", "/books", "/log"):
        assert "EMULATOR" in person.opens(path).text
