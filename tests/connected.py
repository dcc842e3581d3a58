"""An operator's installation beside a fauxero in this process, both on one clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

import pytest
from cryptography.fernet import Fernet

from fauxero.clock import Clock as WorldClock
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from unitledger import wiring
from unitledger.books.xero.books import XeroBooks
from unitledger.books.xero.identity import SCOPES, XeroIdentity
from unitledger.demo.consenting import give_consent
from unitledger.engine import connecting
from unitledger.engine.tools import Tools
from unitledger.system import RandomIds
from unitledger.vault import KeyVault

REDIRECT_URI = "http://localhost:8000/xero/callback"
PAGES_REDIRECT_URI = "http://localhost/settings/integration/xero/callback"
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
START_ON = date(2026, 1, 1)
_operators = count(1)


class SharedClock:
    """The world's clock, so that tokens run out for both sides at the same moment."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds)

    def elapsed(self) -> float:
        return time.monotonic()


@dataclass(frozen=True)
class Stage:
    server: Server
    tools: Tools

    @property
    def world(self) -> World:
        return self.server.world

    def advance(self, seconds: float) -> None:
        self.server.run(lambda world: world.advance(seconds))


@contextmanager
def stage(*templates: str) -> Iterator[Stage]:
    """A fauxero with these organisations, and tools that talk to it. Its clock stands still."""
    world = World(clock=WorldClock(start_at=MORNING, speed=0))
    world.open([{"template": template} for template in templates or ("uk",)])
    world.identity.set_redirect_uris(world.demo_app.id, (REDIRECT_URI,))
    with serve_in_thread(world) as server:
        yield Stage(server=server, tools=tools_for(server))


def tools_for(server: Server) -> Tools:
    return Tools(
        books=XeroBooks(f"{server.url}/api.xro/2.0"),
        identity=XeroIdentity(login_url=server.url, identity_url=server.url, api_root=server.url),
        vault=KeyVault(Fernet.generate_key()),
        clock=SharedClock(server.world.clock),
        ids=RandomIds(),
    )


def new_operator(*locations: str) -> int:
    from unitledger.store.models import Location, Operator

    number = next(_operators)
    operator = Operator.objects.create(name=f"Operator {number}", handle_key=f"op{number}")
    for name in locations:
        Location.objects.create(operator=operator, name=name, zone="Europe/London", currency="GBP")
    return operator.pk


def consented(stage: Stage, operator_id: int, *, organisation: str | None = None) -> int:
    """The id of a consent given on fauxero's page."""
    app = stage.world.demo_app
    kept = connecting.save_app_keys(
        operator_id, client_id=app.id, client_secret=app.secret, vault=stage.tools.vault
    )
    address = connecting.begin_consent(
        kept, user_id=None, redirect_uri=REDIRECT_URI, scopes=tuple(SCOPES), tools=stage.tools
    )
    back = give_consent(address, organisation=organisation)
    granted = connecting.finish_consent(
        state=back.state, code=back.code, error=back.error, user_id=None, tools=stage.tools
    )
    return granted.consent_id


def connected(stage: Stage, operator_id: int, *, organisation: str | None = None) -> int:
    """The id of an active connection."""
    consent_id = consented(stage, operator_id, organisation=organisation)
    offered = connecting.reachable(consent_id, tools=stage.tools)
    return connecting.connect_organisation(
        consent_id, xero_id=offered[0].organisation_id, start_on=START_ON, tools=stage.tools
    ).pk


@contextmanager
def installed(monkeypatch: pytest.MonkeyPatch, *templates: str) -> Iterator[Stage]:
    """A fauxero on the machine's clock, and this installation's own wiring pointed at it.

    So pages, commands and child processes find it as they do in earnest.
    """
    world = World()
    world.open([{"template": template} for template in templates or ("uk",)])
    world.identity.set_redirect_uris(world.demo_app.id, (REDIRECT_URI, PAGES_REDIRECT_URI))
    with serve_in_thread(world) as server:
        monkeypatch.setenv("UNITLEDGER_XERO_URL", server.url)
        wiring.shared_tools.cache_clear()
        yield Stage(server=server, tools=wiring.shared_tools())
        wiring.shared_tools.cache_clear()
