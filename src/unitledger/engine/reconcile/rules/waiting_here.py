from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.documents import DocumentKind
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ON_ITS_WAY, Difference, Pair, View


class WaitingHere(PairRule):
    """A record, or its newest change, has not been sent to Xero yet.

    It goes by itself with the next sync; until then its money is at the source and not in the
    books.
    """

    name = "waiting_here"
    remedy = "Nothing to do: it goes with the next sync. Sync now to see it gone."
    is_kept = False

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if expected.state not in ON_ITS_WAY or not pair.counts:
            return
        if is_of_locked_period(pair, view) or not differs(pair):
            return
        reasons = " ".join(each.sentence for each in expected.reasons)
        what = "It is not sent yet." if pair.held is None else "Its newest change is not sent yet."
        yield self.difference(pair, f"{what} {reasons}".rstrip())


def differs(pair: Pair) -> bool:
    """Whether a record that is on its way leaves the two sides apart until it arrives."""
    expected, held = pair.expected, pair.held
    if held is None:
        return expected.is_pending or not expected.was_sent
    if not pair.is_live:
        return False  # other rules name it
    if not expected.is_pending:
        return False
    return (
        expected.kind is DocumentKind.CONTACT
        or held.total != expected.amount
        or held.dated_on != expected.dated_on
    )


def is_of_locked_period(pair: Pair, view: View) -> bool:
    """Whether `dated_in_locked_period` names it."""
    expected = pair.expected
    if pair.held is not None or expected.was_sent or expected.dated_on is None:
        return False
    return expected.row is not None and view.chart.is_locked(expected.dated_on)
