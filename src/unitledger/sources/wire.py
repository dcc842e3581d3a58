"""Items in JSON, as the API takes them: the schema, and how an item becomes a record.

Every item is read by itself; whatever is wrong with it is said by field, rule and remedy.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeGuard
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

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

REVISION_MAX = 2**63 - 1
TEXT_MAX = 4000
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
        refusal = refuse(Rule.NOT_AN_OBJECT, "item", found=_type_name(raw))
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
        refusals = tuple(_refusals(error, raw, found))
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
        near = _nearest(str(said), list(ItemKind))
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
        near = _nearest(item.zone, list(zones))
        yield refuse(Rule.ZONE_UNKNOWN, "zone", value=item.zone, nearest=near)
    if item.currency not in CODES:
        near = _nearest(item.currency, list(CODES))
        yield refuse(Rule.CURRENCY_UNKNOWN, "currency", value=item.currency, nearest=near)


def _refusals(error: ValidationError, raw: Mapping[str, Any], kind: ItemKind) -> Iterator[Refusal]:
    said: set[tuple[str, str]] = set()
    for each in error.errors(include_url=False):
        refusal = _refusal(each, raw, kind)
        if (refusal.field, str(refusal.rule)) not in said:  # a union says it once a member
            said.add((refusal.field, str(refusal.rule)))
            yield refusal


def _refusal(each: ErrorDetails, raw: Mapping[str, Any], kind: ItemKind) -> Refusal:
    field = _path(each["loc"], raw)
    record_kind = None if kind is ItemKind.LOCATION else RecordKind(kind)
    value = each["input"]
    match each["type"]:
        case "extra_forbidden":
            near = _nearest(str(each["loc"][-1]), list(MODELS[kind].model_fields))
            return refuse(
                Rule.FIELD_UNKNOWN, field, kind=record_kind, owner=f"this {kind}", nearest=near
            )
        case "missing":
            return refuse(Rule.FIELD_MISSING, field, kind=record_kind)
        case Rule.MONEY_NOT_TEXT:
            example = f"{Decimal(str(value)):.2f}" if abs(value) < 10**12 else "120.00"
            return refuse(Rule.MONEY_NOT_TEXT, field, kind=record_kind, example=example)
        case Rule.DATE_FORM_UNKNOWN:
            return refuse(
                Rule.DATE_FORM_UNKNOWN, field, kind=record_kind, value=value, forms="YYYY-MM-DD"
            )
        case "not_a_number" | "decimal_parsing" | "decimal_type":
            return refuse(
                Rule.NOT_A_NUMBER, field, kind=record_kind, value=_shown(value), decimal="."
            )
        case "decimal_max_places":
            return refuse(
                Rule.TOO_MANY_PLACES, field, kind=record_kind, value=_shown(value), places=4
            )
        case "string_too_long":
            limit = each.get("ctx", {}).get("max_length", TEXT_MAX)
            return refuse(
                Rule.TEXT_TOO_LONG, field, kind=record_kind, length=len(value), limit=limit
            )
        case "string_pattern_mismatch" | "string_unicode":
            return refuse(
                Rule.CONTROL_CHARACTER, field, kind=record_kind, character=_control(value)
            )
        case "string_too_short":
            return refuse(Rule.TEXT_EMPTY, field, kind=record_kind)
        case _:
            return refuse(
                Rule.WRONG_TYPE,
                field,
                kind=record_kind,
                found=_shown(value),
                wanted=each["msg"].removeprefix("Input should be "),
            )


def _control(value: Any) -> str:
    found = next((each for each in str(value) if each < " " or each >= "\x7f"), "?")
    return f"U+{ord(found):04X}"


def _path(place: Sequence[int | str], raw: Any) -> str:
    """`lines[1].amount`: steps as the item has them, without those of our own unions."""
    path = ""
    at: Any = raw
    for step in place:
        if isinstance(step, int):
            path += f"[{step + 1}]"
            at = at[step] if isinstance(at, list) and step < len(at) else None
        elif isinstance(at, dict) or not path:
            path += f".{step}" if path else step
            at = at.get(step) if isinstance(at, dict) else None
    return path or "item"


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" Did you mean “{near[0]}”?" if near else ""


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:60]}…"
    return _type_name(value)


def _type_name(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
