"""How an operator's charges, places and payment methods map to an organisation's books.

A mapping is immutable and numbered; a document keeps the number it was sent with. Look-up
goes from the particular to the general: item, unit type, location, charge kind, default; of
two rules of one level the one for the record's own location wins. What a rule leaves open
(its account, the tax of a percentage, its item) is taken from the next more general one.

Fields added later have a default that means what versions without them meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from unitledger.core.billing import ChargeType, Place
from unitledger.core.chart import TrackingCategory

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
    FIXED = "fixed"  # one and the same option for everything


class ReferenceStyle(StrEnum):
    """What an invoice's reference in the books is made of."""

    UNIT_PERIOD = "unit_period"  # B114 · 1–31 Mar 2026, and the source's own reference
    UNIT = "unit"
    SOURCE = "source"  # what the storage software calls it, and nothing else


class ContactField(StrEnum):
    """What of a tenant may go to the contact beside the name and number."""

    EMAIL = "email"
    PHONE = "phone"


class Level(StrEnum):
    """How particular a rule is, from the general to the particular."""

    DEFAULT = "default"
    CHARGE_KIND = "charge kind"
    LOCATION = "location"
    UNIT_TYPE = "unit type"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """Where a charge goes. An empty selector matches everything."""

    account_code: str | None = None  # None: the next more general rule's
    tax_types: tuple[tuple[str, str], ...] = ()  # (percent as written by `percent_key`, tax type)
    charge_type: ChargeType | None = None
    charge_code: str | None = None
    location: str | None = None
    item_code: str | None = None
    unit_type: str | None = None

    def tax_type(self, percent: Decimal | None) -> str | None:
        """The tax type for a percentage, None standing for one the source does not state."""
        key = UNSTATED_PERCENT if percent is None else percent_key(percent)
        return dict(self.tax_types).get(key)

    @property
    def level(self) -> Level:
        if self.charge_code is not None:
            return Level.ITEM
        if self.unit_type is not None:
            return Level.UNIT_TYPE
        if self.location is not None:
            return Level.LOCATION
        return Level.DEFAULT if self.charge_type is None else Level.CHARGE_KIND

    @property
    def selector(self) -> tuple[ChargeType | None, str | None, str | None, str | None]:
        """What the rule is for; a mapping holds one rule a selector."""
        return (self.charge_type, self.charge_code, self.location, self.unit_type)


@dataclass(frozen=True, slots=True)
class TaxRule:
    """The tax type of a percentage where no rule for the charge names one."""

    percent: str  # as `percent_key` writes it, or `UNSTATED_PERCENT`
    tax_type: str
    location: str | None = None


@dataclass(frozen=True, slots=True)
class MethodRule:
    """The paid-to account of a payment method; no method: the default."""

    account_id: str
    method: str | None = None
    location: str | None = None
    is_posted: bool = True  # False: a person enters these payments in the books


@dataclass(frozen=True, slots=True)
class TrackingRule:
    """One tracking category: the dimension it follows, and value → option where they differ.

    Names say what was chosen; ids, where known, keep it chosen when somebody renames it.
    """

    category: str
    dimension: Dimension
    options: tuple[tuple[str, str], ...] = ()
    default_option: str | None = None  # where there is no value, or no option for it
    is_required: bool = True  # False: a value without an option in Xero goes untracked
    category_id: str | None = None
    option_ids: tuple[tuple[str, str], ...] = ()  # (option as named above, its id)


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
    taxes: Sequence[TaxRule] = ()
    # (location, whether its prices include tax): a record that says otherwise stops.
    prices: Sequence[tuple[str, bool]] = ()
    due_days: int | None = None  # after the invoice's date; None: as the source says
    reference_style: ReferenceStyle = ReferenceStyle.UNIT_PERIOD
    contact_fields: Sequence[ContactField] = ()

    def charge_rule(
        self,
        *,
        charge_type: ChargeType,
        charge_code: str | None,
        location: str,
        unit_type: str | None = None,
    ) -> ChargeRule | None:
        """What applies to the charge in the end; None where no rule is for it."""
        fitting = self.charge_rules(
            charge_type=charge_type,
            charge_code=charge_code,
            location=location,
            unit_type=unit_type,
        )
        if not fitting:
            return None
        taxes = _default_taxes(self.taxes, charge_type=charge_type, location=location)
        for rule in fitting:
            taxes.update(rule.tax_types)
        most_exact_first = fitting[::-1]
        return replace(
            fitting[-1],
            account_code=next(
                (each.account_code for each in most_exact_first if each.account_code), None
            ),
            tax_types=tuple(taxes.items()),
            item_code=next((each.item_code for each in most_exact_first if each.item_code), None),
        )

    def charge_rules(
        self,
        *,
        charge_type: ChargeType,
        charge_code: str | None,
        location: str | None,
        unit_type: str | None = None,
    ) -> Sequence[ChargeRule]:
        """Every rule that is for the charge, from the general to the particular."""
        fitting = [
            rule
            for rule in self.charges
            if rule.charge_type in (None, charge_type)
            and rule.charge_code in (None, charge_code)
            and rule.location in (None, location)
            and rule.unit_type in (None, unit_type)
            and not _is_kept_from(rule.charge_type, rule.charge_code, charge_type)
        ]
        return sorted(fitting, key=_charge_weight)

    def prices_include_tax(self, location: str) -> bool | None:
        """How a location prices; None where nobody said."""
        return dict(self.prices).get(location)

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
        value = value_of(rule.dimension, place)
        if value is None:
            return rule.default_option
        return dict(rule.options).get(value, value)


def value_of(dimension: Dimension, place: Place) -> str | None:
    """What a place is called in a dimension."""
    match dimension:
        case Dimension.LOCATION:
            return place.location
        case Dimension.BUILDING:
            return place.building
        case Dimension.UNIT_TYPE:
            return place.unit_type
        case Dimension.FIXED:
            return None


def category_of(
    rule: TrackingRule, categories: Sequence[TrackingCategory]
) -> TrackingCategory | None:
    """The active category a rule means: by its id, else by its name."""
    active = [each for each in categories if each.is_active]
    by_id = next((each for each in active if each.category_id == rule.category_id), None)
    wanted = rule.category.casefold()
    return by_id or next((each for each in active if each.name.casefold() == wanted), None)


def option_of(rule: TrackingRule, category: TrackingCategory, name: str) -> str | None:
    """The active option a rule means by a name, as Xero spells it today: by id, else by name."""
    option_id = dict(rule.option_ids).get(name)
    renamed = next((now for now, id_ in category.options.items() if id_ == option_id), None)
    return renamed or category.option_name(name)


def _default_taxes(
    rules: Sequence[TaxRule], *, charge_type: ChargeType, location: str
) -> dict[str, str]:
    # Tax on a deposit would be the source's mistake or a special case: a person chooses.
    if charge_type is ChargeType.DEPOSIT:
        return {}
    fitting = [rule for rule in rules if rule.location in (None, location)]
    ordered = sorted(fitting, key=lambda rule: rule.location is not None)
    return {rule.percent: rule.tax_type for rule in ordered}


def _is_kept_from(
    rule_type: ChargeType | None, rule_code: str | None, charge_type: ChargeType
) -> bool:
    """A deposit is a debt to the tenant: no rule for everything may make it income."""
    return charge_type is ChargeType.DEPOSIT and rule_type is None and rule_code is None


def _is_method(rule: MethodRule, method: str) -> bool:
    # Storage software writes CASH in one export and Cash in the next.
    return rule.method is None or rule.method.casefold() == method.casefold()


def _charge_weight(rule: ChargeRule) -> tuple[bool, bool, bool, bool]:
    return (
        rule.charge_code is not None,
        rule.unit_type is not None,
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
    fields["taxes"] = tuple(TaxRule(**each) for each in fields.get("taxes", ()))
    fields["prices"] = tuple((place, includes) for place, includes in fields.get("prices", ()))
    if "reference_style" in fields:
        fields["reference_style"] = ReferenceStyle(fields["reference_style"])
    fields["contact_fields"] = tuple(map(ContactField, fields.get("contact_fields", ())))
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
    known["option_ids"] = tuple((option, id_) for option, id_ in known.get("option_ids", ()))
    return TrackingRule(**known)
