from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class InvoiceDiffers(PairRule):
    """The payment settles another invoice in Xero.

    The totals agree, and yet one invoice shows as paid that is owed, and another the other
    way round.
    """

    name = "invoice_differs"
    remedy = "Delete the payment in Xero; it is written again on the right invoice."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        held = pair.held
        if pair.expected.kind is not DocumentKind.PAYMENT or held is None or not pair.is_live:
            return
        if not pair.expected.is_wanted or pair.invoice is None or held.invoice_id is None:
            return
        if held.invoice_id != pair.invoice.xero_id:
            yield self.difference(pair, "It settles another invoice in Xero.")
