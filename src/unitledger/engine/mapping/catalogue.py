"""What the storage software has shown so far, for a person to map: places, charges, methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from unitledger.core.billing import ChargeType
from unitledger.core.mapping import Dimension
from unitledger.store.catalogue import Charge, PaymentMethod
from unitledger.store.places import Building, Location, Unit

# A drop-down with more unit types than this would help nobody; a mapping still may name them.
UNIT_TYPES_MAX = 500


@dataclass(frozen=True, slots=True)
class KnownCharge:
    """A charge kind or product seen on a line."""

    id: int
    charge_type: ChargeType
    code: str | None
    name: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class KnownMethod:
    id: int
    name: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Catalogue:
    locations: ReadOnly[int, str]
    buildings: Sequence[str]  # names, each once: a tracking option is chosen by the name
    unit_types: Sequence[str]
    charges: Sequence[KnownCharge]
    methods: Sequence[KnownMethod]

    def values(self, dimension: Dimension) -> Sequence[str]:
        """The values a tracking category of that dimension is filled from."""
        match dimension:
            case Dimension.LOCATION:
                return tuple(sorted(self.locations.values()))
            case Dimension.BUILDING:
                return self.buildings
            case Dimension.UNIT_TYPE:
                return self.unit_types
            case Dimension.FIXED:
                return ()


def catalogue(operator_id: int) -> Catalogue:
    """Five queries."""
    locations = Location.objects.filter(operator_id=operator_id).order_by("name")
    buildings = Building.objects.filter(operator_id=operator_id).values_list("name", flat=True)
    types = Unit.objects.filter(operator_id=operator_id, unit_type__isnull=False)
    charges = Charge.objects.filter(operator_id=operator_id).order_by("charge_type", "name", "id")
    methods = PaymentMethod.objects.filter(operator_id=operator_id).order_by("name")
    return Catalogue(
        locations=dict(locations.values_list("id", "name")),
        buildings=tuple(buildings.distinct().order_by("name")),
        unit_types=tuple(
            types.values_list("unit_type", flat=True)
            .distinct()
            .order_by("unit_type")[:UNIT_TYPES_MAX]
        ),
        charges=tuple(
            KnownCharge(
                id=each.pk,
                charge_type=ChargeType(each.charge_type),
                code=each.code,
                name=each.name,
                first_seen_at=each.first_seen_at,
            )
            for each in charges
        ),
        methods=tuple(
            KnownMethod(id=each.pk, name=each.name, first_seen_at=each.first_seen_at)
            for each in methods
        ),
    )


def in_use(operator_id: int, dimension: Dimension) -> ReadOnly[str, int]:
    """How many invoices carry each value of a dimension."""
    column, join = {
        Dimension.LOCATION: ("p.name", "JOIN location p ON p.id = i.location_id"),
        Dimension.BUILDING: ("p.name", "JOIN building p ON p.id = i.building_id"),
        Dimension.UNIT_TYPE: ("p.unit_type", "JOIN unit p ON p.id = i.unit_id"),
        Dimension.FIXED: ("NULL::text", ""),
    }[dimension]
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, count(*) FROM invoice i {join} WHERE i.operator_id = %s GROUP BY 1",
            [operator_id],
        )
        return Counter({value: count for value, count in cursor.fetchall() if value is not None})
