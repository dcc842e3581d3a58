"""Items as programs send them: each with its source's id and revision, each with one result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from unitledger.core.arrivals import Change
from unitledger.core.billing import Record
from unitledger.core.refusals import Refusal


class ItemKind(StrEnum):
    LOCATION = "location"
    TENANT = "tenant"
    INVOICE = "invoice"
    PAYMENT = "payment"


class ItemOutcome(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"  # this revision was taken in with other content
    STALE = "stale"  # a newer revision was taken in already


# What an item may lean on comes before it.
ORDER = {kind: place for place, kind in enumerate(ItemKind)}


@dataclass(frozen=True, slots=True)
class ItemKey:
    """An item's identity at its source."""

    source: str
    kind: ItemKind
    identifier_type: str
    value: str


@dataclass(frozen=True, slots=True)
class UnitSent:
    number: str
    unit_type: str | None = None


@dataclass(frozen=True, slots=True)
class LocationSent:
    """A location with what it consists of. What is not named stays as it is."""

    name: str
    zone: str
    currency: str
    units: Sequence[UnitSent] = ()  # where the location has no buildings
    buildings: Mapping[str, Sequence[UnitSent]] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One item as read, or why it could not be."""

    position: int  # from 1, in the order sent
    raw: Mapping[str, Any]
    kind: ItemKind | None  # None: the item does not say, or says what we do not know
    key: ItemKey | None  # None: it could not be read so far
    revision: int | None = None
    what: Record | LocationSent | None = None
    content: Mapping[str, Any] | None = None  # what it says, in a form that compares
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item."""

    item: SourceItem
    outcome: ItemOutcome
    changes: Sequence[Change] = ()
    refusals: Sequence[Refusal] = ()
    held_revision: int | None = None  # the newest that is here now
    public_id: str | None = None  # of the record, to open it by
