"""The places, charges and payment methods that a chunk's records name, made where new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from unitledger.core.billing import ChargeType, Invoice, Payment, Place, Record
from unitledger.store.catalogue import Charge, PaymentMethod
from unitledger.store.places import Building, Location, Unit

_CHARGE_NAMES = {
    ChargeType.RENT: "Rent",
    ChargeType.INSURANCE: "Insurance",
    ChargeType.MERCHANDISE: "Merchandise",
    ChargeType.FEE: "Fee",
    ChargeType.SERVICE: "Service",
    ChargeType.LATE_FEE: "Late fee",
    ChargeType.RESERVATION_FEE: "Reservation fee",
    ChargeType.DEPOSIT: "Deposit",
    ChargeType.DISCOUNT: "Discount",
    ChargeType.OTHER: "Other charge",
}

BuildingName = tuple[int, str]  # location id, name
UnitName = tuple[int, int | None, str]  # location id, building id, number
ChargeName = tuple[str, str | None]  # charge type, the source's code


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The row numbers behind the names a chunk uses."""

    locations: Mapping[str, int]
    buildings: Mapping[BuildingName, int] = field(default_factory=dict[BuildingName, int])
    units: Mapping[UnitName, int] = field(default_factory=dict[UnitName, int])
    charges: Mapping[ChargeName, int] = field(default_factory=dict[ChargeName, int])
    methods: Mapping[str, int] = field(default_factory=dict[str, int])

    def location_id(self, place: Place) -> int:
        return self.locations[place.location]

    def building_id(self, place: Place) -> int | None:
        if place.building is None:
            return None
        return self.buildings[(self.location_id(place), place.building)]

    def unit_id(self, place: Place) -> int | None:
        if place.unit is None:
            return None
        return self.units[(self.location_id(place), self.building_id(place), place.unit)]


def make_catalogue(*, operator_id: int, records: Sequence[Record], zone: str) -> Catalogue:
    """Look up what the records name and make what is new. `zone` is a new location's."""
    placed = [record for record in records if isinstance(record, Invoice | Payment)]
    locations = _locations(operator_id, placed, zone)
    buildings = _buildings(operator_id, placed, locations)
    units = _units(operator_id, placed, Catalogue(locations=locations, buildings=buildings))
    return Catalogue(
        locations=locations,
        buildings=buildings,
        units=units,
        charges=_charges(operator_id, placed),
        methods=_methods(operator_id, placed),
    )


def _locations(operator_id: int, placed: Iterable[Invoice | Payment], zone: str) -> dict[str, int]:
    currencies = {record.place.location: record.currency for record in placed}
    mine = Location.objects.filter(operator_id=operator_id, name__in=list(currencies))
    known = dict(mine.values_list("name", "id"))
    made = Location.objects.bulk_create(
        Location(operator_id=operator_id, name=name, zone=zone, currency=currency)
        for name, currency in currencies.items()
        if name not in known
    )
    return {**known, **{location.name: location.pk for location in made}}


def _buildings(
    operator_id: int, placed: Iterable[Invoice | Payment], locations: Mapping[str, int]
) -> dict[BuildingName, int]:
    wanted = {
        (locations[record.place.location], record.place.building)
        for record in placed
        if record.place.building is not None
    }
    if not wanted:
        return {}
    mine = Building.objects.filter(operator_id=operator_id, name__in=[name for _, name in wanted])
    known = {(at, name): pk for at, name, pk in mine.values_list("location_id", "name", "id")}
    made = Building.objects.bulk_create(
        Building(operator_id=operator_id, location_id=location_id, name=name)
        for location_id, name in sorted(wanted - known.keys())
    )
    return {**known, **{(each.location_id, each.name): each.pk for each in made}}


def _units(
    operator_id: int, placed: Iterable[Invoice | Payment], catalogue: Catalogue
) -> dict[UnitName, int]:
    wanted: dict[UnitName, str | None] = {}
    for record in placed:
        place = record.place
        if place.unit is not None:
            name = (catalogue.location_id(place), catalogue.building_id(place), place.unit)
            wanted[name] = place.unit_type or wanted.get(name)
    if not wanted:
        return {}
    mine = Unit.objects.filter(
        operator_id=operator_id,
        location_id__in={at for at, _, _ in wanted},
        number__in=[number for _, _, number in wanted],
    )
    known = {
        (at, building, number): pk
        for at, building, number, pk in mine.values_list(
            "location_id", "building_id", "number", "id"
        )
    }
    made = Unit.objects.bulk_create(
        Unit(
            operator_id=operator_id,
            location_id=location_id,
            building_id=building_id,
            number=number,
            unit_type=unit_type,
        )
        for (location_id, building_id, number), unit_type in wanted.items()
        if (location_id, building_id, number) not in known
    )
    return {
        **known,
        **{(each.location_id, each.building_id, each.number): each.pk for each in made},
    }


def _charges(operator_id: int, placed: Iterable[Invoice | Payment]) -> dict[ChargeName, int]:
    wanted: dict[ChargeName, str] = {}
    for record in placed:
        for line in record.lines if isinstance(record, Invoice) else ():
            name = line.charge_code or _CHARGE_NAMES[line.charge_type]
            wanted.setdefault((str(line.charge_type), line.charge_code), name)
    if not wanted:
        return {}
    mine = Charge.objects.filter(
        operator_id=operator_id, charge_type__in={charge_type for charge_type, _ in wanted}
    )
    known = {(kind, code): pk for kind, code, pk in mine.values_list("charge_type", "code", "id")}
    made = Charge.objects.bulk_create(
        Charge(operator_id=operator_id, charge_type=kind, code=code, name=name)
        for (kind, code), name in wanted.items()
        if (kind, code) not in known
    )
    return {**known, **{(each.charge_type, each.code): each.pk for each in made}}


def _methods(operator_id: int, placed: Iterable[Invoice | Payment]) -> dict[str, int]:
    names = {record.method for record in placed if isinstance(record, Payment)}
    if not names:
        return {}
    mine = PaymentMethod.objects.filter(operator_id=operator_id, name__in=names)
    known = dict(mine.values_list("name", "id"))
    made = PaymentMethod.objects.bulk_create(
        PaymentMethod(operator_id=operator_id, name=name) for name in sorted(names - known.keys())
    )
    return {**known, **{each.name: each.pk for each in made}}
