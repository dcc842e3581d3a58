"""How long the integration report takes with a million records, page by page.

One operator has a million records, a hundred others have ten thousand each, all in one database.
Pages are asked for as a signed-in person does, and answered whole: totals, rows, HTML.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

from bench import _database
from bench._database import Databases
from bench._printing import last_line, machine, table

P95_MAX_MS = 300
REPORT = "/reports/accounting-software-integration"
SORTS = ("", "-date", "date", "number", "-number", "amount", "-amount", "tenant", "-tenant")
FILTERS: Mapping[str, str] = {
    "first page": "",
    "all": "status=all",
    "synced": "status=synced",
    "failed": "status=failed",
    "drifted": "status=drifted",
    "one month": "status=all&period=custom&from=2024-03-01&to=2024-03-31",
    "one year": "status=all&period=custom&from=2024-01-01&to=2024-12-31",
    "two locations": "status=all&location={first}&location={second}",
    "one building": "status=all&building={building}",
    "search a number": "status=all&q={number}",
    "search a part of it": "status=all&q={part}",
    "search a tenant": "status=all&q=verrick 12",
    "search a unit": "status=all&q=B17-8",
    "search nothing": "status=all&q=zebra",
}
KINDS = ("payments", "invoices", "tenants")
PAGES = 20  # on and on, in one order


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench report", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="of the one operator")
    parser.add_argument("--others", type=int, default=100, help="how many others there are")
    parser.add_argument("--records-each", type=int, default=10_000, help="of each other")
    parser.add_argument("--times", type=int, default=5, help="how often each page is asked for")
    parser.add_argument("--quick", action="store_true", help="2,000 records, and no others")
    asked = parser.parse_args()
    if asked.quick:
        asked.records, asked.others, asked.records_each, asked.times = 2_000, 0, 0, 1
    with _database.databases() as databases:
        filled = _filled(databases, asked)
        pages = _measured(asked.times, others=asked.others)
        settings = databases.settings()
    _show(asked, filled, pages, settings=settings)


def _filled(databases: Databases, asked: argparse.Namespace) -> float:
    """Seconds to make the rows."""
    databases.make_empty("report")
    from django.db import connection

    from bench._report_rows import Size, fill, without_keys

    began = time.monotonic()
    without_keys()
    fill("big", Size(asked.records))
    for number in range(asked.others):
        fill(f"other {number}", Size(asked.records_each))
    with connection.cursor() as cursor:
        # As autovacuum leaves it in time.
        cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _measured(times: int, *, others: int) -> Mapping[str, list[float]]:
    """Milliseconds by page, of the operator with most records and of one of the others."""
    names = ("big", "other 0") if others else ("big",)
    pages: dict[str, list[float]] = {}
    for name in names:
        reader = _Reader(name)
        for page, addresses in reader.pages().items():
            pages[f"{name}: {page}"] = [
                reader.milliseconds(each) for _ in range(times) for each in addresses
            ]
    return pages


class _Reader:
    """A person who looks at the report of one operator."""

    def __init__(self, operator: str) -> None:
        from django.test import Client

        from unitledger.store.models import Building, Location, Membership, Operator, User

        found = Operator.objects.get(name=operator)
        user = User.objects.create_user(f"{operator.replace(' ', '')}@example.com")
        Membership.objects.create(operator=found, user=user, role="administrator")
        self._client = Client(HTTP_HOST="localhost")
        self._client.force_login(user)
        first, second = Location.objects.filter(operator=found).order_by("id")[:2]
        building = Building.objects.filter(operator=found).order_by("id")[0]
        self._places = {"first": first.pk, "second": second.pk, "building": building.pk}

    def pages(self) -> Mapping[str, Sequence[str]]:
        asked: dict[str, Sequence[str]] = {}
        for kind in KINDS:
            number = {"payments": "RC-0000321", "invoices": "INV-0000321", "tenants": "T0000021"}
            said = {**self._places, "number": number[kind], "part": "00032"}
            for name, query in FILTERS.items():
                asked[f"{kind}, {name}"] = [f"by={kind}&{query.format(**said)}"]
            asked[f"{kind}, sorts"] = [f"by={kind}&status=all&sort={each}" for each in SORTS]
            asked[f"{kind}, page on"] = self._pages_on(f"by={kind}&status=all")
        return asked

    def _pages_on(self, address: str) -> list[str]:
        addresses = [address]
        for _ in range(PAGES):
            text = self._get(addresses[-1])
            found = re.search(r'href="\?([^"]+)"[^>]*>Next ', text)
            if found is None:
                break
            addresses.append(found[1].replace("&amp;", "&"))
        return addresses[1:] or addresses

    def milliseconds(self, address: str) -> float:
        began = time.perf_counter()
        self._get(address)
        return (time.perf_counter() - began) * 1000

    def _get(self, address: str) -> str:
        answer = self._client.get(f"{REPORT}?{address}")
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: answered {answer.status_code}")
        return answer.content.decode()


def _p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def _show(
    asked: argparse.Namespace,
    filled: float,
    pages: Mapping[str, list[float]],
    *,
    settings: Mapping[str, str],
) -> None:
    every = [each for times in pages.values() for each in times]
    worst = sorted(pages, key=lambda name: -_p95(pages[name]))[:8]
    result: dict[str, Any] = {
        "bench": "report",
        "records": asked.records,
        "others": asked.others,
        "records_each": asked.records_each,
        "p95_ms": round(_p95(every), 1),
        "median_ms": round(statistics.median(every), 1),
        "pages": {name: round(_p95(times), 1) for name, times in pages.items()},
        "seconds_to_fill": round(filled, 1),
        "settings": dict(settings),
        **machine(),
    }
    table(
        f"report: {asked.records:,} records, and {asked.others} × {asked.records_each:,} others'",
        [
            ("median of all pages, ms", result["median_ms"]),
            (f"p95 of all pages, ms (reach ≤ {P95_MAX_MS})", result["p95_ms"]),
            *((f"slow: {name}, p95 ms", result["pages"][name]) for name in worst),
        ],
    )
    last_line(result)


if __name__ == "__main__":
    main()
