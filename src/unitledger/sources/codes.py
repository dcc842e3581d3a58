"""Account codes and tax rates in a file, for who has no organisation connected.

currency = "GBP"
account = "200"                    # where nothing else is said

[accounts]
deposit = "840"

[taxes]
"20" = "20% (VAT on Income)"       # the rate's name, as Xero shows it
"0" = "No VAT"
unstated = "No VAT"                # lines that state no percentage
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Account, Chart, OrganisationFacts, TaxRate
from unitledger.core.currencies import CODES
from unitledger.core.mapping import UNSTATED_PERCENT, ChargeRule, percent_key
from unitledger.core.mapping import Mapping as BooksMapping
from unitledger.core.refusals import SourceRefused

UNSTATED = "unstated"
KNOWN = frozenset({"account", "accounts", "currency", "dates", "taxes"})
DATES = {"day-first": "GB", "month-first": "US"}
_NEVER = datetime.min.replace(tzinfo=UTC)  # no chart was read


def read_codes(text: str) -> tuple[BooksMapping, Chart]:
    """The mapping, and the chart as far as it is named. Raises `SourceRefused`."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(f"The codes are not TOML: {error}.", "Correct the file.") from None
    unknown = sorted(content.keys() - KNOWN)
    if unknown:
        raise _refused(f"“{unknown[0]}” is no setting.", f"There are: {', '.join(sorted(KNOWN))}.")
    currency = _text(content, "currency")
    if currency not in CODES:
        raise _refused(f"“{currency}” is no currency.", "Give its three letters, such as GBP.")
    country = DATES.get(str(content.get("dates", "day-first")))
    if country is None:
        raise _refused(f"dates = “{content['dates']}”.", f"Say one of: {', '.join(DATES)}.")
    accounts = _table(content, "accounts")
    default = content.get("account")
    wrong = sorted(accounts.keys() - set(ChargeType))
    if wrong:
        raise _refused(
            f"“{wrong[0]}” is no kind of charge.", f"There are: {', '.join(ChargeType)}."
        )
    if not accounts and not isinstance(default, str):
        raise _refused("No account is named.", 'Say account = "200", or one a kind of charge.')
    rates = [_rate(percent, name) for percent, name in _table(content, "taxes").items()]
    if not rates:
        raise _refused("No tax rate is named.", 'Say [taxes] and "20" = "20% (VAT on Income)".')
    return _mapping(default, accounts, rates), _chart(default, accounts, rates, currency, country)


def _mapping(
    default: str | None, accounts: Mapping[str, str], rates: list[tuple[str, TaxRate]]
) -> BooksMapping:
    taxes = tuple((percent, rate.tax_type) for percent, rate in rates)
    rules = [
        ChargeRule(account_code=code, tax_types=taxes, charge_type=ChargeType(kind))
        for kind, code in accounts.items()
    ]
    if default:
        rules.insert(0, ChargeRule(account_code=default, tax_types=taxes))
    return BooksMapping(contact_prefix="", charges=tuple(rules))


def _chart(
    default: str | None,
    accounts: Mapping[str, str],
    rates: list[tuple[str, TaxRate]],
    currency: str,
    country: str,
) -> Chart:
    codes = {*accounts.values(), *([default] if default else [])}
    facts = OrganisationFacts(
        name="Xero",
        country=country,
        currency=currency,
        time_zone="",
        tax_basis=None,
        is_taxed=True,
        period_lock_on=None,
        year_end_lock_on=None,
    )
    return Chart(
        facts=facts,
        # What kind of account it is nobody says: Xero judges that as it imports.
        accounts=[Account(each, each, each, "", True, False) for each in sorted(codes)],
        # A name that is said of a percentage and of none besides keeps its percentage.
        tax_rates=list({r.tax_type: r for _, r in sorted(rates, key=_by_statement)}.values()),
        tracking=(),
        read_at=_NEVER,
    )


def _rate(percent: str, name: str) -> tuple[str, TaxRate]:
    if percent == UNSTATED:
        return UNSTATED_PERCENT, _tax_rate(name, Decimal(0))
    try:
        value = Decimal(percent)
        if not 0 <= value < 100:
            raise InvalidOperation
    except InvalidOperation:
        raise _refused(
            f"“{percent}” is no percentage.", f"Write it as 20 or 5.5, or {UNSTATED}."
        ) from None
    return percent_key(value), _tax_rate(name, value)


def _by_statement(rate: tuple[str, TaxRate]) -> bool:
    return rate[0] != UNSTATED_PERCENT


def _tax_rate(name: str, percent: Decimal) -> TaxRate:
    return TaxRate(name, name, percent, True, True, True, True, True, True)


def _table(content: Mapping[str, Any], name: str) -> Mapping[str, str]:
    found = content.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise _refused(f"[{name}] is not a table of texts.", 'Write each as name = "text".')
    return found


def _text(content: Mapping[str, Any], name: str) -> str:
    found = content.get(name)
    if not isinstance(found, str) or not found:
        raise _refused(f"“{name}” is missing.", f"Say {name} = “…”.")
    return found


def _refused(message: str, remedy: str) -> SourceRefused:
    return SourceRefused(message, remedy=remedy)
