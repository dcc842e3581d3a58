"""The Organisation resource and its Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting.base import SETTINGS_READ, BaseResource, present
from fauxero.accounting.currencies import allows_many
from fauxero.accounting.resource import Element, ListPage, ListQuery

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Xero: documented (Organisation, Actions). What a full user on a full plan may do.
_ACTIONS = (
    ("AttachFilesIntoInvoice", True),
    ("CreateApprovedBill", True),
    ("CreateApprovedInvoice", True),
    ("CreateBillPayment", True),
    ("CreateDraftBill", True),
    ("CreateDraftInvoice", True),
    ("CreateInvoicePayment", True),
    ("CreateRepeatingInvoice", False),
)


class OrganisationResource(BaseResource):
    """GET only. Shape as recorded on the wire from a demo company."""

    name = "Organisations"
    element_name = "Organisation"
    id_field = "OrganisationID"
    summarizes_errors = False

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return ListPage([organisation_element(books)])

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        return organisation_element(books) if key.lower() == books.organisation_id else None


def organisation_element(books: Books) -> Element:
    org = books.organisation
    return present(
        Name=org.name,
        LegalName=org.legal_name,
        PaysTax=org.pays_tax,
        Version=org.version,
        OrganisationType="COMPANY",
        BaseCurrency=org.base_currency,
        CountryCode=org.country,
        IsDemoCompany=org.is_demo,
        OrganisationStatus="ACTIVE",
        TaxNumber=org.tax_number,
        FinancialYearEndDay=org.financial_year_end_day,
        FinancialYearEndMonth=org.financial_year_end_month,
        SalesTaxBasis=org.sales_tax_basis,
        SalesTaxPeriod=org.sales_tax_period,
        DefaultSalesTax=org.default_sales_tax,
        DefaultPurchasesTax=org.default_sales_tax,
        PeriodLockDate=org.period_locked_on,
        EndOfYearLockDate=org.year_end_locked_on,
        CreatedDateUTC=org.created_at,
        OrganisationEntityType="COMPANY",
        Timezone=org.xero_timezone,
        ShortCode=org.short_code,
        OrganisationID=org.id,
        Edition="BUSINESS",
        Class=org.edition_class,
        Addresses=[],
        Phones=[],
        ExternalLinks=[],
        PaymentTerms={},
    )


class Actions:
    """GET /Organisation/Actions."""

    name = "Actions"
    element_name = "Action"
    id_field = "Name"
    methods = frozenset({"GET"})
    read_scopes = SETTINGS_READ
    write_scopes: frozenset[str] = frozenset()

    def read_list(self, books: Books, parent_key: str | None) -> ListPage:
        actions = dict(_ACTIONS) | {"UseMulticurrency": allows_many(books)}
        rows = [
            {"Name": name, "Status": "ALLOWED" if allowed else "NOT-ALLOWED"}
            for name, allowed in actions.items()
        ]
        return ListPage(rows)
