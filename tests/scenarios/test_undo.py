"""A run is undone: what it made is taken back, what was touched since is left and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.business import Business, business
from unitledger.engine import steering, undoing
from unitledger.engine.auditing import Actor
from unitledger.store.audit import ActorKind
from unitledger.store.undoing import Undo

MARY = Actor(ActorKind.PERSON, "Mary Holt")


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


@pytest.fixture
def synced(operator: Business) -> Business:
    """Two invoices, one of them paid in part, all in one run."""
    operator.bills("1001", "120.00")
    operator.bills("1002", "80.00", tenant="Ben Cole")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()
    return operator


def _newest_run() -> int:
    from unitledger.store.models import Run

    return Run.objects.latest("id").pk


def _planned(operator: Business, run: int | None = None):
    return undoing.plan_undo(run or _newest_run(), by=MARY, now=operator.tools.clock.now())


def _undoes(operator: Business, run: int | None = None):
    undo = _planned(operator, run)
    assert undoing.approve(undo.pk, by=MARY, now=operator.tools.clock.now())
    operator.syncs(is_asked_by_person=False)
    undo.refresh_from_db()
    return undo


def _left(undo: Undo) -> dict[str, str]:
    from unitledger.store.models import UndoItem

    return {
        f"{each.kind} {each.document.number}": each.reason
        for each in UndoItem.objects.filter(undo=undo, outcome__in=("left", "failed"))
        if each.kind != "contact"
    }


def test_what_a_run_made_is_taken_out_of_the_books(synced: Business) -> None:
    undo = _undoes(synced)

    assert (synced.books(), synced.payments()) == ([], [])
    assert undo.state == "ended"
    assert _left(undo) == {}


def test_the_plan_counts_money_and_calls_and_does_nothing_yet(synced: Business) -> None:
    writes = synced.writes()

    told = undoing.summary(_planned(synced))

    planned = [
        (str(each.kind), each.count, str(each.amount)) for each in told.lines if not each.reason
    ]
    assert sorted(planned) == [("invoice", 2, "200.00"), ("payment", 1, "50.00")]
    assert [(str(each.kind), each.count, each.reason) for each in told.left] == [
        ("contact", 2, undoing.CONTACT_STAYS)
    ]
    assert told.calls == 4
    assert synced.writes() == writes


def test_a_plan_beyond_the_brakes_says_so(synced: Business) -> None:
    from decimal import Decimal

    from unitledger.core.brakes import BrakeLimits

    told = undoing.summary(_planned(synced))
    tight = BrakeLimits(void_count_max=2, void_money_max=Decimal("100.00"))

    assert told.brakes(currency="GBP") == []
    assert told.brakes(currency="GBP", limits=tight) == [
        "The plan voids or deletes 3 documents, more than is done without a person (at most 2).",
        "The plan voids or deletes 250.00 GBP, more than is done without a person "
        "(at most 100.00 GBP).",
    ]


def test_what_was_undone_is_not_sent_again_by_itself(synced: Business) -> None:
    _undoes(synced)
    writes = synced.writes()

    synced.syncs()

    assert synced.writes() == writes
    assert synced.states()["invoice 1001"] == "skipped"
    assert synced.reasons("payment R1") == ["undone"]


def test_an_earlier_run_is_undone_without_the_later_one(synced: Business) -> None:
    first = _newest_run()
    synced.bills("1003", "10.00")
    synced.syncs()

    _undoes(synced, first)

    assert synced.books() == ["1003 AUTHORISED 10.00 paid 0.00"]


def test_an_invoice_paid_by_a_later_run_is_left_with_its_reason(synced: Business) -> None:
    first = _newest_run()
    synced.is_paid("R2", ("1002", "80.00"), tenant="Ben Cole")
    synced.syncs()

    undo = _undoes(synced, first)

    assert _left(undo) == {"invoice 1002": undoing.PAYMENT_STAYS}
    assert synced.books() == ["1002 PAID 80.00 paid 80.00"]
    assert synced.states()["invoice 1002"] == "synced"


def test_what_was_touched_in_xero_before_the_plan_is_left_and_named(synced: Business) -> None:
    from unitledger.store.models import XeroObject

    synced.bookkeeper("reconcile_payment", payment_id=synced.xero_id_of("payment R1"))
    XeroObject.objects.filter(kind="payment").update(is_reconciled=True)

    undo = _undoes(synced)

    assert _left(undo) == {
        "payment R1": undoing.RECONCILED,
        "invoice 1001": undoing.PAYMENT_STAYS,
    }
    assert synced.books() == ["1001 AUTHORISED 120.00 paid 50.00"]


def test_what_is_touched_between_plan_and_act_is_found_and_left(synced: Business) -> None:
    undo = _planned(synced)
    synced.bookkeeper("pay_invoice", invoice_id="1002", amount="80.00")
    undoing.approve(undo.pk, by=MARY, now=synced.tools.clock.now())
    synced.syncs(is_asked_by_person=False)

    assert list(_left(undo)) == ["invoice 1002"]
    assert "has payments in Xero" in _left(undo)["invoice 1002"]
    assert synced.books() == ["1002 PAID 80.00 paid 80.00"]
    assert synced.states()["invoice 1002"] == "synced"


def test_a_locked_period_is_left_alone(operator: Business) -> None:
    operator.bills("1001", "120.00", on=date(2026, 2, 1))
    operator.bills("1002", "80.00", on=date(2026, 3, 1))
    operator.syncs()
    operator.bookkeeper("set_lock_dates", period="2026-02-28")
    operator.passes(3700)

    undo = _undoes(operator)

    assert list(_left(undo)) == ["invoice 1001"]
    assert "2026" in _left(undo)["invoice 1001"]
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit", "error_after_commit"])
def test_an_undo_converges_when_answers_are_lost(synced: Business, fault: str) -> None:
    undo = _planned(synced)
    synced.fault(fault, method="POST", count=1)
    undoing.approve(undo.pk, by=MARY, now=synced.tools.clock.now())

    synced.settles()

    undo.refresh_from_db()
    assert (synced.books(), synced.payments()) == ([], [])
    assert undo.state == "ended"


def test_what_xero_refuses_is_named_and_stands_as_before(synced: Business) -> None:
    undo = _planned(synced)
    synced.fault("refuse_request", method="POST", path="Payments", error=14, count=1)
    undoing.approve(undo.pk, by=MARY, now=synced.tools.clock.now())
    synced.syncs(is_asked_by_person=False)

    left = _left(undo)
    assert "Xero refused it" in left["payment R1"]
    assert synced.states()["payment R1"] == "synced"
    assert synced.payments() == ["1001 50.00"]


def test_undoing_a_stopped_run_sends_nothing_else(synced: Business) -> None:
    first = _newest_run()
    synced.bills("1003", "10.00")
    steering.pause(synced.organisation_id, by=MARY)

    _undoes(synced, first)

    assert synced.books() == []
    steering.go_ahead(synced.organisation_id, by=MARY, now=synced.tools.clock.now())
    synced.syncs()
    assert synced.books() == ["1003 AUTHORISED 10.00 paid 0.00"]


def test_a_second_click_finds_the_first_plan_and_approves_once(synced: Business) -> None:
    from unitledger.store.models import AuditEntry

    undo = _planned(synced)
    now = synced.tools.clock.now()

    assert undoing.approve(undo.pk, by=MARY, now=now)
    assert not undoing.approve(undo.pk, by=MARY, now=now)
    assert _planned(synced).pk == undo.pk
    assert AuditEntry.objects.filter(act="run_undo_approved").count() == 1


def test_a_declined_plan_changes_nothing(synced: Business) -> None:
    undo = _planned(synced)
    undoing.decline(undo.pk, by=MARY)

    assert not undoing.approve(undo.pk, by=MARY, now=synced.tools.clock.now())
    assert len(synced.books()) == 2


def test_a_run_that_made_nothing_cannot_be_undone(synced: Business) -> None:
    synced.bills("1001", "130.00")
    synced.syncs()

    with pytest.raises(undoing.UndoError, match="made nothing"):
        _planned(synced)


def test_a_payment_that_was_undone_can_be_taken_up_again(synced: Business) -> None:
    from unitledger.store.models import Document

    synced.is_paid("R2", ("1002", "30.00"), tenant="Ben Cole")
    synced.syncs()
    _undoes(synced)
    assert synced.payments() == ["1001 50.00"]

    Document.objects.filter(number="R2").update(state="new", planned_version=0)
    synced.syncs()

    assert synced.payments() == ["1001 50.00", "1002 30.00"]
