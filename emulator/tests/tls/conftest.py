"""A server that also answers for Xero's own host names, over HTTPS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fauxero.clock import Clock
from fauxero.testing import Server, serve_in_thread
from fauxero.tls.authority import Authority
from fauxero.world import World


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("tls") / "made")
    made.ensure(Clock().now())
    return made


@pytest.fixture
def secure(authority: Authority) -> Iterator[Server]:
    world = World()
    world.open([{"template": "uk"}])
    with serve_in_thread(world, authority=authority) as server:
        yield server


@pytest.fixture
def token(secure: Server) -> dict[str, str]:
    return secure.run(lambda world: world.tester_token(next(iter(world.organisations))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tls"
