from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class VoidedInBooks(PairRule):
    """An invoice the operator still asks for was voided or deleted in Xero.

    While this stands, income is missing from the books, and a payment of that invoice cannot
    be written. The number of a voided invoice stays taken in Xero.
    """

    name = "voided_in_books"
    remedy = "Void it at the source too, or record it anew there under another number."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        if pair.expected.kind is DocumentKind.INVOICE and pair.is_gone and pair.counts:
            assert pair.held is not None
            yield self.difference(pair, f"The invoice was {pair.held.status.lower()} in Xero.")
