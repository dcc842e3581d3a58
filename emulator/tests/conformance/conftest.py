"""Servers that answer for Xero's own host names, and the clients that are installed apart.

Those clients are not in fauxero's environment: `install_clients.py` fetches them. Where they are
missing a test is skipped and says so; in CI (the variable CI is set) it fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from fauxero.clock import Clock
from fauxero.testing import Server, serve_in_thread
from fauxero.tls.authority import Authority
from fauxero.world import World
from tests.conformance import install_clients
from tests.conftest import Xero


def missing(what: str) -> None:
    words = f"{what} is not installed: run emulator/tests/conformance/install_clients.py"
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@dataclass
class Stage:
    """fauxero on today's date, for clients that compare its answers with the machine's clock."""

    server: Server
    authority: Authority
    xero: Xero

    @property
    def environment(self) -> dict[str, str]:
        """What sends a client of Xero's own addresses here: settings of its surroundings only."""
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        trusted = str(self.authority.certificate)
        return kept | {
            "HTTPS_PROXY": self.server.url,
            "REQUESTS_CA_BUNDLE": trusted,
            "SSL_CERT_FILE": trusted,
        }

    @property
    def node_environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        return kept | {
            "NODE_EXTRA_CA_CERTS": str(self.authority.certificate),
            "FAUXERO": self.server.url,
        }


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    clock = Clock()
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.ensure(clock.now())
    world = World(clock=clock)
    world.open([{"template": "uk", "minute": 100_000}])
    with (
        serve_in_thread(world, authority=authority) as server,
        httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client,
    ):
        token: dict[str, Any] = client.post("/_fauxero/token", json={}).json()
        yield Stage(server, authority, Xero(server, client, token))
        assert client.get("/_fauxero/audit").json()["ok"]
        assert client.get("/_fauxero/health").json()["failures"] == 0


@pytest.fixture
def node_clients() -> Path:
    """The folder that holds node_modules."""
    found = install_clients.folder() / "node"
    if not (found / "installed.json").exists():
        missing("xero-node and the Xero MCP server")
    return found


@pytest.fixture
def tap_xero() -> Path:
    """The command of tap-xero."""
    found = install_clients.tap_python(install_clients.folder()).parent / "tap-xero"
    if not found.exists() and not found.with_suffix(".exe").exists():
        missing("tap-xero")
    return found
