from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import IN_LEDGER, ZERO, Difference, Pair, View


class LinkDiffers(PairRule):
    """Our own record of which object in Xero is ours does not agree with what Xero shows.

    The books may be right all the same; what is wrong is our memory of them, and the next
    change of this record could go to the wrong object.
    """

    name = "link_differs"
    remedy = "Sync the record again: it is matched by its number before anything is sent."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if pair.pointed_at is not None:
            says = f"Our record leads to {pair.pointed_at.xero_id}, which is another object."
            found = self.difference(pair, says, held=pair.pointed_at)
            stands = pair.pointed_at.status in IN_LEDGER[expected.kind]
            yield replace(
                found,
                source_amount=ZERO,
                books_amount=pair.pointed_at.total if stands else ZERO,
            )
        elif pair.is_live and expected.row is not None and not expected.was_sent:
            yield self.difference(pair, "It is in Xero, and our record says it was not sent.")
        elif pair.is_live and expected.row is None:
            yield self.difference(pair, "It is in Xero, and nothing was planned for it here.")
