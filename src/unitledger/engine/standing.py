"""Where an operator's records stand: counts and money by kind and state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.store.journal import Document

# Nobody has to do anything about these: in the books, or left out on purpose.
DONE = frozenset({DocumentState.SYNCED, DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE})
# These wait for a person.
FOR_A_PERSON = frozenset(
    {DocumentState.FAILED, DocumentState.NEEDS_ATTENTION, DocumentState.DRIFTED}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The documents of one kind in one state. Money is None for what has none, and per currency."""

    kind: DocumentKind
    state: DocumentState
    currency: str | None
    count: int
    amount: Decimal | None

    @property
    def is_done(self) -> bool:
        return self.state in DONE

    @property
    def needs_a_person(self) -> bool:
        return self.state in FOR_A_PERSON


def standings(operator_ids: Iterable[int] | None = None) -> Sequence[Standing]:
    """By kind and state; of these operators, or of all that the reader may see."""
    documents = Document.objects.all()
    if operator_ids is not None:
        documents = documents.filter(operator_id__in=list(operator_ids))
    rows = (
        documents.values("kind", "state", "currency")
        .annotate(count=Count("id"), total=Sum("amount"))
        .order_by("kind", "state", "currency")
    )
    return [
        Standing(
            kind=DocumentKind(row["kind"]),
            state=DocumentState(row["state"]),
            currency=row["currency"],
            count=row["count"],
            amount=row["total"],
        )
        for row in rows
    ]
