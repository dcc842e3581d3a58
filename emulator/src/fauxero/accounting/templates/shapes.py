"""What a template is made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ASSET, EQUITY, EXPENSE, LIABILITY, REVENUE = "ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"

# Which accounts a rate may go on, as recorded from Xero's demo company for NZ.
ON_SALES = (ASSET, EQUITY, LIABILITY, REVENUE)
ON_PURCHASES = (ASSET, EQUITY, EXPENSE, LIABILITY)
ON_ZERO_RATED_SALES = (LIABILITY, REVENUE)
ON_EVERYTHING = (ASSET, EQUITY, EXPENSE, LIABILITY, REVENUE)


@dataclass(frozen=True, slots=True)
class AccountSpec:
    code: str
    name: str
    type: str
    tax: str  # a key of Template.taxes
    system: str | None = None
    payments: bool = False
    bank_number: str | None = None
    claims: bool = False


@dataclass(frozen=True, slots=True)
class RateSpec:
    tax_type: str
    name: str
    report_tax_type: str
    components: tuple[tuple[str, Decimal], ...]
    applies_to: tuple[str, ...]
    is_system: bool = True
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class ItemSpec:
    code: str
    name: str
    description: str
    price: Decimal
    account_code: str
    tax: str


@dataclass(frozen=True, slots=True)
class Template:
    country: str
    version: str
    name: str
    legal_name: str
    currency: str
    timezone: str
    xero_timezone: str
    financial_year_end: tuple[int, int]  # day, month
    sales_tax_basis: str
    sales_tax_period: str
    tax_number: str
    default_sales_tax: str
    phone_country_code: str
    taxes: dict[str, str]  # sale, sale_exempt, expense, none → TaxType
    rates: tuple[RateSpec, ...]
    accounts: tuple[AccountSpec, ...]
    tracking: tuple[tuple[str, tuple[str, ...]], ...]
    items: tuple[ItemSpec, ...]
