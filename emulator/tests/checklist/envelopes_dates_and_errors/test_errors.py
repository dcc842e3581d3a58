"""The bodies of refusals. Evidence: documented on the Response codes page, recorded on the wire
(404, 429), or reported word for word by integrators (401, 403)."""

from __future__ import annotations

import pytest

from tests.conftest import Xero


def test_an_unknown_id_answers_404_as_html(xero: Xero) -> None:
    answer = xero.get("Contacts/11111111-2222-3333-4444-555555555555")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert not answer.text.startswith("{")


def test_an_unknown_collection_answers_404(xero: Xero) -> None:
    assert xero.get("Nonsense").status_code == 404


@pytest.mark.parametrize("path", ["PurchaseOrders", "Receipts", "Invoices/x/y/z"])
def test_what_is_not_modelled_answers_501_and_says_so(xero: Xero, path: str) -> None:
    answer = xero.get(path)
    assert answer.status_code == 501
    assert answer.json()["Message"].startswith("Not modelled by fauxero")
    assert xero.log("?refused=true")[-1]["reason"].startswith("NotModelled")


def test_a_method_that_an_endpoint_lacks_answers_501(xero: Xero) -> None:
    assert xero.post("Organisation", {"Name": "Mine"}).status_code == 501


DEEP = '{"Contacts": [{"Name": ' + "[" * 700 + "]" * 700 + "}]}"


@pytest.mark.parametrize(
    "body",
    ["", "{", "nonsense", '"text"', "[1]", '{"Contacts": [3]}', "NaN", "[" * 100_000, DEEP],
    ids=["empty", "open", "word", "text", "number", "element", "NaN", "endless", "deep"],
)
def test_a_body_that_is_not_json_is_refused_with_error_14(xero: Xero, body: str) -> None:
    answer = xero.call(
        "PUT", "Contacts", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["ErrorNumber"] == 14
    assert answer.json()["Type"] == "PostDataInvalidException"
    assert xero.rows("Contacts") == []


def test_bytes_that_are_not_utf8_are_refused_with_error_14(xero: Xero) -> None:
    answer = xero.call("PUT", "Contacts", content=b'{"Name": "\xff\xfe"}')
    assert answer.json()["ErrorNumber"] == 14


def test_a_filter_that_cannot_be_parsed_is_refused_with_error_16(xero: Xero) -> None:
    answer = xero.get("Invoices", params={"where": "Total >>> 3"})
    assert answer.status_code == 400
    assert answer.json()["ErrorNumber"] == 16
    assert answer.json()["Type"] == "QueryParseException"


def test_a_body_over_ten_megabytes_is_refused(xero: Xero) -> None:
    answer = xero.call("PUT", "Contacts", content=b" " * (10 * 1024 * 1024 + 1))
    assert answer.status_code == 413


def test_a_call_without_token_answers_401(xero: Xero) -> None:
    answer = xero.get("Contacts", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()["Title"]) == (401, "Unauthorized")


@pytest.mark.parametrize("token", ["abc", "a.b.c", "ü", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"])
def test_a_token_that_was_never_issued_answers_401(xero: Xero, token: str) -> None:
    header = f"Bearer {token}".encode()
    answer = xero.get("Contacts", headers={"Authorization": header})
    assert answer.status_code == 401


def test_an_expired_token_is_told_apart_by_its_detail(xero: Xero) -> None:
    xero.advance(1800)
    answer = xero.get("Contacts")
    assert answer.status_code == 401
    assert answer.json()["Detail"] == "TokenExpired: token expired at 03/02/2026 09:30:00"
    assert set(answer.json()) == {"Type", "Title", "Status", "Detail", "Instance", "Extensions"}


def test_a_missing_scope_is_told_apart_by_its_detail(xero: Xero) -> None:
    xero.token = xero.new_token(scopes=["accounting.contacts.read"])
    assert xero.get("Contacts").status_code == 200
    answer = xero.put("Contacts", {"Name": "Ann"})
    assert (answer.status_code, answer.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
    assert xero.get("Invoices").json()["Detail"] == "AuthorizationUnsuccessful"


@pytest.mark.parametrize("header", ["", "nonsense", "11111111-2222-3333-4444-555555555555"])
def test_an_organisation_that_is_not_connected_answers_403(xero: Xero, header: str) -> None:
    answer = xero.get("Contacts", headers={"xero-tenant-id": header})
    assert (answer.status_code, answer.json()["Detail"]) == (403, "AuthenticationUnsuccessful")
    assert answer.json()["Title"] == "Forbidden"


def test_another_organisation_of_this_world_is_no_ones_without_consent(xero: Xero) -> None:
    other = xero.control("POST", "organisations", {"template": "nz"})["organisation_id"]
    assert xero.get("Contacts", headers={"xero-tenant-id": other}).status_code == 403
