from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unitledger.core.exchange import Held
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View


class DuplicateInBooks(PairRule):
    """Xero holds the same record twice.

    While this stands, income or money received is counted twice. We never write a record
    twice, so the second was copied by hand or by another installation.
    """

    name = "duplicate_in_books"
    remedy = "Void or delete one of the two in Xero."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        for held in pair.more:
            yield self._second(pair, held)

    def _second(self, pair: Pair, held: Held) -> Difference:
        kept = pair.held.xero_id if pair.held else "another"
        found = self.difference(pair, f"Xero holds it a second time, beside {kept}.", held=held)
        return replace(
            found,
            subject=f"{found.subject}:{held.xero_id}",
            source_amount=ZERO,
            books_amount=held.total,
        )
