"""What the operator's storage software says happened: tenants, invoices, payments.

These values are what every source (a file, a webhook, the API) is turned into, and what is
kept as the content of a record's version. `to_content` and `from_content` are the stored
form; they are inverse to each other and never change meaning for a stored version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from unitledger.core.money import cents, is_whole_cents

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class RecordKind(StrEnum):
    TENANT = "tenant"
    INVOICE = "invoice"
    PAYMENT = "payment"


class ChargeType(StrEnum):
    """What a line charges for, as self-storage software sorts it."""

    RENT = "rent"
    INSURANCE = "insurance"
    MERCHANDISE = "merchandise"
    FEE = "fee"
    SERVICE = "service"
    LATE_FEE = "late_fee"
    RESERVATION_FEE = "reservation_fee"
    DEPOSIT = "deposit"
    DISCOUNT = "discount"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RecordKey:
    """One identifier of one real event at its source. The channel is never part of it."""

    source: str  # the storage software, e.g. "6storage" or a name the profile gives
    kind: RecordKind
    identifier_type: str  # e.g. "number", "guid", "customer_id", "invoice+settlement"
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record belongs, by name; unit and building may be unknown to the source."""

    location: str
    building: str | None = None
    unit: str | None = None
    unit_type: str | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """The person or firm renting a unit."""

    key: RecordKey
    name: str
    number: str  # what staff call the tenant by; the contact's account number in the books
    email: str | None = None
    phone: str | None = None
    other_keys: Sequence[RecordKey] = ()

    kind = RecordKind.TENANT


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One charge, priced with or without tax as its invoice says."""

    charge_type: ChargeType
    description: str
    quantity: Decimal
    unit_price: Decimal  # as priced; up to 4 decimal places
    amount: Decimal  # quantity × unit price less discount, as priced; 2 decimal places
    charge_code: str | None = None  # the source's own code or product, for a finer mapping
    tax_name: str | None = None
    tax_percent: Decimal | None = None  # None: the source does not say
    tax_amount: Decimal | None = None  # None: the source does not say
    unit: str | None = None
    period_start_on: date | None = None
    period_end_on: date | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    key: RecordKey
    number: str  # the printed number
    tenant: RecordKey
    place: Place
    issued_on: date
    due_on: date
    currency: str
    prices_include_tax: bool
    lines: Sequence[InvoiceLine]
    total: Decimal  # what the tenant is asked to pay, tax included
    reference: str | None = None
    other_keys: Sequence[RecordKey] = ()
    is_void: bool = False

    kind = RecordKind.INVOICE


@dataclass(frozen=True, slots=True)
class Allocation:
    """The part of a payment that settles one invoice."""

    invoice: RecordKey
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    key: RecordKey
    number: str | None  # the receipt number, where the source prints one
    tenant: RecordKey
    place: Place
    paid_on: date
    method: str
    currency: str
    amount: Decimal
    allocations: Sequence[Allocation]
    reference: str | None = None
    other_keys: Sequence[RecordKey] = ()
    is_void: bool = False

    kind = RecordKind.PAYMENT


Record = Tenant | Invoice | Payment


def to_content(record: Record) -> dict[str, Any]:
    """The stored form of a record's version: plain JSON values, amounts as strings.

    Written out by hand: `dataclasses.asdict` costs more than reading and storing a row.
    """
    match record:
        case Tenant():
            return _tenant_to_content(record)
        case Invoice():
            return _invoice_to_content(record)
        case Payment():
            return _payment_to_content(record)


def from_content(content: Mapping[str, Any]) -> Record:
    """The record a stored version holds."""
    fields = dict(content)
    kind = RecordKind(fields.pop("kind"))
    fields["key"] = _key(fields["key"])
    fields["other_keys"] = tuple(_key(each) for each in fields.get("other_keys", ()))
    if kind is RecordKind.TENANT:
        return Tenant(**fields)
    fields["tenant"] = _key(fields["tenant"])
    fields["place"] = Place(**fields["place"])
    if kind is RecordKind.INVOICE:
        fields["issued_on"] = date.fromisoformat(fields["issued_on"])
        fields["due_on"] = date.fromisoformat(fields["due_on"])
        fields["total"] = Decimal(fields["total"])
        fields["lines"] = tuple(_line(each) for each in fields["lines"])
        return Invoice(**fields)
    fields["paid_on"] = date.fromisoformat(fields["paid_on"])
    fields["amount"] = Decimal(fields["amount"])
    fields["allocations"] = tuple(
        Allocation(invoice=_key(each["invoice"]), amount=Decimal(each["amount"]))
        for each in fields["allocations"]
    )
    return Payment(**fields)


def content_text(content: Mapping[str, Any]) -> str:
    """Content as JSON: the same text for equal content, whatever the order of its keys."""
    return _encode(content)


def content_hash(content: Mapping[str, Any]) -> bytes:
    """Equal for equal content, whatever the order of its keys."""
    return text_hash(content_text(content))


def text_hash(text: str) -> bytes:
    """The hash of a content, given as `content_text`."""
    return hashlib.sha256(text.encode()).digest()


def _tenant_to_content(tenant: Tenant) -> dict[str, Any]:
    return {
        "kind": "tenant",
        "key": _key_to_content(tenant.key),
        "name": tenant.name,
        "number": tenant.number,
        "email": tenant.email,
        "phone": tenant.phone,
        "other_keys": [_key_to_content(each) for each in tenant.other_keys],
    }


def _invoice_to_content(invoice: Invoice) -> dict[str, Any]:
    return {
        "kind": "invoice",
        "key": _key_to_content(invoice.key),
        "number": invoice.number,
        "tenant": _key_to_content(invoice.tenant),
        "place": _place_to_content(invoice.place),
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "currency": invoice.currency,
        "prices_include_tax": invoice.prices_include_tax,
        "lines": [_line_to_content(each) for each in invoice.lines],
        "total": _amount(invoice.total),
        "reference": invoice.reference,
        "other_keys": [_key_to_content(each) for each in invoice.other_keys],
        "is_void": invoice.is_void,
    }


def _payment_to_content(payment: Payment) -> dict[str, Any]:
    return {
        "kind": "payment",
        "key": _key_to_content(payment.key),
        "number": payment.number,
        "tenant": _key_to_content(payment.tenant),
        "place": _place_to_content(payment.place),
        "paid_on": payment.paid_on.isoformat(),
        "method": payment.method,
        "currency": payment.currency,
        "amount": _amount(payment.amount),
        "allocations": [
            {"invoice": _key_to_content(each.invoice), "amount": _amount(each.amount)}
            for each in payment.allocations
        ],
        "reference": payment.reference,
        "other_keys": [_key_to_content(each) for each in payment.other_keys],
        "is_void": payment.is_void,
    }


def _line_to_content(line: InvoiceLine) -> dict[str, Any]:
    return {
        "charge_type": str(line.charge_type),
        "description": line.description,
        "quantity": _shortest(line.quantity),
        "unit_price": _shortest(line.unit_price),
        "amount": _amount(line.amount),
        "charge_code": line.charge_code,
        "tax_name": line.tax_name,
        "tax_percent": None if line.tax_percent is None else _shortest(line.tax_percent),
        "tax_amount": None if line.tax_amount is None else _amount(line.tax_amount),
        "unit": line.unit,
        "period_start_on": line.period_start_on.isoformat() if line.period_start_on else None,
        "period_end_on": line.period_end_on.isoformat() if line.period_end_on else None,
    }


def _amount(amount: Decimal) -> str:
    """At least two places, so that 5 and 5.00 are the same content."""
    text = format(amount, "f")
    if text[-3:-2] == ".":
        return text
    return format(cents(amount), "f") if is_whole_cents(amount) else _shortest(amount)


def _shortest(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place_to_content(place: Place) -> dict[str, Any]:
    return {
        "location": place.location,
        "building": place.building,
        "unit": place.unit,
        "unit_type": place.unit_type,
    }


def _key_to_content(key: RecordKey) -> dict[str, str]:
    return {
        "source": key.source,
        "kind": str(key.kind),
        "identifier_type": key.identifier_type,
        "value": key.value,
    }


def _key(fields: Mapping[str, Any]) -> RecordKey:
    return RecordKey(
        source=fields["source"],
        kind=RecordKind(fields["kind"]),
        identifier_type=fields["identifier_type"],
        value=fields["value"],
    )


def _line(fields: Mapping[str, Any]) -> InvoiceLine:
    known = dict(fields)
    known["charge_type"] = ChargeType(known["charge_type"])
    for name in ("quantity", "unit_price", "amount", "tax_percent", "tax_amount"):
        if known.get(name) is not None:
            known[name] = Decimal(known[name])
    for name in ("period_start_on", "period_end_on"):
        if known.get(name) is not None:
            known[name] = date.fromisoformat(known[name])
    return InvoiceLine(**known)
