"""Locations, buildings, units: where the business happens."""

from __future__ import annotations

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, created_at, public_id


class Location(OwnedByOperator):
    public_id = public_id()
    name = models.TextField()
    zone = models.TextField()  # IANA name; accounting dates are days in this zone
    currency = models.CharField(max_length=3)
    created_at = created_at()

    class Meta:
        db_table = "location"
        constraints = [
            # Sources name a location by its name: two of one name could not be told apart.
            models.UniqueConstraint(fields=["operator", "name"], name="location_name_once"),
        ]


class Building(OwnedByOperator):
    public_id = public_id()
    location = Owned("store.Location")
    location_id: int
    name = models.TextField()

    class Meta:
        db_table = "building"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "location", "name"], name="building_name_once"
            ),
        ]


class Unit(OwnedByOperator):
    public_id = public_id()
    location = Owned("store.Location")
    location_id: int
    building = Owned("store.Building", null=True)
    building_id: int | None
    number = models.TextField()
    unit_type = models.TextField(null=True)

    class Meta:
        db_table = "unit"
        constraints = [
            # A number is unique within its building, or within the location where the
            # source names no buildings.
            models.UniqueConstraint(
                fields=["operator", "location", "building", "number"],
                name="unit_number_once",
                nulls_distinct=False,
            ),
        ]
