"""COVERAGE.md says what the code does: no endpoint is missing, none is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from fauxero.coverage import FACTS, endpoints, left_out, page
from tests.conftest import Xero

FILE = Path(__file__).parents[2] / "COVERAGE.md"


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m fauxero.coverage COVERAGE.md"


def test_every_method_of_every_endpoint_has_a_behaviour_with_evidence() -> None:
    told: dict[str, set[str]] = {}
    for fact in FACTS:
        told.setdefault(fact.endpoint, set()).update(fact.methods.split())
    del told["every endpoint"]
    known = endpoints()
    assert set(told) == set(known)
    untold = {
        name: set(methods) - told[name]
        for name, methods in known.items()
        if set(methods) - told[name]
    }
    assert untold == {}
    invented = {
        name: told[name] - set(methods)
        for name, methods in known.items()
        if told[name] - set(methods)
    }
    assert invented == {}


@pytest.mark.parametrize("name", left_out())
def test_what_is_left_out_answers_501(xero: Xero, name: str) -> None:
    answer = xero.get(name)
    assert answer.status_code == 501
    assert "ot modelled" in answer.text


ID = "0b1c2f38-0000-4000-8000-000000000000"
API = sorted(name for name in endpoints() if not name.startswith("/") and name != "webhooks")
IDENTITY = sorted(name for name in endpoints() if name.startswith("/"))
METHODS = ("GET", "PUT", "POST", "DELETE")


def _path(endpoint: str, method: str) -> str:
    """An address of the endpoint: DELETE is for one element, so it ends in an id."""
    path = endpoint.replace("{document}", "Invoices").replace("{id}", ID)
    return f"{path}/{ID}" if method == "DELETE" else path


@pytest.mark.parametrize("endpoint", API)
def test_what_is_told_of_an_endpoint_has_a_route_and_nothing_else_has(
    xero: Xero, endpoint: str
) -> None:
    for method in METHODS:
        path = _path(endpoint, method)
        answer = xero.call(method, path, json={} if method in ("PUT", "POST") else None)
        is_told = method in endpoints()[endpoint]
        assert (answer.status_code != 501) == is_told, (method, answer.text)
        # A path that nothing answers is refused by its own name; an element by its id alone.
        assert xero.log()[-1]["reason"] != f"NotFound: {path}"


@pytest.mark.parametrize("endpoint", IDENTITY)
def test_what_is_told_of_the_identity_server_has_a_route(xero: Xero, endpoint: str) -> None:
    token = {"Authorization": f"Bearer {xero.token['access_token']}"}
    for method in endpoints()[endpoint]:
        path = f"{endpoint}/{ID}" if method == "DELETE" else endpoint
        answer = xero.http.request(method, path, headers=token)
        assert answer.status_code not in (405, 501)
        assert xero.log()[-1]["reason"] != "no such path"
