"""Sends requests in a few threads. A thread turns bytes into bytes and touches no row."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime

from unitledger.core.effects import Verdict
from unitledger.core.exchange import Access, Answer, Limits, WriteRequest
from unitledger.engine import crashpoints
from unitledger.engine.effect_rows import OpenEffect
from unitledger.engine.tools import Tools

# Xero takes five requests at a time of one app in one organisation (documented, Limits page).
FLIGHTS_MAX = 5
# A thread that builds a request or reads an answer keeps the interpreter's lock this long while
# the main thread has an answer of the database waiting. Python's own 5 ms made each of the
# hundreds of short statements of a run wait for it.
SWITCH_SECONDS = 0.00005

NOT_SENT = Answer(whole=Verdict.NOT_SENT, elements=(), limits=Limits(), http_status=None)


@dataclass(slots=True)
class Flight:
    """One request on its way, with what is needed to record or repeat it."""

    batch_id: int
    request: WriteRequest
    access: Access
    effects: Sequence[OpenEffect]
    claimed_at: datetime
    deadline: float  # on the clock's `elapsed`; no first byte after it
    answer: Future[Answer]
    repeats: int = 0

    def came_to(self) -> Answer:
        """What is known of a request that has ended, and was perhaps sent more than once.

        A later send that was turned away as a whole, before anything was looked at, says
        nothing about the first, whose answer was lost.
        """
        answer = self.answer.result()
        if self.repeats and answer.whole is not None:
            return replace(answer, whole=Verdict.UNKNOWN)
        return answer


class Sender:
    """The threads of one run."""

    def __init__(self, tools: Tools) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)  # of the whole process, and for good
        self._tools = tools
        self._pool = ThreadPoolExecutor(max_workers=FLIGHTS_MAX, thread_name_prefix="send")
        self._flights: list[Flight] = []

    def __len__(self) -> int:
        return len(self._flights)

    @property
    def flights(self) -> list[Flight]:
        return list(self._flights)

    def start(self, request: WriteRequest, access: Access, *, deadline: float) -> Future[Answer]:
        return self._pool.submit(self._exchange, request, access, deadline)

    def add(self, flight: Flight) -> None:
        self._flights.append(flight)

    def ended(self, *, wait_seconds: float) -> list[Flight]:
        """The flights that have ended, waiting a little for the first of them."""
        if not self._flights:
            return []
        wait([each.answer for each in self._flights], wait_seconds, FIRST_COMPLETED)
        done: list[Flight] = []
        under_way: list[Flight] = []
        for each in self._flights:
            # Asked once: a flight that ended between two questions would be in neither list.
            (done if each.answer.done() else under_way).append(each)
        self._flights = under_way
        return done

    def close(self) -> None:
        """Wait for what is on its way; start nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _exchange(self, request: WriteRequest, access: Access, deadline: float) -> Answer:
        self._tools.reached(crashpoints.BEFORE_FIRST_BYTE)
        # A process that was paused here wakes up too late: others have taken over since.
        if self._tools.clock.elapsed() > deadline:
            return NOT_SENT
        return self._tools.books.send(request, access)
