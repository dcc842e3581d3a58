"""Clients whose addresses are built in reach fauxero: as their proxy, or by its own HTTPS."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from cryptography import x509

from fauxero.clock import Clock
from fauxero.testing import Server
from fauxero.tls.authority import Authority, default_folder
from fauxero.tls.hosts import XERO_HOSTS

NOW = Clock().now()


@pytest.fixture
def proxied(secure: Server, authority: Authority):
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    with httpx.Client(proxy=secure.url, verify=trust, timeout=60, trust_env=False) as client:
        yield client


def test_a_client_behind_the_proxy_reads_xeros_own_addresses(
    proxied: httpx.Client, token: dict[str, str]
) -> None:
    found = proxied.get("https://identity.xero.com/.well-known/openid-configuration").json()
    assert found["token_endpoint"] == "https://identity.xero.com/connect/token"
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    [link] = proxied.get("https://api.xero.com/connections", headers=bearer).json()
    headers = bearer | {"xero-tenant-id": link["tenantId"], "Accept": "application/json"}
    answer = proxied.get("https://api.xero.com/api.xro/2.0/Organisation", headers=headers)
    assert answer.json()["Organisations"][0]["OrganisationID"] == link["tenantId"]


def test_several_requests_share_a_tunnel_and_large_bodies_pass_it(
    proxied: httpx.Client, token: dict[str, str]
) -> None:
    headers = {
        "Authorization": f"Bearer {token['access_token']}",
        "xero-tenant-id": token["organisation_id"],
        "Accept": "application/json",
    }
    many = [{"Name": f"Contact {n}", "FirstName": "x" * 200} for n in range(1500)]
    url = "https://api.xero.com/api.xro/2.0/Contacts"
    assert proxied.put(url, headers=headers, json={"Contacts": many}).status_code == 200
    found = proxied.get(url, headers=headers, params={"page": 1, "pageSize": 1000}).json()
    assert found["pagination"]["itemCount"] == 1500


def raw(server: Server, request: bytes) -> bytes:
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as sock:
        sock.sendall(request)
        found = b""
        while chunk := sock.recv(65536):
            found += chunk
    return found


@pytest.mark.parametrize("target", ["example.org:443", "api.xero.com.evil.example:443", "", "x"])
def test_a_tunnel_to_any_other_machine_is_refused(secure: Server, target: str) -> None:
    answer = raw(secure, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_a_tunnel_asked_for_in_pieces_is_opened(secure: Server, authority: Authority) -> None:
    parts = urlsplit(secure.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in (b"CON", b"NECT api.xero.com:443 HT", b"TP/1.1\r\n", b"Host: x\r\n\r\n"):
            sock.sendall(piece)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
        trust = ssl.create_default_context(cafile=str(authority.certificate))
        with trust.wrap_socket(sock, server_hostname="api.xero.com") as inside:
            inside.sendall(b"GET / HTTP/1.1\r\nHost: api.xero.com\r\nConnection: close\r\n\r\n")
            assert inside.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_an_endless_head_is_refused(secure: Server) -> None:
    answer = raw(secure, b"CONNECT api.xero.com:443 HTTP/1.1\r\nX: " + b"x" * 20_000)
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_a_whole_address_in_the_request_line_is_answered_too(secure: Server) -> None:
    """As some clients ask their proxy for https (older axios): without a tunnel."""
    path = "https://identity.xero.com/.well-known/openid-configuration"
    answer = raw(
        secure,
        f"GET {path} HTTP/1.1\r\nHost: identity.xero.com\r\nConnection: close\r\n\r\n".encode(),
    )
    assert b"200 OK" in answer
    assert b"https://identity.xero.com/connect/token" in answer
    other = b"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"
    assert raw(secure, other).startswith(b"HTTP/1.1 403 ")


def test_https_itself_answers_for_xeros_names(secure: Server, authority: Authority) -> None:
    """What a hosts file leads to: the right name, at this machine's port."""
    assert secure.https_url is not None
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    port = urlsplit(secure.https_url).port
    for name in (*XERO_HOSTS, "localhost"):
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as sock,
            trust.wrap_socket(sock, server_hostname=name) as inside,
        ):
            request = f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
            inside.sendall(request.encode())
            assert inside.recv(1000).startswith(b"HTTP/1.1 200 ")
    with httpx.Client(verify=trust, trust_env=False) as client:
        assert client.get(f"{secure.https_url}/_fauxero/health").json()["status"] == "ok"


def test_no_other_name_is_certified(secure: Server, authority: Authority) -> None:
    trust = ssl.create_default_context(cafile=str(authority.certificate))
    port = urlsplit(str(secure.https_url)).port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as sock,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        trust.wrap_socket(sock, server_hostname="www.xero.com")


def test_a_client_that_does_not_trust_the_authority_gets_no_further(secure: Server) -> None:
    with (
        httpx.Client(proxy=secure.url, timeout=60, trust_env=False) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("https://api.xero.com/connections")
    assert httpx.get(f"{secure.url}/_fauxero/health").json()["failures"] == 0


def test_a_fault_cuts_the_connection_inside_the_tunnel(
    secure: Server, proxied: httpx.Client
) -> None:
    secure.run(lambda world: world.faults.add("cut_after_commit", path="/connections"))
    with pytest.raises(httpx.TransportError):
        proxied.get("https://api.xero.com/connections")


# ---- the authority's files


def test_keys_are_readable_by_their_owner_only(folder: Path) -> None:
    Authority(folder).ensure(NOW)
    for file in folder.iterdir():
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == 0o600 or b"PRIVATE KEY" not in file.read_bytes(), file
    assert b"PRIVATE KEY" not in (folder / "ca.pem").read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_authority_can_certify_xeros_names_only(folder: Path) -> None:
    Authority(folder).ensure(NOW)
    certificate = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    names = [name.value for name in constraints.value.permitted_subtrees or ()]
    assert set(XERO_HOSTS) <= set(names)
    assert "xero.com" not in names


def test_a_second_start_keeps_the_authority_and_renews_only_the_server(folder: Path) -> None:
    authority = Authority(folder)
    authority.ensure(NOW)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    authority.ensure(NOW + timedelta(days=300))
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    authority.ensure(NOW + timedelta(days=350))
    assert (folder / "ca.pem").read_bytes() == before["ca.pem"]
    assert (folder / "server.pem").read_bytes() != before["server.pem"]
    authority.ensure(NOW + timedelta(days=3640))
    assert (folder / "ca.pem").read_bytes() != before["ca.pem"]


def test_a_new_authority_gets_a_new_server_certificate(folder: Path, tmp_path: Path) -> None:
    authority = Authority(folder)
    authority.ensure(NOW)
    (folder / "authority.pem").unlink()
    authority.ensure(NOW)
    trusted = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    server = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
    server.verify_directly_issued_by(trusted)


def test_the_command_ca_prints_where_the_certificate_is(tmp_path: Path) -> None:
    state = tmp_path / "world.db"
    command = [sys.executable, "-m", "fauxero", "ca", "--state", str(state)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    path = Path(done.stdout.strip())
    assert path == default_folder(state) / "ca.pem"
    assert path.read_text().startswith("-----BEGIN CERTIFICATE-----")


def test_where_no_certificate_can_be_kept_the_command_ca_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "fauxero", "ca"]
    home = {**os.environ, "FAUXERO_HOME": str(tmp_path / "file")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=home)
    assert done.returncode == 1
    assert "Name a folder that can be written in FAUXERO_HOME" in done.stderr
    assert "Traceback" not in done.stderr
