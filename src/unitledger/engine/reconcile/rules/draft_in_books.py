from __future__ import annotations

from collections.abc import Iterator

from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class DraftInBooks(PairRule):
    """The invoice is in Xero as a draft, and so not in the books.

    Drafts post nothing: no income, no receivable; and no payment can be put on them.
    """

    name = "draft_in_books"
    remedy = "Approve the draft in Xero."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        if pair.is_draft and pair.counts:
            yield self.difference(pair, "It is in Xero as a draft, not in the books.")
