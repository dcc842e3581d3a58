"""The ground the books stand on: rolling back, snapshots, order, keeping in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from fauxero.accounting.books import Books
from fauxero.accounting.tables import Log, Lookup, Ordered, Table
from tests.accounting.story import ORGANISATION_ID, Story


@dataclass(frozen=True)
class Mark:
    id: str
    colour: str
    at: int = 0


class Stop(Exception):
    pass


@contextmanager
def stopped(log: Log) -> Iterator[None]:
    """A transaction that fails at its end."""
    with suppress(Stop), log.transaction():
        yield
        raise Stop


def marks() -> tuple[Log, Table[Mark], Lookup[Mark]]:
    log = Log()
    table: Table[Mark] = Table("marks", log)
    by_colour: Lookup[Mark] = Lookup(lambda row: row.colour)
    table.follow(by_colour)
    return log, table, by_colour


def test_a_failed_transaction_leaves_rows_and_indexes_as_they_were() -> None:
    log, table, by_colour = marks()
    table.put(Mark("1", "red"))
    with stopped(log):
        table.put(Mark("1", "blue"))
        table.put(Mark("2", "red"))
        table.drop("1")
    assert list(table) == [Mark("1", "red")]
    assert by_colour.ids("red") == ("1",)
    assert not by_colour.has("blue")


def test_an_inner_transaction_rolls_back_alone() -> None:
    log, table, by_colour = marks()
    with log.transaction():
        table.put(Mark("1", "red"))
        with stopped(log):
            table.put(Mark("2", "red"))
        table.put(Mark("3", "red"))
    assert by_colour.ids("red") == ("1", "3")


def test_an_outer_failure_takes_back_what_an_inner_transaction_did() -> None:
    log, table, _ = marks()
    with stopped(log), log.transaction():
        table.put(Mark("1", "red"))
    assert len(table) == 0


def test_changes_are_told_once_with_the_row_as_it_is_now() -> None:
    log, table, _ = marks()
    table.put(Mark("1", "red"))
    table.put(Mark("1", "blue"))
    table.put(Mark("2", "red"))
    table.drop("2")
    assert log.drain() == [("marks", "1", Mark("1", "blue")), ("marks", "2", None)]
    assert log.drain() == []


def test_a_snapshot_brings_back_rows_indexes_and_what_was_dropped() -> None:
    log, table, by_colour = marks()
    table.put(Mark("1", "red"))
    table.put(Mark("2", "red"))
    snapshot = log.snapshot()
    table.put(Mark("1", "blue"))
    table.drop("2")
    table.put(Mark("3", "red"))
    log.restore(snapshot)
    assert {row.id: row.colour for row in table} == {"1": "red", "2": "red"}
    assert sorted(by_colour.ids("red")) == ["1", "2"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9)), max_size=300), st.data())
def test_an_ordered_index_holds_what_sorting_would(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    class Short(Ordered[Mark]):
        CHUNK_MAX = 4

    index = Short(lambda row: (row.at, row.id))
    held: dict[str, Mark] = {}
    for key, at in steps:
        old = held.pop(str(key), None)
        if old is not None:
            index.remove(old)
        if at:
            held[str(key)] = Mark(str(key), "", at)
            index.add(held[str(key)])
    expected = [row.id for row in sorted(held.values(), key=lambda row: (row.at, row.id))]
    start = data.draw(st.integers(0, len(expected) + 2))
    stop = data.draw(st.integers(start, len(expected) + 2))
    assert index.slice(start, stop) == expected[start:stop]
    assert len(index) == len(expected)
    floor = data.draw(st.integers(0, 10))
    assert index.rank((floor, "")) == sum(row.at < floor for row in held.values())


def test_books_kept_as_json_come_back_the_same() -> None:
    story = Story()
    invoice = story.invoice()
    story.pay(invoice, "20.00")
    story.bookkeeper("set_lock_dates", period="2025-12-31")
    kept = json.loads(json.dumps(list(story.books.drain_changes())))
    again = Books.load(
        kept, organisation_id=ORGANISATION_ID, clock=story.clock, ids=story.books.ids
    )
    again.check()
    assert again.snapshot() == story.books.snapshot()
    assert list(again.drain_changes()) == []


def test_a_restored_snapshot_takes_the_ledger_back_too(story: Story) -> None:
    story.invoice("100.00")
    snapshot = story.books.snapshot()
    story.pay(story.invoice("60.00"))
    story.books.restore(snapshot)
    assert story.balance("610") == 100
    assert story.balance("090") == 0


def test_books_built_twice_from_the_same_seed_are_the_same() -> None:
    assert Story().books.snapshot() == Story().books.snapshot()
