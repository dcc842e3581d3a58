"""Which of the operator's records belong to one organisation's books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from unitledger.store.connections import LocationRoute, Organisation
from unitledger.store.places import Location


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the operator's locations post to, by day."""

    organisation_id: int
    is_only_organisation: bool
    routes: Mapping[str, Sequence[tuple[date, int]]]  # location → (from, organisation), by day

    @classmethod
    def of(cls, organisation: Organisation) -> Scope:
        operator_id = organisation.operator_id
        names = dict(Location.objects.filter(operator_id=operator_id).values_list("id", "name"))
        routes: dict[str, list[tuple[date, int]]] = defaultdict(list)
        found = LocationRoute.objects.filter(operator_id=operator_id).order_by("valid_from_on")
        for route in found:
            routes[names[route.location_id]].append((route.valid_from_on, route.organisation_id))
        others = Organisation.objects.filter(operator_id=operator_id).exclude(pk=organisation.pk)
        return cls(
            organisation_id=organisation.pk,
            is_only_organisation=not others.exists(),
            routes=dict(routes),
        )

    def has(self, *, location: str | None, day: date | None) -> bool:
        """Whether a record that no document binds to any organisation belongs to this one.

        One that is routed nowhere is named where there is no other organisation to name it.
        """
        if location is None or day is None:
            return self.is_only_organisation
        routed = [to for since, to in self.routes.get(location, ()) if since <= day]
        if not routed:
            return self.is_only_organisation
        return routed[-1] == self.organisation_id
