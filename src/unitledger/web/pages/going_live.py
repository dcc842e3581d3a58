"""Settings > Integration > Accounting Software > Xero > Going live: what is there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import Likeness
from unitledger.engine.going_live import answering, looking, standing, wording
from unitledger.engine.handling.deciding import NotDone, Person
from unitledger.engine.mapping.survey import current_connection
from unitledger.jobs.waking import wake
from unitledger.store.connections import Connection
from unitledger.store.going_live import (
    GoingLive,
    GoingLiveMatch,
    GoingLiveQuestion,
    LookState,
    MatchAnswer,
    Topic,
)
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages.runs import WORKING, may_steer
from unitledger.web.pages.steering import chosen_organisation
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 50
NAMES = {each: name.lower() for each, name in wording.KINDS.items()}
PARTS = {"tenants": DocumentKind.CONTACT, "invoices": DocumentKind.INVOICE} | {
    "payments": DocumentKind.PAYMENT
}
OPEN = Look("open", "attention", "warn")
DONE = Look("answered", "synced", "ok")
NOTHING = Look("nothing to answer", "out", "mute")
LIKENESS = {
    Likeness.EXACT: Look("Exact", "synced", "ok"),
    Likeness.LIKELY: Look("Likely", "attention", "warn"),
    Likeness.CLASH: Look("Clash", "failed", "bad"),
}
ANSWERS = {
    MatchAnswer.OPEN: Look("Open", "attention", "warn"),
    MatchAnswer.LINKED: Look("Linked", "synced", "ok"),
    MatchAnswer.LEFT: Look("Left as in Xero", "skipped", "mute"),
    MatchAnswer.BOOKED: Look("Ours is booked", "changed", "wait"),
}
NONE_TICKED = "Nothing is ticked. Tick what the answer is for, or choose all of a likeness."


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the check list."""

    part: str
    name: str
    look: Look
    fact: str


@dataclass(frozen=True, slots=True)
class ShownMatch:
    match: GoingLiveMatch
    name: str | None  # of our tenant
    look: Look
    answer: Look
    theirs: str  # what Xero's is known by
    their_name: str  # of the contact on it
    their_day: date | None
    may_be_linked: bool


@require_GET
@never_cache
@for_members
def going_live(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_bookkeepers
def look(request: HttpRequest, member: Member) -> HttpResponse:
    """Have the organisation read. A second click waits for the first."""
    organisation_id = chosen_organisation(request, member)
    if looking.ask(organisation_id, by=member.actor, now=now()):
        wake(organisation_id)
    return HttpResponseRedirect(reverse("going-live"))


@require_POST
@for_bookkeepers
def answer(request: HttpRequest, member: Member) -> HttpResponse:
    """Link, leave, or book ours anyway: those ticked, or all of a likeness on this part."""
    organisation_id = chosen_organisation(request, member)
    part = request.POST.get("part", "")
    kind = PARTS.get(part)
    try:
        chosen = MatchAnswer(request.POST.get("answer", ""))
    except ValueError:
        raise Http404("There is no such answer.") from None
    if kind is None or chosen is MatchAnswer.OPEN:
        raise Http404("There is no such answer.")
    likeness = request.POST.get("all", "")
    if likeness in list(Likeness):
        ids = answering.open_matches(organisation_id, kind=kind, likeness=Likeness(likeness))
    else:
        ids = [int(each) for each in request.POST.getlist("match") if _is_number(each)]
    note = request.POST.get("note", "")
    if not ids:
        return _page(request, member, part=part, error=NONE_TICKED, note=note)
    try:
        answered = answering.answer_matches(
            organisation_id,
            ids,
            chosen,
            note=note,
            by=Person(member.actor, member.user.pk),
            key=request.POST.get("key", ""),
            now=now(),
        )
    except NotDone as not_done:
        return _page(request, member, part=part, error=str(not_done), note=note, ticked=ids)
    wake(organisation_id)
    if answered.left_out:
        messages.warning(request, answered.sentence)
    else:
        messages.info(request, answered.sentence)
    return HttpResponseRedirect(f"{reverse('going-live')}?{urlencode({'part': part})}")


@require_POST
@for_bookkeepers
def question(request: HttpRequest, member: Member) -> HttpResponse:
    """A person has seen it, and says what was done."""
    organisation_id = chosen_organisation(request, member)
    part, note = request.POST.get("part", ""), request.POST.get("note", "")
    if part not in list(Topic):
        raise Http404("There is no such question.")
    person = Person(member.actor, member.user.pk)
    try:
        answering.answer_question(organisation_id, Topic(part), note=note, by=person, now=now())
    except NotDone as not_done:
        return _page(request, member, part=part, error=str(not_done), note=note)
    wake(organisation_id)
    return HttpResponseRedirect(reverse("going-live"))


@require_POST
@for_bookkeepers
def ask_again(request: HttpRequest, member: Member) -> HttpResponse:
    """Take back that ours is booked anyway."""
    organisation_id = chosen_organisation(request, member)
    match = request.POST.get("match", "")
    if _is_number(match):
        person = Person(member.actor, member.user.pk)
        answering.ask_again(organisation_id, int(match), by=person)
    part = request.POST.get("part", "")
    address = urlencode({"part": part if part in PARTS else "invoices"})
    return HttpResponseRedirect(f"{reverse('going-live')}?{address}")


def _page(
    request: HttpRequest,
    member: Member,
    *,
    part: str = "",
    error: str = "",
    note: str = "",
    ticked: Sequence[int] = (),
) -> HttpResponse:
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
        context = {} if connection is None else _context(request, connection, part)
    context |= {
        "connection": connection,
        "error": error,
        "note": note,
        "ticked": set(ticked),
        "may_steer": may_steer(member),
        "is_working": connection is not None and connection.state in WORKING,
        "form_key": wiring.shared_tools().ids.state_token(),
    }
    return framed(request, member, "web/going_live.html", context, status=422 if error else 200)


def _context(request: HttpRequest, connection: Connection, part: str) -> dict[str, Any]:
    organisation_id = connection.organisation_id
    row = GoingLive.objects.filter(organisation_id=organisation_id).first()
    found = standing.under_way(organisation_id)
    questions = {
        Topic(each.topic): each
        for each in GoingLiveQuestion.objects.filter(organisation_id=organisation_id)
    }
    counts = _counts(organisation_id)
    steps = _steps(counts, questions)
    chosen = part or request.GET.get("part", "") or _first_open(steps)
    is_reading = row is not None and row.state in (LookState.ASKED, LookState.READING)
    return {
        "organisation": connection.organisation,
        "row": row,
        "open": found,
        "is_live": found is None,
        "is_reading": is_reading,
        "is_silent": row is not None and standing.is_silent(row, now=now()),
        "outdated": standing.outdated(found.row, connection, now=now()) if found else None,
        "steps": steps,
        "part": chosen,
        **(_matches(request, organisation_id, chosen, counts) if chosen in PARTS else {}),
        **(_question(questions, Topic(chosen)) if chosen in list(Topic) else {}),
    }


def _counts(organisation_id: int) -> Mapping[DocumentKind, Mapping[tuple[str, str], int]]:
    """By kind: (likeness, answer) → how many."""
    counts: dict[DocumentKind, dict[tuple[str, str], int]] = {kind: {} for kind in DocumentKind}
    rows = GoingLiveMatch.objects.filter(organisation_id=organisation_id)
    grouped = rows.values_list("kind", "likeness", "answer").annotate(count=Count("id"))
    for kind, likeness, said, count in grouped.order_by():
        counts[DocumentKind(kind)][likeness, said] = count
    return counts


def _steps(
    counts: Mapping[DocumentKind, Mapping[tuple[str, str], int]],
    questions: Mapping[Topic, GoingLiveQuestion],
) -> Sequence[Step]:
    steps: list[Step] = []
    for part, kind in PARTS.items():
        total = sum(counts[kind].values())
        waiting = sum(n for (_, said), n in counts[kind].items() if said == MatchAnswer.OPEN)
        look = OPEN if waiting else DONE if total else NOTHING
        fact = f"{waiting:,} of {total:,} open" if waiting else f"{total:,} answered"
        steps.append(Step(part, wording.KINDS[kind], look, fact if total else "none in Xero"))
    for topic in Topic:
        row = questions.get(topic)
        title = wording.asked(topic).title
        if row is None:
            steps.append(Step(topic, title, NOTHING, "nothing there"))
        elif row.answered_at is None:
            steps.append(Step(topic, title, OPEN, "waits for you"))
        else:
            steps.append(Step(topic, title, DONE, f"answered by {row.answered_by_name}"))
    return steps


def _first_open(steps: Sequence[Step]) -> str:
    return next((each.part for each in steps if each.look is OPEN), "")


def _matches(
    request: HttpRequest,
    organisation_id: int,
    part: str,
    counts: Mapping[DocumentKind, Mapping[tuple[str, str], int]],
) -> dict[str, Any]:
    """Those that are open first; then what was answered."""
    kind = PARTS[part]
    is_answered = request.GET.get("show") == "answered"
    after = request.GET.get("after", "")
    rows = GoingLiveMatch.objects.filter(organisation_id=organisation_id, kind=kind)
    rows = rows.exclude(answer="open") if is_answered else rows.filter(answer="open")
    if _is_number(after):
        rows = rows.filter(id__gt=int(after))
    found = list(
        rows.select_related("document__tenant_record", "document__record").order_by("id")[
            : ROWS + 1
        ]
    )
    names = _tenants([each.document.tenant_record_id for each in found])
    waiting = {each: counts[kind].get((each, MatchAnswer.OPEN), 0) for each in Likeness}
    return {
        "kind": kind,
        "noun": NAMES[kind],
        "matches": [
            ShownMatch(
                match=each,
                name=names.get(each.document.tenant_record_id or 0),
                look=LIKENESS[Likeness(each.likeness)],
                answer=ANSWERS[MatchAnswer(each.answer)],
                theirs=_called(each.shown),
                their_name="" if kind is DocumentKind.CONTACT else each.shown.get("name") or "",
                their_day=_day(each.shown.get("dated_on")),
                may_be_linked=each.likeness != Likeness.CLASH,
            )
            for each in found[:ROWS]
        ],
        "next": found[ROWS - 1].pk if len(found) > ROWS else None,
        "is_answered": is_answered,
        "waiting": waiting,
        "open_count": sum(waiting.values()),
        "answered_count": sum(
            n for (_, said), n in counts[kind].items() if said != MatchAnswer.OPEN
        ),
        "at_once": answering.AT_ONCE_MAX,
    }


def _tenants(record_ids: Sequence[int | None]) -> Mapping[int, str]:
    from unitledger.store.billing import Tenant

    found = Tenant.objects.filter(record_id__in=[each for each in record_ids if each])
    return dict(found.values_list("record_id", "name"))


def _question(questions: Mapping[Topic, GoingLiveQuestion], topic: Topic) -> dict[str, Any]:
    row = questions.get(topic)
    words = wording.asked(topic)
    if row is None:
        return {"topic": topic, "words": words, "question": None}
    rows = [[_cell(one) for one in each] for each in row.evidence["rows"]]
    kinds = rows[0] if rows else ()
    return {
        "topic": topic,
        "words": words,
        "columns": [
            (name, "money" in cell) for name, cell in zip(words.columns, kinds, strict=False)
        ],
        "question": row,
        "says": wording.says(topic, row.evidence),
        "rows": rows,
        "more": max(0, row.evidence["count"] - len(row.evidence["rows"]))
        if topic not in (Topic.OTHERS, Topic.REMINDERS)
        else 0,
    }


def _cell(value: Any) -> Mapping[str, Any]:
    """For the template: money, a day, or words."""
    if isinstance(value, Mapping):
        if "on" in value:
            return {"on": date.fromisoformat(value["on"])}
        return {"money": value["money"]}
    return {"words": value}


def _called(shown: Mapping[str, Any]) -> str:
    names = (shown.get(each) for each in ("number", "reference", "name"))
    if "total" not in shown:
        return " · ".join(each for each in (shown.get("name"), shown.get("number")) if each)
    return next((each for each in names if each), "–")


def _day(spelled: Any) -> date | None:
    return date.fromisoformat(spelled) if spelled else None


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 19
