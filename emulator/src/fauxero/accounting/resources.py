"""The registry: which path is which resource."""

from __future__ import annotations

from fauxero.accounting.accounts import AccountsResource
from fauxero.accounting.contacts.resource import ContactsResource
from fauxero.accounting.invoices.resource import InvoicesResource
from fauxero.accounting.items import ItemsResource
from fauxero.accounting.organisation import Actions, OrganisationResource
from fauxero.accounting.payments import PaymentsResource
from fauxero.accounting.reports import REPORT_SCOPES, REPORTS
from fauxero.accounting.resource import Resource
from fauxero.accounting.tax_rates import TaxRatesResource
from fauxero.accounting.tracking import TrackingCategoriesResource, TrackingOptions

_ORGANISATION = OrganisationResource()

# By lower-case path segment. `name` is the envelope key.
RESOURCES: dict[str, Resource] = {
    "organisation": _ORGANISATION,
    "organisations": _ORGANISATION,
    "accounts": AccountsResource(),
    "taxrates": TaxRatesResource(),
    "trackingcategories": TrackingCategoriesResource(),
    "items": ItemsResource(),
    "contacts": ContactsResource(),
    "invoices": InvoicesResource(),
    "payments": PaymentsResource(),
}

# By (parent, own) lower-case path segments. Actions hang on the collection itself
# (Organisation/Actions), options on one category (TrackingCategories/{id}/Options[/{id}]).
TRACKING_OPTIONS = TrackingOptions()
ORGANISATION_ACTIONS = Actions()
SUB_RESOURCES: dict[tuple[str, str], TrackingOptions | Actions] = {
    ("trackingcategories", "options"): TRACKING_OPTIONS,
    ("organisation", "actions"): ORGANISATION_ACTIONS,
}

__all__ = ["REPORTS", "REPORT_SCOPES", "RESOURCES", "SUB_RESOURCES"]
