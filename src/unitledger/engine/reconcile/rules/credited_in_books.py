from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View


class CreditedInBooks(PairRule):
    """A credit note, prepayment or overpayment was set against the invoice in Xero.

    Owed here, settled there: the storage software still chases a tenant whom the books have
    relieved.
    """

    name = "credited_in_books"
    remedy = "Record the same credit at the source, or take the allocation back in Xero."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        held = pair.held
        if pair.expected.kind is not DocumentKind.INVOICE or held is None or not pair.is_live:
            return
        if held.total is None or held.amount_due is None or held.amount_paid is None:
            return
        credited = held.total - held.amount_paid - held.amount_due
        if credited != ZERO:
            says = f"{credited} of it was settled in Xero by a credit the source does not know."
            # The invoice itself agrees: the credit's money is no part of its amount.
            yield replace(self.difference(pair, says), source_amount=ZERO, books_amount=ZERO)
