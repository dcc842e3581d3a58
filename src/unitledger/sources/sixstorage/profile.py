"""A payload profile: a TOML text that says what each event means and where its fields are.

The sections of a message are those of an import profile, with paths into the JSON
(`data.invoice.number`) where a file has columns.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from unitledger.core.refusals import SourceRefused
from unitledger.sources.files.errors import ProfileWrong
from unitledger.sources.files.profile import (
    PROFILE_BYTES_MAX,
    FileForm,
    InvoiceFields,
    Key,
    PaymentFields,
    PlaceFields,
    Profile,
    TenantFields,
)

EXAMPLE = "profile.toml"


class HookProfileUnreadable(SourceRefused):
    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"The profile cannot be read: {reason}.",
            remedy="Begin with the example that a new address comes with.",
        )


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MessageForm(_Section):
    """What some events mean: they make records, void one, or mean nothing to the books."""

    events: tuple[str, ...] = Field(min_length=1)
    ignore: bool = False
    rows: str | None = None  # path of the list whose elements are an invoice's lines
    void: Literal["invoice", "payment"] | None = None
    key: Key | None = None  # of what is voided
    place: PlaceFields | None = None
    tenant: TenantFields | None = None
    invoice: InvoiceFields | None = None
    payment: PaymentFields | None = None

    @model_validator(mode="after")
    def _means_one_thing(self) -> MessageForm:
        makes = bool(self.tenant or self.invoice or self.payment)
        if [self.ignore, self.void is not None, makes].count(True) != 1:
            raise ValueError("a message is ignored, or voids something, or makes records")
        if (self.void is None) != (self.key is None):
            raise ValueError("`void` and `key` go together")
        return self


class HookProfile(_Section):
    name: str = Field(min_length=1)
    source: str = Field(min_length=1, max_length=100)
    event: str = Field(min_length=1)  # path of the event's name
    reading: FileForm  # dates, zone, decimal: as of a file
    message: tuple[MessageForm, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_event_once(self) -> HookProfile:
        names = [name for each in self.message for name in each.events]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the event “{twice[0]}” is named by two messages")
        for form in self.message:
            if form.tenant or form.invoice or form.payment:
                self.records_of(form)
        return self

    def form_of(self, event: str) -> MessageForm | None:
        return next((each for each in self.message if event in each.events), None)

    def records_of(self, form: MessageForm) -> Profile:
        """The same as an import profile, for what makes records."""
        return Profile(
            name=self.name,
            source=self.source,
            file=self.reading,
            place=form.place,
            tenant=form.tenant,
            invoice=form.invoice,
            payment=form.payment,
        )


def parse_profile(text: str) -> HookProfile:
    """Raises SourceRefused, naming every wrong setting."""
    if len(text.encode("utf-8", "replace")) > PROFILE_BYTES_MAX:
        raise HookProfileUnreadable(reason="it is too long")
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise HookProfileUnreadable(reason=f"it is not TOML ({error})") from None
    try:
        return HookProfile.model_validate(content)
    except ValidationError as error:
        raise ProfileWrong("of the address", findings=list(_findings(error))) from None


def example_profile() -> str:
    """A profile to begin with."""
    return resources.files(__package__ or "").joinpath(EXAMPLE).read_text(encoding="utf-8")


def _findings(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False):
        where = ".".join(_step(step) for step in each["loc"])
        said = each["msg"].removeprefix("Value error, ")
        match each["type"]:
            case "extra_forbidden":
                yield f"{where} is not a setting"
            case "missing":
                yield f"{where} is missing"
            case _:
                yield f"{where}: {said}" if where else said


def _step(step: Any) -> str:
    return str(step + 1) if isinstance(step, int) else str(step)
