"""Whatever is sent: an answer that Xero could give, never a traceback, never a changed book.

Evidence: documented (error bodies, 404 as HTML, 10 MB) or reported (413); which of several fitting
answers Xero would give to a given piece of nonsense is unsure.
"""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from fauxero.world import World
from tests.conftest import ROOT, Xero

MEGABYTE = 1024 * 1024


@pytest.fixture
def untouched(xero: Xero) -> Iterator[Xero]:
    """Fails when the books after the test are not those of before."""
    xero.put("Invoices", xero.invoice("KEEP"))

    def rows(world: World) -> Any:
        return world.snapshot().books

    before = xero.server.run(rows)
    yield xero
    assert xero.server.run(rows) == before


JSON_BODIES = (
    b"{",
    b'{"Contacts": [{"Name": "Ann"}',
    b'{"Contacts": [{"Name": "Ann"}]} and more',
    b"\xff\xfe\x00",
    b'{"Contacts": [{"Name": "\xc3\x28"}]}',
    b"null",
    b"true",
    b"12",
    b'"Ann"',
    b"[]",
    b"[[]]",
    b"[1, 2]",
    b'{"Contacts": {}}',
    b'{"Contacts": [null]}',
    b'{"Contacts": [[{"Name": "Ann"}]]}',
    b'{"Contacts": "Ann"}',
    b'{"Name": {"First": "Ann"}}',
    b'{"Name": NaN}',
    b'{"Name": Infinity}',
    b'{"Name": "Ann", "Phones": 5}',
    b'{"Name": "Ann", "Addresses": [5]}',
    b'{"Name": "Ann", "ContactPersons": {"FirstName": []}}',
    b'{"Contacts": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b'{"Name": ' + b"9" * 10000 + b"}",
    gzip.compress(b'{"Name": "Ann"}'),
    b"",
    b"   ",
    b"\x00",
)


@pytest.mark.parametrize("body", JSON_BODIES, ids=range(len(JSON_BODIES)))
def test_a_body_that_is_no_contact_is_refused(untouched: Xero, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for method in ("PUT", "POST"):
        for summarize in ("true", "false"):
            answer = untouched.call(
                method,
                "Contacts",
                content=body,
                headers=headers,
                params={"summarizeErrors": summarize},
            )
            is_refused = answer.status_code == 400 or b"ERROR" in answer.content
            assert is_refused, (answer.status_code, answer.text)
            assert "Traceback" not in answer.text


def test_an_unknown_field_is_passed_over_as_xero_does(xero: Xero) -> None:
    answer = xero.put("Contacts", {"Name": "Ann", "FavouriteColour": "blue", "x\u0000y": 1})
    assert answer.status_code == 200
    assert "FavouriteColour" not in answer.text


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_body_of_more_than_ten_megabytes_is_refused(untouched: Xero, form: str) -> None:
    filling = b"x" * (10 * MEGABYTE)
    body = b'{"Name": "' + filling + b'"}'
    if form == "xml":
        body = b"<Contact><Name>" + filling + b"</Name></Contact>"
    headers = {"Content-Type": f"application/{form}"}
    answer = untouched.call("PUT", "Contacts", content=body, headers=headers)
    assert answer.status_code == 413


def test_a_body_just_below_ten_megabytes_is_read(untouched: Xero) -> None:
    body = b'{"Name": "' + b"x" * (10 * MEGABYTE - 1000) + b'"}'
    headers = {"Content-Type": "application/json"}
    answer = untouched.call("PUT", "Contacts", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["ErrorNumber"] == 10


def test_a_body_without_end_is_not_kept_in_memory(untouched: Xero) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * MEGABYTE

    answer = untouched.call("PUT", "Contacts", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "Contacts/../../_fauxero/reset",
        "Contacts/..%2f..%2fetc%2fpasswd",
        "Contacts/%00",
        "Contacts/%ff%fe",
        "Contacts/" + "a" * 5000,
        "Contacts/'; DROP TABLE contacts; --",
        "Invoices/%3Cscript%3E",
        "Invoices/KEEP/Attachments/..%2f..%2fsecret.txt",
        "Invoices/KEEP/Attachments/a%00b",
        "Invoices/KEEP/nothing",
        "Invoices/KEEP/Attachments/a/b/c",
        "Nothing",
        "",
        "//",
    ],
)
def test_an_odd_path_is_not_found_or_refused(untouched: Xero, path: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = untouched.call(method, path, content=b"x" if method in ("PUT", "POST") else None)
        assert answer.status_code in (400, 404, 501), (method, answer.text)


@pytest.mark.parametrize(
    "where",
    [
        "Name",
        'Name=="',
        "Name==",
        "Nothing==1",
        "1==1; DROP",
        "(" * 500,
        'Name=="a"' + ' AND Name=="a"' * 2000,
        "Name.Nothing()",
        "DateTime(9999,99,99)==1",
        'guid("x")==ContactID',
        "\x00",
        "Name==null AND",
        "__class__==1",
    ],
)
def test_a_where_that_cannot_be_read_is_refused(untouched: Xero, where: str) -> None:
    answer = untouched.get("Contacts", params={"where": where})
    assert answer.status_code in (200, 400, 414), answer.text
    if answer.status_code == 400:
        assert answer.json()["Type"] == "QueryParseException"


@pytest.mark.parametrize("organisation", ["", "x", "null", "../..", "a" * 5000, "{}", "é"])
def test_a_bad_organisation_is_403(untouched: Xero, organisation: str) -> None:
    answer = untouched.get("Contacts", headers={"xero-tenant-id": organisation.encode()})
    assert answer.status_code == 403
    assert answer.json()["Detail"] == "AuthenticationUnsuccessful"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
def test_a_method_that_xero_lacks_is_501(untouched: Xero, method: str) -> None:
    assert untouched.call(method, "Contacts").status_code == 501


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "99999999999999999999", "１", "1.5", ""])
def test_an_odd_page_is_clamped_or_passed_over(untouched: Xero, page: str) -> None:
    for name in ("page", "pageSize", "unitdp", "offset"):
        assert untouched.get("Contacts", params={name: page}).status_code == 200


def raw(xero: Xero, data: bytes) -> bytes:
    parts = urlsplit(xero.server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        return sock.recv(65536)


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/x.y\r\n\r\n",
        b"GET /\xff\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        b"PUT /api.xro/2.0/Contacts HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"PUT /Contacts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"",
    ],
)
def test_bytes_that_are_no_request_do_not_stop_the_server(untouched: Xero, data: bytes) -> None:
    found = raw(untouched, data)
    assert found == b"" or found.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")), found
    assert untouched.get("Organisation").status_code == 200


def test_a_request_that_breaks_off_in_its_body_changes_nothing(untouched: Xero) -> None:
    bearer = f"Bearer {untouched.token['access_token']}"
    head = (
        f"PUT {ROOT}/Contacts HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n"
        f"xero-tenant-id: {untouched.organisation_id}\r\nContent-Length: 500\r\n\r\n"
    )
    raw(untouched, head.encode() + b'{"Name": "Ann"}')


def test_the_control_plane_takes_no_nonsense_either(untouched: Xero) -> None:
    for path in ("clock", "faults", "apps", "token", "settings", "webhooks", "users", "restore"):
        for body in (b"{", b"[]", b"5", b'{"no-such-thing": 1}', b"\xff", b'{"a":' * 3000):
            answer = untouched.http.post(f"/_fauxero/{path}", content=body)
            assert answer.status_code in (400, 404), (path, body[:20], answer.text)


def test_the_identity_server_takes_no_nonsense_either(untouched: Xero) -> None:
    http: httpx.Client = untouched.http
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"", b"%", b"\xff", b"grant_type=x", b"grant_type=authorization_code&code=%00"):
        for path in ("/connect/token", "/connect/revocation"):
            for basic in ("Basic !!!", "Basic " + "QQ==" * 2000, "Basic w6k6w6k=", "x"):
                answer = http.post(path, content=body, headers={**form, "Authorization": basic})
                assert answer.status_code == 400, answer.text
        assert http.post("/identity/connect/authorize", content=body).status_code == 400
    assert http.get("/identity/connect/authorize?" + "a=%00&" * 500).status_code == 400


def test_a_refusal_quotes_the_beginning_of_what_was_sent_as_it_was_sent(untouched: Xero) -> None:
    body = {"Type": "ACCREC", "LineItems": "x" * MEGABYTE}
    told = untouched.put("Invoices", body).json()["Message"]
    assert told.startswith('Error converting value "xxx')
    assert len(told) < 200
    assert "value null to" in untouched.put("Invoices", {"Invoices": [None]}).json()["Message"]
    assert "value true to" in untouched.put("Invoices", {"Type": True}).json()["Message"]
