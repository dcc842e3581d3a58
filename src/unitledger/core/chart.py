"""What an organisation's books offer to post to, as last read, with its age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

AccountClass = Literal["ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"]


# Xero: documented, Types page. A type that is not here is left for Xero to judge.
_CLASS_OF_TYPE: Mapping[str, AccountClass] = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}


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

    @property
    def account_class(self) -> AccountClass | None:
        """The part of the balance it belongs to; None for a type we do not know."""
        return _CLASS_OF_TYPE.get(self.type)

    @property
    def takes_lines(self) -> bool:
        """Whether an invoice line may be posted to it."""
        return self.code is not None and self.type != "BANK" and not self.system


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

    def fits(self, account: Account) -> bool:
        """Whether Xero lets a line on that account carry this rate."""
        return {
            None: True,
            "REVENUE": self.applies_to_revenue,
            "LIABILITY": self.applies_to_liabilities,
            "EXPENSE": self.applies_to_expenses,
            "ASSET": self.applies_to_assets,
            "EQUITY": self.applies_to_equity,
        }[account.account_class]


@dataclass(frozen=True, slots=True)
class TrackingCategory:
    category_id: str
    name: str
    is_active: bool
    options: Mapping[str, str]  # active options, name → option id
    archived_options: Sequence[str] = ()

    def option_name(self, name: str) -> str | None:
        """The option of that name as Xero spells it; case alone makes no other option."""
        if name in self.options:
            return name
        wanted = name.casefold()
        return next((each for each in self.options if each.casefold() == wanted), None)


@dataclass(frozen=True, slots=True)
class Item:
    """A product in Xero's own list that an invoice line may name."""

    code: str
    name: str


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
    # The last day of its financial year: a trial balance shows income of that year only.
    year_end_month: int | None = None
    year_end_day: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    facts: OrganisationFacts
    accounts: Sequence[Account]
    tax_rates: Sequence[TaxRate]
    tracking: Sequence[TrackingCategory]
    read_at: datetime
    _by_id: dict[str, Account] = field(init=False, repr=False, compare=False)
    _by_code: dict[str, Account] = field(init=False, repr=False, compare=False)
    _rate_by_type: dict[str, TaxRate] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {each.account_id: each for each in self.accounts})
        # An archived account may have left its code to a newer one, which comes last here.
        by_age = sorted(self.accounts, key=lambda account: account.is_active)
        object.__setattr__(self, "_by_code", {each.code: each for each in by_age if each.code})
        object.__setattr__(self, "_rate_by_type", {each.tax_type: each for each in self.tax_rates})

    def account(self, account_id: str) -> Account | None:
        return self._by_id.get(account_id)

    def account_by_code(self, code: str | None) -> Account | None:
        return self._by_code.get(code) if code is not None else None

    def tracking_category(self, name: str) -> TrackingCategory | None:
        """The active category of that name."""
        wanted = name.casefold()
        return next(
            (each for each in self.tracking if each.is_active and each.name.casefold() == wanted),
            None,
        )

    @property
    def percents(self) -> Mapping[str, Decimal]:
        """Each tax type's percentage."""
        return {tax_type: rate.percent for tax_type, rate in self._rate_by_type.items()}

    def tax_rate(self, tax_type: str) -> TaxRate | None:
        return self._rate_by_type.get(tax_type)

    @property
    def locked_to(self) -> date | None:
        """The later of the lock dates: documents dated on or before it are refused."""
        locks = (self.facts.period_lock_on, self.facts.year_end_lock_on)
        return max((lock for lock in locks if lock is not None), default=None)

    def is_locked(self, day: date) -> bool:
        """Whether a document dated that day would be refused (on or before a lock date)."""
        locked_to = self.locked_to
        return locked_to is not None and day <= locked_to
