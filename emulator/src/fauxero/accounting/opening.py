"""Fill new books from a template; optionally with a little plain, fictional history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from fauxero.accounting.currencies import base_currency
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
from fauxero.accounting.side_rows import BrandingTheme, User
from fauxero.accounting.templates import TEMPLATES, Template
from fauxero.accounting.templates.shapes import AccountSpec, RateSpec

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def fill(books: Books, template_key: str, *, name: str | None) -> None:
    """Write organisation, chart, rates, tracking and items. KeyError: no such template."""
    template = TEMPLATES[template_key]
    _organisation(books, template, name)
    for rate in template.rates:
        books.tax_rates.put(_tax_rate(rate))
    for account in template.accounts:
        books.accounts.put(_account(books, template, account))
    for position, (category, options) in enumerate(template.tracking):
        _tracking(books, category, options, position)
    for item in template.items:
        books.items.put(
            Item(
                id=books.ids.uuid(),
                code=item.code,
                name=item.name,
                description=item.description,
                updated_at=books.now(),
                is_purchased=False,
                sales=ItemPrice(item.price, item.account_code, template.taxes[item.tax]),
            )
        )
    seed_side_tables(books)


def seed_side_tables(books: Books) -> None:
    """What every organisation has from the beginning: a theme, its currency, its first user."""
    side = books.side
    if not len(side.branding_themes):
        theme_id = books.organisation.branding_theme_id
        side.branding_themes.put(BrandingTheme(theme_id, "Standard", 0, books.now()))
    if not len(side.currencies):
        side.currencies.put(base_currency(books))
    if not len(side.users):
        side.users.put(
            User(
                id=books.ids.uuid(),
                email="demo.user@fauxero.invalid",
                first_name="Demo",
                last_name="User",
                role="FINANCIALADVISER",
                is_subscriber=True,
                updated_at=books.now(),
            )
        )


def _organisation(books: Books, template: Template, name: str | None) -> None:
    day, month = template.financial_year_end
    books.set_organisation(
        Organisation(
            id=books.organisation_id,
            name=name or template.name,
            legal_name=name or template.legal_name,
            country=template.country,
            version=template.version,
            base_currency=template.currency,
            timezone=template.timezone,
            xero_timezone=template.xero_timezone,
            short_code="!" + books.organisation_id.replace("-", "")[:5].upper(),
            financial_year_end_day=day,
            financial_year_end_month=month,
            sales_tax_basis=template.sales_tax_basis,
            sales_tax_period=template.sales_tax_period,
            tax_number=template.tax_number,
            pays_tax=True,
            default_sales_tax=template.default_sales_tax,
            created_at=books.now(),
            branding_theme_id=books.ids.uuid(),
            phone_country_code=template.phone_country_code,
        )
    )


def _tax_rate(spec: RateSpec) -> TaxRate:
    components = tuple(TaxComponent(name, rate) for name, rate in spec.components)
    return TaxRate(
        id=spec.tax_type,
        name=spec.name,
        status=spec.status,
        report_tax_type=spec.report_tax_type,
        components=components,
        applies_to=spec.applies_to,
        effective_rate=sum((part.rate for part in components[1:]), components[0].rate),
        is_system=spec.is_system,
    )


def _account(books: Books, template: Template, spec: AccountSpec) -> Account:
    is_bank = spec.type == "BANK"
    return Account(
        id=books.ids.uuid(),
        code=spec.code,
        name=spec.name,
        type=spec.type,
        tax_type=template.taxes[spec.tax],
        status="ACTIVE",
        updated_at=books.now(),
        system_account=spec.system,
        payments_enabled=spec.payments,
        in_expense_claims=spec.claims,
        bank_account_number=spec.bank_number,
        bank_account_type="BANK" if is_bank else None,
        currency=template.currency if is_bank else None,
    )


def _tracking(books: Books, name: str, options: tuple[str, ...], position: int) -> None:
    category = books.tracking_categories.put(
        TrackingCategory(id=books.ids.uuid(), name=name, status="ACTIVE", position=position)
    )
    for at, option in enumerate(options):
        books.tracking_options.put(
            TrackingOption(
                id=books.ids.uuid(),
                category_id=category.id,
                name=option,
                status="ACTIVE",
                position=at,
            )
        )


_PEOPLE = (
    ("Ridgeway Community Choir", "treasurer@ridgeway-choir.example"),
    ("Hamilton & Daughter Removals", "office@hamilton-removals.example"),
    ("Bea Wainwright", "bea.wainwright@mail.example"),
    ("Orla Finnegan", "orla@finnegan.example"),
    ("Tobias Lund", "tobias.lund@mail.example"),
)


def add_history(books: Books) -> None:
    """Five contacts, three months of invoices each, most of them paid. All fictional."""
    from fauxero.accounting import bookkeeper

    first = (books.today().replace(day=1) - timedelta(days=62)).replace(day=1)
    months = [_months_later(first, months) for months in range(3)]
    for at, (name, email) in enumerate(_PEOPLE):
        contact_id = bookkeeper.add_contact(books, name=name, email=email)["ContactID"]
        for month_at, month in enumerate(months):
            invoice = bookkeeper.raise_invoice(
                books,
                contact_id=contact_id,
                date=(month + timedelta(days=at)).isoformat(),
                due_date=(month + timedelta(days=at + 14)).isoformat(),
                lines=[
                    {
                        "description": "Monthly support",
                        "quantity": 1,
                        "unit_amount": 40 + 5 * at,
                        "account_code": "200",
                    }
                ],
            )
            if month_at < 2 or at == 0:
                bookkeeper.pay_invoice(
                    books,
                    invoice_id=invoice["InvoiceID"],
                    account_code="090",
                    date=(month + timedelta(days=at + 10)).isoformat(),
                )


def _months_later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)
