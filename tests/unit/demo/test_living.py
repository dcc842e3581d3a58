"""The fictional business goes on: its software posts to the API, and the sync follows by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of, seconds_until, worker
from tests.programs import program
from unitledger.demo.business import simulate
from unitledger.demo.cast import SITES, ZONE
from unitledger.demo.living import Living, Played, next_event, owed_at_the_end

TODAY = date(2026, 11, 22)
SEED = 2026
EVENTS = 10


def test_the_api_takes_every_event_once_and_the_worker_writes_them_unasked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    the tenants are known     events are posted, the last one twice
    all of them               reach the books without anybody asking for a sync
    """
    from unitledger.engine.intake import take_in
    from unitledger.store.models import Document, Location
    from unitledger.system import DatabaseClock

    business = simulate(seed=SEED, today=TODAY)
    with installed(monkeypatch) as stage:
        books = business_of(stage)
        for site in SITES:
            Location.objects.create(
                operator_id=books.operator_id, name=site.location, zone=ZONE, currency="GBP"
            )
        tenants = list(business.arrivals())[: len(business.tenants)]
        take_in(books.operator_id, tenants, now=DatabaseClock().now(), zone=ZONE)
        sender = program(books.operator_id)
        last = played = Played(0, ())
        kinds = set[str]()
        for _ in range(EVENTS):
            happened = next_event(played, business, seed=SEED, today=TODAY)
            said = sender.send("items", list(happened.items))
            assert {each["outcome"] for each in said["results"]} == {"created"}, said
            kinds |= {each["kind"] for each in happened.items}
            last, played = played, happened.played
        assert kinds == {"tenant", "invoice", "payment"}
        happened = next_event(last, business, seed=SEED, today=TODAY)
        again = sender.send("items", list(happened.items))
        assert {each["outcome"] for each in again["results"]} == {"unchanged"}

        with worker():
            money = Document.objects.exclude(kind="contact")
            seconds_until(lambda: not money.exclude(state="synced").exists())
        assert sum(each.startswith("INV-6000") for each in books.books()) >= 3


def test_what_is_owed_goes_on_from_the_six_months_and_is_paid_once() -> None:
    business = simulate(seed=SEED, today=TODAY)
    owed = owed_at_the_end(business)
    played = Played(0, owed)
    paid: list[str] = []
    for _ in range(200):
        happened = next_event(played, business, seed=SEED, today=TODAY)
        paid += [part["invoice"] for item in happened.items for part in item.get("allocations", ())]
        played = happened.played

    assert owed
    assert len(paid) == len(set(paid))
    assert {each.invoice for each in owed} & set(paid)


def test_an_event_whose_answer_is_lost_comes_again(tmp_path: Path) -> None:
    """Nothing listens there: nothing is said, nothing is kept, and the next try is later."""
    business = simulate(seed=SEED, today=TODAY)
    living = Living(tmp_path, business, url="http://127.0.0.1:9", key="ul_live_x", seed=SEED)

    said = [living.step(elapsed=seconds, today=lambda: TODAY) for seconds in (1.0, 7.0, 8.0)]

    assert said == [None, None, None]
    assert list(tmp_path.iterdir()) == []
