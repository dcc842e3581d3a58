from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View

TIE_OUT_AGAIN = "Tie out again in two minutes."


class MissingInBooks(PairRule):
    """A record that we hold to be in Xero is not there.

    While this stands, the books' income and receivables are too low. Xero never removes an
    approved invoice, so the usual causes are a demo organisation that was reset, another
    organisation, or a record of ours that was lost. A payment that is not there is
    `paid_here_owed_there`.
    """

    name = "missing_in_books"
    remedy = "Sync the record again; we look for it by its number before we send it."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if expected.kind is DocumentKind.PAYMENT and expected.row is not None:
            return
        if pair.held is not None or not pair.counts or not expected.handles:
            return
        if expected.row is None:
            yield self.difference(pair, "It was taken in, but nothing was planned for it.")
        elif expected.was_sent and not expected.is_pending:
            says = "It was sent to Xero and is not there."
            if self.is_just_sent(pair, view):
                says = f"It was sent a moment ago and is not listed yet. {TIE_OUT_AGAIN}"
            yield self.difference(pair, says)
