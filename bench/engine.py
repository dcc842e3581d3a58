"""The engine's own cost: its documents a second ÷ those of a bare loop that records nothing.

Both write the same contacts, invoices and payments to the same stub. The bare loop renders,
sends with the same client and parses. The engine claims, sends, records and verifies: what it
does between the plan and the last finding. The plan is timed beside it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bench import _bare, _business, _database
from bench._business import Connected
from bench._printing import last_line, machine, table
from bench._processes import Stub, stub
from unitledger.books.xero.books import XeroBooks
from unitledger.core.effects import EffectKind
from unitledger.engine.tools import Tools
from unitledger.system import DatabaseClock

FLIGHTS = 5
TOKEN_LIFE = timedelta(days=1)
KINDS = (EffectKind.CREATE_CONTACT, EffectKind.CREATE_INVOICE, EffectKind.CREATE_PAYMENT)


class WatchedBooks(XeroBooks):
    """The product's own adapter, which notes when its last write was answered."""

    written_at = 0.0

    def send(self, request: Any, access: Any) -> Any:
        answer = super().send(request, access)
        self.written_at = time.perf_counter()
        return answer


@dataclass
class Rounds:
    """Seconds of each round."""

    plan: list[float] = field(default_factory=list)
    send: list[float] = field(default_factory=list)  # claim, send, record
    verify: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bare_one: list[float] = field(default_factory=list)  # one request at a time
    stub: list[float] = field(default_factory=list)  # processor time of the stub, bare loop


def main() -> None:
    arguments = _arguments()
    contacts, pairs = (50, 100) if arguments.quick else (arguments.contacts, arguments.pairs)
    rounds = 1 if arguments.quick else arguments.rounds
    with _database.databases() as databases, stub() as books:
        databases.make_empty("seeded")
        tools = _tools(books)
        made = _seeded(tools, contacts=contacts, pairs=pairs)
        seen = Rounds()
        for number in range(rounds):
            _database.use(databases.make("round", template="seeded"))
            _round(seen, made, tools, books, bare_first=number % 2 == 1)
        _show(seen, documents=contacts + 2 * pairs, settings=databases.settings())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench engine", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=4500, help="invoices with their payments")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    return parser.parse_args()


def _tools(books: Stub) -> Tools:
    watched = WatchedBooks(f"{books.url}/api.xro/2.0")
    return _business.make_tools(books.url, clock=DatabaseClock(), books=watched)


def _seeded(tools: Tools, *, contacts: int, pairs: int) -> Connected:
    made = _business.connect(
        tools,
        organisation="00000000-0000-4000-8000-000000000000",
        access_token="bench",
        refresh_token="bench",
        client_id="bench",
        client_secret="bench",
        token_life=TOKEN_LIFE,
    )
    _business.map_categories(made, tools)
    records = _business.records(tenants=contacts, pairs=pairs)
    _business.take_in(made, records, now=tools.clock.now())
    return made


def _round(seen: Rounds, made: Connected, tools: Tools, books: Stub, *, bare_first: bool) -> None:
    books.reset()
    seen.plan.append(_plan(made, tools))
    jobs = _jobs()
    if bare_first:
        _bare_rounds(seen, jobs, made, tools, books)
        books.reset()
    _dispatch(seen, made, tools)
    if not bare_first:
        _bare_rounds(seen, jobs, made, tools, books)


def _plan(made: Connected, tools: Tools) -> float:
    """A stretch that is stopped before its first send: chart, plan, first look around."""
    from unitledger.engine.work import work_on

    began = time.perf_counter()
    work_on(made.organisation_id, tools, trigger="bench", is_stopping=lambda: True)
    return time.perf_counter() - began


def _jobs() -> Mapping[EffectKind, list[_bare.Job]]:
    """The planned documents as the bare loop takes them."""
    from unitledger.core.documents import wanted_from_content
    from unitledger.store.models import Effect

    jobs: dict[EffectKind, list[_bare.Job]] = {kind: [] for kind in KINDS}
    effects = Effect.objects.filter(state="waiting").order_by("id")
    for kind, handle, content, parent in effects.values_list(
        "kind", "handle", "content", "document__parent__handle"
    ):
        job = _bare.Job(wanted_from_content(content), handle, parent)
        jobs[EffectKind(kind)].append(job)
    return jobs


def _dispatch(seen: Rounds, made: Connected, tools: Tools) -> None:
    from unitledger.engine.work import work_on
    from unitledger.store.models import Document

    assert isinstance(tools.books, WatchedBooks)
    began = time.perf_counter()
    work_on(made.organisation_id, tools, trigger="bench")
    ended = time.perf_counter()
    seen.send.append(tools.books.written_at - began)
    seen.verify.append(ended - tools.books.written_at)
    open_documents = Document.objects.exclude(state="synced").count()
    unverified = Document.objects.exclude(kind="contact").filter(verified_at=None).count()
    if open_documents or unverified:
        raise RuntimeError(f"{open_documents} not written, {unverified} not verified")


def _bare_rounds(
    seen: Rounds,
    jobs: Mapping[EffectKind, list[_bare.Job]],
    made: Connected,
    tools: Tools,
    books: Stub,
) -> None:
    from unitledger.engine.access import access

    assert isinstance(tools.books, XeroBooks)
    permission = access(made.connection_id, tools=tools)
    for flights, seconds in ((FLIGHTS, seen.bare), (1, seen.bare_one)):
        books.reset()
        before = books.seconds()
        seconds.append(_bare.run(jobs, books=tools.books, access=permission, flights=flights))
        if flights == FLIGHTS:
            seen.stub.append(books.seconds() - before)


def _show(seen: Rounds, *, documents: int, settings: Mapping[str, str]) -> None:
    plan, send, verify = (statistics.median(each) for each in (seen.plan, seen.send, seen.verify))
    bare, bare_one = statistics.median(seen.bare), statistics.median(seen.bare_one)
    stub_share = statistics.median(
        used / whole for used, whole in zip(seen.stub, seen.bare, strict=True)
    )
    rest = statistics.median(
        bare / (send + verify)
        for bare, send, verify in zip(seen.bare, seen.send, seen.verify, strict=True)
    )
    result = {
        "bench": "engine",
        "ratio": round(rest, 3),
        "ms_per_document": round((send + verify) * 1000 / documents, 4),
        "ratio_sending": round(bare / send, 3),
        "ratio_with_planning": round(bare / (plan + send + verify), 3),
        "documents": documents,
        "rounds": len(seen.bare),
        "flights": FLIGHTS,
        "seconds": {
            "plan": round(plan, 3),
            "send": round(send, 3),
            "verify": round(verify, 3),
            "bare": round(bare, 3),
            "bare_one_at_a_time": round(bare_one, 3),
        },
        "stub_share_of_bare": round(stub_share, 3),
        "settings": dict(settings),
        **machine(),
    }
    table(
        f"engine: {documents:,} documents, median of {len(seen.bare)} rounds",
        [
            ("engine ÷ bare loop (reach ≥ 0.5)", result["ratio"]),
            ("  without verification", result["ratio_sending"]),
            ("  with planning", result["ratio_with_planning"]),
            ("ms a document, engine", result["ms_per_document"]),
            ("ms a document, bare loop", bare * 1000 / documents),
            ("ms a document, planning", plan * 1000 / documents),
            ("stub's own time ÷ bare loop (at most 0.1)", result["stub_share_of_bare"]),
            ("requests at a time, both sides", FLIGHTS),
            ("bare loop, one request at a time, s", bare_one),
            *((f"PostgreSQL {name}", value) for name, value in settings.items()),
        ],
    )
    last_line(result)


if __name__ == "__main__":
    main()
