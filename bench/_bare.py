"""The least a client must do for the same documents: render, send, parse. It records nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from unitledger.books.xero.books import XeroBooks
from unitledger.core.documents import Wanted
from unitledger.core.effects import BATCH_MAX, EffectKind, Verdict
from unitledger.core.exchange import Access, Answer, Element, WriteRequest

PYTHONS_SWITCH_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Job:
    """One document to write, and the handle of the one it hangs on."""

    wanted: Wanted
    handle: str
    parent: str | None


def run(
    jobs: Mapping[EffectKind, Sequence[Job]], *, books: XeroBooks, access: Access, flights: int
) -> float:
    """Write them all, `flights` requests at a time; the seconds it took."""
    # The engine sets another one for its process, which suits the engine and slows this loop.
    sys.setswitchinterval(PYTHONS_SWITCH_SECONDS)
    began = time.perf_counter()
    ids: dict[str, str] = {}
    with ThreadPoolExecutor(flights) as pool:
        for kind, mine in jobs.items():
            requests = _requests(kind, mine, ids, books)
            for answer in _in_flight(requests, books, access, pool, flights):
                for each in answer.elements:
                    if each.verdict is not Verdict.APPLIED or each.xero_id is None:
                        raise RuntimeError(f"{each.handle} was not written: {each.messages}")
                    ids[each.handle] = each.xero_id
    return time.perf_counter() - began


def _requests(
    kind: EffectKind, jobs: Sequence[Job], ids: Mapping[str, str], books: XeroBooks
) -> Iterator[WriteRequest]:
    for first in range(0, len(jobs), BATCH_MAX):
        elements = [
            Element(
                payload=books.render(job.wanted),
                handle=job.handle,
                parent_id=None if job.parent is None else ids[job.parent],
            )
            for job in jobs[first : first + BATCH_MAX]
        ]
        yield books.compose(kind, elements, idempotency_key=f"{kind}-{first}")


def _in_flight(
    requests: Iterator[WriteRequest],
    books: XeroBooks,
    access: Access,
    pool: ThreadPoolExecutor,
    flights: int,
) -> Iterator[Answer]:
    """The answers in the order of the requests, `flights` of them on their way at a time."""
    if flights == 1:
        yield from (books.send(request, access) for request in requests)
        return
    waiting = []
    for request in requests:
        waiting.append(pool.submit(books.send, request, access))
        if len(waiting) == flights:
            yield waiting.pop(0).result()
    for each in waiting:
        yield each.result()
