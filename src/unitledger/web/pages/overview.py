"""The dashboard: is everything in the books, who acts next, and how is the business? Read only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger import wiring
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import Actor, ProblemCode
from unitledger.engine.figures import held
from unitledger.engine.figures.held import Held
from unitledger.engine.figures.outgoing import outgoing
from unitledger.engine.reasons import problems_of
from unitledger.engine.standing import DONE, FOR_A_PERSON, Standing, standings
from unitledger.store.journal import Document, Run
from unitledger.web import words
from unitledger.web.fixes import page_of
from unitledger.web.frame import framed, now, operator_zone
from unitledger.web.locale import write_as
from unitledger.web.members import Member, for_members
from unitledger.web.overview_books import books_part
from unitledger.web.overview_business import business
from unitledger.web.record_lists import today
from unitledger.web.report_query import KINDS as REPORTS
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

RUNS_SHOWN = 6
REASONS_SHOWN = 8
# Failed, Needs attention, Waiting, Drifted, Synced, Skipped: what a person acts on comes first.
TILES = (
    (DocumentState.FAILED, (DocumentState.FAILED,)),
    (DocumentState.NEEDS_ATTENTION, (DocumentState.NEEDS_ATTENTION,)),
    (
        DocumentState.WAITING,
        (DocumentState.WAITING, DocumentState.CHANGED, DocumentState.QUEUED, DocumentState.NEW),
    ),
    (DocumentState.DRIFTED, (DocumentState.DRIFTED,)),
    (DocumentState.SYNCED, (DocumentState.SYNCED,)),
    (DocumentState.SKIPPED, (DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE)),
)
HELD = {
    Held.YOU: ("You act", words.DOCUMENTS[DocumentState.NEEDS_ATTENTION]),
    Held.WE: ("We act, with the next sync", words.DOCUMENTS[DocumentState.QUEUED]),
    Held.DEPENDS: ("Waits for its contact or invoice", words.DOCUMENTS[DocumentState.WAITING]),
    Held.ANSWER: ("Waits until Xero’s answer is certain", words.DOCUMENTS[DocumentState.WAITING]),
    Held.LIMIT: ("Waits for tomorrow’s calls", words.DOCUMENTS[DocumentState.WAITING]),
}
_REPORT_OF = {kind: name for name, kind in REPORTS.items()}
_STATUS_OF = {
    DocumentState.FAILED: "failed",
    DocumentState.NEEDS_ATTENTION: "needs-attention",
    DocumentState.DRIFTED: "drifted",
    DocumentState.SYNCED: "synced",
    DocumentState.SKIPPED: "skipped",
    DocumentState.OUT_OF_SCOPE: "skipped",
}


@dataclass(frozen=True, slots=True)
class Tile:
    look: Look
    count: int
    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind in one state."""

    kind: str
    look: Look
    count: int
    amount: Decimal | None
    currency: str | None
    is_first: bool  # of its kind: the name is written once
    address: str


@dataclass(frozen=True, slots=True)
class HeldCell:
    """Records of one kind that wait for the same."""

    count: int
    amount: Decimal | None
    address: str | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    word: str
    look: Look
    currency: str | None
    cells: Sequence[HeldCell | None]  # by kind, in the order of the report's


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records wait for a person, and what to do."""

    sentence: str
    remedy: str
    look: Look
    count: int
    amount: Decimal | None
    currency: str | None
    address: str


@require_GET
@never_cache
@for_members
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    if getattr(request, "htmx", False):
        with operator_scope(member.operator_id):
            context = _live()
        return framed(request, member, "web/_overview_live.html", context)
    write_as(member.operator.locale if member.operator else None)
    with operator_scope(member.operator_id):
        zone = operator_zone()
        day = today(zone)
        context = {
            "zone": zone,
            **_live(),
            "business": business(member, today=day),
            "today": day,
            # Both ledgers are whole; somebody who sees some locations would see the others' sums.
            "books_part": books_part(is_emulated=wiring.is_emulated(), today=day, now=now())
            if member.sees_every_location
            else None,
            "outgoing": outgoing(),
        }
    return framed(request, member, "web/overview.html", context)


def _live() -> dict[str, Any]:
    """What changes while somebody looks."""
    standing = standings()
    found = held.reasons()
    return {
        "answer": _answer(standing),
        "tiles": _tiles(standing),
        "rows": _rows(standing),
        "held_rows": _held_rows(found),
        "reasons": _reasons(found),
        "runs": [(run, words.RUNS[run.state]) for run in Run.objects.order_by("-id")[:RUNS_SHOWN]],
    }


def _answer(standing: Sequence[Standing]) -> dict[str, int]:
    """The numbers of the first sentence. What was left out on purpose is not asked about."""
    asked = [each for each in standing if each.state not in DONE - {DocumentState.SYNCED}]
    synced = sum(each.count for each in asked if each.state is DocumentState.SYNCED)
    for_a_person = sum(each.count for each in asked if each.state in FOR_A_PERSON)
    total = sum(each.count for each in asked)
    return {
        "total": total,
        "synced": synced,
        "for_a_person": for_a_person,
        "by_itself": total - synced - for_a_person,
    }


def _tiles(standing: Sequence[Standing]) -> list[Tile]:
    tiles: list[Tile] = []
    for state, states in TILES:
        found = [each for each in standing if each.state in states]
        currencies = {each.currency for each in found if each.currency}
        tiles.append(
            Tile(
                look=words.DOCUMENTS[state] if found else words.quiet(words.DOCUMENTS[state]),
                count=sum(each.count for each in found),
                # An invoice and its payment are the same money: the tile says what was billed.
                amount=sum(
                    (each.amount or Decimal(0) for each in found if _is_billed(each)), Decimal(0)
                ),
                currency=currencies.pop() if len(currencies) == 1 else None,
            )
        )
    return tiles


def _is_billed(each: Standing) -> bool:
    return each.kind is DocumentKind.INVOICE


def _rows(standing: Sequence[Standing]) -> list[KindRow]:
    order = list(words.DOCUMENTS)
    rows: list[KindRow] = []
    for kind, name in words.KINDS.items():
        found = [each for each in standing if each.kind is kind]
        for position, each in enumerate(sorted(found, key=lambda one: order.index(one.state))):
            rows.append(
                KindRow(
                    kind=name,
                    look=words.DOCUMENTS[each.state],
                    count=each.count,
                    amount=None if kind is DocumentKind.CONTACT else each.amount,
                    currency=each.currency,
                    is_first=position == 0,
                    address=_report(kind, _STATUS_OF.get(each.state, "waiting")),
                )
            )
    return rows


def _report(kind: DocumentKind, status: str) -> str:
    return f"{reverse('integration-report')}?by={_REPORT_OF[kind]}&status={status}"


def _held_rows(found: Sequence[held.Reason]) -> list[HeldRow]:
    """Who acts next on what is not in the books, by kind; a currency has a row of its own."""
    waiting = held.waiting(found)
    rows: list[HeldRow] = []
    for which, (word, look) in HELD.items():
        mine = [each for each in waiting if each.held is which]
        for place, currency in enumerate(_currencies(mine)):
            shown = [each for each in mine if each.currency == currency]
            if place == 0:
                shown += [each for each in mine if each.currency is None and currency]
            cells = [_cell(shown, kind) for kind in words.KINDS]
            rows.append(HeldRow(word, look, currency, cells))
    return rows


def _currencies(mine: Sequence[held.Waiting]) -> list[str | None]:
    """Tenants have none: they stand in the first row."""
    found = sorted({each.currency for each in mine if each.currency})
    return [*found] if found else [None] if mine else []


def _cell(shown: Iterable[held.Waiting], kind: DocumentKind) -> HeldCell | None:
    fitting = [each for each in shown if each.kind is kind]
    if not fitting:
        return None
    is_yours = fitting[0].held is Held.YOU
    amounts = [each.amount for each in fitting if each.amount is not None]
    return HeldCell(
        count=sum(each.count for each in fitting),
        amount=sum(amounts, Decimal(0)) if amounts else None,
        address=_report(kind, "needs-you" if is_yours else "waiting"),
    )


def _reasons(found: Sequence[held.Reason]) -> list[Reason]:
    """The most frequent reasons for a person to act, each in the words of one of its records."""
    mine = [each for each in found if each.held is Held.YOU][:REASONS_SHOWN]
    samples = Document.objects.select_related("record").in_bulk([each.sample_id for each in mine])
    return [_reason(each, samples[each.sample_id]) for each in mine if each.sample_id in samples]


def _reason(found: held.Reason, sample: Document) -> Reason:
    problem = next(iter(problems_of(sample.problems)), None)
    page = page_of(ProblemCode(found.code)) if found.code else None
    has_one_page = page is not None and problem is not None and problem.actor is Actor.PERSON
    if found.count == 1 and not has_one_page:
        page = f"{reverse('record', args=[sample.record.public_id])}#decide"
    return Reason(
        sentence=problem.sentence if problem else "No reason is known.",
        remedy=problem.remedy if problem else "Look at the records.",
        look=words.DOCUMENTS[found.state],
        count=found.count,
        amount=None if found.kind is DocumentKind.CONTACT else found.amount,
        currency=found.currency,
        address=page or _report(found.kind, _STATUS_OF[found.state]),
    )
