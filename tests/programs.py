"""A program of the operator's that talks to the API with a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from tests.connected import new_operator
from unitledger.system import RandomIds

SOURCE = "6storage"


@dataclass
class Program:
    operator_id: int
    key: str

    def post(self, path: str, body: Any, *, content_type: str = "application/json") -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client().post(
            f"/api/v1/{path}", data, content_type=content_type, headers=self._headers
        )

    def send(self, path: str, items: list[Any]) -> dict[str, Any]:
        answer = self.post(path, {"items": items})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def ask(self, path: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self._headers)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def reads(self, what: str) -> list[dict[str, Any]]:
        return self.get(what)["records"]

    def knows_a_tenant(self) -> None:
        self.send("items", [self.location(), self.tenant()])

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Host": "localhost"}

    # -- what it sends

    def location(self, **changed: Any) -> dict[str, Any]:
        return {
            "kind": "location",
            "source": SOURCE,
            "id": "L-1",
            "revision": 1,
            "name": "Riverside",
            "zone": "Europe/London",
            "currency": "GBP",
            **changed,
        }

    def tenant(self, **changed: Any) -> dict[str, Any]:
        return {
            "kind": "tenant",
            "source": SOURCE,
            "id": "T-ADA",
            "revision": 1,
            "number": "T-ADA",
            "name": "Ada Marsh",
            **changed,
        }

    def invoice(self, *, amount: str = "120.00", **changed: Any) -> dict[str, Any]:
        return {
            "kind": "invoice",
            "source": SOURCE,
            "id": "I-1",
            "revision": 1,
            "number": "INV-1",
            "tenant": "T-ADA",
            "place": {"location": "Riverside", "unit": "B114"},
            "issued_on": "2026-03-01",
            "due_on": "2026-03-15",
            "currency": "GBP",
            "prices_include_tax": True,
            "lines": [
                {
                    "charge_type": "rent",
                    "description": "Rent",
                    "amount": amount,
                    "tax_percent": "20",
                    "unit": "B114",
                }
            ],
            "total": amount,
            **changed,
        }

    def payment(self, *, amount: str = "120.00", **changed: Any) -> dict[str, Any]:
        return {
            "kind": "payment",
            "source": SOURCE,
            "id": "P-1",
            "revision": 1,
            "number": "R-1",
            "tenant": "T-ADA",
            "place": {"location": "Riverside"},
            "paid_on": "2026-03-05",
            "method": "card",
            "currency": "GBP",
            "amount": amount,
            "allocations": [{"invoice": "I-1", "amount": amount}],
            **changed,
        }


def program(
    operator_id: int | None = None,
    *,
    scopes: tuple[str, ...] = ("read", "write", "webhooks"),
    is_test: bool = False,
) -> Program:
    """A program with a new key, of a new operator unless one is given."""
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.people.api_keys import make

    owner = operator_id or new_operator()
    made = make(
        owner,
        name="Billing",
        scopes=scopes,
        is_test=is_test,
        by=COMMAND_LINE,
        ids=RandomIds(),
    )
    return Program(owner, made.text)


NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
