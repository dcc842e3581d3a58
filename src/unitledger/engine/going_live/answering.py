"""What a person says of what the organisation held: link, leave, book ours anyway; seen.

A link takes Xero's object for ours and writes nothing to Xero; the next comparison says whether
the two agree. What is left is not sent. What is booked anyway goes with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import Likeness
from unitledger.engine.auditing import note as audit
from unitledger.engine.going_live import matching
from unitledger.engine.going_live.looking import subject
from unitledger.engine.handling import deciding
from unitledger.engine.handling.deciding import NOTE_MAX, NotDone, Person
from unitledger.engine.linking import link
from unitledger.store.connections import Organisation
from unitledger.store.going_live import GoingLiveMatch, GoingLiveQuestion, MatchAnswer, Topic
from unitledger.store.handlings import HandlingAct

AT_ONCE_MAX = 500  # a person waits for it
NAMED_MAX = 20
NO_NOTE = "Say why in a few words: whoever looks at it next year will ask."
NOT_LINKABLE = "it cannot be ours as it stands: correct one of them, leave it, or book ours anyway"
CANNOT_BE_LEFT = "a tenant is linked, or gets a contact of their own"
_IN_ORDER = {kind: at for at, kind in enumerate(DocumentKind)}


@dataclass
class Answered:
    """What became of an answer to several: how many were done, and the others by why not."""

    done: int = 0
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, why: str, number: str) -> None:
        self.left_out.setdefault(why, []).append(number)

    @property
    def sentence(self) -> str:
        parts = [f"{self.done:,} answered."]
        for why, numbers in self.left_out.items():
            shown = ", ".join(numbers[:3])
            more = f" and {len(numbers) - 3:,} more" if len(numbers) > 3 else ""
            parts.append(f"{shown}{more}: {why.rstrip('.')}.")
        return " ".join(parts)


def open_matches(
    organisation_id: int,
    *,
    kind: DocumentKind | None = None,
    likeness: Likeness | None = None,
    most: int | None = AT_ONCE_MAX,
) -> Sequence[int]:
    """Ids of those that wait for an answer, contacts first."""
    found = GoingLiveMatch.objects.filter(organisation_id=organisation_id, answer=MatchAnswer.OPEN)
    if kind is not None:
        found = found.filter(kind=kind)
    if likeness is not None:
        found = found.filter(likeness=likeness)
    rows = sorted(found.values_list("id", "kind"), key=lambda each: (_IN_ORDER[each[1]], each[0]))
    return [row[0] for row in rows[:most]]


def answer_matches(
    organisation_id: int,
    match_ids: Sequence[int],
    answer: MatchAnswer,
    *,
    note: str,
    by: Person,
    key: str,
    now: datetime,
) -> Answered:
    """Answer these, as far as they wait for one. Each link is an act of its own, with its entry
    in the audit log, and can be undone like any other. Raises `NotDone` without a reason where
    one is needed; a second time finds nothing to answer."""
    note = _checked(note, is_needed=answer in (MatchAnswer.LEFT, MatchAnswer.BOOKED))
    matching.settle(organisation_id, now=now)
    found = list(
        GoingLiveMatch.objects.filter(
            organisation_id=organisation_id, id__in=list(match_ids), answer=MatchAnswer.OPEN
        ).select_related("document")
    )
    found.sort(key=lambda each: (_IN_ORDER[DocumentKind(each.kind)], each.pk))
    answered = Answered()
    match answer:
        case MatchAnswer.LINKED:
            for each in found:
                _link(each, answered, note=note, by=by, key=key, now=now)
        case MatchAnswer.LEFT:
            _leave(found, answered, note=note, by=by, key=key, now=now)
        case MatchAnswer.BOOKED:
            _book(organisation_id, found, answered, note=note, by=by, now=now)
        case MatchAnswer.OPEN:
            raise ValueError("open is no answer")
    return answered


def answer_question(
    organisation_id: int, topic: Topic, *, note: str, by: Person, now: datetime
) -> bool:
    """A person has seen it and says what was done; False where that was said before."""
    note = _checked(note, is_needed=True)
    with transaction.atomic():
        row = (
            GoingLiveQuestion.objects.select_for_update()
            .filter(organisation_id=organisation_id, topic=topic)
            .first()
        )
        if row is None:
            raise NotDone(f"Nothing is asked about {topic.replace('_', ' ')}.")
        if row.answered_at is not None and row.note == note:
            return False
        row.note, row.answered_by_name, row.answered_at = note, by.actor.name, now
        row.save(update_fields=["note", "answered_by_name", "answered_at"])
        organisation = Organisation.objects.get(id=organisation_id)
        after = {"topic": topic, "note": note}
        audit(row.operator_id, by.actor, "going_live_answered", subject(organisation), after=after)
    return True


def ask_again(organisation_id: int, match_id: int, *, by: Person) -> bool:
    """Take back that ours is booked anyway; False where that was not said."""
    with transaction.atomic():
        changed = GoingLiveMatch.objects.filter(
            organisation_id=organisation_id, id=match_id, answer=MatchAnswer.BOOKED
        ).update(answer=MatchAnswer.OPEN, note="", answered_by_name="", answered_at=None)
        if changed:
            organisation = Organisation.objects.get(id=organisation_id)
            audit(
                organisation.operator_id, by.actor, "going_live_asked_again", subject(organisation)
            )
    return bool(changed)


def _link(
    match: GoingLiveMatch, answered: Answered, *, note: str, by: Person, key: str, now: datetime
) -> None:
    number = match.document.number or str(match.shown.get("name") or "")
    if match.likeness == Likeness.CLASH:
        answered.leave_out(NOT_LINKABLE, number)
        return
    try:
        with transaction.atomic():
            link(
                match.operator_id,
                match.document_id,
                match.xero_id,
                note=note,
                # What differs stood beside the button.
                accepts_differences=True,
                by=by,
                key=key,
                now=now,
            )
            _close([match.pk], MatchAnswer.LINKED, note=note, by=by, now=now)
    except NotDone as not_done:
        answered.leave_out(str(not_done).removeprefix("Nothing was linked: "), number)
    else:
        answered.done += 1


def _leave(
    found: Sequence[GoingLiveMatch],
    answered: Answered,
    *,
    note: str,
    by: Person,
    key: str,
    now: datetime,
) -> None:
    """Xero has them; ours are not sent. With an invoice goes what Xero holds of its payments."""
    by_kind: dict[DocumentKind, list[GoingLiveMatch]] = {}
    for each in found:
        by_kind.setdefault(DocumentKind(each.kind), []).append(each)
    for each in by_kind.pop(DocumentKind.CONTACT, ()):
        answered.leave_out(CANNOT_BE_LEFT, each.document.number)
    invoices = by_kind.get(DocumentKind.INVOICE, [])
    if invoices:
        by_kind[DocumentKind.PAYMENT] = _with_payments(
            by_kind.get(DocumentKind.PAYMENT, []), invoices
        )
    for kind, matches in by_kind.items():
        if not matches:
            continue
        records = {each.document.record_id for each in matches}
        try:
            with transaction.atomic():
                handling = deciding.decide(
                    matches[0].operator_id,
                    HandlingAct.HANDLED,
                    kind,
                    list(records),
                    note=note,
                    by=by,
                    key=f"{key} {kind}",
                    now=now,
                )
                done = [each for each in matches if str(each.document_id) in handling.before]
                _close([each.pk for each in done], MatchAnswer.LEFT, note=note, by=by, now=now)
        except NotDone as not_done:
            answered.leave_out(str(not_done), matches[0].document.number)
        else:
            answered.done += len(done)
            for why, numbers in handling.left_out.items():
                for number in numbers:
                    answered.leave_out(why, number)


def _with_payments(
    payments: Sequence[GoingLiveMatch], invoices: Sequence[GoingLiveMatch]
) -> list[GoingLiveMatch]:
    theirs = GoingLiveMatch.objects.filter(
        organisation_id=invoices[0].organisation_id,
        kind=DocumentKind.PAYMENT,
        answer=MatchAnswer.OPEN,
        document__parent_id__in=[each.document_id for each in invoices],
    ).select_related("document")
    return list({each.pk: each for each in (*payments, *theirs)}.values())


def _book(
    organisation_id: int,
    found: Sequence[GoingLiveMatch],
    answered: Answered,
    *,
    note: str,
    by: Person,
    now: datetime,
) -> None:
    if not found:
        return
    with transaction.atomic():
        _close([each.pk for each in found], MatchAnswer.BOOKED, note=note, by=by, now=now)
        organisation = Organisation.objects.get(id=organisation_id)
        numbers = sorted({each.document.number for each in found})
        after: Mapping[str, object] = {
            "count": len(found),
            "numbers": numbers[:NAMED_MAX],
            "note": note,
        }
        audit(
            organisation.operator_id,
            by.actor,
            "going_live_booked_anyway",
            subject(organisation),
            after=after,
        )
    answered.done += len(found)


def _close(
    match_ids: Sequence[int], answer: MatchAnswer, *, note: str, by: Person, now: datetime
) -> None:
    GoingLiveMatch.objects.filter(id__in=match_ids).update(
        answer=answer, note=note, answered_by_name=by.actor.name, answered_at=now
    )


def _checked(note: str, *, is_needed: bool) -> str:
    note = " ".join(note.replace("\x00", "").split())
    if is_needed and not note:
        raise NotDone(NO_NOTE)
    if len(note) > NOTE_MAX:
        raise NotDone(f"A reason has at most {NOTE_MAX} characters; this one has {len(note)}.")
    return note
