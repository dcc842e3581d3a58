"""One change to a mapping at a time, each giving a new mapping. Pure."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Chart
from unitledger.core.mapping import (
    TRACKING_MAX,
    ChargeRule,
    Mapping,
    MethodRule,
    TaxRule,
    TrackingRule,
    category_of,
)

T = TypeVar("T")
Selector = tuple[ChargeType | None, str | None, str | None, str | None]


class TooManyCategories(ValueError):
    """Xero has two active tracking categories and no more (documented)."""

    def __init__(self) -> None:
        super().__init__(
            f"Xero has room for {TRACKING_MAX} active tracking categories and both are in use. "
            "Change one of the two, or take one away first."
        )


def rule_for(mapping: Mapping, selector: Selector) -> ChargeRule | None:
    """The rule set for exactly this, without what it inherits."""
    return next((each for each in mapping.charges if each.selector == selector), None)


def with_charge(
    mapping: Mapping,
    selector: Selector,
    *,
    account_code: str | None,
    taxes: ReadOnly[str, str | None] | None = None,
    item_code: str | None = None,
) -> Mapping:
    """Set what exactly this selector says; a percentage without a tax type is inherited.

    `taxes` leaves percentages that it does not name as they were. A rule that says nothing
    any more is taken away.
    """
    before = rule_for(mapping, selector)
    known: dict[str, str | None] = dict(before.tax_types) if before else {}
    known.update(taxes or {})
    charge_type, charge_code, location, unit_type = selector
    rule = ChargeRule(
        account_code=account_code,
        tax_types=tuple((percent, said) for percent, said in known.items() if said),
        charge_type=charge_type,
        charge_code=charge_code,
        location=location,
        unit_type=unit_type,
        item_code=item_code,
    )
    says_something = rule.account_code or rule.tax_types or rule.item_code
    return replace(
        mapping,
        charges=_exchanged(mapping.charges, before, rule if says_something else None),
    )


def with_method(
    mapping: Mapping,
    *,
    method: str | None,
    location: str | None = None,
    account_id: str | None,
    is_posted: bool = True,
) -> Mapping:
    """Set where a method's payments land; no account and posted: the default's again."""
    before = method_set(mapping, method=method, location=location)
    rule = None
    if account_id or not is_posted:
        rule = MethodRule(
            account_id=account_id if account_id and is_posted else "",
            method=before.method if before else method,
            location=location,
            is_posted=is_posted,
        )
    return replace(mapping, methods=_exchanged(mapping.methods, before, rule))


def method_set(mapping: Mapping, *, method: str | None, location: str | None) -> MethodRule | None:
    """The rule set for exactly this method and place."""
    wanted = method.casefold() if method else None
    return next(
        (
            each
            for each in mapping.methods
            if (each.method.casefold() if each.method else None) == wanted
            and each.location == location
        ),
        None,
    )


def with_tracking(mapping: Mapping, rule: TrackingRule, *, instead_of: str | None) -> Mapping:
    """Set a tracking category, in place of the one of that name or as a new one.

    Raises `TooManyCategories`, and ValueError where the category is in use already.
    """
    before = next((each for each in mapping.tracking if each.category == instead_of), None)
    others = [each for each in mapping.tracking if each is not before]
    if any(each.category.casefold() == rule.category.casefold() for each in others):
        raise ValueError(f"{rule.category} is filled already. Change how instead.")
    if len(others) >= TRACKING_MAX:
        raise TooManyCategories
    return replace(mapping, tracking=_exchanged(mapping.tracking, before, rule))


def without_tracking(mapping: Mapping, category: str) -> Mapping:
    kept = tuple(each for each in mapping.tracking if each.category != category)
    return replace(mapping, tracking=kept)


def with_option(mapping: Mapping, category: str, *, value: str, option: str | None) -> Mapping:
    """Let a value go to an option; None: to the option of its own name."""

    def changed(rule: TrackingRule) -> TrackingRule:
        options = dict(rule.options)
        options.pop(value, None)
        if option and option != value:
            options[value] = option
        return replace(rule, options=tuple(options.items()))

    return replace(
        mapping,
        tracking=tuple(
            changed(each) if each.category == category else each for each in mapping.tracking
        ),
    )


def with_tax(
    mapping: Mapping, *, percent: str, tax_type: str | None, location: str | None = None
) -> Mapping:
    """Set the tax type of a percentage where no rule for the charge names one."""
    before = next(
        (each for each in mapping.taxes if (each.percent, each.location) == (percent, location)),
        None,
    )
    rule = TaxRule(percent=percent, tax_type=tax_type, location=location) if tax_type else None
    return replace(mapping, taxes=_exchanged(mapping.taxes, before, rule))


def with_prices(mapping: Mapping, location: str, includes_tax: bool | None) -> Mapping:
    """Say how a location prices; None: as each record says."""
    prices = dict(mapping.prices)
    prices.pop(location, None)
    if includes_tax is not None:
        prices[location] = includes_tax
    return replace(mapping, prices=tuple(prices.items()))


def with_ids(mapping: Mapping, chart: Chart) -> Mapping:
    """Keep the ids of the chosen categories and options, so that a new name changes nothing."""
    return replace(mapping, tracking=tuple(_identified(each, chart) for each in mapping.tracking))


def _identified(rule: TrackingRule, chart: Chart) -> TrackingRule:
    category = category_of(rule, chart.tracking)
    if category is None:
        return rule
    ids = dict(rule.option_ids) if category.category_id == rule.category_id else {}
    names = {*category.options, *(name for _, name in rule.options), rule.default_option or ""}
    for name in sorted(names):
        spelled = category.option_name(name)
        if spelled and ids.get(name) not in category.options.values():
            ids[name] = category.options[spelled]
    return replace(rule, category_id=category.category_id, option_ids=tuple(sorted(ids.items())))


def _exchanged(rules: Sequence[T], before: T | None, after: T | None) -> tuple[T, ...]:
    """The rules with one of them exchanged in its place, added at the end, or taken away."""
    if before is None:
        return (*rules, after) if after is not None else tuple(rules)
    changed = (after if each is before else each for each in rules)
    return tuple(each for each in changed if each is not None)
