"""One server for the whole run; every test finds a fresh world on a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2 as httpx
import pytest
import simplejson

from fauxero.clock import Clock
from fauxero.settings import Settings
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World

START_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROOT = "/api.xro/2.0"


@dataclass
class Xero:
    """An app that talks to fauxero as to Xero, and a tester who talks to its control plane."""

    server: Server
    http: httpx.Client
    token: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def organisation_id(self) -> str:
        return self.token["organisation_id"]

    def call(self, method: str, path: str, **how: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token['access_token']}",
            "xero-tenant-id": self.organisation_id,
            "Accept": "application/json",
            **self.headers,
            **how.pop("headers", {}),
        }
        return self.http.request(method, f"{ROOT}/{path}", headers=headers, **how)

    def get(self, path: str, **how: Any) -> httpx.Response:
        return self.call("GET", path, **how)

    def put(self, path: str, body: Any, **how: Any) -> httpx.Response:
        return self.call("PUT", path, json=body, **how)

    def post(self, path: str, body: Any, **how: Any) -> httpx.Response:
        return self.call("POST", path, json=body, **how)

    def rows(self, path: str, **how: Any) -> list[dict[str, Any]]:
        answer = self.get(path, **how)
        assert answer.status_code == 200, answer.text
        body = exact(answer)
        return body[next(reversed(body))]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_fauxero/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, action: str, **how: Any) -> str:
        return self.control("POST", "faults", {"action": action, **how})["id"]

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def wait_for_strikes(self, count: int) -> None:
        """Return once the first fault has struck that many requests."""
        for _ in range(2000):
            if self.control("GET", "faults")["rules"][0]["struck"] == count:
                return
        raise AssertionError("the requests did not arrive")

    def new_token(self, **how: Any) -> dict[str, Any]:
        return self.control("POST", "token", {"organisation": self.organisation_id, **how})

    def log(self, query: str = "") -> list[dict[str, Any]]:
        return self.control("GET", f"requests{query}")["requests"]

    def account(self, **wanted: str) -> dict[str, Any]:
        for row in self.rows("Accounts"):
            if all(row.get(name) == value for name, value in wanted.items()):
                return row
        raise AssertionError(f"no account {wanted}")

    def invoice(self, number: str, **more: Any) -> dict[str, Any]:
        """An approved sales invoice of 100.00, as a request's element."""
        return {
            "Type": "ACCREC",
            "Status": "AUTHORISED",
            "InvoiceNumber": number,
            "Contact": {"Name": "Ann Archer"},
            "Date": "2026-03-01",
            "DueDate": "2026-03-15",
            "LineAmountTypes": "NoTax",
            "LineItems": [
                {
                    "Description": "Unit A12, March",
                    "Quantity": 1,
                    "UnitAmount": 100,
                    "AccountCode": self.account(Type="REVENUE")["Code"],
                }
            ],
            **more,
        }


def exact(answer: httpx.Response) -> Any:
    """The answer's JSON with every decimal as the digits that were sent."""
    return simplejson.loads(answer.text, parse_float=Decimal)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    world = World(clock=Clock(start_at=START_AT, speed=0))
    with serve_in_thread(world) as running:
        yield running


@pytest.fixture
def world(server: Server) -> World:
    """A fresh world with one empty UK organisation, Monday 2 March 2026, 09:00 UTC."""

    def begin(world: World) -> World:
        world.clock.set(START_AT, speed=0)
        world.settings = Settings()
        world.opening = ({"template": "uk"},)
        world.reset()
        return world

    return server.run(begin)


@pytest.fixture
def http(server: Server, world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield client


@pytest.fixture
def xero(server: Server, http: httpx.Client) -> Iterator[Xero]:
    token = http.post("/_fauxero/token", json={"organisation": "uk"}).json()
    yield Xero(server, http, token)
    assert http.get("/_fauxero/audit").json()["ok"]
    assert http.get("/_fauxero/health").json()["failures"] == 0
