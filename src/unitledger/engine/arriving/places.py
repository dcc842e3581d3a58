"""Locations as programs send them: made where new, added to where known, never taken from."""

from __future__ import annotations

from collections.abc import Sequence

from unitledger.core.arrivals import Change
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.core.source_items import ItemOutcome, LocationSent, UnitSent
from unitledger.store.places import Building, Location, Unit
from unitledger.store.source_items import SourceRevision

Taken = tuple[ItemOutcome, Sequence[Change], Sequence[Refusal]]


def take_location(operator_id: int, sent: LocationSent, *, held: SourceRevision | None) -> Taken:
    """Bring a location up to what was sent. `held`: what the same item said before.

    Within the caller's transaction. A known location's name stays: mappings go by it.
    """
    if held is not None and held.content["name"] != sent.name:
        refusal = refuse(
            Rule.LOCATION_RENAMED,
            "name",
            id=held.value,
            held=held.content["name"],
            value=sent.name,
        )
        return ItemOutcome.REFUSED, (), (refusal,)
    location = Location.objects.filter(operator_id=operator_id, name=sent.name).first()
    is_new = location is None
    if location is None:
        location = Location.objects.create(
            operator_id=operator_id, name=sent.name, zone=sent.zone, currency=sent.currency
        )
    changes = [] if is_new else _bring_up(location, sent)
    changes += _units(location, None, sent.units)
    for name, units in sent.buildings.items():
        building, is_added = Building.objects.get_or_create(
            operator_id=operator_id, location=location, name=name
        )
        changes += [Change("buildings", None, name)] if is_added else []
        changes += _units(location, building, units)
    if is_new:
        return ItemOutcome.CREATED, (), ()
    return (ItemOutcome.CHANGED if changes else ItemOutcome.UNCHANGED), changes, ()


def _bring_up(location: Location, sent: LocationSent) -> list[Change]:
    changes = [
        Change(name, getattr(location, name), getattr(sent, name))
        for name in ("zone", "currency")
        if getattr(location, name) != getattr(sent, name)
    ]
    for change in changes:
        setattr(location, change.field, change.new)
    if changes:
        location.save(update_fields=["zone", "currency"])
    return changes


def _units(location: Location, building: Building | None, sent: Sequence[UnitSent]) -> list[Change]:
    here = Unit.objects.filter(
        operator_id=location.operator_id, location=location, building=building
    )
    known = {unit.number: unit for unit in here.filter(number__in=[each.number for each in sent])}
    wanted = {each.number: each for each in sent}  # named twice: the last word counts
    new = [each for number, each in wanted.items() if number not in known]
    Unit.objects.bulk_create(
        Unit(
            operator_id=location.operator_id,
            location=location,
            building=building,
            number=each.number,
            unit_type=each.unit_type,
        )
        for each in new
    )
    changes = [Change("units", None, each.number) for each in new]
    for number, unit in known.items():
        unit_type = wanted[number].unit_type
        if unit_type is not None and unit_type != unit.unit_type:
            changes.append(Change(f"unit {number}", unit.unit_type, unit_type))
            unit.unit_type = unit_type
            unit.save(update_fields=["unit_type"])
    return changes
