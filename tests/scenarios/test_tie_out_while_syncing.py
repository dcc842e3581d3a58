"""A tie-out while a sync writes says so, instead of differences that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, tenant
from unitledger.engine import crashpoints
from unitledger.engine.reconcile.tie_out import tie_out
from unitledger.engine.reconcile.under_way import RunUnderWay
from unitledger.engine.work import work_on


@pytest.fixture
def ledger(database: object) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def test_while_a_run_is_going_on_nothing_is_compared(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice())
    seen: list[str] = []

    def reached(point: str) -> None:
        if point == crashpoints.RECORDED and not seen:
            try:
                ledger.ties_out()
            except RunUnderWay as under_way:
                seen.append(str(under_way))

    work_on(ledger.organisation_id, replace(ledger.tools, reached=reached), trigger="test")

    assert len(seen) == 1
    assert "Tie out again when it has ended" in seen[0]
    assert ledger.ties_out().ties


def test_a_run_that_began_meanwhile_is_noticed(ledger: Ledger) -> None:
    from unitledger.store.models import Finding

    ledger.takes_in(tenant(), invoice())

    def progress(what: str, count: int) -> None:
        if what == "compared" and not ledger.business.writes():
            ledger.syncs()

    with pytest.raises(RunUnderWay):
        tie_out(ledger.organisation_id, tools=ledger.tools, progress=progress)

    assert not Finding.objects.exists()
    assert ledger.ties_out().ties


def test_what_a_killed_run_left_open_stands_in_nobodys_way(ledger: Ledger) -> None:
    from unitledger.store.models import Run

    ledger.takes_in(tenant(), invoice())
    ledger.syncs()
    Run.objects.update(state="running", finished_at=None)

    assert ledger.ties_out().ties
