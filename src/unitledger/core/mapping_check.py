"""What is wrong with a mapping, found by holding it against the chart, before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Account, Chart, Item
from unitledger.core.mapping import (
    UNSTATED_PERCENT,
    ChargeRule,
    Dimension,
    Mapping,
    MethodRule,
    TrackingRule,
    category_of,
    option_of,
    percent_key,
)
from unitledger.core.wording import charge_type_words

DEPOSIT_TYPES = ("CURRLIAB", "LIABILITY", "TERMLIAB")  # Xero: documented, account types


class Part(StrEnum):
    """The part of Synchronize in which a fault is mended."""

    CATEGORIES = "categories"
    PRODUCTS = "products"
    PAID_TO = "paid-to"
    TAXES = "taxes"
    DEFAULTS = "defaults"


class FaultCode(StrEnum):
    ACCOUNT_GONE = "account_gone"
    ACCOUNT_UNFIT = "account_unfit"
    RATE_GONE = "rate_gone"
    RATE_UNFIT = "rate_unfit"
    RATE_CHANGED = "rate_changed"
    ITEM_GONE = "item_gone"
    CATEGORY_GONE = "category_gone"
    OPTION_GONE = "option_gone"
    NO_OPTION = "no_option"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True, slots=True)
class Fault:
    """One choice that the books no longer allow, or one that is missing.

    `subject` is what was mapped, as its part of the mapping calls it; `names` are the words by
    which documents that wait say what they wait for.
    """

    part: Part
    code: FaultCode
    subject: str
    sentence: str
    remedy: str
    names: tuple[str, ...] = ()


def faults(
    mapping: Mapping,
    chart: Chart,
    *,
    values: dict[Dimension, Sequence[str]] | None = None,
    methods: Sequence[str] = (),
    items: Collection[Item] | None = None,
) -> tuple[Fault, ...]:
    """Everything of a mapping that the chart does not bear out.

    `values` are the source's values of each dimension and `methods` its payment methods as far
    as they are known; `items` None: Xero's items were not read.
    """
    return (
        *_tracking_faults(mapping, chart, values or {}),
        *(found for rule in mapping.charges for found in _charge_faults(rule, chart, items)),
        *_method_faults(mapping, chart, methods),
        *_tax_faults(mapping, chart),
        *_rounding_faults(mapping, chart),
    )


def subject_of(rule: ChargeRule) -> str:
    """What a charge rule is for, in words: `rent at Ashford, unit type Drive-up`."""
    if rule.charge_code is not None:
        words = rule.charge_code
    elif rule.charge_type is not None:
        words = charge_type_words(rule.charge_type)
    else:
        words = "anything not listed"
    if rule.unit_type is not None:
        words = f"{words}, unit type {rule.unit_type}"
    return f"{words} at {rule.location}" if rule.location is not None else words


def method_words(rule: MethodRule) -> str:
    words = rule.method or "anything not listed"
    return f"{words} at {rule.location}" if rule.location is not None else words


def named(account: Account) -> str:
    return f"{account.code} {account.name}" if account.code else account.name


def why_not_paid_to(account: Account) -> str | None:
    """Why payments may not be booked to an account; None where they may."""
    if not account.is_active:
        return "it is archived in Xero"
    if not account.takes_payments:
        return "Xero takes no payments on it"
    return None


def _charge_faults(
    rule: ChargeRule, chart: Chart, items: Collection[Item] | None
) -> Iterator[Fault]:
    subject = subject_of(rule)
    account = chart.account_by_code(rule.account_code) if rule.account_code else None
    if rule.account_code and (account is None or not account.is_active):
        yield Fault(
            part=Part.PRODUCTS,
            code=FaultCode.ACCOUNT_GONE,
            subject=subject,
            sentence=f"Account {_gone(account, rule.account_code)}, chosen for {subject}, is "
            "archived or no longer in Xero.",
            remedy="Choose another account",
            names=(rule.account_code,),
        )
    elif account is not None and not account.takes_lines:
        yield Fault(
            part=Part.PRODUCTS,
            code=FaultCode.ACCOUNT_UNFIT,
            subject=subject,
            sentence=f"Account {named(account)}, chosen for {subject}, takes no invoice lines.",
            remedy="Choose another account",
            names=(account.code or "",),
        )
    elif (
        rule.charge_type is ChargeType.DEPOSIT
        and account is not None
        and account.type not in DEPOSIT_TYPES
    ):
        yield Fault(
            part=Part.PRODUCTS,
            code=FaultCode.ACCOUNT_UNFIT,
            subject=subject,
            sentence=f"Account {named(account)}, chosen for {subject}, is not a liability: a "
            "deposit is owed to the tenant until it is kept.",
            remedy="Choose a liability account",
            names=(account.code or "",),
        )
    for percent, tax_type in rule.tax_types:
        yield from _rate_faults(
            percent, tax_type, chart, subject=subject, part=Part.PRODUCTS, account=account
        )
    known = None if items is None else {each.code for each in items}
    if rule.item_code and known is not None and rule.item_code not in known:
        yield Fault(
            part=Part.PRODUCTS,
            code=FaultCode.ITEM_GONE,
            subject=subject,
            sentence=f"Item {rule.item_code}, chosen for {subject}, is no longer in Xero.",
            remedy="Choose another item, or none",
            names=(rule.item_code,),
        )


def _rate_faults(
    percent: str,
    tax_type: str,
    chart: Chart,
    *,
    subject: str,
    part: Part,
    account: Account | None = None,
) -> Iterator[Fault]:
    rate = chart.tax_rate(tax_type)
    words = "no tax stated" if percent == UNSTATED_PERCENT else f"{percent} %"
    if rate is None or not rate.is_active:
        name = rate.name if rate else tax_type
        yield Fault(
            part=part,
            code=FaultCode.RATE_GONE,
            subject=subject,
            sentence=f"Tax rate {name}, chosen for {subject} ({words}), is no longer active in "
            "Xero.",
            remedy="Choose another tax rate",
            names=(tax_type,),
        )
    elif percent not in (UNSTATED_PERCENT, percent_key(rate.percent)):
        yield Fault(
            part=part,
            code=FaultCode.RATE_CHANGED,
            subject=subject,
            sentence=f"{rate.name} takes {percent_key(rate.percent)} % in Xero; your storage "
            f"software charges {percent} % for {subject}.",
            remedy=f"Choose a rate of {percent} %",
            names=(tax_type,),
        )
    elif account is not None and not rate.fits(account):
        yield Fault(
            part=part,
            code=FaultCode.RATE_UNFIT,
            subject=subject,
            sentence=f"Xero does not let {rate.name} be used with account {named(account)}, "
            f"chosen for {subject}.",
            remedy="Choose a rate that Xero allows there",
            names=(tax_type,),
        )


def _method_faults(mapping: Mapping, chart: Chart, methods: Sequence[str]) -> Iterator[Fault]:
    for rule in mapping.methods:
        if not rule.is_posted:
            continue
        account = chart.account(rule.account_id)
        why = "it is no longer in Xero" if account is None else why_not_paid_to(account)
        if why is not None:
            subject = method_words(rule)
            name = rule.account_id if account is None else named(account)
            yield Fault(
                part=Part.PAID_TO,
                code=FaultCode.ACCOUNT_GONE,
                subject=subject,
                sentence=f"Account {name}, chosen for {subject}, cannot be used: {why}.",
                remedy="Choose another account",
                names=(account.name if account else rule.account_id,),
            )
    for method in methods:
        if mapping.method_rule(method=method, location="") is None:
            yield Fault(
                part=Part.PAID_TO,
                code=FaultCode.NO_ACCOUNT,
                subject=method,
                sentence=f"No paid-to account is chosen for {method}.",
                remedy="Choose an account",
                names=(method,),
            )


def _tracking_faults(
    mapping: Mapping, chart: Chart, values: dict[Dimension, Sequence[str]]
) -> Iterator[Fault]:
    for rule in mapping.tracking:
        category = category_of(rule, chart.tracking)
        if category is None:
            yield Fault(
                part=Part.CATEGORIES,
                code=FaultCode.CATEGORY_GONE,
                subject=rule.category,
                sentence=f"The tracking category {rule.category} is archived or no longer in Xero.",
                remedy="Create it again, or choose another category",
                names=(rule.category,),
            )
            continue
        for value in tracked_values(rule, values.get(rule.dimension, ())):
            option = option_named(rule, value)
            if option is None or option_of(rule, category, option) is not None:
                continue
            was_chosen = value in dict(rule.options) or option in dict(rule.option_ids)
            if not was_chosen and (rule.default_option is not None or not rule.is_required):
                continue
            code = FaultCode.OPTION_GONE if was_chosen else FaultCode.NO_OPTION
            said = "was deleted or archived in Xero" if was_chosen else "does not exist in Xero"
            yield Fault(
                part=Part.CATEGORIES,
                code=code,
                subject=value,
                sentence=f"The option {option} of {rule.category} {said}.",
                remedy="Create it in Xero, or choose another option",
                names=(rule.category, option),
            )


def tracked_values(rule: TrackingRule, values: Sequence[str]) -> Sequence[str]:
    """What a category has to have an option for."""
    if rule.dimension is Dimension.FIXED:
        return () if rule.default_option is None else (rule.default_option,)
    return values


def option_named(rule: TrackingRule, value: str) -> str | None:
    """The option a value goes to by its rule, whether Xero has it or not."""
    if rule.dimension is Dimension.FIXED:
        return rule.default_option
    return dict(rule.options).get(value, value)


def _tax_faults(mapping: Mapping, chart: Chart) -> Iterator[Fault]:
    for rule in mapping.taxes:
        subject = "every charge" if rule.location is None else f"every charge at {rule.location}"
        yield from _rate_faults(
            rule.percent, rule.tax_type, chart, subject=subject, part=Part.TAXES
        )


def _rounding_faults(mapping: Mapping, chart: Chart) -> Iterator[Fault]:
    rule = mapping.rounding
    if rule is None:
        return
    account, rate = chart.account_by_code(rule.account_code), chart.tax_rate(rule.tax_type)
    fits = (
        account is not None
        and rate is not None
        and account.is_active
        and account.takes_lines
        and rate.is_active
        and rate.percent == 0
        and rate.fits(account)
    )
    if not fits:
        yield Fault(
            part=Part.DEFAULTS,
            code=FaultCode.ACCOUNT_UNFIT,
            subject="rounding",
            sentence=f"Account {_gone(account, rule.account_code)} with tax rate {rule.tax_type} "
            "cannot take rounding lines.",
            remedy="Choose an ordinary active account and a rate of 0 %",
            names=(rule.account_code,),
        )


def _gone(account: Account | None, code: str) -> str:
    return code if account is None else named(account)


def charge_kinds_without_account(mapping: Mapping) -> tuple[ChargeType, ...]:
    """The kinds of charge that go nowhere unless their item, place or unit type says where."""
    return tuple(
        each
        for each in ChargeType
        if (rule := mapping.charge_rule(charge_type=each, charge_code=None, location="")) is None
        or rule.account_code is None
    )
