"""The fictional business goes on while the demo runs: its software posts what happens to the
API, as any program does, and the automatic sync takes it from there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from unitledger.core.billing import ChargeType, Invoice, InvoiceLine, Place, Tenant
from unitledger.demo.business import (
    ADMIN_FEE,
    BOX_PRICE,
    LEASES_AT_START,
    METHODS,
    MOVE_INS,
    PADLOCK,
    Business,
    month_after,
)
from unitledger.demo.cast import CURRENCY, SITES, SIZES, SOURCE, UNITS_A_BUILDING, make_tenants
from unitledger.demo.keeping import PLAY_FILE
from unitledger.demo.ledger import Charge, Ledger

ITEMS = "/api/v1/items"
TIMEOUT_SECONDS = 20.0
FIRST_SECONDS = 6.0
BUSY_SECONDS = 20.0
BUSY_EVENTS = 30  # then it is quieter: Xero's calls of a day are to last for the day
QUIET_SECONDS = 150.0
LIVE_NUMBERS = 60_001  # far from those of the six months
SHARE_OF_SALES = 0.35
SHARE_OF_MOVE_INS = 0.2
BASE = {"source": SOURCE, "id_type": "number", "revision": 1}


@dataclass(frozen=True)
class Owed:
    """What a tenant has still to pay of one invoice."""

    invoice: str
    tenant: str
    name: str
    location: str
    left: str

    @classmethod
    def of(cls, invoice: Invoice, tenant: Tenant, left: Decimal) -> Owed:
        return cls(
            invoice.number, tenant.number, tenant.name, invoice.place.location, f"{left:.2f}"
        )


@dataclass(frozen=True)
class Played:
    """How far the play went, so that the next start goes on and no number is used twice."""

    events: int
    owed: Sequence[Owed]


@dataclass(frozen=True)
class Happened:
    """One event: how people say it, what is posted, and how far the play is behind it."""

    text: str
    items: Sequence[Mapping[str, Any]]
    played: Played


class Living:
    """Posts one event after another to the demo's own API, with a key of its own."""

    def __init__(self, folder: Path, business: Business, *, url: str, key: str, seed: int) -> None:
        self._file = folder / PLAY_FILE
        self._business = business
        self._url = url + ITEMS
        self._headers = {"Authorization": f"Bearer {key}"}
        self._seed = seed
        self._played = self._read()
        self._due = FIRST_SECONDS

    def step(self, *, elapsed: float, today: Callable[[], date]) -> str | None:
        """Post the next event where it is time; what happened, in words.

        `elapsed`: seconds since the demo was ready. Where no answer comes the same event is
        posted again later, and taken in once.
        """
        if elapsed < self._due:
            return None
        is_busy = self._played.events < BUSY_EVENTS
        self._due = elapsed + (BUSY_SECONDS if is_busy else QUIET_SECONDS)
        happened = next_event(self._played, self._business, seed=self._seed, today=today())
        try:
            answer = httpx2.post(
                self._url,
                json={"items": list(happened.items)},
                headers=self._headers,
                timeout=TIMEOUT_SECONDS,
            )
        except httpx2.TransportError:
            return None  # the pages are being started again
        if answer.status_code != 200:
            return f"The API did not take an event: {answer.status_code}."
        refused = [each for each in answer.json()["results"] if each["problems"]]
        if refused:
            return f"The API refused an event: {refused[0]['problems'][0]['message']}"
        self._played = happened.played
        self._file.write_text(json.dumps(asdict(self._played)), encoding="utf-8")
        return happened.text

    def _read(self) -> Played:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Played(0, owed_at_the_end(self._business))
        return Played(kept["events"], [Owed(**each) for each in kept["owed"]])


def owed_at_the_end(business: Business) -> list[Owed]:
    """What is not paid of the six months."""
    paid: dict[str, Decimal] = {}
    for payment in business.payments:
        for part in payment.allocations:
            paid[part.invoice.value] = paid.get(part.invoice.value, Decimal(0)) + part.amount
    tenants = {each.key: each for each in business.tenants}
    left = [(each, each.total - paid.get(each.number, Decimal(0))) for each in business.invoices]
    return [Owed.of(each, tenants[each.tenant], rest) for each, rest in left if rest > 0]


def next_event(played: Played, business: Business, *, seed: int, today: date) -> Happened:
    """What happens next; the same for the same play, so that it can be posted again."""
    luck = Random(f"{seed}:{played.events}")  # noqa: S311 - a play, not a secret
    chance = luck.random()
    if chance < SHARE_OF_MOVE_INS:
        return _move_in(played, seed=seed, today=today, luck=luck)
    if chance < SHARE_OF_MOVE_INS + SHARE_OF_SALES or not played.owed:
        return _sale(played, business, today=today, luck=luck)
    return _payment(played, today=today, luck=luck)


def _move_in(played: Played, *, seed: int, today: date, luck: Random) -> Happened:
    # One more than is needed: the last one of the cast is a namesake.
    cast = make_tenants(
        LEASES_AT_START + MOVE_INS + played.events + 2,
        luck=Random(seed),  # noqa: S311
    )
    tenant = cast[LEASES_AT_START + MOVE_INS + played.events]
    site, size = luck.choice(SITES), luck.choice(SIZES)
    building = site.buildings[0]
    unit = f"{building}{UNITS_A_BUILDING + 1 + played.events:02d}"
    place = Place(location=site.location, building=building, unit=unit, unit_type=size.name)
    rent = Charge(
        ChargeType.RENT,
        "Rent",
        size.rent + site.surcharge,
        start_on=today,
        end_on=month_after(today) - timedelta(days=1),
    )
    invoice = _billed(played, tenant, place, [rent, ADMIN_FEE, PADLOCK], today)
    return Happened(
        f"{tenant.name} moves into {unit}, {site.location}: {_said(invoice)}.",
        [_tenant_item(tenant), _invoice_item(invoice, tenant)],
        _behind(played, [*played.owed, Owed.of(invoice, tenant, invoice.total)]),
    )


def _sale(played: Played, business: Business, *, today: date, luck: Random) -> Happened:
    like = luck.choice(business.invoices)
    tenant = next(each for each in business.tenants if each.key == like.tenant)
    boxes = Charge(
        ChargeType.MERCHANDISE, "Large box", BOX_PRICE, quantity=luck.randrange(2, 12), code="BOXL"
    )
    charges = luck.choice(([boxes], [PADLOCK], [PADLOCK, boxes]))
    invoice = _billed(played, tenant, like.place, charges, today)
    what = " and ".join(each.description.lower() for each in charges)
    return Happened(
        f"{tenant.name} buys {what}: {_said(invoice)}.",
        [_invoice_item(invoice, tenant)],
        _behind(played, [*played.owed, Owed.of(invoice, tenant, invoice.total)]),
    )


def _payment(played: Played, *, today: date, luck: Random) -> Happened:
    owed = luck.choice(played.owed)
    number = f"RC-{LIVE_NUMBERS + played.events}"
    method = luck.choices(tuple(METHODS), weights=tuple(METHODS.values()))[0]
    item = {
        **BASE,
        "kind": "payment",
        "id": number,
        "number": number,
        "tenant": owed.tenant,
        "place": {"location": owed.location},
        "paid_on": today.isoformat(),
        "method": method,
        "currency": CURRENCY,
        "amount": owed.left,
        "allocations": [{"invoice": owed.invoice, "amount": owed.left}],
    }
    return Happened(
        f"{owed.name} pays {owed.invoice} by {method.lower()}: {number}, £{Decimal(owed.left):,}.",
        [item],
        _behind(played, [each for each in played.owed if each != owed]),
    )


def _billed(
    played: Played, tenant: Tenant, place: Place, charges: Sequence[Charge], today: date
) -> Invoice:
    ledger = Ledger(first_invoice=LIVE_NUMBERS + played.events)
    return ledger.bill(tenant, place, charges, on=today)


def _behind(played: Played, owed: Sequence[Owed]) -> Played:
    return Played(played.events + 1, owed)


def _said(invoice: Invoice) -> str:
    return f"{invoice.number}, £{invoice.total:,.2f}"


def _tenant_item(tenant: Tenant) -> dict[str, Any]:
    return {
        **BASE,
        "kind": "tenant",
        "id": tenant.key.value,
        "number": tenant.number,
        "name": tenant.name,
        "email": tenant.email,
        "phone": tenant.phone,
    }


def _invoice_item(invoice: Invoice, tenant: Tenant) -> dict[str, Any]:
    place = invoice.place
    return {
        **BASE,
        "kind": "invoice",
        "id": invoice.number,
        "number": invoice.number,
        "tenant": tenant.key.value,
        "place": {
            "location": place.location,
            "building": place.building,
            "unit": place.unit,
            "unit_type": place.unit_type,
        },
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "currency": invoice.currency,
        "prices_include_tax": invoice.prices_include_tax,
        "lines": [_line_item(each) for each in invoice.lines],
        "total": f"{invoice.total:.2f}",
    }


def _line_item(line: InvoiceLine) -> dict[str, Any]:
    return {
        "charge_type": str(line.charge_type),
        "description": line.description,
        "quantity": str(line.quantity),
        "unit_price": f"{line.unit_price:.2f}",
        "amount": f"{line.amount:.2f}",
        "charge_code": line.charge_code,
        "tax_name": line.tax_name,
        "tax_percent": str(line.tax_percent),
        "tax_amount": f"{line.tax_amount:.2f}",
        "unit": line.unit,
        "period_start_on": line.period_start_on.isoformat() if line.period_start_on else None,
        "period_end_on": line.period_end_on.isoformat() if line.period_end_on else None,
    }
