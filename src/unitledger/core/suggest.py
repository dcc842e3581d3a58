"""A first mapping, guessed from the names in an organisation's chart, for a person to check.

Nothing here is a default at the time of sending: what is suggested is saved as a mapping like
any other, and each guess is told in a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Account, Chart, TaxRate, TrackingCategory
from unitledger.core.mapping import (
    UNSTATED_PERCENT,
    ChargeRule,
    Dimension,
    Mapping,
    MethodRule,
    RoundingRule,
    TrackingRule,
    percent_key,
)

COMMON_METHODS = (
    "cash",
    "cheque",
    "check",
    "money order",
    "card",
    "credit card",
    "debit card",
    "direct debit",
    "ach",
    "sepa",
    "bank transfer",
    "online banking",
)
# Outside the tax return altogether, which zero-rated and exempt are not.
OUTSIDE_THE_RETURN = ("NONE", "BASEXCLUDED")
_LOCATION_WORDS = ("location", "site", "facility", "store", "branch", "region")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping, and a sentence for every guess a person should look at."""

    mapping: Mapping
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Search:
    """Words to find an account's name by, best first, and words it must not have."""

    words: tuple[str, ...]
    without: tuple[str, ...] = ()


_CHARGES: dict[ChargeType, _Search] = {
    ChargeType.RENT: _Search(
        ("storage rent", "unit rent", "rental", "rent", "storage"), ("discount", "advance", "other")
    ),
    ChargeType.INSURANCE: _Search(("insurance", "content cover", "contents cover", "protection")),
    ChargeType.MERCHANDISE: _Search(("merchandise", "retail", "goods", "boxes")),
    ChargeType.FEE: _Search(
        ("administration fees?", "admin fees?", "set-?up fees?", "fees?"), ("late", "reservation")
    ),
    ChargeType.SERVICE: _Search(("services?",)),
    ChargeType.LATE_FEE: _Search(("late fees?", "late charges?", "late payment")),
    ChargeType.RESERVATION_FEE: _Search(("reservation",)),
    ChargeType.DEPOSIT: _Search(("security deposits?", "deposits?"), ("forfeited",)),
    ChargeType.DISCOUNT: _Search(("discounts?", "promotions?", "concessions?")),
    ChargeType.OTHER: _Search(("other storage income", "other revenue", "other income", "other")),
}
_INCOME_TYPES = ("REVENUE", "SALES", "OTHERINCOME")
_LIABILITY_TYPES = ("CURRLIAB", "LIABILITY", "TERMLIAB")

# What a method is called at the source → what its account is called in the books. A debit card
# is a card before it is a debit.
_METHODS: tuple[tuple[tuple[str, ...], _Search], ...] = (
    (
        ("card", "visa", "mastercard", "amex", "discover", "stripe", "square", "paypal", "wallet"),
        _Search(("cards?", "stripe", "gateway", "merchant"), ("debit card fees",)),
    ),
    (
        ("direct debit", "bank debit", "ach", "sepa", "bacs", "pad", "autopay"),
        _Search(("direct debit", "bank debit", "ach", "sepa", "debit")),
    ),
    (
        ("cash", "cheque", "check", "money order", "postal order"),
        _Search(("undeposited", "cash", "till", "cheques", "checks")),
    ),
)
_OPERATING = _Search(
    ("operating", "business bank", "current account", "cheque account", "checking", "bank"),
    ("savings", "clearing", "undeposited"),
)


def suggest_mapping(
    chart: Chart,
    *,
    contact_prefix: str,
    locations: Sequence[str] = (),
    methods: Iterable[str] = COMMON_METHODS,
) -> Suggestion:
    """Guess where charges and payments go.

    Every kind of charge gets a rule of its own and no rule stands for all: a deposit that
    finds no liability account must wait for a person, not fall into sales. `locations` are
    those known already; where each has its option, tracking is required of every record.
    """
    notes: list[str] = []
    mapping = Mapping(
        contact_prefix=contact_prefix,
        charges=_charge_rules(chart, notes),
        methods=_method_rules(chart, methods, notes),
        tracking=_tracking_rules(chart, locations, notes),
        rounding=_rounding_rule(chart, notes),
    )
    return Suggestion(mapping=mapping, notes=tuple(notes))


def suggest_account(charge_type: ChargeType, name: str, chart: Chart) -> Account | None:
    """The account for one product or service: by its name, else by its kind."""
    types = _LIABILITY_TYPES if charge_type is ChargeType.DEPOSIT else _INCOME_TYPES
    accounts = _line_accounts(chart, types)
    for word in re.findall(r"[^\W\d_]{4,}", name):
        stem = re.escape(word.removesuffix("s"))
        for account in accounts:
            if _has(account.name, f"{stem}s?"):
                return account
    return _found(_CHARGES[charge_type], accounts)


def suggest_paid_to(method: str, chart: Chart) -> Account | None:
    """The account a method's payments look meant for, by the names; None: nothing looks so."""
    usable = [each for each in chart.accounts if each.is_active and each.takes_payments]
    accounts = sorted(usable, key=lambda account: account.type != "BANK")
    return _method_account(method, accounts)


def suggest_rates(
    charge_type: ChargeType, account: Account, chart: Chart
) -> tuple[tuple[str, str], ...]:
    """The tax types for an account, by percentage."""
    return _charge_rule(charge_type, account, chart).tax_types


def _charge_rules(chart: Chart, notes: list[str]) -> tuple[ChargeRule, ...]:
    income = _line_accounts(chart, _INCOME_TYPES)
    liabilities = _line_accounts(chart, _LIABILITY_TYPES)
    rules: list[ChargeRule] = []
    for charge_type, search in _CHARGES.items():
        if charge_type is ChargeType.DEPOSIT:
            account = _found(search, liabilities)
        else:
            account = _found(search, income) or _stand_in(charge_type, rules, chart, income)
        if account is None:
            notes.append(f"No account is suggested for {_words(charge_type)}.")
            continue
        rules.append(_charge_rule(charge_type, account, chart))
        notes.append(f"{_words(charge_type).capitalize()} goes to {_named(account)}.")
    if any(percent == UNSTATED_PERCENT for rule in rules for percent, _ in rule.tax_types):
        notes.append("A charge whose source states no tax is booked outside the tax return.")
    return tuple(rules)


def _stand_in(
    charge_type: ChargeType, rules: Sequence[ChargeRule], chart: Chart, income: Sequence[Account]
) -> Account | None:
    """A discount lowers the rent; anything else without an account of its own is sales."""
    if charge_type is ChargeType.DISCOUNT:
        rent = next((each for each in rules if each.charge_type is ChargeType.RENT), None)
        if rent is not None:
            return chart.account_by_code(rent.account_code)
    return next((each for each in income if each.type in ("REVENUE", "SALES")), None)


def _charge_rule(charge_type: ChargeType, account: Account, chart: Chart) -> ChargeRule:
    rates = [rate for rate in chart.tax_rates if rate.is_active and rate.fits(account)]
    # Tax on a deposit would be the source's mistake or a special case: a person chooses.
    percents = sorted(
        {
            rate.percent
            for rate in rates
            if charge_type is not ChargeType.DEPOSIT or not rate.percent
        }
    )
    tax_types = [
        (percent_key(percent), rate.tax_type)
        for percent in percents
        if (rate := _rate(percent, account, rates)) is not None
    ]
    outside = _outside_the_return(rates)
    if outside is not None:
        tax_types.append((UNSTATED_PERCENT, outside.tax_type))
    return ChargeRule(
        account_code=account.code or "", tax_types=tuple(tax_types), charge_type=charge_type
    )


def _rate(percent: Decimal, account: Account, rates: Sequence[TaxRate]) -> TaxRate | None:
    """The account's own default where it is of this percentage, else the sales rate."""
    fitting = [rate for rate in rates if rate.percent == percent and rate.applies_to_revenue]
    default = next((rate for rate in fitting if rate.tax_type == account.tax_type), None)
    if default is not None:
        return default
    if percent == 0 and (outside := _outside_the_return(fitting)) is not None:
        return outside
    sales_first = sorted(fitting, key=lambda rate: not rate.tax_type.startswith("OUTPUT"))
    return next(iter(sales_first), None)


def _outside_the_return(rates: Sequence[TaxRate]) -> TaxRate | None:
    by_type = {rate.tax_type: rate for rate in rates if rate.percent == 0}
    return next((by_type[each] for each in OUTSIDE_THE_RETURN if each in by_type), None)


def _method_rules(chart: Chart, methods: Iterable[str], notes: list[str]) -> tuple[MethodRule, ...]:
    usable = [each for each in chart.accounts if each.is_active and each.takes_payments]
    # Transfers, bank lines and overpayments need a bank account, clearing accounts included.
    accounts = sorted(usable, key=lambda account: account.type != "BANK")
    default = _found(_OPERATING, accounts) or next(iter(accounts), None)
    if default is None:
        notes.append("No paid-to account is suggested: no account takes payments.")
        return ()
    notes.append(f"Payments go to {_named(default)} where nothing else is chosen.")
    rules = [MethodRule(account_id=default.account_id)]
    for method in methods:
        account = _method_account(method, accounts) or default
        rules.append(MethodRule(account_id=account.account_id, method=method))
        notes.append(f"Payments by {method} go to {_named(account)}.")
    return tuple(rules)


def _method_account(method: str, accounts: Sequence[Account]) -> Account | None:
    for words, search in _METHODS:
        if any(_has(method, word) for word in words):
            return _found(search, accounts)
    return None


def _tracking_rules(
    chart: Chart, locations: Sequence[str], notes: list[str]
) -> tuple[TrackingRule, ...]:
    category = _location_category(chart.tracking)
    if category is None:
        notes.append("Nothing is tracked: Xero has no category for locations.")
        return ()
    missing = [each for each in locations if category.option_name(each) is None]
    if missing:
        notes.append(f"{category.name} in Xero has no option for: {', '.join(missing)}.")
    notes.append(f"{category.name} tracks the location.")
    return (
        TrackingRule(
            category=category.name,
            dimension=Dimension.LOCATION,
            is_required=bool(locations) and not missing,
        ),
    )


def _location_category(categories: Sequence[TrackingCategory]) -> TrackingCategory | None:
    active = [each for each in categories if each.is_active]
    for word in _LOCATION_WORDS:
        for category in active:
            if _has(category.name, f"{word}s?"):
                return category
    return None


def _rounding_rule(chart: Chart, notes: list[str]) -> RoundingRule | None:
    ordinary = _line_accounts(chart, (*_INCOME_TYPES, "EXPENSE", "OVERHEADS", "DIRECTCOSTS"))
    account = _found(_Search(("rounding",)), ordinary)
    if account is None:
        return None
    rates = [rate for rate in chart.tax_rates if rate.is_active and rate.fits(account)]
    rate = _outside_the_return(rates)
    if rate is None:
        return None
    rule = RoundingRule(account_code=account.code or "", tax_type=rate.tax_type)
    notes.append(f"Up to {rule.limit} a document of rounding goes to {_named(account)}.")
    return rule


def _line_accounts(chart: Chart, types: Sequence[str]) -> list[Account]:
    """The accounts of these types a line may go to, by code."""
    fitting = [
        each
        for each in chart.accounts
        if each.is_active and each.takes_lines and each.type in types
    ]
    return sorted(fitting, key=lambda account: account.code or "")


def _found(search: _Search, accounts: Sequence[Account]) -> Account | None:
    for word in search.words:
        for account in accounts:
            if _has(account.name, word) and not any(
                _has(account.name, other) for other in search.without
            ):
                return account
    return None


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){word}(?!\w)", text, re.IGNORECASE) is not None


def _words(charge_type: ChargeType) -> str:
    return charge_type.value.replace("_", " ")


def _named(account: Account) -> str:
    return f"{account.code} {account.name}" if account.code else account.name
