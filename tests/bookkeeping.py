"""An operator's ledger, its books in fauxero, and a bookkeeper who looks at both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.business import Business, business, source_key
from unitledger.core import mapping as mappings
from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKind,
    Tenant,
)
from unitledger.core.suggest import suggest_mapping
from unitledger.engine.reconcile.tie_out import TieOut, tie_out
from unitledger.engine.tools import Tools

MARCH = date(2026, 3, 1)


def tenant(number: str = "T1", name: str | None = None) -> Tenant:
    return Tenant(
        key=source_key(RecordKind.TENANT, number), name=name or f"Renter {number}", number=number
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
        key=source_key(RecordKind.INVOICE, number),
        number=number,
        tenant=source_key(RecordKind.TENANT, of),
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
        key=source_key(RecordKind.PAYMENT, number),
        number=number,
        tenant=source_key(RecordKind.TENANT, of),
        place=Place(location=at, unit="A12"),
        paid_on=on,
        method=method,
        currency="GBP",
        amount=paid if amount is None else Decimal(amount),
        allocations=tuple(
            Allocation(source_key(RecordKind.INVOICE, settled), Decimal(part))
            for settled, part in parts
        ),
        is_void=is_void,
    )


@dataclass
class Ledger:
    """A business at two locations, its income tracked by location in the books."""

    business: Business

    @property
    def operator_id(self) -> int:
        return self.business.operator_id

    @property
    def organisation_id(self) -> int:
        return self.business.organisation_id

    @property
    def tools(self) -> Tools:
        return self.business.tools

    def takes_in(self, *records: Record) -> None:
        self.business.takes_in(*records)

    def syncs(self) -> None:
        self.business.syncs()

    def ties_out(self, on: date | None = None) -> TieOut:
        return tie_out(self.organisation_id, tools=self.tools, on=on)

    def bookkeeper(self, act: str, **arguments: Any) -> Any:
        return self.business.bookkeeper(act, **arguments)

    def look(self, question: Callable[[Any], Any]) -> Any:
        """Ask the organisation's books something."""
        xero_id = self.business.xero_id
        return self.business.server.run(lambda world: question(world.organisations[xero_id].books))

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


@contextmanager
def ledger_of(*, template: str = "uk", **organisation: Any) -> Iterator[Ledger]:
    """A connected business with nothing booked yet."""
    with business(template=template, **organisation) as made:
        ledger = Ledger(made)
        _open_locations(ledger)
        yield ledger


def _open_locations(ledger: Ledger) -> None:
    from unitledger.engine.access import access
    from unitledger.store.models import Connection, Location, MappingVersion

    for name in ("Ashford", "Brookvale"):
        Location.objects.create(
            operator_id=ledger.operator_id, name=name, zone="Europe/London", currency="GBP"
        )
    connection = Connection.objects.get(organisation_id=ledger.organisation_id)
    permission = access(connection.pk, tools=ledger.tools)
    chart, _, _ = ledger.tools.books.read_chart(permission, read_at=ledger.tools.clock.now())
    suggestion = suggest_mapping(chart, contact_prefix="UL-")
    MappingVersion.objects.create(
        operator_id=ledger.operator_id,
        organisation_id=ledger.organisation_id,
        version=2,
        content=mappings.to_content(suggestion.mapping),
    )


def named(result: TieOut) -> list[tuple[str, str]]:
    """The differences as (rule, document)."""
    return [(each.rule, each.document) for each in result.open_differences]
