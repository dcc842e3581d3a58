"""A message of the storage software, as its profile reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unitledger.core.arrivals import Arrived
from unitledger.core.billing import RecordKey


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says happened. At most one of `arrived` and `void`; neither where the
    profile ignores the event, or does not know it."""

    event: str
    zone: str  # of locations that are not known yet
    arrived: Sequence[Arrived] = ()
    void: RecordKey | None = None
    is_known: bool = True  # whether the profile names the event
