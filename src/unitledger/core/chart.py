"""What an organisation's books offer to post to, as last read, with its age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Account:
    account_id: str
    code: str | None  # a bank account may have none
    name: str
    type: str  # Xero's account types: BANK, REVENUE, CURRLIAB…
    is_active: bool
    takes_payments: bool  # a bank account, or one with payments enabled
    system: str | None = None  # DEBTORS, ROUNDING…: never posted to by a line
    tax_type: str | None = None  # the account's default


@dataclass(frozen=True, slots=True)
class TaxRate:
    tax_type: str
    name: str
    percent: Decimal
    is_active: bool
    applies_to_revenue: bool
    applies_to_liabilities: bool
    applies_to_expenses: bool
    applies_to_assets: bool
    applies_to_equity: bool


@dataclass(frozen=True, slots=True)
class TrackingCategory:
    category_id: str
    name: str
    is_active: bool
    options: Mapping[str, str]  # active options, name → option id


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """The facts of an organisation that decide how documents may be posted."""

    name: str
    country: str
    currency: str
    time_zone: str  # as Xero spells it
    tax_basis: str | None  # Xero's SalesTaxBasis, e.g. ACCRUALS, CASH; None: not registered
    is_taxed: bool
    period_lock_on: date | None
    year_end_lock_on: date | None
    short_code: str | None = None  # for deep links
    is_emulated: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    facts: OrganisationFacts
    accounts: Sequence[Account]
    tax_rates: Sequence[TaxRate]
    tracking: Sequence[TrackingCategory]
    read_at: datetime
    _by_id: dict[str, Account] = field(init=False, repr=False, compare=False)
    _rate_by_type: dict[str, TaxRate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {each.account_id: each for each in self.accounts})
        object.__setattr__(self, "_rate_by_type", {each.tax_type: each for each in self.tax_rates})

    def account(self, account_id: str) -> Account | None:
        return self._by_id.get(account_id)

    def tax_rate(self, tax_type: str) -> TaxRate | None:
        return self._rate_by_type.get(tax_type)

    def is_locked(self, day: date) -> bool:
        """Whether a document dated that day would be refused (on or before a lock date)."""
        locks = (self.facts.period_lock_on, self.facts.year_end_lock_on)
        return any(lock is not None and day <= lock for lock in locks)
