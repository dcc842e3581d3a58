"""An import profile: a TOML file that says how a file's columns become our records."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from unitledger.core.currencies import CODES
from unitledger.sources.files.errors import ProfileUnreadable, ProfileWrong, did_you_mean

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_DATE_PARTS = re.compile(r"%[dmyYbBjeHMSpIfzZ-]")
PROFILE_BYTES_MAX = 1_000_000


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Section):
    """Where one of our fields comes from: a column, a text made of columns, or a constant."""

    column: str | None = None
    text: str | None = None  # "Customer {customerID}"
    constant: str | None = None
    values: dict[str, str] | None = None  # what the file's words mean; others are refused
    when_empty: str | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Cell:
        given = [each for each in (self.column, self.text, self.constant) if each is not None]
        if len(given) != 1:
            raise ValueError("give one of column, text, constant")
        if self.constant is not None and (self.values or self.when_empty is not None):
            raise ValueError("a constant needs neither values nor when_empty")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        if self.column is not None:
            return (self.column,)
        return tuple(PLACEHOLDER.findall(self.text or ""))


def _as_cell(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Mapped = Annotated[Cell, BeforeValidator(_as_cell)]


class Key(Cell):
    """An identifier: its type, and where its value comes from."""

    type: str = Field(min_length=1, max_length=100)
    source: str | None = None  # another system's identifier; otherwise the profile's source


class Condition(_Section):
    """Holds for a row or not; several in a list must all hold."""

    column: str
    is_: Literal["present", "absent"] | None = Field(default=None, alias="is")
    one_of: tuple[str, ...] | None = None
    none_of: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Condition:
        if sum(each is not None for each in (self.is_, self.one_of, self.none_of)) != 1:
            raise ValueError("give one of is, one_of, none_of")
        return self


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_as_list)]


class FileForm(_Section):
    format: Literal["auto", "csv", "xlsx"] = "auto"
    sheet: str | None = None  # of a workbook; none: the only one that is shown
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: Literal["auto", "utf-8", "cp1252", "iso-8859-1", "utf-16"] = "auto"
    dates: tuple[str, ...] = Field(min_length=1)
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    zone: str
    group_by: str | None = None  # consecutive rows with one value here are one document
    amount_max: Decimal = Field(default=Decimal("1000000.00"), gt=0, lt=Decimal(10) ** 12)

    @field_validator("dates")
    @classmethod
    def _dates_name_a_day(cls, forms: tuple[str, ...]) -> tuple[str, ...]:
        for form in forms:
            parts = set(_DATE_PARTS.findall(form))
            whole = parts & {"%y", "%Y"} and parts & {"%m", "%b", "%B"} and parts & {"%d", "%e"}
            if not whole:
                raise ValueError(f"{form} lacks the day, the month or the year")
        return forms

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        if zone not in available_timezones():
            near = did_you_mean(zone, available_timezones())
            raise ValueError(f"{zone} is not the name of a time zone{near}")
        return zone

    @model_validator(mode="after")
    def _marks_differ(self) -> FileForm:
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands are the same mark")
        return self

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


class PlaceFields(_Section):
    location: Mapped
    building: Mapped | None = None
    unit: Mapped | None = None
    unit_type: Mapped | None = None


class TenantFields(_Section):
    key: Key
    other_keys: tuple[Key, ...] = ()
    when: Conditions = ()
    number: Mapped
    name: Mapped
    email: Mapped | None = None
    phone: Mapped | None = None


class LineFields(_Section):
    when: Conditions = ()
    charge_type: Mapped
    description: Mapped
    amount: Mapped
    quantity: Mapped | None = None  # none: one
    unit_price: Mapped | None = None  # none: the amount divided by the quantity
    charge_code: Mapped | None = None
    tax_name: Mapped | None = None
    tax_percent: Mapped | None = None
    tax_amount: Mapped | None = None
    unit: Mapped | None = None
    period_start_on: Mapped | None = None
    period_end_on: Mapped | None = None


def _check_currency(cell: Cell) -> Cell:
    if cell.constant is not None and cell.constant not in CODES:
        raise ValueError(f"{cell.constant} is not the code of a currency")
    return cell


class InvoiceFields(_Section):
    key: Key
    other_keys: tuple[Key, ...] = ()
    when: Conditions = ()
    tenant: Key | None = None  # none: the row's own tenant
    number: Mapped
    issued_on: Mapped
    due_on: Mapped
    currency: Mapped
    prices_include_tax: Mapped
    total: Mapped
    reference: Mapped | None = None
    is_void: Mapped | None = None
    lines: tuple[LineFields, ...] = Field(min_length=1)

    _currency = field_validator("currency")(_check_currency)


class AllocationFields(_Section):
    when: Conditions = ()
    invoice: Key
    amount: Mapped


class PaymentFields(_Section):
    key: Key
    other_keys: tuple[Key, ...] = ()
    when: Conditions = ()
    tenant: Key | None = None
    number: Mapped | None = None
    paid_on: Mapped
    method: Mapped
    currency: Mapped
    amount: Mapped
    reference: Mapped | None = None
    is_void: Mapped | None = None
    allocations: tuple[AllocationFields, ...] = ()

    _currency = field_validator("currency")(_check_currency)


class Profile(_Section):
    name: str = Field(min_length=1)
    source: str = Field(min_length=1, max_length=100)
    file: FileForm
    place: PlaceFields | None = None
    tenant: TenantFields | None = None
    invoice: InvoiceFields | None = None
    payment: PaymentFields | None = None

    @model_validator(mode="after")
    def _makes_something(self) -> Profile:
        if not (self.tenant or self.invoice or self.payment):
            raise ValueError("it makes nothing: give it a [tenant], an [invoice] or a [payment]")
        if (self.invoice or self.payment) and not self.place:
            raise ValueError("invoices and payments belong to a location: give it a [place]")
        for name, section in (("invoice", self.invoice), ("payment", self.payment)):
            if section and section.tenant is None and self.tenant is None:
                raise ValueError(f"[{name}] needs a tenant, since there is no [tenant]")
        return self

    @property
    def digest(self) -> bytes:
        """Equal for profiles that read a file in the same way."""
        return hashlib.sha256(self.model_dump_json().encode()).digest()

    def columns(self) -> tuple[str, ...]:
        """Every column of the file the profile names, each once."""
        named = [*_columns_of(self)]
        if self.file.group_by:
            named.append(self.file.group_by)
        return tuple(dict.fromkeys(named))

    def columns_said_once(self) -> tuple[str, ...]:
        """The columns that rows of one document must agree on: all but those of its lines."""
        per_row = {*_columns_of(self.invoice, only="lines")} if self.invoice else set()
        per_row |= {*_columns_of(self.payment, only="allocations")} if self.payment else set()
        sections = (self.place, self.tenant, self.invoice, self.payment)
        named = [
            column
            for section in sections
            if section is not None
            for column in _columns_of(section, without=("lines", "allocations"))
        ]
        return tuple(dict.fromkeys(column for column in named if column not in per_row))


def load_profile(path: Path) -> Profile:
    """Read a profile. Raises ProfileUnreadable or ProfileWrong, naming every wrong setting."""
    try:
        with path.open("rb") as stream:
            text = stream.read(PROFILE_BYTES_MAX).decode("utf-8")
    except OSError as error:
        raise ProfileUnreadable(str(path), reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ProfileUnreadable(str(path), reason=f"it is not TOML ({error})") from error
    return parse_profile(text, name=str(path))


def parse_profile(text: str, *, name: str) -> Profile:
    """As `load_profile`, of a text that errors call `name`."""
    if len(text) > PROFILE_BYTES_MAX:
        raise ProfileUnreadable(name, reason="it is too long")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProfileUnreadable(name, reason=f"it is not TOML ({error})") from error
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        raise ProfileWrong(name, findings=list(_findings(error))) from error


def _columns_of(
    section: BaseModel, *, only: str | None = None, without: Iterable[str] = ()
) -> Iterator[str]:
    if isinstance(section, Cell):
        yield from section.columns
        return
    if isinstance(section, Condition):
        yield section.column
        return
    names = (only,) if only else type(section).model_fields
    for name in names:
        value = () if name in without else getattr(section, name)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from _columns_of(each)


def _findings(error: ValidationError) -> Iterator[str]:
    for each in error.errors():
        where = ".".join(_step(step) for step in each["loc"])
        match each["type"]:
            case "extra_forbidden":
                near = did_you_mean(str(each["loc"][-1]), _settings_at(each["loc"][:-1]))
                yield f"{where} is not a setting{near}"
            case "missing":
                yield f"{where} is missing"
            case "value_error":
                message = each["msg"].removeprefix("Value error, ")
                yield f"{where}: {message}" if where else message
            case _:
                yield f"{where}: {each['msg'][0].lower()}{each['msg'][1:]}"


def _step(step: int | str) -> str:
    return str(step + 1) if isinstance(step, int) else step


def _settings_at(place: Iterable[int | str]) -> list[str]:
    """The settings that exist at a place, as the file writes them."""
    model: type[BaseModel] = Profile
    for step in place:
        if isinstance(step, int):
            continue
        inner = _model_in(model.model_fields[step].annotation)
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found:
            return found
    return None
