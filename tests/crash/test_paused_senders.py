"""A sender is paused past its lease, another takes over, and then the first wakes up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.business import Business
from tests.crash.situations import SITUATIONS, assert_ended_well
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Access, Answer, WriteRequest
from unitledger.engine import crashpoints
from unitledger.engine.ports import Books

PATIENCE_SECONDS = 30


@dataclass
class Gate:
    """Where a sender stands still until the test lets it go on."""

    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def pass_through(self) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_SECONDS)


class PausedBooks:
    """Books whose sender is paused after all its own checks, just before the first byte."""

    def __init__(self, books: Books, gate: Gate) -> None:
        self._books = books
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)

    def send(self, request: WriteRequest, access: Access) -> Answer:
        self._gate.pass_through()
        return self._books.send(request, access)


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
def test_a_sender_that_wakes_up_late_does_nothing_twice(
    operator: Business, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)
    gate = Gate()
    paused = replace(operator.tools, books=PausedBooks(operator.tools.books, gate))
    sleeper = _in_background(lambda: operator.syncs(tools=paused, owner="sleeper"))
    assert gate.reached.wait(PATIENCE_SECONDS)

    operator.passes(11)
    operator.settles()
    gate.opened.set()
    sleeper.join(PATIENCE_SECONDS)

    operator.settles()
    assert_ended_well(operator, situation)


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
def test_a_sender_that_wakes_up_soon_after_another_took_over_does_nothing_twice(
    operator: Business, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)
    gate = Gate()
    paused = replace(operator.tools, books=PausedBooks(operator.tools.books, gate))
    sleeper = _in_background(lambda: operator.syncs(tools=paused, owner="sleeper"))
    assert gate.reached.wait(PATIENCE_SECONDS)

    operator.passes(11)
    operator.syncs()
    gate.opened.set()
    sleeper.join(PATIENCE_SECONDS)

    operator.settles()
    assert_ended_well(operator, situation)


def test_a_sender_paused_before_its_own_check_sends_nothing(operator: Business) -> None:
    operator.bills("1001", "120.00")
    gate = Gate()
    first_time = iter([True])

    def reached(place: str) -> None:
        if place == crashpoints.BEFORE_FIRST_BYTE and next(first_time, False):
            gate.pass_through()

    paused = replace(operator.tools, reached=reached)
    sleeper = _in_background(lambda: operator.syncs(tools=paused, owner="sleeper"))
    assert gate.reached.wait(PATIENCE_SECONDS)

    operator.passes(31)
    operator.settles()
    writes = operator.writes()
    gate.opened.set()
    sleeper.join(PATIENCE_SECONDS)

    assert operator.writes() == writes
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def _in_background(work: Callable[[], Any]) -> threading.Thread:
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
