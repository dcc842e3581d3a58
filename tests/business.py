"""The tests' vocabulary: a storage business that bills, is paid and makes mistakes, beside a
fauxero on the same clock.

Time stands still unless somebody sleeps or a test lets it pass, so that half an hour of
waiting for a token to expire costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
from cryptography.fernet import Fernet

from fauxero.clock import Clock as WorldClock
from fauxero.outbox import outbox
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from unitledger.books.xero.books import XeroBooks
from unitledger.books.xero.identity import SCOPES, XeroIdentity
from unitledger.core import mapping as mappings
from unitledger.core.arrivals import Arrived
from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    RecordKey,
    RecordKind,
    Tenant,
)
from unitledger.core.suggest import suggest_mapping
from unitledger.engine.access import access
from unitledger.engine.runs import RunOutcome
from unitledger.engine.tools import Tools
from unitledger.engine.work import work_on
from unitledger.system import RandomIds
from unitledger.vault import KeyVault

MORNING = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
START_ON = date(2026, 1, 1)
SOURCE = "teststore"
LOCATION = "Riverside"
LINK_BASE = "https://ledger.example.com"


class WorldsClock:
    """fauxero's clock, so that limits and tokens run out for both sides at one moment."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._clock = server.world.clock
        self._began_at = self._clock.now()

    def now(self) -> datetime:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._server.run(lambda world: world.advance(seconds))

    def elapsed(self) -> float:
        return (self._clock.now() - self._began_at).total_seconds()


@dataclass
class Business:
    """One operator, connected to one organisation of one fauxero."""

    server: Server
    tools: Tools
    operator_id: int
    organisation_id: int
    xero_id: str
    vault_key: bytes
    _tenants: dict[str, Tenant] = field(default_factory=dict)

    # -- what happens in the business

    def bills(
        self,
        number: str,
        amount: str,
        *,
        tenant: str = "Ada Marsh",
        unit: str = "B114",
        on: date = date(2026, 3, 1),
        is_void: bool = False,
        tenant_key: str | None = None,
    ) -> Invoice:
        who = self.rents(tenant, key=tenant_key)
        total = Decimal(amount)
        invoice = Invoice(
            key=source_key(RecordKind.INVOICE, number),
            number=number,
            tenant=who.key,
            place=Place(location=LOCATION, unit=unit),
            issued_on=on,
            due_on=on + timedelta(days=14),
            currency="GBP",
            prices_include_tax=True,
            lines=(
                InvoiceLine(
                    charge_type=ChargeType.RENT,
                    description="Rent",
                    quantity=Decimal(1),
                    unit_price=total,
                    amount=total,
                    tax_percent=Decimal(20),
                    unit=unit,
                ),
            ),
            total=total,
            is_void=is_void,
        )
        self.takes_in(invoice)
        return invoice

    def rents(self, name: str, *, key: str | None = None) -> Tenant:
        number = key or f"T-{name.split()[0].upper()}"
        tenant = Tenant(key=source_key(RecordKind.TENANT, number), name=name, number=number)
        if self._tenants.get(number) != tenant:
            self._tenants[number] = tenant
            self.takes_in(tenant)
        return tenant

    def is_paid(
        self,
        receipt: str,
        *parts: tuple[str, str],
        on: date = date(2026, 3, 5),
        method: str = "card",
        tenant: str = "Ada Marsh",
        amount: str | None = None,
        is_void: bool = False,
    ) -> Payment:
        """`parts`: (invoice number, amount) of each invoice that the payment settles."""
        payment = Payment(
            key=source_key(RecordKind.PAYMENT, receipt),
            number=receipt,
            tenant=self.rents(tenant).key,
            place=Place(location=LOCATION),
            paid_on=on,
            method=method,
            currency="GBP",
            amount=Decimal(amount)
            if amount is not None
            else sum((Decimal(part) for _, part in parts), Decimal(0)),
            allocations=tuple(
                Allocation(invoice=source_key(RecordKind.INVOICE, invoice), amount=Decimal(part))
                for invoice, part in parts
            ),
            is_void=is_void,
        )
        self.takes_in(payment)
        return payment

    def takes_in(self, *records: Tenant | Invoice | Payment) -> None:
        """What arrives from the source, all in one chunk; anything refused fails the test."""
        from unitledger.engine.intake import take_in

        results = take_in(
            self.operator_id,
            [Arrived(records=[each], raw={}) for each in records],
            now=self.tools.clock.now(),
            zone="Europe/London",
        )
        refused = [refusal for result in results for refusal in result.refusals]
        assert not refused, refused

    # -- what our side does

    def syncs(self, **how: Any) -> RunOutcome | None:
        tools = how.pop("tools", self.tools)
        how.setdefault("trigger", "person")
        how.setdefault("is_asked_by_person", True)
        return work_on(self.organisation_id, tools, **how)

    def passes(self, seconds: float) -> None:
        self.tools.clock.sleep(seconds)

    def settles(self, *, hours: int = 3) -> None:
        """Sync again and again, letting time pass, until nothing is open any more."""
        from unitledger.store.models import Effect

        for _ in range(hours * 6):
            self.syncs()
            if not Effect.objects.filter(state__in=["in_flight", "unknown", "waiting"]).exists():
                return
            self.passes(600)

    def states(self) -> dict[str, str]:
        """`invoice 1001` → its state; of a payment's parts the first that is not synced."""
        from unitledger.store.models import Document

        states: dict[str, str] = {}
        for each in Document.objects.order_by("id"):
            name = f"{each.kind} {each.number}"
            if states.get(name, "synced") == "synced":
                states[name] = each.state
        return states

    def reasons(self, name: str) -> list[str]:
        """The codes of the problems of `invoice 1001`."""
        from unitledger.store.models import Document

        kind, _, number = name.partition(" ")
        return [
            problem["code"]
            for each in Document.objects.filter(kind=kind, number=number)
            for problem in each.problems
        ]

    # -- what the books show

    def books(self) -> list[str]:
        """Every living invoice: number, total, and what was paid on it, in order of number."""
        return sorted(
            f"{each['InvoiceNumber']} {each['Status']} {each['Total']:.2f} "
            f"paid {each['AmountPaid']:.2f}"
            for each in self._listed("Invoices")
            if each["Status"] not in ("VOIDED", "DELETED")
        )

    def payments(self) -> list[str]:
        """Every living payment: invoice and amount, in order."""
        return sorted(
            f"{each['Invoice']['InvoiceNumber']} {each['Amount']:.2f}"
            for each in self._listed("Payments")
            if each["Status"] != "DELETED"
        )

    def books_by_contact(self) -> list[str]:
        """Every living invoice and whose it is."""
        return sorted(
            f"{each['InvoiceNumber']} {each['Contact']['Name']}"
            for each in self._listed("Invoices")
            if each["Status"] not in ("VOIDED", "DELETED")
        )

    def due_dates(self) -> list[str]:
        return sorted(
            f"{each['InvoiceNumber']} {each['DueDate']}" for each in self._listed("Invoices")
        )

    def contacts(self) -> list[str]:
        return sorted(each["Name"] for each in self._listed("Contacts"))

    def _listed(self, name: str) -> Sequence[dict[str, Any]]:
        from fauxero.accounting.resource import ListQuery
        from fauxero.accounting.resources import RESOURCES

        def read(world: World) -> Sequence[dict[str, Any]]:
            books = world.organisations[self.xero_id].books
            books.check()
            query = ListQuery(page=1, page_size=1000, include_archived=True)
            return RESOURCES[name.lower()].read_list(books, query).rows

        return self.server.run(read)

    def bookkeeper(self, act: str, **arguments: Any) -> Any:
        """Something a person does in Xero's own pages."""
        from fauxero.accounting.bookkeeper import ACTS

        return self.server.run(
            lambda world: ACTS[act](world.organisations[self.xero_id].books, **arguments)
        )

    def xero_id_of(self, name: str) -> str:
        from unitledger.store.models import Document

        kind, _, number = name.partition(" ")
        found = Document.objects.get(kind=kind, number=number).xero_id
        assert found is not None
        return found

    def fault(self, action: str, **how: Any) -> None:
        self.server.run(lambda world: world.faults.add(action, **how))

    def writes(self) -> int:
        """Requests to write that reached Xero so far."""
        return self.server.run(
            lambda world: sum(
                1 for each in world.log.entries() if each.is_api and each.method != "GET"
            )
        )

    def calls(self) -> int:
        """API calls that Xero counted so far."""
        return self.server.run(lambda world: sum(1 for each in world.log.entries() if each.counted))


def source_key(kind: RecordKind, value: str) -> RecordKey:
    return RecordKey(source=SOURCE, kind=kind, identifier_type="number", value=value)


@contextmanager
def business(
    *, template: str = "uk", tools_with: Callable[[Tools], Tools] | None = None, **organisation: Any
) -> Iterator[Business]:
    """A connected business with a suggested mapping and nothing booked yet.

    At the end Xero has sent nothing to anybody, and its ledger balances.
    """
    world = World(clock=WorldClock(start_at=MORNING, speed=0))
    world.open([{"template": template, **organisation}])
    with serve_in_thread(world) as server:
        vault_key = Fernet.generate_key()
        tools = make_tools(server, vault_key)
        made = _connect(server, tools_with(tools) if tools_with else tools, vault_key)
        yield made
        assert server.run(outbox) == []
        server.run(lambda world: world.organisations[made.xero_id].books.check())


def make_tools(server: Server, vault_key: bytes) -> Tools:
    return Tools(
        books=XeroBooks(f"{server.url}/api.xro/2.0"),
        identity=XeroIdentity(login_url=server.url, identity_url=server.url, api_root=server.url),
        vault=KeyVault(vault_key),
        clock=WorldsClock(server),
        ids=RandomIds(),
    )


def _connect(server: Server, tools: Tools, vault_key: bytes) -> Business:
    from unitledger.core.exchange import TokenPair
    from unitledger.engine.access import store_tokens
    from unitledger.store.models import (
        CallBudget,
        Connection,
        Consent,
        Location,
        Operator,
        Organisation,
        XeroApp,
    )

    given = _token(server)
    operator = Operator.objects.create(
        name="Test Storage", handle_key="teststorage", link_base=LINK_BASE
    )
    Location.objects.create(operator=operator, name=LOCATION, zone="Europe/London", currency="GBP")
    app = XeroApp.objects.create(
        operator=operator,
        client_id=given["client_id"],
        client_secret_sealed=tools.vault.seal(given["client_secret"]),
    )
    consent = Consent(operator=operator, app=app, granted_at=tools.clock.now())
    pair = TokenPair(
        access_token=given["access_token"],
        refresh_token=given["refresh_token"],
        expires_at=tools.clock.now() + timedelta(minutes=30),
        scopes=tuple(SCOPES),
    )
    store_tokens(consent, pair, vault=tools.vault, now=tools.clock.now())
    consent.save()
    organisation = Organisation.objects.create(
        operator=operator, xero_id=given["organisation_id"], name="Test Storage Ltd"
    )
    CallBudget.objects.create(operator=operator, organisation=organisation)
    connection = Connection.objects.create(
        operator=operator,
        organisation=organisation,
        consent=consent,
        xero_connection_id="c",
        start_on=START_ON,
        connected_at=tools.clock.now(),
    )
    made = Business(
        server=server,
        tools=tools,
        operator_id=operator.pk,
        organisation_id=organisation.pk,
        xero_id=given["organisation_id"],
        vault_key=vault_key,
    )
    _suggest(made, connection.pk)
    return made


def _token(server: Server) -> dict[str, Any]:
    answer = httpx2.post(f"{server.url}/_fauxero/token", json={"scopes": list(SCOPES)})
    answer.raise_for_status()
    return answer.json()


def _suggest(made: Business, connection_id: int) -> None:
    from unitledger.store.models import MappingVersion

    chart, _, _ = made.tools.books.read_chart(
        access(connection_id, tools=made.tools), read_at=made.tools.clock.now()
    )
    mapping = suggest_mapping(chart, contact_prefix="UL-").mapping
    MappingVersion.objects.create(
        operator_id=made.operator_id,
        organisation_id=made.organisation_id,
        version=1,
        content=mappings.to_content(replace(mapping, tracking=())),
    )
