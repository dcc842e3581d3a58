"""What the storage software has shown so far, for a person to map: places, charges, methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.billing import ChargeType
from unitledger.core.mapping import Dimension
from unitledger.store.catalogue import Charge, PaymentMethod

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
    """Three queries."""
    places = _places(operator_id)
    charges = Charge.objects.filter(operator_id=operator_id).order_by("charge_type", "name", "id")
    methods = PaymentMethod.objects.filter(operator_id=operator_id).order_by("name")
    return Catalogue(
        locations={id_: name for what, id_, name in places if what == "location"},
        buildings=tuple(name for what, _, name in places if what == "building"),
        unit_types=tuple(name for what, _, name in places if what == "unit_type"),
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


def _places(operator_id: int) -> Sequence[tuple[str, int, str]]:
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT what, id, name FROM (
                SELECT 'location' AS what, id, name FROM location WHERE operator_id = %(operator)s
                UNION ALL
                SELECT DISTINCT 'building', 0, name FROM building WHERE operator_id = %(operator)s
                UNION ALL
                (SELECT DISTINCT 'unit_type', 0, unit_type FROM unit
                  WHERE operator_id = %(operator)s AND unit_type IS NOT NULL
                  ORDER BY unit_type LIMIT %(most)s)) p
             ORDER BY what, name
            """,
            {"operator": operator_id, "most": UNIT_TYPES_MAX},
        )
        return cursor.fetchall()


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


@dataclass(frozen=True, slots=True)
class StatedTax:
    """A percentage that the source states on lines of a charge; None: it states none."""

    charge_id: int
    percent: Decimal | None
    lines: int


def stated_taxes(operator_id: int) -> Sequence[StatedTax]:
    """Every percentage on any line, by charge. Reads every line: for a page that needs it."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT charge_id, tax_percent, count(*) FROM invoice_line "
            "WHERE operator_id = %s GROUP BY 1, 2 ORDER BY 2 DESC NULLS LAST, 1",
            [operator_id],
        )
        return [StatedTax(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class StatedPrices:
    """How a location's invoices are priced."""

    location: str
    with_tax: int
    without_tax: int


def stated_prices(operator_id: int) -> Sequence[StatedPrices]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT l.name, count(*) FILTER (WHERE i.prices_include_tax), "
            "count(*) FILTER (WHERE NOT i.prices_include_tax) "
            "FROM location l LEFT JOIN invoice i ON i.location_id = l.id "
            "WHERE l.operator_id = %s GROUP BY 1 ORDER BY 1",
            [operator_id],
        )
        return [StatedPrices(*row) for row in cursor.fetchall()]


def paid_by_method(operator_id: int, *, since_on: date) -> ReadOnly[int, Decimal]:
    """What came in by each payment method since a day."""
    arguments: list[Any] = [operator_id, since_on]
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT method_id, sum(amount) FROM payment "
            "WHERE operator_id = %s AND paid_on >= %s GROUP BY 1",
            arguments,
        )
        return dict(cursor.fetchall())
