"""Six months of a fictional storage business, day by day, the same for the same seed and day.

Sized so that its first sync takes about fifty calls: Xero allows sixty a minute, and the
demo is to be in the books within seconds. A call carries fifty documents.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

from unitledger.core.arrivals import Arrived
from unitledger.core.billing import ChargeType, Invoice, Payment, Place, Record, Tenant, to_content
from unitledger.core.money import cents
from unitledger.demo.cast import Size, make_places, make_tenants
from unitledger.demo.ledger import NO_TAX, Charge, Ledger

MONTHS = 6
LEASES_AT_START = 82
MOVE_INS = 24
MOVE_OUTS = 14
LATE_FEE = Charge(ChargeType.LATE_FEE, "Late payment charge", Decimal("15.00"), NO_TAX)
ADMIN_FEE = Charge(ChargeType.FEE, "Set-up fee", Decimal("18.00"))
PADLOCK = Charge(ChargeType.MERCHANDISE, "Disc padlock", Decimal("13.99"), code="LOCK70")
BOX_PRICE = Decimal("2.49")
INSURANCE_PRICES = (Decimal("8.50"), Decimal("12.75"), Decimal("21.25"))
SHARE_INSURED = 0.7
SHARE_WITH_DEPOSIT = 0.5
SHARE_BUYING_BOXES = 0.4
LATE_FEE_AFTER = timedelta(days=12)  # behind the due date


class Habit(StrEnum):
    """How a tenant pays."""

    PROMPT = "prompt"
    LATE = "late"  # weeks behind, with the fee
    IN_PARTS = "in parts"
    TWO_AT_ONCE = "two at once"  # every second month, for both
    GONE_QUIET = "gone quiet"  # pays until two months ago


HABITS = {
    Habit.PROMPT: 72,
    Habit.LATE: 10,
    Habit.IN_PARTS: 7,
    Habit.TWO_AT_ONCE: 7,
    Habit.GONE_QUIET: 4,
}
METHODS = {"Direct debit": 45, "Card": 33, "Bank transfer": 12, "Cash": 7, "Cheque": 3}


@dataclass(slots=True)
class Lease:
    tenant: Tenant
    place: Place
    size: Size
    insurance: Decimal | None
    move_in_on: date
    move_out_on: date | None
    habit: Habit
    method: str
    owing: list[Invoice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Business:
    start_on: date
    tenants: Sequence[Tenant]
    invoices: Sequence[Invoice]
    payments: Sequence[Payment]

    @property
    def allocation_count(self) -> int:
        return sum(len(payment.allocations) for payment in self.payments)

    def arrivals(self) -> Iterator[Arrived]:
        """In the order of their dependence: a payment behind the invoices it settles."""
        for record in (*self.tenants, *self.invoices, *self.payments):
            yield _arrived(record)


def simulate(*, seed: int, today: date) -> Business:
    """Play the six months that end today."""
    luck = Random(seed)  # noqa: S311 - a play, not a secret
    start_on = _months_before(today, MONTHS)
    ledger = Ledger()
    leases = _leases(start_on, today, luck=luck)
    to_receive: dict[date, list[_Due]] = {}
    for offset in range((today - start_on).days + 1):
        day = start_on + timedelta(days=offset)
        for lease in leases:
            if _is_billed(lease, day):
                _bill(lease, day, ledger, to_receive, today=today, luck=luck)
        for due in to_receive.pop(day, []):
            _receive(due, day, ledger)
    return Business(
        start_on=start_on,
        tenants=tuple(lease.tenant for lease in leases),
        invoices=tuple(ledger.invoices),
        payments=tuple(ledger.payments),
    )


@dataclass(frozen=True, slots=True)
class _Due:
    """What will happen on a day: money comes in, or a fee is charged first."""

    lease: Lease
    invoice: Invoice
    share: Decimal | None = None  # of the invoice; None: everything the tenant owes
    fee: bool = False


def _leases(start_on: date, today: date, *, luck: Random) -> list[Lease]:
    count = LEASES_AT_START + MOVE_INS
    tenants = make_tenants(count, luck=luck)
    places = make_places(count, luck=luck)
    days = (today - start_on).days
    leases: list[Lease] = []
    for number, (tenant, (place, size)) in enumerate(zip(tenants, places, strict=True)):
        is_new = number >= LEASES_AT_START
        shift = luck.randrange(3, days) if is_new else -luck.randrange(20, 900)
        leases.append(
            Lease(
                tenant=tenant,
                place=place,
                size=size,
                insurance=luck.choice(INSURANCE_PRICES) if luck.random() < SHARE_INSURED else None,
                move_in_on=start_on + timedelta(days=shift),
                move_out_on=start_on + timedelta(days=luck.randrange(30, days))
                if number < MOVE_OUTS
                else None,
                habit=luck.choices(tuple(HABITS), weights=tuple(HABITS.values()))[0],
                method=luck.choices(tuple(METHODS), weights=tuple(METHODS.values()))[0],
            )
        )
    return leases


def _is_billed(lease: Lease, day: date) -> bool:
    """On the day of the month they moved in, or the month's last where it has no such day."""
    if day < lease.move_in_on or (lease.move_out_on is not None and day >= lease.move_out_on):
        return False
    return day == lease.move_in_on or day.day == min(lease.move_in_on.day, _last_day(day))


def _bill(
    lease: Lease,
    day: date,
    ledger: Ledger,
    to_receive: dict[date, list[_Due]],
    *,
    today: date,
    luck: Random,
) -> None:
    charges = [_rent(lease, day), *_insurance(lease, day)]
    if day == lease.move_in_on:
        charges += _of_moving_in(luck)
        if luck.random() < SHARE_WITH_DEPOSIT:
            _take_deposit(lease, day, ledger, to_receive)
    invoice = ledger.bill(lease.tenant, lease.place, charges, on=day)
    lease.owing.append(invoice)
    for on, due in _plans(lease, invoice, today=today, luck=luck):
        to_receive.setdefault(max(on, day), []).append(due)


def _take_deposit(
    lease: Lease, day: date, ledger: Ledger, to_receive: dict[date, list[_Due]]
) -> None:
    """On an invoice of its own, so that it can be returned by itself."""
    charge = Charge(ChargeType.DEPOSIT, "Refundable deposit", lease.size.rent, NO_TAX)
    deposit = ledger.bill(lease.tenant, lease.place, [charge], on=day)
    lease.owing.append(deposit)
    to_receive.setdefault(day, []).append(_Due(lease, deposit, share=Decimal(1)))


def _rent(lease: Lease, day: date) -> Charge:
    end_on = month_after(day) - timedelta(days=1)
    return Charge(ChargeType.RENT, "Rent", lease.size.rent, start_on=day, end_on=end_on)


def _insurance(lease: Lease, day: date) -> list[Charge]:
    if lease.insurance is None:
        return []
    return [
        Charge(
            ChargeType.INSURANCE,
            "Contents insurance",
            lease.insurance,
            NO_TAX,
            start_on=day,
            end_on=month_after(day) - timedelta(days=1),
        )
    ]


def _of_moving_in(luck: Random) -> list[Charge]:
    charges = [ADMIN_FEE, PADLOCK]
    if luck.random() < SHARE_BUYING_BOXES:
        boxes = luck.randrange(3, 16)
        charges.append(
            Charge(ChargeType.MERCHANDISE, "Large box", BOX_PRICE, quantity=boxes, code="BOXL")
        )
    return charges


def _plans(
    lease: Lease, invoice: Invoice, *, today: date, luck: Random
) -> Iterator[tuple[date, _Due]]:
    """When what of it will be paid."""
    issued, due = invoice.issued_on, invoice.due_on
    match lease.habit:
        case Habit.PROMPT:
            yield issued + timedelta(days=luck.randrange(0, 7)), _Due(lease, invoice)
        case Habit.LATE:
            fee_on = due + LATE_FEE_AFTER
            yield fee_on, _Due(lease, invoice, fee=True)
            yield fee_on + timedelta(days=luck.randrange(1, 12)), _Due(lease, invoice)
        case Habit.IN_PARTS:
            share = Decimal(luck.randrange(30, 71)) / 100
            yield issued + timedelta(days=luck.randrange(1, 7)), _Due(lease, invoice, share=share)
            yield due + timedelta(days=luck.randrange(5, 15)), _Due(lease, invoice)
        case Habit.TWO_AT_ONCE:
            if len(lease.owing) > 1:
                yield issued + timedelta(days=luck.randrange(2, 9)), _Due(lease, invoice)
        case Habit.GONE_QUIET:
            if issued < _months_before(today, 2):
                yield due, _Due(lease, invoice)


def _receive(due: _Due, day: date, ledger: Ledger) -> None:
    lease = due.lease
    if due.fee:
        if due.invoice in lease.owing:
            lease.owing.append(ledger.bill(lease.tenant, lease.place, [LATE_FEE], on=day))
        return
    chosen = lease.owing if due.share is None else [due.invoice]
    parts = [(each, _part(each, due.share, ledger)) for each in chosen]
    parts = [(each, amount) for each, amount in parts if amount > 0]
    if not parts:
        return
    ledger.receive(lease.tenant, lease.place, parts, method=lease.method, on=day)
    lease.owing = [each for each in lease.owing if _open(each, ledger) > 0]


def _part(invoice: Invoice, share: Decimal | None, ledger: Ledger) -> Decimal:
    left = _open(invoice, ledger)
    return left if share is None else min(left, cents(invoice.total * share))


def _open(invoice: Invoice, ledger: Ledger) -> Decimal:
    return invoice.total - ledger.paid.get(invoice.key, Decimal("0.00"))


def _arrived(record: Record) -> Arrived:
    return Arrived(records=(record,), raw=to_content(record), kinds=(record.kind,))


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def month_after(day: date) -> date:
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, _last_day(first)))


def _months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    first = date(month // 12, month % 12 + 1, 1)
    return first.replace(day=min(day.day, _last_day(first)))
