"""An operator's ledger, its books in fauxero, and a bookkeeper who looks at both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from fauxero.accounting.bookkeeper import ACTS
from tests.connected import Stage, connected, new_operator
from unitledger.core import mapping as mappings
from unitledger.core.arrivals import Arrived, RowResult
from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKey,
    RecordKind,
    Tenant,
)
from unitledger.core.suggest import suggest_mapping
from unitledger.engine.reconcile.tie_out import TieOut, tie_out

MARCH = date(2026, 3, 1)


def key(kind: RecordKind, value: str) -> RecordKey:
    return RecordKey("desk", kind, "number", value)


def tenant(number: str = "T1", name: str | None = None) -> Tenant:
    return Tenant(
        key=key(RecordKind.TENANT, number), name=name or f"Renter {number}", number=number
    )


def line(
    amount: str, charge: ChargeType = ChargeType.RENT, percent: str | None = "20"
) -> InvoiceLine:
    return InvoiceLine(
        charge_type=charge,
        description=charge.value.capitalize(),
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        amount=Decimal(amount),
        tax_percent=None if percent is None else Decimal(percent),
    )


def invoice(
    number: str = "INV-1",
    amount: str = "120.00",
    *,
    of: str = "T1",
    on: date = MARCH,
    at: str = "Ashford",
    lines: Sequence[InvoiceLine] = (),
    is_void: bool = False,
) -> Invoice:
    """Priced with tax included."""
    charged = tuple(lines) or (line(amount),)
    return Invoice(
        key=key(RecordKind.INVOICE, number),
        number=number,
        tenant=key(RecordKind.TENANT, of),
        place=Place(location=at, unit="A12"),
        issued_on=on,
        due_on=on,
        currency="GBP",
        prices_include_tax=True,
        lines=charged,
        total=sum((each.amount for each in charged), Decimal(0)),
        is_void=is_void,
    )


def payment(
    number: str,
    *parts: tuple[str, str],
    of: str = "T1",
    on: date = date(2026, 3, 9),
    at: str = "Ashford",
    method: str = "card",
    amount: str | None = None,
    is_void: bool = False,
) -> Payment:
    """Parts are (invoice number, amount)."""
    paid = sum((Decimal(part) for _, part in parts), Decimal(0))
    return Payment(
        key=key(RecordKind.PAYMENT, number),
        number=number,
        tenant=key(RecordKind.TENANT, of),
        place=Place(location=at, unit="A12"),
        paid_on=on,
        method=method,
        currency="GBP",
        amount=paid if amount is None else Decimal(amount),
        allocations=tuple(
            Allocation(key(RecordKind.INVOICE, settled), Decimal(part)) for settled, part in parts
        ),
        is_void=is_void,
    )


@dataclass
class Ledger:
    """One operator, connected to one organisation of the stage's fauxero."""

    stage: Stage
    operator_id: int
    connection_id: int
    organisation_id: int
    _rows: count[int] = field(default_factory=lambda: count(2))

    def takes_in(self, *records: Record) -> list[RowResult]:
        from unitledger.engine.intake import take_in

        arrivals = [
            Arrived(records=(record,), raw={}, row_number=next(self._rows)) for record in records
        ]
        now = self.stage.tools.clock.now()
        results = take_in(self.operator_id, arrivals, now=now, zone="Europe/London")
        refused = [each.refusals for each in results if each.refusals]
        assert not refused, refused
        return results

    def syncs(self) -> None:
        from unitledger.engine.work import work_on

        work_on(self.organisation_id, self.stage.tools, trigger="test", is_asked_by_person=True)

    def ties_out(self, on: date | None = None) -> TieOut:
        return tie_out(self.organisation_id, tools=self.stage.tools, on=on)

    def bookkeeper(self, act: str, **arguments: Any) -> Any:
        """What a person does in Xero's own pages."""
        return self.stage.server.run(lambda world: ACTS[act](self.books(world), **arguments))

    def look(self, question: Callable[[Any], Any]) -> Any:
        """Ask the organisation's books something."""
        return self.stage.server.run(lambda world: question(self.books(world)))

    def payment_id(self, amount: str) -> str:
        """The id of the one live payment of that amount in the books."""
        (found,) = self.look(
            lambda books: [
                each.id
                for each in books.payments
                if each.amount == Decimal(amount) and each.status == "AUTHORISED"
            ]
        )
        return found

    def books(self, world: Any) -> Any:
        from unitledger.store.models import Organisation

        xero_id = self._xero_id or Organisation.objects.get(id=self.organisation_id).xero_id
        return world.organisation(xero_id).books

    _xero_id: str | None = None


def open_ledger(stage: Stage, *locations: str, organisation: str | None = None) -> Ledger:
    """A connected operator with a mapping suggested from the organisation's own chart."""
    from unitledger.store.models import Connection, MappingVersion, Operator

    operator_id = new_operator(*(locations or ("Ashford", "Brookvale")))
    Operator.objects.filter(id=operator_id).update(link_base="https://ledger.example.com")
    connection_id = connected(stage, operator_id, organisation=organisation)
    connection = Connection.objects.select_related("organisation").get(id=connection_id)
    ledger = Ledger(stage, operator_id, connection_id, connection.organisation_id)
    ledger._xero_id = connection.organisation.xero_id
    MappingVersion.objects.create(
        operator_id=operator_id,
        organisation_id=connection.organisation_id,
        version=1,
        content=mappings.to_content(_suggested(ledger)),
    )
    return ledger


def _suggested(ledger: Ledger) -> mappings.Mapping:
    from unitledger.engine.access import access

    tools = ledger.stage.tools
    permission = access(ledger.connection_id, tools=tools)
    chart, _, _ = tools.books.read_chart(permission, read_at=tools.clock.now())
    suggestion = suggest_mapping(chart, contact_prefix="UL-", methods=("card", "cash"))
    return suggestion.mapping


def named(result: TieOut) -> list[tuple[str, str]]:
    """The differences as (rule, document)."""
    return [(each.rule, each.document) for each in result.open_differences]
