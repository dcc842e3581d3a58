"""Xero calls for 1,000 invoices, their 1,000 payments and 1,000 new contacts, verified.

fauxero counts them in its request log: every call of the accounting API, reads as well, in an
organisation that already holds 500 contacts. Its clock is virtual, so Xero's real limits (60
calls a minute, 5,000 a day) hold and nobody waits. A large and a small backfill tell what a
thousand more cost (`calls`) from what is paid once (`fixed`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2

from bench import _business, _database
from bench._business import Connected
from bench._database import Databases
from bench._printing import last_line, machine, table
from fauxero.clock import Clock as WorldClock
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from unitledger.books.xero.identity import SCOPES
from unitledger.engine.tools import Tools

THOUSAND = 1000
BATCH = 50
TOKEN_LIFE = timedelta(minutes=30)


class WorldsClock:
    """fauxero's clock: limits and tokens run out for both sides at one moment."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._began_at = server.world.clock.now()

    def now(self) -> datetime:
        return self._server.world.clock.now()

    def sleep(self, seconds: float) -> None:
        self._server.run(lambda world: world.advance(seconds))

    def elapsed(self) -> float:
        return (self.now() - self._began_at).total_seconds()


@dataclass(frozen=True)
class Backfill:
    """What one backfill came to."""

    pairs: int
    calls: int
    by_call: Mapping[str, int]
    refused_by_limits: int
    virtual_minutes: float
    documents_differing: int  # between the source and the books, to the cent
    ledger: str  # what fauxero's own check of its books says


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench calls", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    unit = BATCH if parser.parse_args().quick else THOUSAND
    with _database.databases() as databases:
        small = _backfill(databases, pairs=unit, contacts_there=unit // 2)
        large = _backfill(databases, pairs=11 * unit, contacts_there=unit // 2)
        settings = databases.settings()
    calls = (large.calls - small.calls) / 10
    _show(small, large, calls=calls, fixed=small.calls - calls, settings=settings)


def _backfill(databases: Databases, *, pairs: int, contacts_there: int) -> Backfill:
    with _books(contacts_there) as (server, given):
        databases.make_empty(f"pairs_{pairs}")
        tools = _business.make_tools(server.url, clock=WorldsClock(server))
        made = _business.connect(
            tools,
            organisation=given["organisation_id"],
            access_token=given["access_token"],
            refresh_token=given["refresh_token"],
            client_id=given["client_id"],
            client_secret=given["client_secret"],
            token_life=TOKEN_LIFE,
        )
        _business.map_categories(made, tools)
        records = _business.records(tenants=pairs, pairs=pairs)
        _business.take_in(made, records, now=tools.clock.now())
        # The set-up's calls are another minute's, and not the backfill's.
        server.run(lambda world: world.advance(60))
        server.run(lambda world: world.log.clear())
        began_at = tools.clock.now()
        _work(made, tools)
        minutes = (tools.clock.now() - began_at).total_seconds() / 60
        return _came_to(server, made, pairs=pairs, minutes=minutes)


@contextmanager
def _books(contacts_there: int) -> Iterator[tuple[Server, dict[str, Any]]]:
    """A UK organisation with other people's contacts in it."""
    world = World(clock=WorldClock(start_at=_business.MORNING, speed=0))
    world.open([{"template": "uk"}])
    with serve_in_thread(world) as server:
        answer = httpx2.post(f"{server.url}/_fauxero/token", json={"scopes": list(SCOPES)})
        given = answer.raise_for_status().json()
        headers = {
            "Authorization": f"Bearer {given['access_token']}",
            "xero-tenant-id": given["organisation_id"],
            "Accept": "application/json",
        }
        with httpx2.Client(base_url=f"{server.url}/api.xro/2.0/", headers=headers) as client:
            for first in range(0, contacts_there, BATCH):
                last = min(first + BATCH, contacts_there)
                contacts = [{"Name": f"Passer-by {number}"} for number in range(first, last)]
                client.put("Contacts", json={"Contacts": contacts}).raise_for_status()
        server.run(lambda world: world.advance(60))
        yield server, given


def _work(made: Connected, tools: Tools) -> None:
    """As a worker: again whenever something is due, until nothing is."""
    from unitledger.engine.work import work_on

    while (outcome := work_on(made.organisation_id, tools, trigger="bench")) is not None:
        if outcome.due_at is None:
            return
        tools.clock.sleep(max(0.0, (outcome.due_at - tools.clock.now()).total_seconds()))


def _came_to(server: Server, made: Connected, *, pairs: int, minutes: float) -> Backfill:
    def look(world: World) -> tuple[Mapping[str, Any], int, list[str | None]]:
        entries = list(world.log.entries(api_only=True))
        refused = sum(1 for each in entries if each.status == 429)
        return world.log.counts(api_only=True), refused, list(world.audit().values())

    counts, refused, audit = server.run(look)
    return Backfill(
        pairs=pairs,
        calls=counts["requests"],
        by_call=counts["by_call"],
        refused_by_limits=refused,
        virtual_minutes=round(minutes, 1),
        documents_differing=_differing(server, made, pairs=pairs),
        ledger="; ".join(each for each in audit if each) or "balanced",
    )


def _differing(server: Server, made: Connected, *, pairs: int) -> int:
    """Source records that the books do not show once and to the cent, unverified ones too."""
    from fauxero.accounting.resource import ListQuery
    from fauxero.accounting.resources import RESOURCES
    from unitledger.store.models import Document

    def rows(world: World, name: str) -> Iterator[dict[str, Any]]:
        (host,) = world.organisations.values()
        page = 1
        while True:
            query = ListQuery(page=page, page_size=THOUSAND, include_archived=True)
            found = RESOURCES[name].read_list(host.books, query).rows
            if not found:
                return
            yield from found
            page += 1

    def paid(world: World) -> tuple[list[tuple[str, Decimal, Decimal]], list[Decimal]]:
        invoices = [
            (each["InvoiceNumber"], Decimal(str(each["Total"])), Decimal(str(each["AmountPaid"])))
            for each in rows(world, "invoices")
        ]
        return invoices, [Decimal(str(each["Amount"])) for each in rows(world, "payments")]

    invoices, payments = server.run(paid)
    total = _business.TOTAL
    wanted = {(f"{number:07d}", total, total) for number in range(1, pairs + 1)}
    shown = set(invoices)
    doubled = len(invoices) - len(shown)
    payments_off = abs(len(payments) - pairs) + sum(amount != total for amount in payments)
    unverified = Document.objects.filter(operator_id=made.operator_id).exclude(kind="contact")
    not_synced = Document.objects.filter(operator_id=made.operator_id).exclude(state="synced")
    return (
        len(wanted ^ shown)
        + doubled
        + payments_off
        + unverified.filter(verified_at=None).count()
        + not_synced.count()
    )


def _show(
    small: Backfill, large: Backfill, *, calls: float, fixed: float, settings: Mapping[str, str]
) -> None:
    both = (small, large)
    result = {
        "bench": "calls",
        "calls": round(calls, 2),
        "fixed": round(fixed, 2),
        "refused_by_limits": sum(each.refused_by_limits for each in both),
        "documents_differing": sum(each.documents_differing for each in both),
        "ledger": "; ".join(sorted({each.ledger for each in both})),
        "backfills": [
            {
                "pairs": each.pairs,
                "calls": each.calls,
                "by_call": dict(each.by_call),
                "virtual_minutes": each.virtual_minutes,
            }
            for each in both
        ],
        "settings": dict(settings),
        **machine(),
    }
    table(
        f"calls: backfills of {small.pairs:,} and {large.pairs:,} pairs, as many new contacts",
        [
            (f"calls a further {small.pairs:,} pairs (reach ≤ 62)", result["calls"]),
            ("fixed calls beside them (reach ≤ 8)", result["fixed"]),
            ("429s (reach 0)", result["refused_by_limits"]),
            ("documents differing from the source", result["documents_differing"]),
            ("fauxero's ledger", result["ledger"]),
            *((f"calls at {each.pairs:,} pairs", each.calls) for each in both),
            *((f"virtual minutes at {each.pairs:,}", each.virtual_minutes) for each in both),
        ],
    )
    last_line(result)


if __name__ == "__main__":
    main()
