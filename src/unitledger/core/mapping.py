"""How an operator's charges, places and payment methods map to an organisation's books.

A mapping is immutable and numbered; a document keeps the number it was sent with. Look-up
goes from the particular to the general: charge code at the location, charge code, charge
type at the location, charge type, default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from unitledger.core.billing import ChargeType, Place

# The percentage of a line whose source says nothing about tax: a choice of its own in the
# mapping, never taken to be nought.
UNSTATED_PERCENT = "unstated"
# Xero allows two tracking elements on a line (documented, TrackingCategories page).
TRACKING_MAX = 2


class Dimension(StrEnum):
    """What a tracking category follows."""

    LOCATION = "location"
    BUILDING = "building"
    UNIT_TYPE = "unit_type"


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """Where a charge goes. An empty selector matches everything."""

    account_code: str
    tax_types: tuple[tuple[str, str], ...] = ()  # (percent as written by `percent_key`, tax type)
    charge_type: ChargeType | None = None
    charge_code: str | None = None
    location: str | None = None
    item_code: str | None = None

    def tax_type(self, percent: Decimal | None) -> str | None:
        """The tax type for a percentage, None standing for one the source does not state."""
        key = UNSTATED_PERCENT if percent is None else percent_key(percent)
        return dict(self.tax_types).get(key)


@dataclass(frozen=True, slots=True)
class MethodRule:
    """The paid-to account of a payment method; no method: the default."""

    account_id: str
    method: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class TrackingRule:
    """One tracking category: the dimension it follows, and value → option where they differ."""

    category: str
    dimension: Dimension
    options: tuple[tuple[str, str], ...] = ()
    default_option: str | None = None  # where the place has no value of the dimension
    is_required: bool = True  # False: a value without an option in Xero goes untracked


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """Where cents go that the source's total has and Xero's arithmetic has not."""

    account_code: str  # an ordinary account: Xero's own rounding account takes no lines
    tax_type: str  # a rate of 0 %
    limit: str = "0.05"  # the most one document may be off, in its currency


@dataclass(frozen=True, slots=True)
class Mapping:
    contact_prefix: str
    charges: Sequence[ChargeRule] = ()
    methods: Sequence[MethodRule] = ()
    tracking: Sequence[TrackingRule] = ()
    invoice_prefix: str = ""  # only where a clash with numbers in Xero was found
    invoice_status: str = "AUTHORISED"
    rounding: RoundingRule | None = None  # None: no rounding lines, the document stops

    def charge_rule(
        self, *, charge_type: ChargeType, charge_code: str | None, location: str
    ) -> ChargeRule | None:
        fitting = [
            rule
            for rule in self.charges
            if rule.charge_type in (None, charge_type)
            and rule.charge_code in (None, charge_code)
            and rule.location in (None, location)
        ]
        return max(fitting, key=_charge_weight, default=None)

    def method_rule(self, *, method: str, location: str) -> MethodRule | None:
        fitting = [
            rule
            for rule in self.methods
            if _is_method(rule, method) and rule.location in (None, location)
        ]
        return max(
            fitting,
            key=lambda rule: (rule.method is not None, rule.location is not None),
            default=None,
        )

    def option(self, rule: TrackingRule, place: Place) -> str | None:
        """The option for a place, or None where the dimension has no value and no default."""
        value = {
            Dimension.LOCATION: place.location,
            Dimension.BUILDING: place.building,
            Dimension.UNIT_TYPE: place.unit_type,
        }[rule.dimension]
        if value is None:
            return rule.default_option
        return dict(rule.options).get(value, value)


def _is_method(rule: MethodRule, method: str) -> bool:
    # Storage software writes CASH in one export and Cash in the next.
    return rule.method is None or rule.method.casefold() == method.casefold()


def _charge_weight(rule: ChargeRule) -> tuple[bool, bool, bool]:
    return (
        rule.charge_code is not None,
        rule.charge_type is not None,
        rule.location is not None,
    )


def percent_key(percent: Decimal) -> str:
    """One spelling for a percentage: 20, 12.5, 0."""
    text = format(percent.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def to_content(mapping: Mapping) -> dict[str, Any]:
    """The stored form: plain JSON values."""
    return asdict(mapping)


def from_content(content: dict[str, Any]) -> Mapping:
    fields = dict(content)
    fields["charges"] = tuple(_charge(each) for each in fields.get("charges", ()))
    fields["methods"] = tuple(MethodRule(**each) for each in fields.get("methods", ()))
    fields["tracking"] = tuple(_tracking(each) for each in fields.get("tracking", ()))
    if fields.get("rounding") is not None:
        fields["rounding"] = RoundingRule(**fields["rounding"])
    return Mapping(**fields)


def _charge(fields: dict[str, Any]) -> ChargeRule:
    known = dict(fields)
    if known.get("charge_type") is not None:
        known["charge_type"] = ChargeType(known["charge_type"])
    known["tax_types"] = tuple((percent, tax) for percent, tax in known.get("tax_types", ()))
    return ChargeRule(**known)


def _tracking(fields: dict[str, Any]) -> TrackingRule:
    known = dict(fields)
    known["dimension"] = Dimension(known["dimension"])
    known["options"] = tuple((value, option) for value, option in known.get("options", ()))
    return TrackingRule(**known)
