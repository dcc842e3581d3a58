"""fauxero beside localstack-xero 0.1.2, and fauxero with a hundred thousand invoices.

Both are processes of this machine, asked by one client over one connection, the same calls with
the same bodies, in turns. fauxero keeps all its rules, its ledger and its limiter meanwhile (with
a quota that is not used up); the other computes no totals and keeps no rule. `ratio` is fauxero's
requests a second ÷ the other's over all the calls that both answer, each call as often as every
other; 1 or more is wanted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import _peer
from bench._peer import Caller
from bench._printing import last_line, machine, table

ROOT = "/api.xro/2.0"
BATCH = 50
PAGE = 100
PAGES_A_ROUND = 40

Made = Callable[[int], tuple[str, str, bytes | None]]


def invoice(number: str, contact: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "InvoiceNumber": number,
        "Contact": contact,
        "Date": "2026-03-01",
        "DueDate": "2026-03-15",
        "LineAmountTypes": "Exclusive",
        "LineItems": [
            {"Description": "Unit A12", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"},
            {"Description": "Insurance", "Quantity": 1, "UnitAmount": 12.5, "AccountCode": "200"},
        ],
    }


@dataclass
class Timed:
    """Seconds of each round, by call."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        self.seconds.setdefault(name, []).append(seconds)

    def best(self, name: str) -> float:
        """The quickest round: what else the machine does can only slow one down."""
        return min(self.seconds[name])


class Contest:
    """The calls both answer, sent to one of the two."""

    def __init__(self, caller: Caller, prefix: str) -> None:
        self._caller = caller
        self._prefix = prefix
        self._drawn = 0
        self.timed = Timed()
        self._contact = self._first("Contacts", {"Name": f"{prefix} tenant"})
        contact = {"ContactID": self._contact["ContactID"]}
        self._contact = contact
        for _ in range(PAGE // BATCH):
            self._caller.raw("PUT", f"{ROOT}/Invoices", self._batch())
        self._one = self._first("Invoices", invoice(self._number(), contact))["InvoiceID"]

    def _first(self, collection: str, element: Any) -> Mapping[str, Any]:
        method = "POST" if collection == "Contacts" else "PUT"
        body = {collection: [element]}
        return self._caller.call(method, f"{ROOT}/{collection}", body)[collection][0]

    def _number(self) -> str:
        self._drawn += 1
        return f"{self._prefix}-{self._drawn}"

    def _batch(self) -> bytes:
        rows = [invoice(self._number(), self._contact) for _ in range(BATCH)]
        return json.dumps({"Invoices": rows}).encode()

    def lists(self, requests: int) -> None:
        """Before anything else is written: the other one knows no pages and lists all there is."""
        self._timed("list of 100", "GET", f"{ROOT}/Invoices?page=1&pageSize={PAGE}", requests)

    def round(self, requests: int) -> None:
        """Send each call `requests` times. Bodies are made beforehand."""
        one = f"{ROOT}/Invoices/{self._one}"
        self._timed("one invoice", "GET", one, requests)
        self._timed("connections", "GET", "/connections", requests)
        self._writes("new contact", "POST", "Contacts", lambda: {"Name": self._number()}, requests)
        made = self._writes("new invoice", "PUT", "Invoices", self._invoice, requests)
        ids = iter(json.loads(body)["Invoices"][0]["InvoiceID"] for body in made)
        self._writes("payment", "POST", "Payments", lambda: self._payment(next(ids)), requests)
        self._writes("credit note", "PUT", "CreditNotes", self._credit_note, requests)

    def batches(self, count: int) -> None:
        bodies = [self._batch() for _ in range(count)]
        began = time.perf_counter()
        for body in bodies:
            self._caller.raw("PUT", f"{ROOT}/Invoices", body)
        self.timed.add("batch of 50", (time.perf_counter() - began) / count)

    def _timed(self, name: str, method: str, path: str, requests: int) -> None:
        began = time.perf_counter()
        for _ in range(requests):
            self._caller.raw(method, path)
        self.timed.add(name, (time.perf_counter() - began) / requests)

    def _writes(
        self, name: str, method: str, collection: str, make: Callable[[], Any], requests: int
    ) -> list[bytes]:
        bodies = [json.dumps({collection: [make()]}).encode() for _ in range(requests)]
        began = time.perf_counter()
        made = [self._caller.raw(method, f"{ROOT}/{collection}", body) for body in bodies]
        self.timed.add(name, (time.perf_counter() - began) / requests)
        return made

    def _invoice(self) -> Any:
        return invoice(self._number(), self._contact)

    def _payment(self, invoice_id: str) -> Any:
        account = {"Code": "090"}
        return {"Invoice": {"InvoiceID": invoice_id}, "Account": account, "Amount": 50}

    def _credit_note(self) -> Any:
        made = invoice(self._number(), self._contact)
        made["CreditNoteNumber"] = made.pop("InvoiceNumber")
        del made["DueDate"]
        return made | {"Type": "ACCRECCREDIT"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench fauxero", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs")
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--alone", action="store_true", help="without the other emulator")
    asked = parser.parse_args()
    requests, rounds = (20, 2) if asked.quick else (200, 5)
    many = 3_000 if asked.quick else asked.invoices
    result: dict[str, Any] = {"bench": "fauxero", "quick": asked.quick}
    if not asked.alone:
        result |= _beside(requests, rounds)
    result |= _alone(many, rounds=rounds)
    last_line(result | {"machine": machine()})


def _beside(requests: int, rounds: int) -> Mapping[str, Any]:
    with _peer.peer() as other, _peer.fauxero() as (ours, _, _):
        one, two = Contest(ours, "F"), Contest(other, "L")
        for _ in range(rounds):
            for contest in (one, two):
                contest.lists(max(10, requests // 10))
        for _ in range(rounds):
            for contest in (one, two):
                contest.round(requests)
                contest.batches(max(2, requests // 20))
    calls = [name for name in one.timed.seconds if name != "batch of 50"]
    pairs = {name: (one.timed.best(name), two.timed.best(name)) for name in one.timed.seconds}
    totals = [sum(pairs[name][at] for name in calls) for at in (0, 1)]
    table(
        "Requests a second: fauxero, localstack-xero, and the one ÷ the other",
        [
            (name, f"{1 / mine:9,.0f} {1 / theirs:9,.0f} {theirs / mine:8.2f}")
            for name, (mine, theirs) in pairs.items()
        ],
    )
    mine, theirs = pairs["batch of 50"]
    return {
        "ratio": round(totals[1] / totals[0], 3),
        "requests_per_s": round(len(calls) / totals[0], 1),
        "requests_per_s_localstack": round(len(calls) / totals[1], 1),
        "ratio_by_call": {name: round(b / a, 2) for name, (a, b) in pairs.items()},
        "batches_per_s": round(1 / mine, 1),
        "documents_per_s": round(BATCH / mine, 1),
        "documents_per_s_localstack": round(BATCH / theirs, 1),
        "ratio_documents": round(theirs / mine, 3),
    }


def _alone(many: int, *, rounds: int) -> Mapping[str, Any]:
    """Fill a state file, start on it again, and compare its pages with those of a small one."""
    few = min(1_000, many // 3)
    with TemporaryDirectory(prefix="bench-fauxero-") as folder:
        large, small = Path(folder) / "large.sqlite", Path(folder) / "small.sqlite"
        _fill(small, few)
        filling = _fill(large, many)
        began = time.perf_counter()
        with _peer.fauxero("--state", str(large)) as (ours, _, pid):
            started = time.perf_counter() - began
            memory = _peer.memory_mb(pid)
            with _peer.fauxero("--state", str(small)) as (beside, _, _):
                pages = _pages(ours, beside, many, few, rounds)
    ratios = {name: round(b / a, 2) for name, (a, b) in pages.items()}
    rows: list[tuple[str, object]] = [
        ("filling, documents/s", many / filling),
        ("start-up, s", started),
        ("memory, MB", memory or "unknown here"),
    ]
    rows += [
        (f"{name}, p95 ms at {few:,} and {many:,}", f"{a * 1000:.2f} {b * 1000:.2f} {b / a:.2f}")
        for name, (a, b) in pages.items()
    ]
    table(f"With {many:,} invoices", rows)
    return {
        "invoices": many,
        "start_s": round(started, 2),
        "memory_mb": round(memory, 1) if memory else None,
        "filling_documents_per_s": round(many / filling, 1),
        "page_ratios": ratios,
        "page_ratio": max(ratios.values()),
    }


def _fill(state: Path, invoices: int) -> float:
    with _peer.fauxero("--state", str(state)) as (ours, _, _):
        contacts = {"Contacts": [{"Name": f"Tenant {at}"} for at in range(BATCH)]}
        made = ours.call("PUT", f"{ROOT}/Contacts", contacts)["Contacts"]
        began = time.perf_counter()
        for at in range(0, invoices, BATCH):
            rows = [
                invoice(f"N-{number}", {"ContactID": made[number % BATCH]["ContactID"]})
                for number in range(at, min(at + BATCH, invoices))
            ]
            ours.raw("PUT", f"{ROOT}/Invoices", json.dumps({"Invoices": rows}).encode())
        return time.perf_counter() - began


def _pages(
    ours: Caller, beside: Caller, many: int, few: int, rounds: int
) -> dict[str, tuple[float, float]]:
    """p95 of a page, by kind of page: (of few, of many). In turns, so that both fare alike."""
    kinds: dict[str, Callable[[int], str]] = {
        "first page": lambda _: f"page=1&pageSize={PAGE}",
        "middle page": lambda count: f"page={count // 2 // PAGE}&pageSize={PAGE}",
        "last page": lambda count: f"page={count // PAGE}&pageSize={PAGE}",
        "of a status": lambda _: f"page=1&pageSize={PAGE}&Statuses=AUTHORISED",
        "summary only": lambda _: f"page=1&pageSize={PAGE}&summaryOnly=true",
        "by number": lambda count: f"page=1&pageSize={PAGE}&InvoiceNumbers=N-{count - 1}",
        "next page of a sweep by id": lambda count: f"page=2&pageSize={PAGE}&order=InvoiceID",
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(4 * rounds):
        for name, query in kinds.items():
            taken[name].append(_round(ours, beside, query(many), query(few)))
    return {
        name: (min(a for a, _ in p95s), min(b for _, b in p95s)) for name, p95s in taken.items()
    }


def _round(ours: Caller, beside: Caller, of_many: str, of_few: str) -> tuple[float, float]:
    """p95 within a round. Of the rounds the quietest counts, as it does above."""
    for caller, query in ((beside, of_few), (ours, of_many)):
        caller.raw("GET", f"{ROOT}/Invoices?{query}")  # a sweep's first page sorts
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(PAGES_A_ROUND):
        for caller, query, into in ((beside, of_few, taken[0]), (ours, of_many, taken[1])):
            began = time.perf_counter()
            caller.raw("GET", f"{ROOT}/Invoices?{query}")
            into.append(time.perf_counter() - began)
    return _p95(taken[0]), _p95(taken[1])


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    main()
