from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.dates import plain
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class DatedInLockedPeriod(PairRule):
    """A record that is not in Xero yet is dated in a period that is locked there.

    It cannot be written until somebody decides: unlock, or book it in an open period. We
    never change a date ourselves.
    """

    name = "dated_in_locked_period"
    remedy = "Move the lock date in Xero, or decide how to book it in an open period."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if pair.held is not None or not pair.counts or expected.was_sent:
            return
        locked_to = view.chart.locked_to
        if expected.row and expected.dated_on and locked_to and expected.dated_on <= locked_to:
            says = f"{plain(expected.dated_on)} is locked in Xero (to {plain(locked_to)})."
            yield self.difference(pair, says)
