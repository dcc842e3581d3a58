from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from unitledger.core.effects import EffectState
from unitledger.engine.reconcile.values import Difference
from unitledger.store.journal import Effect

_OPEN = (EffectState.IN_FLIGHT, EffectState.UNKNOWN)


class EffectStuck:
    """A write has been without an outcome for longer than Xero could take to give one.

    No worker runs, or none can reach Xero. Nothing is lost and nothing is sent twice, but this
    record does not move.
    """

    name: ClassVar[str] = "effect_stuck"
    remedy: ClassVar[str] = "See that a worker runs and reaches Xero; it looks, then settles it."
    # The longest an outcome may stay open is an access token's life and what is added to it.
    grace: ClassVar[timedelta] = timedelta(minutes=45)
    sample_max: ClassVar[int] = 200
    is_kept: ClassVar[bool] = True

    def check(self, organisation_id: int, *, now: datetime) -> Iterator[Difference]:
        stuck = Effect.objects.filter(
            organisation_id=organisation_id,
            state__in=_OPEN,
            batch__claimed_at__lt=now - self.grace,
        ).select_related("document", "batch")
        for effect in stuck.order_by("id")[: self.sample_max]:
            claimed_at = effect.batch.claimed_at if effect.batch else now
            act = effect.kind.replace("_", " ")
            yield Difference(
                rule=self.name,
                subject=f"document:{effect.document_id}",
                document=f"{effect.document.kind.capitalize()} {effect.document.number}",
                says=f"Its {act} of {claimed_at:%d %b %H:%M} UTC has no outcome.",
                remedy=self.remedy,
                document_id=effect.document_id,
                is_of_others=True,
            )
