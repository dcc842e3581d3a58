from __future__ import annotations

from collections.abc import Iterator

from unitledger.core.dates import plain
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.rules.waiting_here import differs, is_of_locked_period
from unitledger.engine.reconcile.values import Difference, Pair, View


class Refused(PairRule):
    """A record cannot go to Xero until a person does something.

    While this stands, its money is at the source and not in the books. The reasons are those
    of the report.
    """

    name = "refused"
    remedy = "Do what the reason asks for, then sync again."
    is_kept = False

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        expected = pair.expected
        if not expected.is_stopped or not pair.counts or is_of_locked_period(pair, view):
            return
        if not differs(pair):
            return
        reasons = " ".join(f"{each.sentence} {each.remedy}" for each in expected.reasons)
        taken = _taken(pair)
        yield self.difference(pair, f"{reasons or 'It was refused.'}{taken}")


def _taken(pair: Pair) -> str:
    if pair.not_ours is None:
        return ""
    held = pair.not_ours
    day = f" of {plain(held.dated_on)}" if held.dated_on else ""
    return f" Xero holds another document with this number: {held.total}{day}."
