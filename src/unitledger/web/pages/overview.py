"""Is everything in the books? Counts, runs, the newest tie-out. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Sum
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.engine.reasons import problems_of
from unitledger.engine.standing import DONE, FOR_A_PERSON, Standing, standings
from unitledger.store.journal import Document, Run
from unitledger.store.tie_outs import TieOutResult
from unitledger.web import words
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_members
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

RUNS_SHOWN = 8
REASONS_SHOWN = 8
DIFFERENCES_SHOWN = 10
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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why records wait for a person, and what to do."""

    sentence: str
    remedy: str
    look: Look
    count: int
    amount: Decimal | None
    currency: str | None


@require_GET
@for_members
def overview(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        standing = standings()
        context = {
            "answer": _answer(standing),
            "tiles": _tiles(standing),
            "rows": _rows(standing),
            "reasons": _reasons(),
            "runs": [(run, _run_look(run)) for run in Run.objects.order_by("-id")[:RUNS_SHOWN]],
            "tie_out": _tie_out(),
            "triggers": words.TRIGGERS,
        }
    template = "web/_overview.html" if _is_part(request) else "web/overview.html"
    return framed(request, member, template, context)


def _is_part(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


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
                )
            )
    return rows


def _reasons() -> list[Reason]:
    """The most frequent reasons, each in the words of one of its records."""
    rows = list(
        Document.objects.filter(state__in=FOR_A_PERSON)
        .values("problems__0__code", "state", "currency")
        .annotate(count=Count("id"), total=Sum("amount"), sample=Min("id"))
        .order_by("-count")[:REASONS_SHOWN]
    )
    samples = Document.objects.in_bulk([row["sample"] for row in rows])
    reasons: list[Reason] = []
    for row in rows:
        problem = next(iter(problems_of(samples[row["sample"]].problems)), None)
        reasons.append(
            Reason(
                sentence=problem.sentence if problem else "No reason is known.",
                remedy=problem.remedy if problem else "",
                look=words.DOCUMENTS[DocumentState(row["state"])],
                count=row["count"],
                amount=row["total"],
                currency=row["currency"],
            )
        )
    return reasons


def _run_look(run: Run) -> Look:
    return words.RUNS[run.state]


def _tie_out() -> dict[str, Any] | None:
    newest = TieOutResult.objects.order_by("-read_at", "-id").first()
    if newest is None:
        return None
    content = newest.content
    return {
        "row": newest,
        "currency": content["currency"],
        "kinds": [
            {"name": words.KINDS[DocumentKind(each["kind"])], **each} for each in content["by_kind"]
        ],
        "accounts": content["by_account"],
        "receivables": content["receivables"],
        "differences": [each for each in content["differences"] if not each["accepted"]][
            :DIFFERENCES_SHOWN
        ],
    }
