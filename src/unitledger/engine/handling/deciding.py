"""A person's decision about records, carried out once, with its author and its audit entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine import auditing
from unitledger.engine.auditing import Actor, Subject
from unitledger.engine.handling import hanging
from unitledger.engine.handling.fitness import is_kept, unfit
from unitledger.engine.handling.standing import Standing, document_ids, locked
from unitledger.engine.reasons import problems_to_json
from unitledger.store.base import new_public_id
from unitledger.store.handlings import Handling, HandlingAct
from unitledger.store.holdings import Finding, FindingState
from unitledger.store.records import SourceRecord

RECORDS_MAX = 20_000
NOTE_MAX = 500
NOTE_NEEDED = frozenset({HandlingAct.SKIP, HandlingAct.HANDLED})
_AUDITED = {
    HandlingAct.SKIP: "records_skipped",
    HandlingAct.HANDLED: "records_handled_in_xero",
    HandlingAct.KEEP: "xero_copies_kept",
    HandlingAct.WRITE: "records_written_again",
    HandlingAct.LINK: "record_linked",
    HandlingAct.UNLINK: "records_unlinked",
    HandlingAct.TAKE_UP: "records_taken_up",
}
_NO_REASON = "no reason given."
_NAMED_MAX = 20


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides: someone signed in, or the command line (no user)."""

    actor: Actor
    user_id: int | None = None


class NotDone(ValueError):
    """The decision cannot be carried out; says why in words."""


def decide(
    operator_id: int,
    act: HandlingAct,
    kind: DocumentKind,
    record_ids: Sequence[int],
    *,
    note: str,
    by: Person,
    key: str,
    now: datetime,
) -> Handling:
    """Do one act to every document of these records that it fits; the others are named.

    The same key with the same records is one act however often it arrives. Raises `NotDone`
    where the act fits none of them. `LINK` has its own way in: `linking.link`.
    """
    if act is HandlingAct.LINK:
        raise ValueError("a link needs something to link to")
    note = _checked(act, note)
    wanted = sorted(set(record_ids))
    if len(wanted) > RECORDS_MAX:
        raise NotDone(f"These are more than {RECORDS_MAX:,} records. Ask in parts.")
    with transaction.atomic():
        once = key_of(key, act, kind, wanted)
        done = already(operator_id, once)
        if done is not None:
            return done
        standings = locked(operator_id, document_ids(operator_id, kind, wanted), now=now)
        # Whoever came at the same moment has waited for the locks: look again.
        done = already(operator_id, once)
        if done is not None:
            return done
        fit, left_out = _sorted_out(act, standings)
        if not fit:
            raise NotDone(_why_none(left_out))
        handling = Handling(
            operator_id=operator_id,
            public_id=new_public_id(),
            key=once,
            act=act,
            user_id=by.user_id,
            user_name=by.actor.name,
            kind=str(kind),
            record_ids=sorted({each.record_id for each in fit}),
            note=note,
            before={str(each.document_id): each.before for each in fit},
            left_out=left_out,
            at=now,
        )
        _carry_out(act, fit, handling)
        keep(handling, by=by, numbers=[each.number for each in fit], now=now)
    return handling


def already(operator_id: int, key: str) -> Handling | None:
    return Handling.objects.filter(operator_id=operator_id, key=key).first()


def keep(handling: Handling, *, by: Person, numbers: Iterable[str], now: datetime) -> None:
    """Write the act down and wake the work it concerns, inside the caller's transaction."""
    handling.save()
    said = sorted(set(numbers))
    auditing.note(
        handling.operator_id,
        by.actor,
        _AUDITED[HandlingAct(handling.act)],
        _subject(handling, said),
        after={
            "count": len(handling.record_ids),
            "numbers": said[:_NAMED_MAX],
            "note": handling.note,
        },
    )
    wake([int(each) for each in handling.before], now=now)


def _subject(handling: Handling, numbers: Sequence[str]) -> Subject:
    if len(handling.record_ids) == 1:
        public_id = SourceRecord.objects.values_list("public_id", flat=True).get(
            id=handling.record_ids[0]
        )
        return Subject(handling.kind, str(public_id), numbers[0])
    count = len(handling.record_ids)
    return Subject("records", str(handling.public_id), f"{count:,} {handling.kind} records")


def wake(documents: Sequence[int], *, now: datetime) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE connection SET due_at = LEAST(due_at, %s) "
            "WHERE state IN ('active', 'held') AND organisation_id IN "
            "(SELECT organisation_id FROM document WHERE id = ANY(%s))",
            [now, list(documents)],
        )


def key_of(key: str, act: HandlingAct, kind: DocumentKind, record_ids: Sequence[int]) -> str:
    """A page that is gone back to keeps its key; other records under it are another act."""
    said = f"{key} {act} {kind} {','.join(map(str, record_ids))}"
    return hashlib.sha256(said.encode()).hexdigest()


def _checked(act: HandlingAct, note: str) -> str:
    note = " ".join(note.replace("\x00", "").split())
    if act in NOTE_NEEDED and not note:
        raise NotDone("Say why in a few words: whoever looks at it next year will ask.")
    if len(note) > NOTE_MAX:
        raise NotDone(f"A reason has at most {NOTE_MAX} characters; this one has {len(note)}.")
    return note


def _sorted_out(
    act: HandlingAct, standings: Sequence[Standing]
) -> tuple[list[Standing], dict[str, list[str]]]:
    """Those it fits, and the numbers of the records it fits in no part, by the reason."""
    fit: list[Standing] = []
    unfit_ones: dict[int, tuple[str, str]] = {}
    for each in standings:
        why = unfit(act, each)
        if why is None:
            fit.append(each)
        else:
            unfit_ones.setdefault(each.record_id, (why, each.number))
    done = {each.record_id for each in fit}
    left_out: dict[str, list[str]] = {}
    for record_id, (why, number) in unfit_ones.items():
        if record_id not in done:
            left_out.setdefault(why, []).append(number)
    return fit, left_out


def _why_none(left_out: Mapping[str, Sequence[str]]) -> str:
    if not left_out:
        return "There is no such record."
    parts = (f"{_named(numbers)}: {why}." for why, numbers in left_out.items())
    return f"Nothing was changed. {' '.join(parts)}"


def _named(numbers: Sequence[str]) -> str:
    shown = ", ".join(numbers[:3])
    return shown if len(numbers) <= 3 else f"{shown} and {len(numbers) - 3:,} more"


# -- what each act changes


def _carry_out(act: HandlingAct, fit: Sequence[Standing], handling: Handling) -> None:
    documents = [each.document_id for each in fit]
    _take_back_waiting(documents)
    match act:
        case HandlingAct.SKIP | HandlingAct.HANDLED | HandlingAct.KEEP:
            _leave_out(act, fit, handling)
        case HandlingAct.WRITE:
            _plan_anew(documents, also=", overwrite_version = wanted_version, state = 'changed'")
        case HandlingAct.UNLINK:
            _unlink(documents, handling)
        case _:
            _plan_anew(documents, also=f", state = {_AS_NEW}")
            hanging.release_below(handling.operator_id, documents)


_AS_NEW = "CASE WHEN applied_version > 0 THEN 'changed' ELSE 'new' END"


def _take_back_waiting(documents: Sequence[int]) -> None:
    _execute(
        "UPDATE effect SET state = 'superseded' WHERE state = 'waiting' AND document_id = ANY(%s)",
        [list(documents)],
    )


def _leave_out(act: HandlingAct, fit: Sequence[Standing], handling: Handling) -> None:
    kept = [each for each in fit if is_kept(act, each)]
    others = [each for each in fit if not is_kept(act, each)]
    code = ProblemCode.SKIPPED if act is HandlingAct.SKIP else ProblemCode.HANDLED_IN_BOOKS
    _set_skipped(others, said_by(code, handling))
    _set_skipped(kept, said_by(ProblemCode.KEPT_AS_IN_BOOKS, handling))
    Finding.objects.filter(
        document_id__in=[each.document_id for each in kept], state=FindingState.OPEN
    ).update(state=FindingState.ACCEPTED, closed_at=handling.at)
    hanging.name_below(handling.operator_id, [each.document_id for each in others])


def said_by(code: ProblemCode, handling: Handling) -> Problem:
    """The reason that stands at the record: who decided it, why, and by which act."""
    return Problem.of(
        code,
        who=handling.user_name,
        reason=_as_sentence(handling.note) or _NO_REASON,
        act=handling.public_id,
    )


def _as_sentence(note: str) -> str:
    return note if not note or note.endswith((".", "!", "?", "…")) else f"{note}."


def _set_skipped(fit: Sequence[Standing], reason: Problem) -> None:
    _execute(
        "UPDATE document SET state = %s, problems = %s::jsonb, overwrite_version = NULL "
        "WHERE id = ANY(%s)",
        [
            str(DocumentState.SKIPPED),
            problems_to_json([reason]),
            [each.document_id for each in fit],
        ],
    )


def _unlink(documents: Sequence[int], handling: Handling) -> None:
    # Planned as far as it goes: it is sent anew only when a person asks for it.
    _execute(
        "UPDATE xero_object x SET document_id = NULL FROM document d "
        "WHERE d.id = ANY(%s) AND x.organisation_id = d.organisation_id AND x.kind = d.kind "
        "AND x.xero_id = d.xero_id",
        [list(documents)],
    )
    _execute(
        "UPDATE document SET xero_id = NULL, applied_content = NULL, applied_version = 0, "
        "planned_version = wanted_version, overwrite_version = NULL, verified_at = NULL, "
        "state = 'needs_attention', problems = %s::jsonb WHERE id = ANY(%s)",
        [problems_to_json([said_by(ProblemCode.UNLINKED, handling)]), list(documents)],
    )


def _plan_anew(documents: Sequence[int], *, also: str) -> None:
    _execute(
        f"UPDATE document SET planned_version = 0, verified_at = NULL, "
        f"problems = '[]'::jsonb{also} WHERE id = ANY(%s)",
        [list(documents)],
    )


def _execute(statement: str, arguments: Sequence[Any]) -> None:
    with database.cursor() as cursor:
        cursor.execute(statement, arguments)
