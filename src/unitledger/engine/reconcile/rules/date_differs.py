from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.dates import plain
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View


class DateDiffers(PairRule):
    """The document has another date in Xero.

    Over a month's end the two ledgers then differ for both months, and over a quarter's end so
    does the tax return.
    """

    name = "date_differs"
    remedy = "Correct the date on the side that is wrong."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected, held = pair.expected, pair.held
        if held is None or not pair.is_live or expected.is_pending or not expected.is_wanted:
            return
        if expected.dated_on and held.dated_on and expected.dated_on != held.dated_on:
            says = f"The source says {plain(expected.dated_on)}, Xero {plain(held.dated_on)}."
            yield self.difference(pair, says)
