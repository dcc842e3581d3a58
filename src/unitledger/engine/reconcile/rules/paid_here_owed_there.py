from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.rules.missing_in_books import TIE_OUT_AGAIN
from unitledger.engine.reconcile.values import Difference, Pair, View


class PaidHereOwedThere(PairRule):
    """A payment the operator has taken is not on the invoice in Xero.

    While this stands, tenants who have paid show as owing, and may be chased. Somebody deleted
    the payment in Xero, as a rule to match the bank line in another way.
    """

    name = "paid_here_owed_there"
    remedy = (
        "Ask who removed it: void the payment at the source too, or record it anew there under "
        "another number."
    )

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if expected.kind is not DocumentKind.PAYMENT or not pair.counts:
            return
        if pair.is_gone:
            yield self.difference(pair, "The payment was deleted in Xero; its invoice is owed.")
        elif pair.held is None and expected.was_sent and not expected.is_pending:
            says = "The payment was sent to Xero and is not there."
            if self.is_just_sent(pair, view):
                says = f"It was sent a moment ago and is not listed yet. {TIE_OUT_AGAIN}"
            yield self.difference(pair, says)
