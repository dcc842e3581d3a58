"""Elements of saved answers as rows of new books. Every function returns a note, or None.

Instants of change are now: the real ones say nothing about this world's clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from fauxero.accounting import fields
from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.money import ZERO
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import (
    Account,
    Item,
    ItemPrice,
    Organisation,
    TaxComponent,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from fauxero.accounting.side_rows import BrandingTheme, Currency, User
from fauxero.accounting.tax_rates import APPLIES

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


class RowRefused(ValueError):
    """The element cannot become a row; the text says what is wrong with it."""


# Xero's spelling of time zones: that of Windows in capitals without spaces. The common ones.
TIMEZONES = {
    "AUSCENTRALSTANDARDTIME": "Australia/Darwin",
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "CANADACENTRALSTANDARDTIME": "America/Regina",
    "CENAUSTRALIASTANDARDTIME": "Australia/Adelaide",
    "CENTRALEUROPEANSTANDARDTIME": "Europe/Warsaw",
    "CENTRALEUROPESTANDARDTIME": "Europe/Budapest",
    "CENTRALSTANDARDTIME": "America/Chicago",
    "CHINASTANDARDTIME": "Asia/Shanghai",
    "EASTERNSTANDARDTIME": "America/New_York",
    "EAUSTRALIASTANDARDTIME": "Australia/Brisbane",
    "FIJISTANDARDTIME": "Pacific/Fiji",
    "GMTSTANDARDTIME": "Europe/London",
    "GREENWICHSTANDARDTIME": "Atlantic/Reykjavik",
    "HAWAIIANSTANDARDTIME": "Pacific/Honolulu",
    "INDIASTANDARDTIME": "Asia/Kolkata",
    "MOUNTAINSTANDARDTIME": "America/Denver",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
    "PACIFICSTANDARDTIME": "America/Los_Angeles",
    "ROMANCESTANDARDTIME": "Europe/Paris",
    "SINGAPORESTANDARDTIME": "Asia/Singapore",
    "SOUTHAFRICASTANDARDTIME": "Africa/Johannesburg",
    "TASMANIASTANDARDTIME": "Australia/Hobart",
    "TOKYOSTANDARDTIME": "Asia/Tokyo",
    "UTC": "UTC",
    "WAUSTRALIASTANDARDTIME": "Australia/Perth",
    "WEUROPESTANDARDTIME": "Europe/Berlin",
}
# Payroll types of older organisations, and the type whose rules they share.
_PAYROLL_TYPES = {
    "PAYG": "CURRLIAB",
    "PAYGLIABILITY": "CURRLIAB",
    "SUPERANNUATIONEXPENSE": "EXPENSE",
    "SUPERANNUATIONLIABILITY": "CURRLIAB",
    "WAGESEXPENSE": "EXPENSE",
    "WAGESPAYABLELIABILITY": "CURRLIAB",
}


def _required(element: Element, name: str) -> str:
    found = fields.text(element, name)
    if not found:
        raise RowRefused(f"{name} is missing")
    return found


def _id(element: Element, name: str) -> str:
    found = fields.guid(element, name)
    if found is None:
        raise RowRefused(f"{name} is missing")
    return found


def put_organisation(books: Books, element: Element) -> str | None:
    xero_timezone = _required(element, "Timezone")
    timezone = TIMEZONES.get(xero_timezone)
    note = None
    if timezone is None or timezone not in available_timezones():
        timezone, note = "UTC", f"Timezone {xero_timezone} is unknown here; dates go by UTC"
    day = fields.number(element, "FinancialYearEndDay") or Decimal(31)
    month = fields.number(element, "FinancialYearEndMonth") or Decimal(12)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise RowRefused("the financial year does not end on a day of the year")
    name = _required(element, "Name")
    version = fields.text(element, "Version") or ""
    books.set_organisation(
        Organisation(
            id=books.organisation_id,
            name=name,
            legal_name=fields.text(element, "LegalName") or name,
            country=_required(element, "CountryCode").upper(),
            version=version,
            base_currency=_required(element, "BaseCurrency").upper(),
            timezone=timezone,
            xero_timezone=xero_timezone,
            short_code=fields.text(element, "ShortCode") or "",
            financial_year_end_day=int(day),
            financial_year_end_month=int(month),
            sales_tax_basis=fields.text(element, "SalesTaxBasis") or "NONE",
            sales_tax_period=fields.text(element, "SalesTaxPeriod") or "NONE",
            tax_number=fields.text(element, "TaxNumber") or "",
            pays_tax=fields.flag(element, "PaysTax") is not False,
            default_sales_tax=fields.text(element, "DefaultSalesTax") or "Remember previous",
            created_at=books.now(),
            branding_theme_id=books.ids.uuid(),
            edition_class=fields.text(element, "Class") or "STANDARD",
            is_demo=bool(fields.flag(element, "IsDemoCompany")),
            period_locked_on=fields.day(element, "PeriodLockDate"),
            year_end_locked_on=fields.day(element, "EndOfYearLockDate"),
        )
    )
    return note


def _put_account(books: Books, element: Element) -> str | None:
    type_ = _required(element, "Type").upper()
    note = None
    if type_ in _PAYROLL_TYPES and type_ not in CLASS_OF_TYPE:
        note = f"the type {type_} is kept as {_PAYROLL_TYPES[type_]}"
        type_ = _PAYROLL_TYPES[type_]
    if type_ not in CLASS_OF_TYPE:
        raise RowRefused(f"the account type {type_} is unknown")
    account_id, code = _id(element, "AccountID"), fields.text(element, "Code") or None
    if account_id in books.accounts or (code and books.account_by_code(code)):
        raise RowRefused("the account is there twice")
    is_bank = type_ == "BANK"
    books.accounts.put(
        Account(
            id=account_id,
            code=code,
            name=_required(element, "Name"),
            type=type_,
            tax_type=fields.text(element, "TaxType") or "NONE",
            status=fields.text(element, "Status") or "ACTIVE",
            updated_at=books.now(),
            description=fields.text(element, "Description") or None,
            system_account=fields.text(element, "SystemAccount") or None,
            payments_enabled=bool(fields.flag(element, "EnablePaymentsToAccount")),
            in_expense_claims=bool(fields.flag(element, "ShowInExpenseClaims")),
            bank_account_number=fields.text(element, "BankAccountNumber") or None,
            bank_account_type=fields.text(element, "BankAccountType") or None,
            currency=fields.text(element, "CurrencyCode") if is_bank else None,
            on_watchlist=bool(fields.flag(element, "AddToWatchlist")),
        )
    )
    return note


def _put_tax_rate(books: Books, element: Element) -> str | None:
    tax_type = _required(element, "TaxType")
    if tax_type in books.tax_rates:
        raise RowRefused("the tax rate is there twice")
    components = tuple(
        TaxComponent(
            name=fields.text(part, "Name") or "",
            rate=fields.number(part, "Rate") or ZERO,
            is_compound=bool(fields.flag(part, "IsCompound")),
            is_non_recoverable=bool(fields.flag(part, "IsNonRecoverable")),
        )
        for part in fields.many(element, "TaxComponents") or ()
    )
    books.tax_rates.put(
        TaxRate(
            id=tax_type,
            name=_required(element, "Name"),
            status=fields.text(element, "Status") or "ACTIVE",
            report_tax_type=fields.text(element, "ReportTaxType") or tax_type,
            components=components,
            applies_to=tuple(
                class_ for name, class_ in APPLIES.items() if fields.flag(element, name)
            ),
            effective_rate=fields.number(element, "EffectiveRate") or ZERO,
            is_system=not tax_type.startswith("TAX"),
        )
    )
    return None


def _put_category(books: Books, element: Element) -> str | None:
    category_id = _id(element, "TrackingCategoryID")
    books.tracking_categories.put(
        TrackingCategory(
            id=category_id,
            name=_required(element, "Name"),
            status=fields.text(element, "Status") or "ACTIVE",
            position=len(books.tracking_categories),
        )
    )
    for position, part in enumerate(fields.many(element, "Options") or ()):
        books.tracking_options.put(
            TrackingOption(
                id=_id(part, "TrackingOptionID"),
                category_id=category_id,
                name=_required(part, "Name"),
                status=fields.text(part, "Status") or "ACTIVE",
                position=position,
            )
        )
    return None


def _put_item(books: Books, element: Element) -> str | None:
    if fields.flag(element, "IsTrackedAsInventory"):
        return "left out: tracked inventory is not modelled"
    code = _required(element, "Code")
    if books.item_by_code(code) is not None:
        raise RowRefused("the item is there twice")
    books.items.put(
        Item(
            id=_id(element, "ItemID"),
            code=code,
            updated_at=books.now(),
            name=fields.text(element, "Name") or None,
            description=fields.text(element, "Description") or None,
            purchase_description=fields.text(element, "PurchaseDescription") or None,
            is_sold=fields.flag(element, "IsSold") is not False,
            is_purchased=fields.flag(element, "IsPurchased") is not False,
            sales=_price(element, "SalesDetails"),
            purchases=_price(element, "PurchaseDetails"),
        )
    )
    return None


def _price(element: Element, name: str) -> ItemPrice:
    part = fields.nested(element, name) or {}
    return ItemPrice(
        unit_price=fields.number(part, "UnitPrice"),
        account_code=fields.text(part, "AccountCode") or None,
        tax_type=fields.text(part, "TaxType") or None,
    )


def _put_theme(books: Books, element: Element) -> str | None:
    theme_id = _id(element, "BrandingThemeID")
    order = int(fields.number(element, "SortOrder") or 0)
    theme = BrandingTheme(theme_id, _required(element, "Name"), order, books.now())
    books.side.branding_themes.put(theme)
    if order == 0:
        books.set_organisation(replace(books.organisation, branding_theme_id=theme_id))
    return None


def _put_currency(books: Books, element: Element) -> str | None:
    code = _required(element, "Code").upper()
    books.side.currencies.put(Currency(code, fields.text(element, "Description") or code))
    return None


def _put_user(books: Books, element: Element) -> str | None:
    books.side.users.put(
        User(
            id=_id(element, "UserID"),
            email=fields.text(element, "EmailAddress") or "",
            first_name=fields.text(element, "FirstName") or "",
            last_name=fields.text(element, "LastName") or "",
            role=fields.text(element, "OrganisationRole") or "STANDARD",
            is_subscriber=bool(fields.flag(element, "IsSubscriber")),
            updated_at=books.now(),
        )
    )
    return None


# In the order they are put: what comes later may name what came before.
PUTS: dict[str, Callable[[Books, Element], str | None]] = {
    "TaxRates": _put_tax_rate,
    "Accounts": _put_account,
    "TrackingCategories": _put_category,
    "Items": _put_item,
    "BrandingThemes": _put_theme,
    "Currencies": _put_currency,
    "Users": _put_user,
}
