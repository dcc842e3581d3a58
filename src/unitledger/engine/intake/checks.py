"""What a record must satisfy by itself before it is taken in, whatever it came from.

Every check names the field; all of a record's refusals are collected at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from unitledger.core import currencies
from unitledger.core.arithmetic import ZERO
from unitledger.core.billing import (
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
from unitledger.core.money import CENT, cents, is_whole_cents
from unitledger.core.refusals import Refusal, Rule, refuse

AMOUNT_MAX = Decimal("1000000.00")
QUANTITY_MAX = Decimal(100_000)
FINE_PLACES = 4
TOTAL_LEEWAY = CENT  # domain: lines equal the total within a cent
FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 1, 1)

KEY_MAX = 255
NAME_MAX = 255
SHORT_MAX = 100
LONG_MAX = 4000

# Lines of these kinds take away as well as add.
_MAY_BE_NEGATIVE = frozenset({ChargeType.DISCOUNT, ChargeType.OTHER})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_PROSE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# "-" is left out: a dash begins honest names, and Excel asks before it runs one.
_FORMULA_SIGNS = ("=", "+", "@", "\t")

Found = Iterator[Refusal]


@dataclass(frozen=True, slots=True)
class Limits:
    """What this intake takes for plausible."""

    amount_max: Decimal = AMOUNT_MAX
    currencies: Set[str] | None = None  # of the connected books; None: not asked


def check(record: Record, *, limits: Limits) -> list[Refusal]:
    match record:
        case Tenant():
            return list(_tenant(record))
        case Invoice():
            return list(_invoice(record, limits))
        case Payment():
            return list(_payment(record, limits))


def _tenant(tenant: Tenant) -> Found:
    kind = RecordKind.TENANT
    yield from _keys(tenant, kind)
    yield from _name(tenant.name, "tenant.name", kind, NAME_MAX)
    yield from _text(tenant.number, "tenant.number", kind, SHORT_MAX, is_required=True)
    yield from _text(tenant.email, "tenant.email", kind, NAME_MAX)
    yield from _text(tenant.phone, "tenant.phone", kind, SHORT_MAX)


def _invoice(invoice: Invoice, limits: Limits) -> Found:
    kind = RecordKind.INVOICE
    yield from _keys(invoice, kind)
    yield from _text(invoice.number, "invoice.number", kind, NAME_MAX, is_required=True)
    yield from _text(invoice.reference, "invoice.reference", kind, NAME_MAX)
    yield from _place(invoice.place, kind)
    yield from _day(invoice.issued_on, "invoice.issued_on", kind)
    yield from _day(invoice.due_on, "invoice.due_on", kind)
    yield from _currency(invoice.currency, "invoice.currency", kind, limits)
    money = list(_amount(invoice.total, "invoice.total", kind, limits))
    for position, line in enumerate(invoice.lines, start=1):
        money.extend(_line(line, f"invoice.lines[{position}]", limits))
    yield from money
    if not invoice.lines:
        yield refuse(Rule.NO_LINES, "invoice.lines", kind=kind)
    elif not money:
        yield from _total(invoice)


def _payment(payment: Payment, limits: Limits) -> Found:
    kind = RecordKind.PAYMENT
    yield from _keys(payment, kind)
    yield from _text(payment.number, "payment.number", kind, NAME_MAX)
    yield from _text(payment.reference, "payment.reference", kind, NAME_MAX)
    yield from _name(payment.method, "payment.method", kind, SHORT_MAX)
    yield from _place(payment.place, kind)
    yield from _day(payment.paid_on, "payment.paid_on", kind)
    yield from _currency(payment.currency, "payment.currency", kind, limits)
    money = list(_positive(payment.amount, "payment.amount", limits))
    for each in payment.allocations:
        money.extend(_positive(each.amount, "payment.allocations", limits))
    yield from money
    if not money:
        yield from _allocations(payment)


def _keys(record: Record, kind: RecordKind) -> Found:
    for key in (record.key, *record.other_keys):
        yield from _text(key.value, f"{kind}.key", kind, KEY_MAX, is_required=True)
        yield from _text(key.source, f"{kind}.key", kind, SHORT_MAX, is_required=True)


def _place(place: Place, kind: RecordKind) -> Found:
    yield from _name(place.location, "place.location", kind, SHORT_MAX)
    for field, text in (
        ("place.building", place.building),
        ("place.unit", place.unit),
        ("place.unit_type", place.unit_type),
    ):
        if text is not None:
            yield from _name(text, field, kind, SHORT_MAX)


def _name(text: str, field: str, kind: RecordKind, limit: int) -> Found:
    """A name is shown in lists that people open in a spreadsheet again."""
    yield from _text(text, field, kind, limit, is_required=True)
    if text.lstrip(" ").startswith(_FORMULA_SIGNS):
        sign = text.lstrip(" ")[0]
        character = "a tab" if sign == "\t" else f"“{sign}”"
        yield refuse(Rule.FORMULA, field, kind=kind, character=character)


def _text(
    text: str | None,
    field: str,
    kind: RecordKind,
    limit: int,
    *,
    is_required: bool = False,
    is_prose: bool = False,
) -> Found:
    if not text or text.isspace():
        if is_required:
            yield refuse(Rule.TEXT_EMPTY, field, kind=kind)
        return
    if len(text) > limit:
        yield refuse(Rule.TEXT_TOO_LONG, field, kind=kind, length=len(text), limit=limit)
    found = (
        None if text.isprintable() else (_CONTROL_IN_PROSE if is_prose else _CONTROL).search(text)
    )
    if found:
        character = f"U+{ord(found.group()):04X}"
        yield refuse(Rule.CONTROL_CHARACTER, field, kind=kind, character=character)


def _day(day: date, field: str, kind: RecordKind) -> Found:
    if not FIRST_DAY <= day <= LAST_DAY:
        yield refuse(
            Rule.DATE_ABSURD, field, kind=kind, value=day, first=FIRST_DAY.year, last=LAST_DAY.year
        )


def _currency(code: str, field: str, kind: RecordKind, limits: Limits) -> Found:
    if code not in currencies.CODES:
        near = currencies.nearest(code)
        hint = f" Did you mean {near}?" if near else ""
        yield refuse(Rule.CURRENCY_UNKNOWN, field, kind=kind, value=code, nearest=hint)
    elif limits.currencies is not None and code not in limits.currencies:
        books = " and ".join(sorted(limits.currencies))
        yield refuse(Rule.CURRENCY_NOT_OF_BOOKS, field, kind=kind, value=code, books=books)


def _number(value: Decimal, field: str, kind: RecordKind, *, limit: Decimal, places: int) -> Found:
    if not value.is_finite():
        yield refuse(Rule.NOT_A_NUMBER, field, kind=kind, value=value, decimal=".")
    elif abs(value) > limit:
        yield refuse(Rule.AMOUNT_ABSURD, field, kind=kind, value=value, limit=f"{limit:,}")
    elif not is_whole_cents(value * Decimal(10) ** (places - 2)):
        yield refuse(Rule.TOO_MANY_PLACES, field, kind=kind, value=value, places=places)


def _amount(
    value: Decimal,
    field: str,
    kind: RecordKind,
    limits: Limits,
    *,
    may_be_negative: bool = False,
) -> Found:
    if value.is_finite() and value < 0 and not may_be_negative:
        yield refuse(Rule.AMOUNT_NEGATIVE, field, kind=kind, value=value)
    yield from _number(value, field, kind, limit=limits.amount_max, places=2)


def _positive(value: Decimal, field: str, limits: Limits) -> Found:
    kind = RecordKind.PAYMENT
    yield from _amount(value, field, kind, limits)
    if value.is_finite() and value == 0:
        yield refuse(Rule.AMOUNT_NOT_POSITIVE, field, kind=kind, value=value)


def _line(line: InvoiceLine, field: str, limits: Limits) -> Found:
    kind = RecordKind.INVOICE
    may_be_negative = line.charge_type in _MAY_BE_NEGATIVE
    yield from _text(line.description, f"{field}.description", kind, LONG_MAX, is_prose=True)
    yield from _text(line.charge_code, f"{field}.charge_code", kind, SHORT_MAX)
    yield from _text(line.tax_name, f"{field}.tax_name", kind, SHORT_MAX)
    yield from _text(line.unit, f"{field}.unit", kind, SHORT_MAX)
    yield from _amount(
        line.amount, f"{field}.amount", kind, limits, may_be_negative=may_be_negative
    )
    if line.tax_amount is not None:
        yield from _amount(
            line.tax_amount, f"{field}.tax_amount", kind, limits, may_be_negative=may_be_negative
        )
    yield from _number(
        line.quantity, f"{field}.quantity", kind, limit=QUANTITY_MAX, places=FINE_PLACES
    )
    yield from _number(
        line.unit_price, f"{field}.unit_price", kind, limit=limits.amount_max, places=FINE_PLACES
    )
    if line.tax_percent is not None:
        yield from _percent(line.tax_percent, f"{field}.tax_percent")
    for name, day in (("start", line.period_start_on), ("end", line.period_end_on)):
        if day is not None:
            yield from _day(day, f"{field}.period_{name}_on", kind)


def _percent(percent: Decimal, field: str) -> Found:
    kind = RecordKind.INVOICE
    if not percent.is_finite() or not ZERO <= percent <= 100:
        yield refuse(Rule.PERCENT_ABSURD, field, kind=kind, value=percent)
    else:
        yield from _number(percent, field, kind, limit=Decimal(100), places=FINE_PLACES)


def _total(invoice: Invoice) -> Found:
    """Lines and total agree within a cent; where the tax of a line is unknown, nobody can say."""
    lines = sum((line.amount for line in invoice.lines), ZERO)
    if not invoice.prices_include_tax:
        taxes = [_tax(line) for line in invoice.lines]
        known = [tax for tax in taxes if tax is not None]
        if len(known) < len(taxes):
            return
        lines += sum(known, ZERO)
    difference = abs(invoice.total - lines)
    if difference > TOTAL_LEEWAY:
        yield refuse(
            Rule.TOTAL_DIFFERS_FROM_LINES,
            "invoice.total",
            kind=RecordKind.INVOICE,
            lines=lines,
            total=invoice.total,
            difference=difference,
        )


def _tax(line: InvoiceLine) -> Decimal | None:
    if line.tax_amount is not None:
        return line.tax_amount
    if line.tax_percent is None:
        return None
    return cents(line.amount * line.tax_percent / 100)


def _allocations(payment: Payment) -> Found:
    kind = RecordKind.PAYMENT
    allocated = sum((each.amount for each in payment.allocations), ZERO)
    if allocated > payment.amount:
        yield refuse(
            Rule.ALLOCATED_TOO_MUCH,
            "payment.allocations",
            kind=kind,
            allocated=allocated,
            amount=payment.amount,
        )
    for invoice in _twice([each.invoice for each in payment.allocations]):
        yield refuse(Rule.ALLOCATED_TWICE, "payment.allocations", kind=kind, invoice=invoice.value)


def _twice(keys: Sequence[RecordKey]) -> list[RecordKey]:
    return [key for position, key in enumerate(keys) if key in keys[:position]]
