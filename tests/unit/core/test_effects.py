"""The protocol: where an effect stands after each piece of evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from unitledger.core.documents import DocumentKind
from unitledger.core.effects import (
    ABSENCES_BEFORE_A_PERSON,
    Attempted,
    EffectKind,
    EffectState,
    IllegalTransition,
    Looked,
    Sight,
    Standing,
    Verdict,
    settle,
)

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=32)
ENDS = frozenset(
    {
        EffectState.APPLIED,
        EffectState.REFUSED,
        EffectState.NEEDS_ATTENTION,
        EffectState.SUPERSEDED,
    }
)
EVIDENCE = (
    *(Attempted(verdict=each, at=NOW, safe_after=LATER) for each in Verdict),
    *(Looked(sight=each, at=LATER) for each in Sight),
)


def in_flight(kind: EffectKind = EffectKind.CREATE_INVOICE, **changes: object) -> Standing:
    standing = Standing(kind=kind, state=EffectState.IN_FLIGHT, batch_size=50)
    return replace(standing, **changes)


def attempt(standing: Standing, verdict: Verdict, *, at: datetime = NOW) -> Standing:
    return settle(standing, Attempted(verdict=verdict, at=at, safe_after=LATER))


def look(standing: Standing, sight: Sight, *, at: datetime = LATER) -> Standing:
    return settle(standing, Looked(sight=sight, at=at))


def sent_again(standing: Standing, *, batch_size: int = 50) -> Standing:
    assert standing.state is EffectState.WAITING
    size = min(batch_size, standing.batch_max)
    return replace(standing, state=EffectState.IN_FLIGHT, batch_size=size)


class TestEveryStateAndEvidence:
    @pytest.mark.parametrize(
        ("kind", "state", "evidence"), list(product(EffectKind, EffectState, EVIDENCE))
    )
    def test_evidence_is_taken_only_where_it_is_waited_for(
        self, kind: EffectKind, state: EffectState, evidence: Attempted | Looked
    ) -> None:
        awaited = EffectState.IN_FLIGHT if isinstance(evidence, Attempted) else EffectState.UNKNOWN
        standing = Standing(kind=kind, state=state)
        if state is not awaited:
            with pytest.raises(IllegalTransition):
                settle(standing, evidence)
            return
        settled = settle(standing, evidence)
        assert settled.kind is kind
        assert settled.state is not EffectState.IN_FLIGHT
        # Without a time to look at, an unknown effect would be forgotten.
        assert (settled.look_at is not None) == (settled.state is EffectState.UNKNOWN)

    @pytest.mark.parametrize(
        ("verdict", "state"),
        [
            (Verdict.APPLIED, EffectState.APPLIED),
            (Verdict.ALREADY_APPLIED, EffectState.APPLIED),
            (Verdict.NOT_SENT, EffectState.WAITING),
            (Verdict.DISCONNECTED, EffectState.WAITING),
            (Verdict.REFUSED, EffectState.REFUSED),
            (Verdict.TAKEN, EffectState.UNKNOWN),
            (Verdict.REQUEST_REFUSED, EffectState.UNKNOWN),
            (Verdict.UNKNOWN, EffectState.UNKNOWN),
            (Verdict.OFFLINE, EffectState.UNKNOWN),
        ],
    )
    def test_a_first_attempt_ends_so(self, verdict: Verdict, state: EffectState) -> None:
        assert attempt(in_flight(), verdict).state is state

    @pytest.mark.parametrize(
        ("sight", "state"),
        [
            (Sight.OURS, EffectState.APPLIED),
            (Sight.NOT_OURS, EffectState.NEEDS_ATTENTION),
            (Sight.NEITHER, EffectState.NEEDS_ATTENTION),
            (Sight.ABSENT, EffectState.WAITING),
        ],
    )
    def test_a_look_after_no_answer_ends_so(self, sight: Sight, state: EffectState) -> None:
        assert look(attempt(in_flight(), Verdict.UNKNOWN), sight).state is state


class TestKinds:
    def test_only_a_payment_s_creation_is_unguarded(self) -> None:
        unguarded = [kind for kind in EffectKind if not kind.is_guarded]
        assert unguarded == [EffectKind.CREATE_PAYMENT]

    def test_every_kind_knows_its_document_and_whether_it_creates(self) -> None:
        assert EffectKind.VOID_INVOICE.document_kind is DocumentKind.INVOICE
        assert EffectKind.UPDATE_CONTACT.document_kind is DocumentKind.CONTACT
        assert [kind for kind in EffectKind if kind.is_create] == [
            EffectKind.CREATE_CONTACT,
            EffectKind.CREATE_INVOICE,
            EffectKind.CREATE_PAYMENT,
        ]

    def test_payments_are_deleted_one_by_one(self) -> None:
        assert EffectKind.DELETE_PAYMENT.batch_max == 1
        assert EffectKind.CREATE_PAYMENT.batch_max == 50


class TestWaitingForWhatMayStillArrive:
    def test_a_guarded_effect_goes_again_as_soon_as_it_is_not_found(self) -> None:
        unknown = attempt(in_flight(), Verdict.UNKNOWN)
        assert look(unknown, Sight.ABSENT, at=NOW).state is EffectState.WAITING

    def test_a_payment_goes_again_only_when_the_first_can_no_longer_arrive(self) -> None:
        unknown = attempt(in_flight(EffectKind.CREATE_PAYMENT), Verdict.UNKNOWN)
        early = look(unknown, Sight.ABSENT, at=LATER - timedelta(seconds=1))
        assert early.state is EffectState.UNKNOWN
        assert early.look_at == LATER
        assert early.absences == 0
        assert look(early, Sight.ABSENT, at=LATER).state is EffectState.WAITING

    def test_a_payment_found_early_is_settled_early(self) -> None:
        unknown = attempt(in_flight(EffectKind.CREATE_PAYMENT), Verdict.UNKNOWN)
        assert look(unknown, Sight.OURS, at=NOW).state is EffectState.APPLIED

    def test_closed_books_make_a_payment_wait_as_long(self) -> None:
        unknown = attempt(in_flight(EffectKind.CREATE_PAYMENT), Verdict.OFFLINE)
        assert look(unknown, Sight.ABSENT, at=NOW).look_at == LATER


class TestTravellingInSmallerCompany:
    def test_a_refused_request_is_halved_down_to_one_and_then_refused(self) -> None:
        standing = in_flight()
        sizes = [standing.batch_size]
        for _ in range(10):
            refused = attempt(standing, Verdict.REQUEST_REFUSED)
            if refused.state is EffectState.REFUSED:
                break
            standing = sent_again(look(refused, Sight.ABSENT))
            sizes.append(standing.batch_size)
        assert sizes == [50, 25, 12, 6, 3, 1]

    def test_a_refusal_of_the_request_counts_no_absence(self) -> None:
        refused = attempt(in_flight(), Verdict.REQUEST_REFUSED)
        assert look(refused, Sight.ABSENT).absences == 0

    def test_an_effect_absent_twice_travels_alone(self) -> None:
        first = look(attempt(in_flight(), Verdict.UNKNOWN), Sight.ABSENT)
        assert first.batch_max == 25
        second = look(attempt(sent_again(first), Verdict.UNKNOWN), Sight.ABSENT)
        assert second.batch_max == 1
        assert second.not_before is not None
        assert second.not_before > LATER

    @pytest.mark.parametrize("kind", EffectKind)
    def test_three_absences_are_for_a_person(self, kind: EffectKind) -> None:
        standing = in_flight(kind)
        for _ in range(ABSENCES_BEFORE_A_PERSON - 1):
            standing = sent_again(look(attempt(standing, Verdict.UNKNOWN), Sight.ABSENT))
        last = look(attempt(standing, Verdict.UNKNOWN), Sight.ABSENT)
        assert last.state is EffectState.NEEDS_ATTENTION

    def test_maintenance_is_waited_out_without_counting(self) -> None:
        standing = in_flight()
        for _ in range(20):
            standing = sent_again(look(attempt(standing, Verdict.OFFLINE), Sight.ABSENT))
        assert standing.absences == 0
        assert standing.batch_max == 50


class TestRefusalsThatMayMeanItWorked:
    def test_a_refusal_after_no_answer_is_looked_into(self) -> None:
        again = sent_again(look(attempt(in_flight(), Verdict.UNKNOWN), Sight.ABSENT))
        refused = attempt(again, Verdict.REFUSED)
        assert refused.state is EffectState.UNKNOWN
        assert look(refused, Sight.OURS).state is EffectState.APPLIED

    def test_a_number_in_use_is_looked_into_and_may_be_somebody_else_s(self) -> None:
        taken = attempt(in_flight(), Verdict.TAKEN)
        assert look(taken, Sight.OURS).state is EffectState.APPLIED
        assert look(taken, Sight.NOT_OURS).state is EffectState.NEEDS_ATTENTION

    @pytest.mark.parametrize(
        ("verdict", "state"),
        [
            (Verdict.TAKEN, EffectState.NEEDS_ATTENTION),
            (Verdict.REFUSED, EffectState.REFUSED),
        ],
    )
    def test_a_refusal_that_no_look_explains_ends_after_three(
        self, verdict: Verdict, state: EffectState
    ) -> None:
        standing = attempt(in_flight(unknowns=1), verdict)
        looks = 0
        while standing.state is EffectState.UNKNOWN:
            assert standing.look_at is not None
            standing = look(standing, Sight.ABSENT, at=standing.look_at)
            looks += 1
        assert (looks, standing.state) == (ABSENCES_BEFORE_A_PERSON, state)

    def test_a_delay_that_the_books_asked_for_is_kept(self) -> None:
        asked = NOW + timedelta(seconds=61)
        evidence = Attempted(verdict=Verdict.NOT_SENT, at=NOW, retry_at=asked)
        assert settle(in_flight(), evidence).not_before == asked

    def test_a_refusal_does_not_shorten_the_wait_for_an_earlier_attempt(self) -> None:
        """The same bytes were sent again under the same key, and the second was refused."""
        standing = in_flight(EffectKind.CREATE_PAYMENT, unknowns=1, safe_after=LATER)
        refused = attempt(standing, Verdict.REFUSED)
        early = look(refused, Sight.ABSENT, at=NOW)
        assert (early.state, early.look_at) == (EffectState.UNKNOWN, LATER)
