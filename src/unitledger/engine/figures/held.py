"""Money that is not in the books yet: who acts next on it, and what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, Min, Sum

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import ProblemCode
from unitledger.engine.standing import DONE, FOR_A_PERSON
from unitledger.store.journal import Document


class Held(StrEnum):
    YOU = "you"  # a person acts next
    WE = "we"  # goes with the next sync
    DEPENDS = "depends"  # on its contact or invoice
    ANSWER = "answer"  # Xero has not said what became of it
    LIMIT = "limit"  # the day's calls are used up


_WAITS = {
    ProblemCode.CONTACT_WAITS: Held.DEPENDS,
    ProblemCode.INVOICE_WAITS: Held.DEPENDS,
    ProblemCode.OUTCOME_UNKNOWN: Held.ANSWER,
    ProblemCode.DAY_LIMIT: Held.LIMIT,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records and money of one kind that wait for the same."""

    held: Held
    kind: DocumentKind
    currency: str | None
    count: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason among what is not in the books, with one record as an example."""

    code: str | None
    state: DocumentState
    kind: DocumentKind
    currency: str | None
    count: int
    amount: Decimal | None
    sample_id: int

    @property
    def held(self) -> Held:
        if self.state in FOR_A_PERSON:
            return Held.YOU
        return _WAITS.get(ProblemCode(self.code), Held.WE) if self.code else Held.WE


def reasons(location_ids: Sequence[int] = ()) -> Sequence[Reason]:
    """Everything not done, by kind, state and first reason: the most records first."""
    found = Document.objects.exclude(state__in=DONE)
    if location_ids:
        found = found.filter(location_id__in=location_ids)
    rows = (
        found.values_list("problems__0__code", "state", "kind", "currency")
        .annotate(count=Count("id"), total=Sum("amount"), sample=Min("id"))
        .order_by("-count", "sample")
    )
    return [
        Reason(code, DocumentState(state), DocumentKind(kind), currency, count, total, sample)
        for code, state, kind, currency, count, total, sample in rows
    ]


def waiting(found: Sequence[Reason]) -> Sequence[Waiting]:
    """The same by who acts next, in the order of `Held`."""
    sums: dict[tuple[Held, DocumentKind, str | None], tuple[int, Decimal]] = {}
    for each in found:
        key = (each.held, each.kind, each.currency)
        count, amount = sums.get(key, (0, Decimal(0)))
        sums[key] = (count + each.count, amount + (each.amount or 0))
    order = list(Held)
    return [
        Waiting(*key, count, None if key[1] is DocumentKind.CONTACT else amount)
        for key, (count, amount) in sorted(
            sums.items(), key=lambda one: (order.index(one[0][0]), one[0][1], one[0][2] or "")
        )
    ]
