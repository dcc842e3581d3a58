"""One intended write, and the rules by which evidence settles it.

The engine writes an effect down before it acts and settles it by evidence only: the answer
to its own attempt, or a look at the books. `settle` is the whole protocol as a pure function.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from unitledger.core.documents import DocumentKind

ABSENCES_BEFORE_ALONE = 2
ABSENCES_BEFORE_A_PERSON = 3
BATCH_MAX = 50
# How long to let the books rest before an element that got no answer travels again.
REST_AFTER_ABSENCE = (timedelta(0), timedelta(seconds=30), timedelta(minutes=2))
REST_WHEN_OFFLINE = timedelta(minutes=5)


class EffectKind(StrEnum):
    CREATE_CONTACT = "create_contact"
    UPDATE_CONTACT = "update_contact"
    CREATE_INVOICE = "create_invoice"
    UPDATE_INVOICE = "update_invoice"
    VOID_INVOICE = "void_invoice"
    CREATE_PAYMENT = "create_payment"
    DELETE_PAYMENT = "delete_payment"

    @property
    def document_kind(self) -> DocumentKind:
        return DocumentKind(self.value.split("_", 1)[1])

    @property
    def is_create(self) -> bool:
        return self.value.startswith("create_")

    @property
    def is_guarded(self) -> bool:
        """Whether Xero refuses, or makes nothing of, a second arrival of the same write.

        A second contact with our ContactNumber and a second sales invoice with our number are
        refused; an update, a void and a deletion by id converge. A payment is refused only
        where it exceeds the amount due, which a part payment does not.
        """
        return self is not EffectKind.CREATE_PAYMENT

    @property
    def batch_max(self) -> int:
        # Xero deletes a payment by its own address only: one a request.
        return 1 if self is EffectKind.DELETE_PAYMENT else BATCH_MAX


class EffectState(StrEnum):
    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"
    APPLIED = "applied"
    REFUSED = "refused"
    NEEDS_ATTENTION = "needs_attention"
    SUPERSEDED = "superseded"  # a newer plan took its place before it was sent


class Verdict(StrEnum):
    """What one attempt to write came to, named by who acts next."""

    APPLIED = "applied"  # nobody
    ALREADY_APPLIED = "already_applied"  # nobody: an earlier attempt had worked
    NOT_SENT = "not_sent"  # us, later: it cannot have happened
    REFUSED = "refused"  # a person: the books said no and why
    TAKEN = "taken"  # us: the number or name is in use; look whose it is
    REQUEST_REFUSED = "request_refused"  # us: the whole request; settles nothing about elements
    UNKNOWN = "unknown"  # us, by looking first: it may have happened
    OFFLINE = "offline"  # us, later, by looking first: the books say they are closed
    DISCONNECTED = "disconnected"  # a person: our permission is gone; it cannot have happened


class Sight(StrEnum):
    """What a look at the books showed of an effect's handle."""

    OURS = "ours"  # the wanted change is there (or was, before a person changed it)
    NOT_OURS = "not_ours"  # somebody else's document has the number or name
    ABSENT = "absent"  # for an update: the document is as it was before
    NEITHER = "neither"  # for an update: neither as before nor as wanted


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an effect stands before new evidence."""

    kind: EffectKind
    state: EffectState
    batch_size: int = 1  # how many travelled together in the last attempt
    batch_max: int = BATCH_MAX  # how many may travel together next time
    absences: int = 0  # times it was unknown and then absent
    unknowns: int = 0  # attempts that ended unknown
    safe_after: datetime | None = None  # from then on no attempt left open can still arrive
    not_before: datetime | None = None
    look_at: datetime | None = None
    last_verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """Evidence: our own attempt ended so."""

    verdict: Verdict
    at: datetime
    safe_after: datetime | None = None
    retry_at: datetime | None = None  # the books said when


@dataclass(frozen=True, slots=True)
class Looked:
    """Evidence: a look at the books that began at `at`."""

    sight: Sight
    at: datetime


Evidence = Attempted | Looked


class IllegalTransition(RuntimeError):
    """Evidence arrived for an effect that is not waiting for any: a bug, never data."""


def settle(standing: Standing, evidence: Evidence) -> Standing:
    """Say where the effect stands now. The next act follows from the state:

    waiting → send under a new key (not before `not_before`, at most `batch_max` together);
    unknown → look at `look_at`; the other states are ends.
    """
    if isinstance(evidence, Attempted):
        if standing.state is not EffectState.IN_FLIGHT:
            raise IllegalTransition(f"an attempt ended for an effect that is {standing.state}")
        return _after_attempt(standing, evidence)
    if standing.state is not EffectState.UNKNOWN:
        raise IllegalTransition(f"a look was taken for an effect that is {standing.state}")
    return _after_look(standing, evidence)


def _after_attempt(standing: Standing, attempt: Attempted) -> Standing:
    if attempt.verdict in (Verdict.APPLIED, Verdict.ALREADY_APPLIED):
        return replace(
            standing, state=EffectState.APPLIED, last_verdict=attempt.verdict, look_at=None
        )
    told = replace(standing, last_verdict=attempt.verdict)
    match attempt.verdict:
        case Verdict.NOT_SENT | Verdict.DISCONNECTED:
            return replace(told, state=EffectState.WAITING, not_before=attempt.retry_at)
        case Verdict.REFUSED if standing.unknowns == 0:
            return replace(told, state=EffectState.REFUSED)
        case Verdict.REQUEST_REFUSED if standing.batch_size == 1 and standing.unknowns == 0:
            return replace(told, state=EffectState.REFUSED)
        case Verdict.REFUSED | Verdict.TAKEN | Verdict.REQUEST_REFUSED:
            # Refused as taken, or after an attempt whose outcome we never learnt: the books
            # may refuse because that attempt worked. An answered request cannot arrive
            # later, so what an earlier one left open still decides when absence counts.
            return _unknown(told, attempt, safe_after=standing.safe_after)
        case Verdict.UNKNOWN | Verdict.OFFLINE:
            return _unknown(
                replace(told, unknowns=standing.unknowns + 1),
                attempt,
                safe_after=_later(standing.safe_after, attempt.safe_after),
            )


def _later(first: datetime | None, second: datetime | None) -> datetime | None:
    return max((each for each in (first, second) if each is not None), default=None)


def _unknown(standing: Standing, attempt: Attempted, *, safe_after: datetime | None) -> Standing:
    return replace(
        standing,
        state=EffectState.UNKNOWN,
        look_at=attempt.retry_at or attempt.at,
        safe_after=safe_after,
    )


def _after_look(standing: Standing, look: Looked) -> Standing:
    match look.sight:
        case Sight.OURS:
            # The only attempt has arrived. Of several one has, and another may still.
            safe_after = None if standing.unknowns <= 1 else standing.safe_after
            return replace(standing, state=EffectState.APPLIED, look_at=None, safe_after=safe_after)
        case Sight.NOT_OURS | Sight.NEITHER:
            return replace(standing, state=EffectState.NEEDS_ATTENTION, look_at=None)
        case Sight.ABSENT:
            return _after_absence(standing, look)


def _after_absence(standing: Standing, look: Looked) -> Standing:
    if not standing.kind.is_guarded and standing.safe_after and look.at < standing.safe_after:
        return replace(standing, look_at=standing.safe_after)
    match standing.last_verdict:
        case Verdict.REFUSED | Verdict.TAKEN:
            return _after_contradiction(standing, look)
        case Verdict.REQUEST_REFUSED if standing.batch_size == 1:
            return replace(standing, state=EffectState.REFUSED, look_at=None)
        case Verdict.REQUEST_REFUSED:
            return _again(standing, look, batch_max=max(1, standing.batch_size // 2))
        case Verdict.OFFLINE:
            # Maintenance says nothing about the element: it does not count against it.
            return _again(standing, look, batch_max=standing.batch_max)
        case _:
            return _after_counted_absence(replace(standing, absences=standing.absences + 1), look)


def _after_contradiction(standing: Standing, look: Looked) -> Standing:
    """The books refused as if they had it, and do not show it: their lists may lag."""
    absences = standing.absences + 1
    if absences < ABSENCES_BEFORE_A_PERSON:
        rest = REST_AFTER_ABSENCE[absences]
        return replace(standing, absences=absences, look_at=look.at + rest)
    taken = standing.last_verdict is Verdict.TAKEN
    state = EffectState.NEEDS_ATTENTION if taken else EffectState.REFUSED
    return replace(standing, state=state, absences=absences, look_at=None)


def _after_counted_absence(standing: Standing, look: Looked) -> Standing:
    if standing.absences >= ABSENCES_BEFORE_A_PERSON:
        return replace(standing, state=EffectState.NEEDS_ATTENTION, look_at=None)
    alone = standing.absences >= ABSENCES_BEFORE_ALONE
    halved = max(1, min(standing.batch_max, standing.batch_size) // 2)
    return _again(standing, look, batch_max=1 if alone else halved)


def _again(standing: Standing, look: Looked, *, batch_max: int) -> Standing:
    return replace(
        standing,
        state=EffectState.WAITING,
        batch_max=batch_max,
        not_before=look.at + REST_AFTER_ABSENCE[max(0, standing.absences - 1)],
        look_at=None,
        # A guarded write goes again while an earlier attempt may still arrive: harmless to
        # itself, but what comes after it has to know.
        safe_after=standing.safe_after if standing.kind.is_guarded else None,
    )
