"""fauxero's pytest plugin: the fixtures `fauxero` (a server) and `fauxero_app` (in process)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

# What the fixtures need is imported in them: pytest loads this file in every run.
if TYPE_CHECKING:
    from fauxero.tester import InProcess, Served, Start

_INI = {
    "fauxero_scenario": "A scenario file (TOML or JSON) that every test begins with.",
    "fauxero_organisations": "Templates of the organisations to begin with: uk, au, nz, us.",
    "fauxero_start_at": "The world's time when a test begins, e.g. 2026-03-02T09:00:00Z.",
    "fauxero_speed": "How fast the world's time passes; 0 (the default) stands still.",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    for name, words in _INI.items():
        parser.addini(name, words, default="")
    group = parser.getgroup("fauxero")
    group.addoption("--fauxero-scenario", default=None, help=_INI["fauxero_scenario"])


@pytest.fixture(scope="session")
def fauxero_start(pytestconfig: pytest.Config) -> Start:
    """How the world begins; override it in a conftest to say so in Python."""
    from fauxero.scenarios import ScenarioError, read_scenario
    from fauxero.tester.start import DEFAULT_START_AT, Start

    given = {name: str(pytestconfig.getini(name)).strip() for name in _INI}
    path = pytestconfig.getoption("--fauxero-scenario") or given["fauxero_scenario"]
    templates = given["fauxero_organisations"].replace(",", " ").split() or ["uk"]
    try:
        return Start(
            organisations=[{"template": template} for template in templates],
            scenario=read_scenario(pytestconfig.rootpath / path) if path else None,
            at=_instant(given["fauxero_start_at"]) or DEFAULT_START_AT,
            speed=float(given["fauxero_speed"] or 0),
        )
    except (ScenarioError, ValueError) as error:
        raise pytest.UsageError(str(error)) from None


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


@pytest.fixture(scope="session")
def fauxero_server(fauxero_start: Start) -> Iterator[Served]:
    """One server for the run; tests ask for `fauxero`, which is this one, rewound."""
    from fauxero.tester import Served

    served = Served(fauxero_start.open())
    yield served
    served.stop()


@pytest.fixture
def fauxero(fauxero_server: Served) -> Iterator[Served]:
    """A fauxero at `fauxero.url` as it was at the beginning, whatever other tests did."""
    fauxero_server.reset()
    yield fauxero_server
    fauxero_server.assert_balanced()


@pytest.fixture(scope="session")
def _fauxero_in_process(fauxero_start: Start) -> InProcess:
    from fauxero.tester import InProcess

    return InProcess(fauxero_start.open())


@pytest.fixture
def fauxero_app(_fauxero_in_process: InProcess) -> Iterator[InProcess]:
    """A fauxero without a socket: `fauxero_app.app` is the ASGI application."""
    _fauxero_in_process.reset()
    yield _fauxero_in_process
    _fauxero_in_process.assert_balanced()
