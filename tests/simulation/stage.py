"""One operator under test: what was told, what a bookkeeper did, and the diary of it all."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fauxero.accounting.resource import RequestRefused
from fauxero.accounting.rows import Contact, Invoice, Payment
from tests.business import Business
from tests.simulation.books import Books, read_books
from tests.simulation.told import Told
from unitledger.core.arrivals import Arrived
from unitledger.core.billing import Record
from unitledger.core.exchange import Access, Answer, WriteRequest
from unitledger.engine.ports import Books as BooksPort
from unitledger.engine.tools import Tools

PATIENCE_SECONDS = 120


class Crashed(BaseException):
    """Not an Exception: nothing in the engine may catch it."""


class Gate:
    """Where a sender stands still until somebody lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def pass_through(self) -> None:
        self.reached.set()
        self.opened.wait(PATIENCE_SECONDS)


class PausedBooks:
    """Books whose first sender is paused after all its own checks, before the first byte."""

    def __init__(self, books: BooksPort, gate: Gate) -> None:
        self._books = books
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)

    def send(self, request: WriteRequest, access: Access) -> Answer:
        if not self._gate.reached.is_set():
            self._gate.pass_through()
        return self._books.send(request, access)


@dataclass
class Touched:
    """A document of ours that a bookkeeper changed: as we had left it, and as they left it."""

    before: object
    after: object


@dataclass
class Stage:
    business: Business
    rng: random.Random
    told: Told = field(default_factory=Told)
    diary: list[str] = field(default_factory=list)
    touched: dict[str, Touched] = field(default_factory=dict)  # by Xero id
    buried: set[str] = field(default_factory=set)  # Xero ids a bookkeeper voided or deleted
    sleepers: list[tuple[Gate, threading.Thread]] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    connection_is_gone: bool = False

    # -- the diary

    def writes(self, sentence: str) -> None:
        at = self.business.tools.clock.now()
        self.diary.append(f"{len(self.diary) + 1:3} {at:%d %b %H:%M:%S} {sentence}")

    def next(self, letter: str) -> str:
        self.numbers[letter] = self.numbers.get(letter, 0) + 1
        return f"{letter}{self.numbers[letter]:03}"

    # -- the source

    def tells(self, *records: Record) -> None:
        """One chunk of an import; whatever is refused is a mistake of the simulation."""
        from unitledger.engine.intake import take_in

        results = take_in(
            self.business.operator_id,
            [Arrived(records=[each], raw={}) for each in records],
            now=self.business.tools.clock.now(),
            zone="Europe/London",
        )
        refused = [refusal for result in results for refusal in result.refusals]
        assert not refused, refused

    # -- our side

    def syncs(self, *, tools: Tools | None = None, **how: Any) -> str:
        """One stretch of work; how it ended, in a word."""
        try:
            outcome = self.business.syncs(tools=tools or self.business.tools, **how)
        except Crashed as crash:
            return f"the power went: {crash}"
        return "nothing to do" if outcome is None else str(outcome.state)

    def goes_to_sleep_sending(self) -> str:
        gate = Gate()
        paused = replace(self.business.tools, books=PausedBooks(self.business.tools.books, gate))
        owner = self.next("sleeper")
        thread = in_background(lambda: self.syncs(tools=paused, owner=owner))
        while thread.is_alive() and not gate.reached.wait(0.02):
            pass
        if not gate.reached.is_set():
            thread.join()
            return "nobody sent anything"
        self.sleepers.append((gate, thread))
        return f"{owner} sleeps before its first byte"

    def wakes_sleepers(self) -> None:
        for gate, thread in self.sleepers:
            gate.opened.set()
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), "a sender that was woken never ended"
        self.sleepers.clear()

    # -- the bookkeeper

    def books(self) -> Books:
        return read_books(self.business)

    def bookkeeper(self, act: str, **arguments: Any) -> bool:
        """Whether Xero let them. What they changed of ours is noted down."""
        before = self.books()
        try:
            self.business.bookkeeper(act, **arguments)
        except RequestRefused as refused:
            self.writes(f"bookkeeper: {act} {_shown(arguments)}: Xero says no ({refused})")
            return False
        self.writes(f"bookkeeper: {act} {_shown(arguments)}")
        self._note_touched(before, self.books())
        return True

    def _note_touched(self, before: Books, after: Books) -> None:
        for old, new in (
            *_pairs(before.contacts, after.contacts),
            *_pairs(before.invoices, after.invoices),
            *_pairs(before.payments, after.payments),
        ):
            was, now = signature(old), signature(new)
            if was == now:
                continue
            left = self.touched[old.id].before if old.id in self.touched else was
            self.touched[old.id] = Touched(before=left, after=now)
            if left == now:
                del self.touched[old.id]


Row = Contact | Invoice | Payment


def signature(row: Row) -> object:
    """What of a row only its author may change: everything but what payments do to it."""
    match row:
        case Contact():
            return (row.name, row.number, row.account_number, row.status, row.merged_to_id)
        case Invoice():
            status = "AUTHORISED" if row.status == "PAID" else row.status
            lines = tuple((each.description, each.line_amount) for each in row.lines)
            return (row.number, status, row.contact_id, row.on, row.reference, row.total, lines)
        case Payment():
            return (row.amount, row.on, row.status, row.reference, row.is_reconciled)


def in_background(work: Callable[[], Any]) -> threading.Thread:
    """Another worker: a thread with a database connection of its own."""

    def run() -> None:
        from django.db import connections

        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name="sleeper", daemon=True)
    thread.start()
    return thread


def _pairs(before: dict[str, Any], after: dict[str, Any]) -> Sequence[tuple[Row, Row]]:
    return [(before[key], after[key]) for key in before if key in after]


def _shown(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items())
