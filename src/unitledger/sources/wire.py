"""Items in JSON, as the API takes them: the schema, and how an item becomes a record.

Every item is read by itself; whatever is wrong with it is said by field, rule and remedy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeGuard
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

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
    to_content,
)
from unitledger.core.currencies import CODES
from unitledger.core.refusals import Refusal, Rule, refuse
from unitledger.core.source_items import ItemKey, ItemKind, LocationSent, SourceItem, UnitSent
from unitledger.sources.wire_refusals import TEXT_MAX, nearest, refusals_of, type_name

REVISION_MAX = 2**63 - 1
DECIMAL_FORM = r"^-?[0-9]{1,12}(\.[0-9]{1,12})?$"
LINES_MAX = 500
UNITS_MAX = 5000
NOT_KEPT = ("credit", "refund")  # kinds that the store has no place for yet


def _money(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    if not isinstance(value, str):
        # Types of errors are named as our rules are.
        raise PydanticCustomError("money_not_text", "a JSON number")
    if not re.match(DECIMAL_FORM, value):
        raise PydanticCustomError("not_a_number", "no decimal")
    return value


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        if len(value) != len("2026-11-01"):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date_form_unknown", "not a day") from None


Amount = Annotated[
    Decimal,
    BeforeValidator(_money),
    Field(max_digits=16, decimal_places=4, allow_inf_nan=False),
    WithJsonSchema(
        {"type": "string", "pattern": DECIMAL_FORM, "examples": ["120.00"]}, mode="validation"
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-01"]}),
]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
NO_CONTROL = r"^[^\x00-\x1f\x7f]+$"
ShortText = Annotated[str, Field(min_length=1, max_length=255, pattern=NO_CONTROL)]
Revision = Annotated[int, Field(ge=0, le=REVISION_MAX, strict=True)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Identifier(_Wire):
    """A name that a record goes by."""

    type: ShortText = "id"
    id: ShortText
    source: ShortText | None = Field(None, description="None: the item's own source.")


Reference = Annotated[
    ShortText | Identifier,
    Field(description="The other record's `id` alone, or with its type and source."),
]


class _Item(_Wire):
    source: ShortText = Field(description="The storage software, such as `6storage`.")
    id: ShortText = Field(description="What the source calls it, for good.")
    id_type: ShortText = Field("id", description="What kind of name `id` is.")
    revision: Revision = Field(
        description="Grows with every change at the source: a counter, or its last change in "
        "milliseconds."
    )


class _RecordItem(_Item):
    other_ids: tuple[Identifier, ...] = Field(
        (), max_length=20, description="Further names of the same record, such as a number."
    )


class UnitItem(_Wire):
    number: ShortText
    unit_type: ShortText | None = None


class BuildingItem(_Wire):
    name: ShortText
    units: tuple[UnitItem, ...] = Field((), max_length=UNITS_MAX)


class LocationItem(_Item):
    """A site with its buildings and units. What is left out stays as it is."""

    kind: Literal["location"] = "location"
    name: ShortText
    zone: ShortText = Field(description="IANA name: accounting dates are days in this zone.")
    currency: ShortText
    buildings: tuple[BuildingItem, ...] = Field((), max_length=500)
    units: tuple[UnitItem, ...] = Field((), max_length=UNITS_MAX)


class TenantItem(_RecordItem):
    """The person or firm renting a unit."""

    kind: Literal["tenant"] = "tenant"
    number: ShortText
    name: ShortText
    email: ShortText | None = None
    phone: ShortText | None = None


class PlaceItem(_Wire):
    location: ShortText
    building: ShortText | None = None
    unit: ShortText | None = None
    unit_type: ShortText | None = None


class LineItem(_Wire):
    charge_type: ChargeType
    description: Text
    amount: Amount = Field(description="Quantity × unit price less discount, as priced.")
    quantity: Amount = Decimal(1)
    unit_price: Amount | None = Field(None, description="None: the amount, for a quantity of 1.")
    charge_code: ShortText | None = None
    tax_name: ShortText | None = None
    tax_percent: Amount | None = None
    tax_amount: Amount | None = None
    unit: ShortText | None = None
    period_start_on: Day | None = None
    period_end_on: Day | None = None


class InvoiceItem(_RecordItem):
    kind: Literal["invoice"] = "invoice"
    number: ShortText = Field(description="The printed number.")
    tenant: Reference
    place: PlaceItem
    issued_on: Day
    due_on: Day
    currency: ShortText
    prices_include_tax: Annotated[bool, Field(strict=True)]
    lines: tuple[LineItem, ...] = Field(min_length=1, max_length=LINES_MAX)
    total: Amount = Field(description="What the tenant is asked to pay, tax included.")
    reference: ShortText | None = None
    is_void: Annotated[bool, Field(strict=True)] = False


class AllocationItem(_Wire):
    invoice: Reference
    amount: Amount


class PaymentItem(_RecordItem):
    kind: Literal["payment"] = "payment"
    number: ShortText | None = Field(None, description="The receipt number.")
    tenant: Reference
    place: PlaceItem
    paid_on: Day
    method: ShortText
    currency: ShortText
    amount: Amount
    allocations: tuple[AllocationItem, ...] = Field((), max_length=LINES_MAX)
    reference: ShortText | None = None
    is_void: Annotated[bool, Field(strict=True)] = False


MODELS: Mapping[ItemKind, type[_Item]] = {
    ItemKind.LOCATION: LocationItem,
    ItemKind.TENANT: TenantItem,
    ItemKind.INVOICE: InvoiceItem,
    ItemKind.PAYMENT: PaymentItem,
}


def schemas() -> dict[str, Any]:
    """Every item's JSON schema by name, with references as an OpenAPI document has them."""
    found: dict[str, Any] = {}
    for model in MODELS.values():
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found.update(schema.pop("$defs", {}))
        found[model.__name__] = schema
    return found


def read_items(raws: Sequence[Any], *, kind: ItemKind | None, first: int = 1) -> list[SourceItem]:
    """Each item as read, in order; `kind`: what they all are, or None where each says it."""
    return [read_item(raw, kind=kind, position=place) for place, raw in enumerate(raws, first)]


def read_item(raw: Any, *, kind: ItemKind | None, position: int) -> SourceItem:
    if not _is_storable(raw):
        refusal = refuse(Rule.CONTROL_CHARACTER, "item", character="U+D800 to U+DFFF")
        return SourceItem(position, {"item": ascii(raw)}, kind, None, refusals=(refusal,))
    if not isinstance(raw, dict):
        refusal = refuse(Rule.NOT_AN_OBJECT, "item", found=type_name(raw))
        return SourceItem(position, {"item": raw}, kind, None, refusals=(refusal,))
    said = raw.get("kind", kind)
    found, wrong = _kind(said, wanted=kind)
    if found is None:
        assert wrong is not None
        return SourceItem(position, raw, None, None, refusals=(wrong,))
    key = _key_of(raw, found)
    if wrong is not None:
        return SourceItem(position, raw, found, key, refusals=(wrong,))
    try:
        item = MODELS[found].model_validate(raw)
    except ValidationError as error:
        refusals = tuple(refusals_of(error, raw, found, fields=list(MODELS[found].model_fields)))
        return SourceItem(position, raw, found, key, refusals=refusals)
    return _read(item, raw, found, position)


def _read(item: _Item, raw: Mapping[str, Any], kind: ItemKind, position: int) -> SourceItem:
    key = ItemKey(item.source, kind, item.id_type, item.id)
    if isinstance(item, LocationItem):
        refusals = tuple(_of_location(item))
        return SourceItem(
            position,
            raw,
            kind,
            key,
            revision=item.revision,
            what=_location(item),
            content=item.model_dump(mode="json", exclude={"revision", "source", "id", "id_type"}),
            refusals=refusals,
        )
    record = _record(item)
    return SourceItem(
        position,
        raw,
        kind,
        key,
        revision=item.revision,
        what=record,
        content=to_content(record),
    )


def _is_storable(raw: Any) -> bool:
    """Half a surrogate pair is JSON by the letter, and text for nobody."""
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(said: Any, *, wanted: ItemKind | None) -> tuple[ItemKind | None, Refusal | None]:
    kinds = ", ".join(ItemKind)
    if isinstance(said, str) and said in NOT_KEPT:
        return None, refuse(Rule.KIND_NOT_KEPT, "kind", value=said)
    try:
        kind = ItemKind(said)
    except ValueError:
        if said is None:
            return None, refuse(Rule.FIELD_MISSING, "kind")
        near = nearest(str(said), list(ItemKind))
        shown = str(said)[:60]
        return None, refuse(Rule.KIND_UNKNOWN, "kind", value=shown, nearest=near, kinds=kinds)
    if wanted is not None and kind is not wanted:
        return wanted, refuse(Rule.KIND_UNKNOWN, "kind", value=kind, nearest="", kinds=str(wanted))
    return kind, None


def _key_of(raw: Mapping[str, Any], kind: ItemKind) -> ItemKey | None:
    """The identity of an item that may be wrong otherwise, to name it by in its result."""
    source, value, kind_of_name = raw.get("source"), raw.get("id"), raw.get("id_type", "id")
    parts = [each for each in (source, kind_of_name, value) if _is_name(each)]
    return ItemKey(parts[0], kind, parts[1], parts[2]) if len(parts) == 3 else None


def _is_name(value: Any) -> TypeGuard[str]:
    if not isinstance(value, str) or not re.match(NO_CONTROL, value):
        return False
    return all(not "\ud800" <= letter <= "\udfff" for letter in value)


def _record(item: _Item) -> Record:
    match item:
        case TenantItem():
            return Tenant(
                key=_own_key(item, RecordKind.TENANT),
                name=item.name,
                number=item.number,
                email=item.email,
                phone=item.phone,
                other_keys=_other_keys(item, RecordKind.TENANT),
            )
        case InvoiceItem():
            return _invoice(item)
        case PaymentItem():
            return _payment(item)
        case _:  # MODELS has no other
            raise AssertionError(item)


def _invoice(item: InvoiceItem) -> Invoice:
    return Invoice(
        key=_own_key(item, RecordKind.INVOICE),
        number=item.number,
        tenant=_reference(item.tenant, item, RecordKind.TENANT),
        place=_place(item.place),
        issued_on=item.issued_on,
        due_on=item.due_on,
        currency=item.currency,
        prices_include_tax=item.prices_include_tax,
        lines=tuple(_line(each) for each in item.lines),
        total=item.total,
        reference=item.reference,
        other_keys=_other_keys(item, RecordKind.INVOICE),
        is_void=item.is_void,
    )


def _line(line: LineItem) -> InvoiceLine:
    price = line.unit_price
    if price is None:
        price = line.amount if line.quantity == 1 else _unit_price(line)
    return InvoiceLine(
        charge_type=line.charge_type,
        description=line.description,
        quantity=line.quantity,
        unit_price=price,
        amount=line.amount,
        charge_code=line.charge_code,
        tax_name=line.tax_name,
        tax_percent=line.tax_percent,
        tax_amount=line.tax_amount,
        unit=line.unit,
        period_start_on=line.period_start_on,
        period_end_on=line.period_end_on,
    )


def _unit_price(line: LineItem) -> Decimal:
    """What one costs; intake compares quantity × price with the amount."""
    if not line.quantity:
        return line.amount
    return (line.amount / line.quantity).quantize(Decimal("0.0001"))


def _payment(item: PaymentItem) -> Payment:
    return Payment(
        key=_own_key(item, RecordKind.PAYMENT),
        number=item.number,
        tenant=_reference(item.tenant, item, RecordKind.TENANT),
        place=_place(item.place),
        paid_on=item.paid_on,
        method=item.method,
        currency=item.currency,
        amount=item.amount,
        allocations=tuple(
            Allocation(_reference(each.invoice, item, RecordKind.INVOICE), each.amount)
            for each in item.allocations
        ),
        reference=item.reference,
        other_keys=_other_keys(item, RecordKind.PAYMENT),
        is_void=item.is_void,
    )


def _place(place: PlaceItem) -> Place:
    return Place(place.location, place.building, place.unit, place.unit_type)


def _own_key(item: _Item, kind: RecordKind) -> RecordKey:
    return RecordKey(item.source, kind, item.id_type, item.id)


def _other_keys(item: _RecordItem, kind: RecordKind) -> tuple[RecordKey, ...]:
    return tuple(
        RecordKey(each.source or item.source, kind, each.type, each.id) for each in item.other_ids
    )


def _reference(said: str | Identifier, item: _Item, kind: RecordKind) -> RecordKey:
    if isinstance(said, str):
        return RecordKey(item.source, kind, item.id_type, said)
    return RecordKey(said.source or item.source, kind, said.type, said.id)


def _location(item: LocationItem) -> LocationSent:
    return LocationSent(
        name=item.name,
        zone=item.zone,
        currency=item.currency,
        units=_units(item.units),
        buildings={each.name: _units(each.units) for each in item.buildings},
    )


def _units(units: Sequence[UnitItem]) -> tuple[UnitSent, ...]:
    return tuple(UnitSent(each.number, each.unit_type) for each in units)


def _of_location(item: LocationItem) -> Iterator[Refusal]:
    zones = available_timezones()
    if item.zone not in zones:
        near = nearest(item.zone, list(zones))
        yield refuse(Rule.ZONE_UNKNOWN, "zone", value=item.zone, nearest=near)
    if item.currency not in CODES:
        near = nearest(item.currency, list(CODES))
        yield refuse(Rule.CURRENCY_UNKNOWN, "currency", value=item.currency, nearest=near)
