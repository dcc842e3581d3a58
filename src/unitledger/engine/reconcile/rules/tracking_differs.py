from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from unitledger.core.documents import WantedInvoice
from unitledger.core.exchange import Held
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View

_Tracked = dict[tuple[str, str], Decimal]


class TrackingDiffers(PairRule):
    """The document is tracked to another location, or to none, in Xero.

    While this stands, income by location in Xero is wrong though the total is right.
    """

    name = "tracking_differs"
    remedy = "Set the tracking option on the document's lines in Xero."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        held, wanted = pair.held, pair.expected.wanted
        if held is None or not isinstance(wanted, WantedInvoice) or not held.postings:
            return
        if not pair.is_live or pair.expected.is_pending or held.total != wanted.total:
            return
        source, books = _wanted_tracking(wanted), _held_tracking(held)
        if source != books:
            says = f"The mapping says {_spelled(source)}; Xero holds {_spelled(books)}."
            yield self.difference(pair, says)


def _wanted_tracking(wanted: WantedInvoice) -> _Tracked:
    sums: _Tracked = {}
    for line in wanted.lines:
        _add(sums, line.tracking or {}, line.line_amount)
    return sums


def _held_tracking(held: Held) -> _Tracked:
    sums: _Tracked = {}
    for posting in held.postings:
        _add(sums, posting.tracking, posting.line_amount)
    return sums


def _add(sums: _Tracked, tracking: Mapping[str, str], amount: Decimal) -> None:
    # Names are compared as Xero compares them: without regard to case.
    for category, option in tracking.items():
        key = (category.casefold(), option.casefold())
        sums[key] = sums.get(key, ZERO) + amount


def _spelled(tracked: _Tracked) -> str:
    named = (f"{category} {option} {amount}" for (category, option), amount in tracked.items())
    return ", ".join(named) or "no tracking"
