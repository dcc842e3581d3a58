"""A storage business of any size: one operator, its connection, and records to take in."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from unitledger.books.xero.books import XeroBooks
from unitledger.books.xero.identity import SCOPES, XeroIdentity
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
from unitledger.core.exchange import TokenPair
from unitledger.engine.ports import Clock, Identity
from unitledger.engine.tools import Tools
from unitledger.system import RandomIds
from unitledger.vault import KeyVault

MORNING = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
START_ON = date(2026, 1, 1)
ISSUED_ON = date(2026, 3, 1)
PAID_ON = date(2026, 3, 5)
LINE_AMOUNTS = (("Rent", Decimal("108.00")), ("Protection", Decimal("12.00")))
TOTAL = Decimal("120.00")
CHUNK = 500
_VAULT_KEY = base64.urlsafe_b64encode(bytes(32))  # keeps nothing that is worth keeping


@dataclass(frozen=True, slots=True)
class Connected:
    operator_id: int
    organisation_id: int
    connection_id: int


def make_tools(url: str, *, clock: Clock, books: XeroBooks | None = None) -> Tools:
    """The product's own adapters, talking to whatever answers at `url`."""
    identity: Identity = XeroIdentity(login_url=url, identity_url=url, api_root=url)
    return Tools(
        books=books or XeroBooks(f"{url}/api.xro/2.0"),
        identity=identity,
        vault=KeyVault(_VAULT_KEY),
        clock=clock,
        ids=RandomIds(),
    )


def connect(
    tools: Tools,
    *,
    organisation: str,
    access_token: str,
    refresh_token: str,
    client_id: str,
    client_secret: str,
    token_life: timedelta,
) -> Connected:
    """The rows a consent leaves, and the suggested mapping over the organisation's chart."""
    from unitledger.engine.access import store_tokens
    from unitledger.store import models

    now = tools.clock.now()
    operator = models.Operator.objects.create(
        name="Bench Storage", handle_key="bench", link_base="https://ledger.example.com"
    )
    models.Location.objects.create(
        operator=operator, name="Riverside", zone="Europe/London", currency="GBP"
    )
    app = models.XeroApp.objects.create(
        operator=operator,
        client_id=client_id,
        client_secret_sealed=tools.vault.seal(client_secret),
    )
    consent = models.Consent(operator=operator, app=app, granted_at=now)
    pair = TokenPair(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=now + token_life,
        scopes=tuple(SCOPES),
    )
    store_tokens(consent, pair, vault=tools.vault, now=now)
    consent.save()
    books = models.Organisation.objects.create(
        operator=operator, xero_id=organisation, name="Bench Storage Ltd"
    )
    models.CallBudget.objects.create(operator=operator, organisation=books)
    connection = models.Connection.objects.create(
        operator=operator,
        organisation=books,
        consent=consent,
        xero_connection_id="bench",
        start_on=START_ON,
        connected_at=now,
    )
    return Connected(operator.pk, books.pk, connection.pk)


def map_categories(made: Connected, tools: Tools) -> None:
    """Accept the suggested mapping, as a first set-up does. Costs the four calls of a chart."""
    from unitledger.core import mapping as mappings
    from unitledger.core.suggest import suggest_mapping
    from unitledger.engine.access import access
    from unitledger.store.models import MappingVersion

    chart, _, _ = tools.books.read_chart(
        access(made.connection_id, tools=tools), read_at=tools.clock.now()
    )
    mapping = suggest_mapping(chart, contact_prefix="UL-").mapping
    MappingVersion.objects.create(
        operator_id=made.operator_id,
        organisation_id=made.organisation_id,
        version=1,
        content=mappings.to_content(replace(mapping, tracking=())),
    )


def records(*, tenants: int, pairs: int, first: int = 1) -> Iterator[Arrived]:
    """Tenants, then as many invoices with their full payments, all numbered from `first`."""
    for number in range(first, first + tenants):
        yield Arrived(records=[_tenant(number)], raw={})
    for number in range(first, first + pairs):
        invoice = _invoice(number, tenant=first + (number - first) % tenants)
        yield Arrived(records=[invoice, _payment(invoice)], raw={})


def take_in(made: Connected, arrivals: Iterator[Arrived], *, now: datetime) -> int:
    """Through the product's own intake, in chunks; the number of records."""
    from unitledger.engine.intake import take_in as take_in_chunk

    count = 0
    while chunk := list(islice(arrivals, CHUNK)):
        results = take_in_chunk(made.operator_id, chunk, now=now, zone="Europe/London")
        refused = [refusal for result in results for refusal in result.refusals]
        if refused:
            raise RuntimeError(f"the bench's own record was refused: {refused[0]}")
        count += sum(len(each.records) for each in chunk)
    return count


def _tenant(number: int) -> Tenant:
    key = _key(RecordKind.TENANT, f"T{number}")
    return Tenant(key=key, name=f"Ada Marsh {number}", number=f"T{number}")


def _invoice(number: int, *, tenant: int) -> Invoice:
    return Invoice(
        key=_key(RecordKind.INVOICE, f"{number:07d}"),
        number=f"{number:07d}",
        tenant=_key(RecordKind.TENANT, f"T{tenant}"),
        place=Place(location="Riverside", unit=f"B{tenant}"),
        issued_on=ISSUED_ON,
        due_on=ISSUED_ON + timedelta(days=14),
        currency="GBP",
        prices_include_tax=True,
        lines=_lines(f"B{tenant}"),
        total=TOTAL,
    )


def _lines(unit: str) -> Sequence[InvoiceLine]:
    return tuple(
        InvoiceLine(
            charge_type=ChargeType.RENT,
            description=description,
            quantity=Decimal(1),
            unit_price=amount,
            amount=amount,
            tax_percent=Decimal(20),
            unit=unit,
        )
        for description, amount in LINE_AMOUNTS
    )


def _payment(invoice: Invoice) -> Payment:
    return Payment(
        key=_key(RecordKind.PAYMENT, f"R{invoice.number}"),
        number=f"R{invoice.number}",
        tenant=invoice.tenant,
        place=invoice.place,
        paid_on=PAID_ON,
        method="card",
        currency="GBP",
        amount=invoice.total,
        allocations=(Allocation(invoice=invoice.key, amount=invoice.total),),
    )


def _key(kind: RecordKind, value: str) -> RecordKey:
    return RecordKey(source="bench", kind=kind, identifier_type="number", value=value)
