from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class AmountDiffers(PairRule):
    """The same document has another amount in Xero.

    While this stands, the tenant's balance here and in the books are two numbers, and one of
    them is what the tenant is told.
    """

    name = "amount_differs"
    remedy = "Keep Xero's amount by correcting the source, or set Xero's back to the source's."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected, held = pair.expected, pair.held
        if expected.kind is DocumentKind.CONTACT or held is None or not pair.is_live:
            return
        if not expected.is_wanted or expected.is_pending:
            return
        if held.currency not in (None, expected.currency):
            says = f"The source says {expected.currency}, Xero holds {held.currency}."
            yield self.difference(pair, says)
        elif held.total != expected.amount:
            says = f"The source says {expected.amount}, Xero holds {held.total}."
            yield self.difference(pair, says)
