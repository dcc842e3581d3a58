"""Take in items that carry their source's revision: one named result each.

A newer revision is a change; the same one, saying the same, is known already; saying something
else, it is a conflict; an older one is stale. What passes goes the one way in (`intake`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from unitledger.core.arrivals import Arrived, Outcome, RowResult
from unitledger.core.billing import Invoice, Payment, RecordKind
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.core.source_items import (
    ORDER,
    ItemKey,
    ItemKind,
    ItemOutcome,
    ItemResult,
    LocationSent,
    SourceItem,
)
from unitledger.engine.arriving.places import take_location
from unitledger.engine.intake import Limits
from unitledger.engine.intake.differences import differences
from unitledger.engine.intake.importing import wake_connections
from unitledger.engine.intake.taking import one_at_a_time, take_in
from unitledger.store.places import Location
from unitledger.store.records import RecordIdentifier
from unitledger.store.source_items import SourceRevision

ITEMS_MAX = 1000  # in one transaction
CHANGES_NAMED_MAX = 5  # in a sentence
NO_ZONE = "UTC"  # never used: a record of an unknown location is refused here
_OUTCOMES = {
    Outcome.CREATED: ItemOutcome.CREATED,
    Outcome.CHANGED: ItemOutcome.CHANGED,
    Outcome.UNCHANGED: ItemOutcome.UNCHANGED,
    Outcome.REFUSED: ItemOutcome.REFUSED,
}
_DONE = (ItemOutcome.CREATED, ItemOutcome.CHANGED, ItemOutcome.UNCHANGED)


def take_items(
    operator_id: int,
    items: Sequence[SourceItem],
    *,
    now: datetime,
    limits: Limits | None = None,
    is_dry_run: bool = False,
) -> list[ItemResult]:
    """Take in up to `ITEMS_MAX` items; one result each, in their order. All are decided, and
    those that pass are kept, in one transaction; a dry run decides everything and keeps nothing.

    The order they are sent in does not matter, but that several revisions of one item are
    taken one after the other.
    """
    results: dict[int, ItemResult] = {}
    with _kept(not is_dry_run):
        one_at_a_time(operator_id)
        taking = _Taking(operator_id, now, limits or Limits())
        for wave in _waves(items):
            results.update((each.item.position, each) for each in taking.take(wave))
        named = _with_ids(operator_id, [results[each.position] for each in items])
        if any(each.outcome in (ItemOutcome.CREATED, ItemOutcome.CHANGED) for each in named):
            wake_connections(operator_id, now=now)
    return named


class _Taking:
    """One call's items, wave by wave: within a wave each item comes once."""

    def __init__(self, operator_id: int, now: datetime, limits: Limits) -> None:
        self._operator_id = operator_id
        self._now = now
        self._limits = limits

    def take(self, wave: Sequence[SourceItem]) -> Iterator[ItemResult]:
        held = self._held(each.key for each in wave if each.key)
        passing: list[tuple[SourceItem, ItemResult | None]] = []
        for item in wave:
            known = held.get(item.key) if item.key else None
            passing.append((item, _against(item, known) if known else None))
        yield from (result for _, result in passing if result is not None)
        todo = [item for item, result in passing if result is None]
        done = [*self._locations(todo), *self._records(todo)]
        self._remember(done)
        yield from done

    def _held(self, keys: Iterable[ItemKey]) -> dict[ItemKey, SourceRevision]:
        found = Q(pk__in=[])
        by_names: dict[tuple[str, str, str], list[str]] = {}
        for key in keys:
            names = (key.source, str(key.kind), key.identifier_type)
            by_names.setdefault(names, []).append(key.value)
        for (source, kind, identifier_type), values in by_names.items():
            found |= Q(source=source, kind=kind, identifier_type=identifier_type, value__in=values)
        rows = SourceRevision.objects.filter(found, operator_id=self._operator_id)
        return {
            ItemKey(row.source, ItemKind(row.kind), row.identifier_type, row.value): row
            for row in rows
        }

    def _locations(self, items: Sequence[SourceItem]) -> Iterator[ItemResult]:
        for item in items:
            if item.kind is not ItemKind.LOCATION:
                continue
            if item.refusals or not isinstance(item.what, LocationSent) or item.key is None:
                yield ItemResult(item, ItemOutcome.REFUSED, refusals=item.refusals)
                continue
            outcome, changes, refusals = take_location(
                self._operator_id, item.what, held=self._held([item.key]).get(item.key)
            )
            yield ItemResult(item, outcome, changes=changes, refusals=refusals)

    def _records(self, items: Sequence[SourceItem]) -> list[ItemResult]:
        chosen = [each for each in items if each.kind is not ItemKind.LOCATION]
        chosen.sort(key=lambda each: ORDER[each.kind] if each.kind else 0)
        if not chosen:
            return []
        known = set(
            Location.objects.filter(operator_id=self._operator_id).values_list("name", flat=True)
        )
        rows = take_in(
            self._operator_id,
            [_arrived(each, known) for each in chosen],
            now=self._now,
            zone=NO_ZONE,
            limits=self._limits,
        )
        return [_of_row(item, row) for item, row in zip(chosen, rows, strict=True)]

    def _remember(self, results: Iterable[ItemResult]) -> None:
        SourceRevision.objects.bulk_create(
            [
                SourceRevision(
                    operator_id=self._operator_id,
                    source=key.source,
                    kind=key.kind,
                    identifier_type=key.identifier_type,
                    value=key.value,
                    revision=each.item.revision,
                    content=each.item.content,
                    taken_at=self._now,
                )
                for each in results
                if each.outcome in _DONE and (key := each.item.key) is not None
            ],
            update_conflicts=True,
            unique_fields=["operator", "source", "kind", "identifier_type", "value"],
            update_fields=["revision", "content", "taken_at"],
        )


def _waves(items: Sequence[SourceItem]) -> Iterator[list[SourceItem]]:
    waves: list[list[SourceItem]] = []
    turns: dict[ItemKey, int] = {}
    for item in items:
        turn = turns.get(item.key, 0) if item.key else 0
        if item.key:
            turns[item.key] = turn + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(item)
    yield from waves


def _against(item: SourceItem, held: SourceRevision) -> ItemResult | None:
    """What the revision already says; None where the item is to be taken in."""
    if item.refusals or item.revision is None or item.content is None:
        return None
    if item.revision > held.revision:
        return None
    if item.revision < held.revision:
        stale = refuse(Rule.REVISION_STALE, "revision", revision=item.revision, held=held.revision)
        return ItemResult(item, ItemOutcome.STALE, refusals=(stale,), held_revision=held.revision)
    changes = differences(held.content, item.content)
    if not changes:
        return ItemResult(item, ItemOutcome.UNCHANGED, held_revision=held.revision)
    named = "; ".join(str(change) for change in changes[:CHANGES_NAMED_MAX])
    conflict = refuse(Rule.REVISION_CONFLICT, "revision", revision=item.revision, differences=named)
    return ItemResult(
        item,
        ItemOutcome.CONFLICT,
        changes=changes,
        refusals=(conflict,),
        held_revision=held.revision,
    )


def _arrived(item: SourceItem, locations: set[str]) -> Arrived:
    refusals = [*item.refusals, *_of_place(item, locations)]
    kinds = (RecordKind(item.kind),) if item.kind else ()
    record = item.what if not refusals and not isinstance(item.what, LocationSent) else None
    return Arrived(
        records=(record,) if record else (),
        raw=item.raw,
        kinds=kinds,
        refusals=tuple(refusals),
        fields=_PLAIN,
    )


_RECORD_KINDS = frozenset(str(kind) for kind in RecordKind)


class _Plain(dict[str, str]):
    """Our field `invoice.total` is the item's `total`."""

    def __bool__(self) -> bool:
        return True

    def get(self, key: str, default: str | None = None) -> str | None:  # pyright: ignore
        kind, _, rest = key.partition(".")
        return rest if rest and kind in _RECORD_KINDS else default


_PLAIN = _Plain()


def _of_place(item: SourceItem, locations: set[str]) -> Iterator[Refusal]:
    if not isinstance(item.what, Invoice | Payment):
        return
    name = item.what.place.location
    if name not in locations:
        near = difflib.get_close_matches(name, locations, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        yield refuse(
            Rule.LOCATION_UNKNOWN,
            "place.location",
            kind=item.what.kind,
            value=name,
            nearest=hint,
        )


def _of_row(item: SourceItem, row: RowResult) -> ItemResult:
    if row.is_refused or not row.records:
        return ItemResult(item, ItemOutcome.REFUSED, refusals=row.refusals)
    (record,) = row.records
    return ItemResult(
        item,
        _OUTCOMES[record.outcome],
        changes=record.changes,
        held_revision=item.revision,
    )


def _with_ids(operator_id: int, results: Sequence[ItemResult]) -> list[ItemResult]:
    """Each result with the public id of what it speaks of, where that is here."""
    keys = [each.item.key for each in results if each.item.key]
    ids = _record_ids(operator_id, [key for key in keys if key.kind is not ItemKind.LOCATION])
    places = dict(
        Location.objects.filter(operator_id=operator_id).values_list("name", "public_id")
        if any(key.kind is ItemKind.LOCATION for key in keys)
        else []
    )
    return [replace(each, public_id=_public_id(each, ids, places)) for each in results]


def _public_id(
    result: ItemResult, ids: Mapping[ItemKey, str], places: Mapping[str, object]
) -> str | None:
    what = result.item.what
    if isinstance(what, LocationSent):
        found = places.get(what.name)
        return str(found) if found else None
    return ids.get(result.item.key) if result.item.key else None


def _record_ids(operator_id: int, keys: Sequence[ItemKey]) -> dict[ItemKey, str]:
    rows = RecordIdentifier.objects.filter(
        operator_id=operator_id,
        source__in={key.source for key in keys},
        kind__in={str(key.kind) for key in keys},
        identifier_type__in={key.identifier_type for key in keys},
        value__in={key.value for key in keys},
    ).values_list("source", "kind", "identifier_type", "value", "record__public_id")
    return {
        ItemKey(source, ItemKind(kind), identifier_type, value): str(public_id)
        for source, kind, identifier_type, value, public_id in rows
    }


@contextmanager
def _kept(is_kept: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if not is_kept:
            transaction.set_rollback(True)
