"""What a rule is: one file that says what its finding means to the operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from unitledger.core.exchange import Held
from unitledger.engine.reconcile.values import Difference, Pair, View


class PairRule:
    """Looks at one expectation and what the books hold for it."""

    name: ClassVar[str]
    remedy: ClassVar[str]
    # Younger than this it is not kept as a finding: Xero's lists may lag behind its writes.
    grace: ClassVar[timedelta] = timedelta(minutes=2)
    # Findings kept at most; the tie-out itself always names and counts them all.
    sample_max: ClassVar[int] = 200
    is_kept: ClassVar[bool] = True  # false: the document's own state says it already

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        raise NotImplementedError

    def is_just_sent(self, pair: Pair, view: View) -> bool:
        """Whether Xero's lists may not show it yet, or it was sent while they were read."""
        sent_at = pair.expected.row.last_attempt_at if pair.expected.row else None
        return sent_at is not None and view.began_at - sent_at < self.grace

    def difference(self, pair: Pair, says: str, *, held: Held | None = None) -> Difference:
        """A difference between the pair's two amounts; by default they are equal."""
        expected = pair.expected
        held = held or pair.held
        row = expected.row
        handle = expected.handles[0] if expected.handles else None
        return Difference(
            rule=self.name,
            subject=f"{expected.kind}:{expected.record_id}:{expected.part}",
            document=expected.label,
            says=says,
            remedy=self.remedy,
            kind=expected.kind,
            source_amount=expected.amount if pair.counts else None,
            books_amount=held.total if held is not None and pair.is_live else None,
            dated_on=expected.dated_on,
            location=expected.location,
            document_id=row.document_id if row else None,
            xero_id=held.xero_id if held else (row.xero_id if row else None),
            number=(held.number if held and held.number else handle),
            seen_since=row.last_attempt_at if row else None,
        )
