"""Signing in, who sees what, and what every answer carries."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.connected import new_operator

pytestmark = pytest.mark.usefixtures("database")
PASSWORD = "a storage door at dusk"
HOST = {"HTTP_HOST": "localhost"}


def _person(name: str, operator_id: int | None, role: str = "administrator") -> Client:
    from unitledger.store.models import Membership, User

    user = User.objects.create_user(name, password=PASSWORD)
    if operator_id is not None:
        Membership.objects.create(operator_id=operator_id, user=user, role=role)
    return Client(**HOST)


def _sign_in(client: Client, name: str, password: str = PASSWORD, way: str = "/"):
    return client.post("/sign-in", {"email": name, "password": password, "next": way})


def test_nobody_sees_anything_without_signing_in() -> None:
    for path in ("/", "/settings/integration/xero"):
        answer = Client(**HOST).get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


def test_who_signs_in_sees_the_operators_numbers() -> None:
    client = _person("mary@example.com", new_operator())

    assert _sign_in(client, "mary@example.com").status_code == 302
    page = client.get("/").content.decode()

    assert "There are no records yet." in page
    assert "Not connected" in page


def test_a_wrong_password_says_how_many_tries_are_left_and_then_pauses() -> None:
    client = _person("mary@example.com", new_operator())

    first = _sign_in(client, "mary@example.com", "wrong")
    assert (first.status_code, "4 more tries" in first.content.decode()) == (422, True)
    for _ in range(4):
        _sign_in(client, "mary@example.com", "wrong")
    locked = _sign_in(client, "mary@example.com")

    assert locked.status_code == 429
    assert "Wait 5 minutes: you can try again at " in locked.content.decode()


def test_what_was_typed_stays_and_the_password_does_not() -> None:
    client = _person("mary@example.com", new_operator())

    page = _sign_in(client, "mary@example.com", "wrong-secret").content.decode()

    assert "mary@example.com" in page
    assert "wrong-secret" not in page


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(way: str) -> None:
    client = _person("mary@example.com", new_operator())

    assert _sign_in(client, "mary@example.com", way=way)["Location"] == "/"


def test_signing_out_ends_the_session() -> None:
    client = _person("mary@example.com", new_operator())
    _sign_in(client, "mary@example.com")

    client.post("/sign-out")

    assert client.get("/").status_code == 302


def test_a_person_without_an_operator_is_told_so() -> None:
    client = _person("eve@example.com", None)
    _sign_in(client, "eve@example.com")

    assert client.get("/").status_code == 403


@pytest.mark.parametrize("role", ["viewer", "bookkeeper"])
@pytest.mark.parametrize(
    "act", ["keys", "connect", "disconnect", "mapping", "organisation/connect"]
)
def test_only_an_administrator_changes_the_connection(role: str, act: str) -> None:
    client = _person("vic@example.com", new_operator(), role)
    _sign_in(client, "vic@example.com")

    assert client.post(f"/settings/integration/xero/{act}").status_code == 403


def test_a_form_from_elsewhere_is_not_taken() -> None:
    _person("mary@example.com", new_operator())
    strict = Client(enforce_csrf_checks=True, **HOST)

    assert _sign_in(strict, "mary@example.com").status_code == 403


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline() -> None:
    client = _person("mary@example.com", new_operator())
    _sign_in(client, "mary@example.com")

    for path in ("/", "/settings/integration/xero"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        page = answer.content.decode()
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert " style=" not in page
        assert "<style" not in page
        assert "http://" not in page.replace("http://localhost/settings", "")


def test_a_page_says_only_its_operators_numbers() -> None:
    from unitledger.store.models import Document, Location, SourceRecord

    mine, theirs = new_operator("Ashford"), new_operator("Brookvale")
    record = SourceRecord.objects.create(
        operator_id=theirs,
        kind="invoice",
        content_hash=b"x",
        changed_at="2026-11-22T00:00:00Z",
    )
    Document.objects.create(
        operator_id=theirs,
        kind="invoice",
        record=record,
        wanted_version=1,
        amount="1234.56",
        currency="GBP",
        location=Location.objects.get(operator_id=theirs),
    )
    for name, operator_id in (("mary@example.com", mine), ("tom@example.com", theirs)):
        client = _person(name, operator_id)
        _sign_in(client, name)
        page = client.get("/").content.decode()
        assert ("1,234.56" in page) is (operator_id == theirs)
