"""Everything a person maps by, read together: chart, mapping, what is there, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from unitledger.core import chart_content
from unitledger.core.chart import Chart, Item
from unitledger.core.mapping import Dimension, Mapping, from_content
from unitledger.core.mapping_check import Fault, Part, faults
from unitledger.engine.mapping.catalogue import Catalogue, KnownCharge, KnownMethod, catalogue
from unitledger.engine.mapping.refreshing import known_items
from unitledger.engine.mapping.waits import Wait, waits
from unitledger.store.connections import Connection, ConnectionState, MappingVersion


@dataclass(frozen=True, slots=True)
class Survey:
    """One organisation's mapping beside all it is judged by."""

    connection: Connection
    chart: Chart | None
    mapping: Mapping | None
    version: int
    saved_at: datetime | None
    catalogue: Catalogue
    items: tuple[Item, ...] | None
    waits: Sequence[Wait]
    faults: Sequence[Fault]

    @property
    def start_on(self) -> date:
        return self.connection.start_on

    def faults_in(self, part: Part) -> Sequence[Fault]:
        return [each for each in self.faults if each.part is part]

    def waits_in(self, part: Part) -> Sequence[Wait]:
        return [each for each in self.waits if each.part is part]

    def waits_for(self, fault: Fault) -> Sequence[Wait]:
        return [each for each in self.waits_in(fault.part) if each.is_about(*fault.names[-1:])]

    @property
    def new_charges(self) -> Sequence[KnownCharge]:
        """Products and services that appeared after the mapping was last saved, and have no
        entry of their own."""
        if self.mapping is None or self.saved_at is None:
            return ()
        own = {rule.charge_code for rule in self.mapping.charges}
        return [
            each
            for each in self.catalogue.charges
            if each.code is not None and each.code not in own and each.first_seen_at > self.saved_at
        ]

    @property
    def charges_without_account(self) -> Sequence[KnownCharge]:
        return [each for each in self.catalogue.charges if not self.has_account(each)]

    def has_account(self, charge: KnownCharge) -> bool:
        if self.mapping is None:
            return False
        places = tuple(self.catalogue.locations.values()) or ("",)
        rules = (
            self.mapping.charge_rule(
                charge_type=charge.charge_type, charge_code=charge.code, location=place
            )
            for place in places
        )
        return all(rule is not None and rule.account_code is not None for rule in rules)

    @property
    def new_methods(self) -> Sequence[KnownMethod]:
        """Methods that land on the default because nobody chose for them."""
        if self.mapping is None:
            return self.catalogue.methods
        own = {rule.method.casefold() for rule in self.mapping.methods if rule.method}
        return [each for each in self.catalogue.methods if each.name.casefold() not in own]


def current_connection(operator_id: int, organisation_id: int | None = None) -> Connection | None:
    """The connection a mapping is for: the chosen organisation's, else the newest; none that is
    disconnected."""
    working = (
        Connection.objects.filter(operator_id=operator_id)
        .exclude(state=ConnectionState.DISCONNECTED)
        .select_related("organisation")
        .order_by("connected_at", "id")
    )
    return working.filter(organisation_id=organisation_id).last() or working.last()


def survey(connection: Connection) -> Survey:
    """Six queries, none of them about single documents. The connection has its organisation."""
    organisation_id = connection.organisation_id
    row = (
        MappingVersion.objects.filter(organisation_id=organisation_id).order_by("-version").first()
    )
    mapping = from_content(row.content) if row else None
    stored = connection.organisation.chart
    chart = chart_content.read(stored) if stored else None
    known = catalogue(connection.operator_id)
    items = known_items(organisation_id)
    return Survey(
        connection=connection,
        chart=chart,
        mapping=mapping,
        version=row.version if row else 0,
        saved_at=row.created_at if row else None,
        catalogue=known,
        items=items,
        waits=waits(connection.operator_id, organisation_id),
        faults=_faults(mapping, chart, known, items),
    )


def _faults(
    mapping: Mapping | None, chart: Chart | None, known: Catalogue, items: tuple[Item, ...] | None
) -> Sequence[Fault]:
    if mapping is None or chart is None:
        return ()
    return faults(
        mapping,
        chart,
        values={each: known.values(each) for each in Dimension},
        methods=[each.name for each in known.methods],
        items=items,
    )
