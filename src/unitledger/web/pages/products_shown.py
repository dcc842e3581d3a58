"""What the Products part shows: a row a charge, the chain of one, its choices. Reads only."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Account, Chart
from unitledger.core.mapping import (
    UNSTATED_PERCENT,
    ChargeRule,
    Level,
    Mapping,
    percent_key,
)
from unitledger.core.mapping_check import DEPOSIT_TYPES, Fault, FaultCode, Part, named, subject_of
from unitledger.core.mapping_edit import Selector, rule_for
from unitledger.core.wording import charge_type_words
from unitledger.engine.mapping.catalogue import KnownCharge, StatedTax
from unitledger.engine.mapping.survey import Survey
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Choice, Form
from unitledger.web.words import Look

_LOOKS = {
    FaultCode.ACCOUNT_GONE: synchronize.ACCOUNT_GONE,
    FaultCode.ACCOUNT_UNFIT: synchronize.ACCOUNT_GONE,
    FaultCode.RATE_CHANGED: synchronize.RATE_CHANGED,
    FaultCode.RATE_GONE: synchronize.NO_RATE,
    FaultCode.RATE_UNFIT: synchronize.NO_RATE,
}
LEVEL_WORDS = {
    Level.DEFAULT: "Default",
    Level.CHARGE_KIND: "Charge kind",
    Level.LOCATION: "Location",
    Level.UNIT_TYPE: "Unit type",
    Level.ITEM: "Item",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One charge and where it goes in the end."""

    name: str
    kind: str
    key: str  # what a tick sends
    account: str | None
    rates: str
    item: str | None
    origin: str
    look: Look
    is_new: bool
    edit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One level of the chain, and what it says of the account."""

    level: str
    words: str
    is_won: bool


@dataclass(frozen=True, slots=True)
class TaxField:
    percent: str
    label: str
    chosen: str
    inherited: str
    choices: Sequence[Choice]
    lines: int
    error: str


def selector_of(typed: Any) -> Selector:
    """Which charge, and at which level, an address or a form is about."""
    try:
        charge_type = ChargeType(typed["kind"]) if typed.get("kind") else None
    except ValueError:
        charge_type = None
    return (
        charge_type,
        typed.get("code") or None,
        typed.get("at") or None,
        typed.get("unit_type") or None,
    )


def begun(words: str) -> str:
    """With a capital at its beginning; names in it stay as they are."""
    return words[:1].upper() + words[1:]


def takes(account: Account) -> bool:
    return account.is_active and account.takes_lines


def listed(request: HttpRequest, found: Survey, chart: Chart, form: Form) -> dict[str, Any]:
    mapping = found.mapping or Mapping(contact_prefix="")
    kind = request.GET.get("show", "")
    every = [*_kind_rows(mapping, chart, found), *_item_rows(mapping, chart, found)]
    every += _place_rows(mapping, chart, found)
    rows = [each for each in every if not kind or each.kind == kind]
    new = found.new_charges
    waiting = found.waits_in(Part.PRODUCTS)
    return {
        "part": "products",
        "form": form,
        "rows": sorted(rows, key=lambda row: (not row.is_new, row.look.colour != "warn")),
        "row_count": len(every),
        "kinds": [charge_type_words(each) for each in ChargeType],
        "kind": kind,
        "new": new,
        "accounts": synchronize.account_choices(_line_accounts(chart)),
        "faults": found.faults_in(Part.PRODUCTS),
        "waiting": sum(each.count for each in waiting),
        "waiting_money": sum((each.money for each in waiting), start=0),
        "default": _default_words(mapping, chart),
    }


def _kind_rows(mapping: Mapping, chart: Chart, found: Survey) -> Sequence[Row]:
    return [
        _row(charge_type_words(each).capitalize(), (each, None, None, None), mapping, chart, found)
        for each in ChargeType
    ]


def _item_rows(mapping: Mapping, chart: Chart, found: Survey) -> Sequence[Row]:
    new = {each.id for each in found.new_charges}
    return [
        _row(
            each.name or each.code or "",
            (each.charge_type, each.code, None, None),
            mapping,
            chart,
            found,
            charge=each,
            is_new=each.id in new,
        )
        for each in found.catalogue.charges
        if each.code is not None
    ]


def _place_rows(mapping: Mapping, chart: Chart, found: Survey) -> Sequence[Row]:
    """What is set apart for a location or a unit type."""
    return [
        _row(begun(subject_of(rule)), rule.selector, mapping, chart, found)
        for rule in mapping.charges
        if rule.location is not None or rule.unit_type is not None
    ]


def _row(
    name: str,
    selector: Selector,
    mapping: Mapping,
    chart: Chart,
    found: Survey,
    *,
    charge: KnownCharge | None = None,
    is_new: bool = False,
) -> Row:
    charge_type, code, location, unit_type = selector
    kind = charge_type or ChargeType.OTHER
    rules = mapping.charge_rules(
        charge_type=kind, charge_code=code, location=location, unit_type=unit_type
    )
    effective = mapping.charge_rule(
        charge_type=kind, charge_code=code, location=location or "", unit_type=unit_type
    )
    account = chart.account_by_code(effective.account_code or "") if effective else None
    said_by = next((each for each in reversed(rules) if each.account_code), None)
    return Row(
        name=name,
        kind=charge_type_words(kind),
        key=str(charge.id) if charge else "",
        account=_account_words(effective, account),
        rates=_rates_words(effective, chart),
        item=effective.item_code if effective else None,
        origin=said_by.level.value if said_by else "",
        look=_look(effective, rules, found, is_new=is_new),
        is_new=is_new,
        edit=_edit_address(selector),
    )


def _account_words(rule: ChargeRule | None, account: Account | None) -> str | None:
    if account is not None:
        return named(account)
    return rule.account_code if rule else None


def _rates_words(rule: ChargeRule | None, chart: Chart) -> str:
    if rule is None:
        return ""
    rates = [
        rate.name
        for percent, tax_type in sorted(
            rule.tax_types, key=lambda each: -_percent_order(each[0])[1]
        )
        if percent != UNSTATED_PERCENT and (rate := chart.tax_rate(tax_type)) is not None
    ]
    if len(rates) <= 1:
        return "".join(rates)
    # The highest says most; all of them stand where the charge is changed.
    return f"{rates[-1]} and {len(rates) - 1} more"


def _look(
    effective: ChargeRule | None, rules: Sequence[ChargeRule], found: Survey, *, is_new: bool
) -> Look:
    subjects = {subject_of(each) for each in rules}
    faults: Sequence[Fault] = [
        each for each in found.faults_in(Part.PRODUCTS) if each.subject in subjects
    ]
    if effective is None or effective.account_code is None:
        return synchronize.NO_ACCOUNT
    if faults:
        return _LOOKS.get(faults[0].code, synchronize.ACCOUNT_GONE)
    return synchronize.NEW if is_new else synchronize.MAPPED


def _edit_address(selector: Selector) -> str:
    charge_type, code, location, unit_type = selector
    said = {
        "edit": "1",
        "kind": charge_type or "",
        "code": code or "",
        "at": location or "",
        "unit_type": unit_type or "",
    }
    return f"?{urlencode({name: value for name, value in said.items() if value})}#edit"


def _line_accounts(chart: Chart) -> Sequence[Account]:
    order = {"REVENUE": 0, "LIABILITY": 1}
    fitting = [each for each in chart.accounts if takes(each)]
    return sorted(
        fitting, key=lambda each: (order.get(each.account_class or "", 2), each.code or "")
    )


def _default_words(mapping: Mapping, chart: Chart) -> str | None:
    rule = rule_for(mapping, (None, None, None, None))
    account = chart.account_by_code(rule.account_code or "") if rule else None
    return named(account) if account else None


def edited(
    asked: Any, found: Survey, chart: Chart, form: Form, stated: Sequence[StatedTax]
) -> dict[str, Any]:
    mapping = found.mapping or Mapping(contact_prefix="")
    selector = selector_of(asked)
    own = rule_for(mapping, selector)
    accounts = _line_accounts(chart)
    if selector[0] is ChargeType.DEPOSIT:
        accounts = [each for each in accounts if each.type in DEPOSIT_TYPES]
    return {
        "editing": True,
        "edited_words": begun(_words(selector, found)),
        "edited_plain": _words(selector, found),
        "selector": {
            "kind": selector[0] or "",
            "code": selector[1] or "",
            "at": selector[2] or "",
            "unit_type": selector[3] or "",
        },
        "chain": _chain(mapping, selector, chart),
        "edit_accounts": synchronize.account_choices(accounts),
        "account_now": asked.get("account", (own.account_code or "") if own else ""),
        "taxes": _tax_fields(mapping, selector, chart, found, form, stated),
        "item_choices": [
            Choice(each.code, f"{each.code} {each.name}") for each in found.items or ()
        ],
        "items_known": found.items is not None,
        "item_now": asked.get("item", (own.item_code or "") if own else ""),
        "locations": sorted(found.catalogue.locations.values()),
        "unit_types": found.catalogue.unit_types,
    }


def _words(selector: Selector, found: Survey) -> str:
    charge_type, code, location, unit_type = selector
    names = [each.name for each in found.catalogue.charges if each.code == code and code]
    rule = ChargeRule(
        charge_type=charge_type,
        charge_code=names[0] if names else code,
        location=location,
        unit_type=unit_type,
    )
    return subject_of(rule)


def _chain(mapping: Mapping, selector: Selector, chart: Chart) -> Sequence[Step]:
    charge_type, code, location, unit_type = selector
    rules = mapping.charge_rules(
        charge_type=charge_type or ChargeType.OTHER,
        charge_code=code,
        location=location,
        unit_type=unit_type,
    )
    if charge_type is None:
        rules = [each for each in rules if each.level is Level.DEFAULT]
    winner = next((each for each in reversed(rules) if each.account_code), None)
    steps: list[Step] = []
    for level in Level:
        said = [each for each in rules if each.level is level and each.account_code]
        rule = said[-1] if said else None
        account = chart.account_by_code(rule.account_code or "") if rule else None
        words = (named(account) if account else rule.account_code or "") if rule else "not set"
        is_won = rule is not None and rule is winner
        steps.append(Step(LEVEL_WORDS[level], words, is_won))
    return steps


def _tax_fields(
    mapping: Mapping,
    selector: Selector,
    chart: Chart,
    found: Survey,
    form: Form,
    stated: Sequence[StatedTax],
) -> Sequence[TaxField]:
    charge_type, code, location, unit_type = selector
    own = rule_for(mapping, selector)
    effective = mapping.charge_rule(
        charge_type=charge_type or ChargeType.OTHER,
        charge_code=code,
        location=location or "",
        unit_type=unit_type,
    )
    said, inherited = (
        dict(own.tax_types) if own else {},
        dict(effective.tax_types if effective else ()),
    )
    lines = _lines_by_percent(selector, found, stated)
    percents = sorted({*said, *inherited, *lines}, key=_percent_order)
    return [
        TaxField(
            percent=percent,
            label="Tax not stated" if percent == UNSTATED_PERCENT else f"{percent} % stated",
            chosen=form.values.get(f"tax-{percent}", said.get(percent, "")),
            inherited=_rate_name(chart, inherited.get(percent)),
            choices=synchronize.rate_choices(chart, "0" if percent == UNSTATED_PERCENT else percent)
            if percent != UNSTATED_PERCENT
            else synchronize.rate_choices(chart),
            lines=lines.get(percent, 0),
            error=form.errors.get(f"tax-{percent}", ""),
        )
        for percent in percents
    ]


def _percent_order(percent: str) -> tuple[bool, float]:
    return (percent == UNSTATED_PERCENT, 0.0 if percent == UNSTATED_PERCENT else -float(percent))


def _rate_name(chart: Chart, tax_type: str | None) -> str:
    rate = chart.tax_rate(tax_type) if tax_type else None
    return rate.name if rate else (tax_type or "")


def _lines_by_percent(
    selector: Selector, found: Survey, stated: Sequence[StatedTax]
) -> ReadOnly[str, int]:
    charge_type, code, _, _ = selector
    ids = {
        each.id
        for each in found.catalogue.charges
        if charge_type in (None, each.charge_type) and (code is None or each.code == code)
    }
    counts: dict[str, int] = {}
    for each in stated:
        if each.charge_id in ids:
            key = UNSTATED_PERCENT if each.percent is None else percent_key(each.percent)
            counts[key] = counts.get(key, 0) + each.lines
    return counts
