"""The TaxRates resource."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import BaseResource, Findings, attempt
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.money import ZERO, places
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import TaxComponent, TaxRate
from fauxero.accounting.tables import Ordered
from fauxero.accounting.templates.shapes import ON_PURCHASES, ON_SALES
from fauxero.accounting.where import FLAG, NUMBER, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

APPLIES = {
    "CanApplyToAssets": "ASSET",
    "CanApplyToEquity": "EQUITY",
    "CanApplyToExpenses": "EXPENSE",
    "CanApplyToLiabilities": "LIABILITY",
    "CanApplyToRevenue": "REVENUE",
}
_FIELDS = {
    "name": Field(TEXT, lambda row: row.name),
    "taxtype": Field(TEXT, lambda row: row.id),
    "status": Field(TEXT, lambda row: row.status),
    "reporttaxtype": Field(TEXT, lambda row: row.report_tax_type),
    "displaytaxrate": Field(NUMBER, lambda row: row.effective_rate),
    "effectiverate": Field(NUMBER, lambda row: row.effective_rate),
} | {
    name.lower(): Field(FLAG, lambda row, class_=class_: class_ in row.applies_to)
    for name, class_ in APPLIES.items()
}


def tax_rate_element(rate: TaxRate) -> Element:
    """Shape as recorded on the wire from the demo company for NZ."""
    return {
        "Name": rate.name,
        "TaxType": rate.id,
        "ReportTaxType": rate.report_tax_type,
        **{name: class_ in rate.applies_to for name, class_ in APPLIES.items()},
        "DisplayTaxRate": rate.effective_rate,
        "EffectiveRate": rate.effective_rate,
        "Status": rate.status,
        "TaxComponents": [
            {
                "Name": part.name,
                "Rate": part.rate,
                "IsCompound": part.is_compound,
                "IsNonRecoverable": part.is_non_recoverable,
            }
            for part in rate.components
        ],
    }


class TaxRatesResource(BaseResource):
    name = "TaxRates"
    element_name = "TaxRate"
    id_field = "TaxType"
    methods = frozenset({"GET", "PUT", "POST"})
    summarizes_errors = False
    one_per_request = True

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[TaxRate] = Ordered(lambda row: (row.name, row.id))
        for rate in books.tax_rates:
            in_order.add(rate)
        selection = Selection(books.tax_rates, in_order, _FIELDS, {})
        # Xero: documented; TaxRates take no If-Modified-Since.
        selection.apply(replace(query, modified_since=None))
        return answer(selection, query, paged=False, full=tax_rate_element, thin=tax_rate_element)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        rate = books.tax_rates.get(key.upper())
        return tax_rate_element(rate) if rate else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books, element, lambda found: _create(books, element, found), id_field=self.id_field
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        tax_type = key or fields.text(element, "TaxType")
        if not tax_type:
            return self.create(books, element, options)
        rate = books.tax_rates.get(tax_type.upper())
        if rate is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update(books, rate, element, found),
            id_field=self.id_field,
            key=rate.id,
        )


def _create(books: Books, element: Element, findings: Findings) -> Element:
    name = fields.text(element, "Name") or ""
    components = _components(element)
    if not name or any(other.name == name for other in books.tax_rates):
        findings.errors.append("Please enter a unique Name.")
    if not components:
        findings.errors.append("A tax rate must have at least one tax component.")
    findings.too_long("Name", name, 50)
    findings.refuse_if_any()
    organisation = books.organisation
    tax_type = f"TAX{organisation.next_tax_type:03d}"
    while tax_type in books.tax_rates:
        organisation = replace(organisation, next_tax_type=organisation.next_tax_type + 1)
        tax_type = f"TAX{organisation.next_tax_type:03d}"
    books.set_organisation(replace(organisation, next_tax_type=organisation.next_tax_type + 1))
    report = fields.text(element, "ReportTaxType") or "OUTPUT"
    rate = TaxRate(
        id=tax_type,
        name=name,
        status="ACTIVE",
        report_tax_type=report,
        components=components,
        applies_to=ON_PURCHASES if "INPUT" in report else ON_SALES,
        effective_rate=_effective(components),
        is_system=False,
    )
    return tax_rate_element(books.tax_rates.put(rate))


def _components(element: Element) -> tuple[TaxComponent, ...]:
    return tuple(
        TaxComponent(
            name=fields.text(part, "Name") or "",
            rate=places(fields.number(part, "Rate") or ZERO, 4),
            is_compound=bool(fields.flag(part, "IsCompound")),
            is_non_recoverable=bool(fields.flag(part, "IsNonRecoverable")),
        )
        for part in fields.many(element, "TaxComponents") or ()
    )


def _effective(components: tuple[TaxComponent, ...]) -> Decimal:
    """Simple parts add up; a compound one is charged on top of them (Xero: documented)."""
    simple = sum((part.rate for part in components if not part.is_compound), Decimal(0))
    for part in components:
        if part.is_compound:
            simple += part.rate + simple * part.rate / 100
    return places(simple, 4)


def _update(books: Books, rate: TaxRate, element: Element, findings: Findings) -> Element:
    if rate.is_system:
        # Xero: documented (TaxRates): system rates cannot be updated. Wording unsure.
        findings.errors.append("System tax rates cannot be updated.")
    findings.refuse_if_any()
    components = _components(element) or rate.components
    changed = replace(
        rate,
        name=fields.text(element, "Name") or rate.name,
        status=fields.choice(element, "Status", ("ACTIVE", "DELETED", "ARCHIVED")) or rate.status,
        components=components,
        effective_rate=_effective(components),
    )
    return tax_rate_element(books.tax_rates.put(changed))
