from __future__ import annotations

from collections.abc import Iterator

from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class StillInBooks(PairRule):
    """A record that was voided at its source still stands in Xero.

    While this stands, the books show income or money that the operator has taken back.
    """

    name = "still_in_books"
    remedy = "Sync it; where it is paid or reconciled in Xero, undo that there first."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        # A tenant who left keeps the contact: it carries the history.
        if pair.expected.is_wanted or not pair.is_live or pair.expected.kind == "contact":
            return
        reasons = " ".join(each.sentence for each in pair.expected.reasons)
        says = f"It was voided at the source and still stands in Xero. {reasons}"
        yield self.difference(pair, says.rstrip())
