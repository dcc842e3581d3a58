"""Counts and money of a plan, and the brakes on it."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitledger.core.brakes import BrakeLimits, check_brakes
from unitledger.core.compare import Act, Change
from unitledger.core.documents import DocumentKind
from unitledger.core.money import CurrencyMismatch
from unitledger.core.plan import Plan, PlanLine, plan_of
from unitledger.core.problems import ProblemCode

LIMITS = BrakeLimits(
    void_count_max=2,
    void_money_max=Decimal("500.00"),
    change_count_max=3,
    change_money_max=Decimal("100.00"),
)


def change(
    act: Act,
    before: str = "0.00",
    after: str = "0.00",
    *,
    kind: DocumentKind = DocumentKind.INVOICE,
) -> Change:
    return Change(act=act, kind=kind, before=Decimal(before), after=Decimal(after))


def plan(*changes: Change) -> Plan:
    numbered = ((f"d{number}", each) for number, each in enumerate(changes))
    return plan_of(numbered, currency="GBP")


CHANGES = (
    change(Act.CREATE, after="120.00"),
    change(Act.CREATE, after="80.00"),
    change(Act.UPDATE, "120.00", "100.00"),
    change(Act.UPDATE, "50.00", "90.00"),
    change(Act.VOID, "60.00"),
    change(Act.REPLACE, "70.00", "70.00", kind=DocumentKind.PAYMENT),
    change(Act.LEAVE, "10.00", "10.00"),
    change(Act.CONFLICT, "11.00", "11.00"),
)


def test_a_plan_counts_and_adds_up_by_kind_and_act() -> None:
    made = plan(*CHANGES)
    assert made.line(DocumentKind.INVOICE, Act.CREATE) == PlanLine(
        count=2, after=Decimal("200.00"), moved=Decimal("200.00")
    )
    updates = made.line(DocumentKind.INVOICE, Act.UPDATE)
    assert (updates.before, updates.after) == (Decimal("170.00"), Decimal("190.00"))
    # A rise does not hide a fall: what moves is counted document by document.
    assert updates.moved == Decimal("60.00")
    assert made.line(DocumentKind.PAYMENT, Act.REPLACE).moved == Decimal("70.00")
    assert made.line(DocumentKind.PAYMENT, Act.CREATE) == PlanLine()
    assert made.of_acts(Act.LEAVE, Act.CONFLICT).moved == 0


def test_only_writes_make_a_plan_that_is_not_empty() -> None:
    assert plan(change(Act.LEAVE), change(Act.CONFLICT)).is_empty
    made = plan(*CHANGES)
    assert not made.is_empty
    assert made.write_count == 6


@given(st.randoms(use_true_random=False), st.integers(min_value=0, max_value=len(CHANGES)))
def test_a_plan_is_the_same_in_any_order_and_in_any_parts(shuffle: Random, cut: int) -> None:
    named = [(f"d{number}", each) for number, each in enumerate(CHANGES)]
    whole = plan_of(named, currency="GBP")
    shuffle.shuffle(named)
    first = plan_of(named[:cut], currency="GBP")
    rest = plan_of(named[cut:], currency="GBP")
    merged = first.merged(rest)
    assert merged.lines == whole.lines
    assert merged.fingerprint == whole.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        [("d1", change(Act.VOID, "60.00"))],
        [("d2", change(Act.VOID, "61.00"))],
        [("d2", change(Act.UPDATE, "60.00"))],
        [("d2", change(Act.VOID, "60.00")), ("d2", change(Act.VOID, "60.00"))],
        [],
    ],
)
def test_another_document_act_or_amount_is_another_plan(other: list[tuple[str, Change]]) -> None:
    approved = plan_of([("d2", change(Act.VOID, "60.00"))], currency="GBP")
    assert plan_of(other, currency="GBP").fingerprint != approved.fingerprint


def test_what_is_left_alone_is_no_part_of_the_approval() -> None:
    voids = [("d2", change(Act.VOID, "60.00"))]
    more = [*voids, ("d3", change(Act.LEAVE, "1.00", "1.00"))]
    assert plan_of(more, currency="GBP").fingerprint == plan_of(voids, currency="GBP").fingerprint


def test_plans_of_two_currencies_do_not_merge() -> None:
    with pytest.raises(CurrencyMismatch):
        plan().merged(Plan(currency="USD"))


class TestBrakes:
    def test_creating_is_free(self) -> None:
        huge = plan(*(change(Act.CREATE, after="1000000.00") for _ in range(500)))
        assert check_brakes(huge, limits=BrakeLimits()) == ()

    def test_at_the_limit_nothing_brakes(self) -> None:
        voids = [change(Act.VOID, "250.00")] * 2
        updates = [change(Act.UPDATE, "100.00", "50.00")] * 2
        assert check_brakes(plan(*voids, *updates), limits=LIMITS) == ()

    def test_one_void_too_many_brakes_and_says_by_how_much(self) -> None:
        (brake,) = check_brakes(plan(*[change(Act.VOID, "1.00")] * 3), limits=LIMITS)
        assert brake.sentence == (
            "The plan voids or deletes 3 documents, more than is done without a person (at most 2)."
        )
        assert brake.remedy == "Look at the plan and approve it."
        assert brake.acts == (Act.VOID,)
        assert brake.problem.code is ProblemCode.BRAKE_HELD

    def test_a_void_too_dear_brakes_by_money(self) -> None:
        (brake,) = check_brakes(plan(change(Act.VOID, "1500.00")), limits=LIMITS)
        assert (brake.what, brake.limit) == (
            "voids or deletes 1,500.00 GBP",
            "at most 500.00 GBP",
        )

    def test_updates_and_replacements_count_together(self) -> None:
        changes = [change(Act.UPDATE, "1.00", "2.00")] * 2
        payments = [change(Act.REPLACE, "3.00", "3.00", kind=DocumentKind.PAYMENT)] * 2
        (brake,) = check_brakes(plan(*changes, *payments), limits=LIMITS)
        assert (brake.what, brake.limit) == ("changes 4 documents", "at most 3")

    def test_changes_that_cancel_out_still_brake(self) -> None:
        up, down = change(Act.UPDATE, "0.00", "80.00"), change(Act.UPDATE, "80.00", "0.00")
        (brake,) = check_brakes(plan(up, down), limits=LIMITS)
        assert brake.what == "changes 160.00 GBP"

    def test_every_reason_is_named(self) -> None:
        voids = [change(Act.VOID, "1000.00")] * 3
        updates = [change(Act.UPDATE, "1000.00", "0.00")] * 4
        assert len(check_brakes(plan(*voids, *updates), limits=LIMITS)) == 4
