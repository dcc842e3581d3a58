"""A rehearsal: the whole backfill in an emulator, with the real mapping and without a trace."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.bookkeeping import invoice, line, payment, tenant
from tests.business import Business
from tests.conftest import Database
from tests.connected import installed, new_operator
from tests.installed import business_of
from tests.report_page import person
from unitledger.cli import group
from unitledger.core.billing import ChargeType

APRIL = date(2026, 4, 3)
PAGE = "/settings/integration/xero/rehearsal"


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    with installed(monkeypatch) as stage:
        yield business_of(stage)


def _state(operator: Business) -> tuple[object, ...]:
    """All that a rehearsal must leave as it is."""
    from unitledger.store.models import Document, Effect, LocationRoute, XeroObject

    documents = Document.objects.order_by("id").values_list("xero_id", "state", "organisation_id")
    return (
        operator.books(),
        operator.writes(),
        list(documents),
        Effect.objects.count(),
        XeroObject.objects.count(),
        LocationRoute.objects.count(),
    )


def test_the_whole_business_is_rehearsed_and_nothing_of_it_is_in_xero(
    operator: Business,
) -> None:
    """
    part of the business is in Xero already · a person asks for a rehearsal of the whole, twice
    · profit, tax and the tie-out are told · neither Xero nor a link of ours has changed, and
    nothing is left on the disk
    """
    from unitledger import wiring
    from unitledger.store.models import Rehearsal

    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))
    operator.syncs()
    operator.bookkeeper("set_lock_dates", period="2025-12-31")
    operator.takes_in(
        invoice("INV-2", on=APRIL, lines=[line("60.00"), line("12.00", ChargeType.INSURANCE, "0")]),
        payment("R2", ("INV-2", "72.00"), on=APRIL),
        invoice("INV-0", on=date(2025, 11, 1)),
    )
    before = _state(operator)
    bookkeeper = person(operator.operator_id)
    assert "Nothing rehearsed yet" in bookkeeper.get(PAGE).content.decode()
    bookkeeper.post(f"{PAGE}/ask")
    waiting = bookkeeper.post(f"{PAGE}/ask", follow=True).content.decode()
    assert "Waiting for a worker" in waiting
    assert Rehearsal.objects.count() == 1

    result = CliRunner().invoke(group, ["rehearse", "--json"])

    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert [(each["month"], each["profit"]) for each in told["profit"]] == [
        ("2026-03", "100.00"),
        ("2026-04", "62.00"),
    ]
    assert [(each["month"], each["net"], each["tax"]) for each in told["tax"]] == [
        ("2026-03", "100.00", "20.00"),
        ("2026-04", "50.00", "10.00"),
        ("2026-04", "12.00", "0.00"),
    ]
    synced = {each["kind"]: each["count"] for each in told["states"] if each["state"] == "synced"}
    assert synced == {"contact": 1, "invoice": 2, "payment": 2}
    assert (told["tie_out"]["ties"], told["reasons"]) == (True, [])
    assert _state(operator) == before
    assert not list(wiring.rehearsal_stage().where.iterdir())
    _the_page_tells_it(operator, bookkeeper.get(PAGE).content.decode())


def _the_page_tells_it(operator: Business, text: str) -> None:
    from unitledger.store.models import Rehearsal

    for words in (
        "Rehearsal: nothing here is in Xero.",
        "The ledgers would tie out",
        "Apr 2026",
        "£62.00",
        "Every record in scope would go.",
    ):
        assert words in text
    kept = json.dumps(Rehearsal.objects.get().content)
    assert operator.xero_id_of("invoice INV-1") not in kept
    assert '"xero_id"' not in kept
    scoped = person(operator.operator_id, "bookkeeper", "loc", "Ashford")
    shown = scoped.get(PAGE).content.decode()
    assert "£62.00" not in shown
    assert scoped.post(f"{PAGE}/ask").status_code == 403
    stranger = person(new_operator(), "administrator", "stranger")
    assert "£62.00" not in stranger.get(PAGE).content.decode()


@dataclass
class _Endless:
    """A stage whose play goes on until somebody ends it; `meanwhile` happens as it plays."""

    where: Path
    meanwhile: Callable[[], object]
    ended: list[str] = field(default_factory=list[str])

    @contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        yield self.where

    @contextmanager
    def play(self, folder: Path) -> Iterator[_Endless]:
        yield self
        self.ended.append("play")

    def progress(self) -> Mapping[str, Any]:
        self.meanwhile()
        return {"doing": "Sending to the emulator", "sent": 1}

    def result(self) -> Mapping[str, Any] | None:
        return None


def test_a_rehearsal_is_stopped_by_a_person_and_failures_are_said(
    operator: Business, tmp_path: Path
) -> None:
    from unitledger import wiring
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.rehearsal import asking, running

    operator.takes_in(tenant(), invoice("INV-1"))
    now = operator.tools.clock.now()

    def asked() -> int:
        return asking.ask(operator.organisation_id, by=COMMAND_LINE, now=now)[0].pk

    def rehearse(rehearsal_id: int, stage: running.Stage) -> None:
        running.rehearse(
            rehearsal_id, stage=stage, settings=wiring.settings_reader(), tools=operator.tools
        )

    first = asked()
    stage = _Endless(tmp_path, lambda: asking.stop(first, by=COMMAND_LINE, now=now))
    rehearse(first, stage)
    found = asking.newest(operator.organisation_id)
    assert found is not None
    assert (found.state, found.message) == (
        "stopped",
        "Stopped by command line. Nothing of it is left.",
    )
    assert stage.ended == ["play"]
    records = (tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(records) == 2
    assert operator.xero_id not in (tmp_path / "pack.json").read_text(encoding="utf-8")

    def breaks() -> None:
        raise running.StageFailed("The emulator did not start.")

    second = asked()
    assert second != first
    rehearse(second, _Endless(tmp_path, breaks))
    found = asking.newest(operator.organisation_id)
    assert found is not None
    assert (found.state, found.message) == ("failed", "The emulator did not start.")
