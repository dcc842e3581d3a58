"""The registry of what stands beside the documents; `resources` takes it in."""

from __future__ import annotations

from fauxero.accounting.branding import (
    BrandingThemesResource,
    PaymentServicesResource,
    ReminderSettings,
    UsersResource,
)
from fauxero.accounting.contact_groups import ContactGroupsResource
from fauxero.accounting.currencies import CurrenciesResource
from fauxero.accounting.quotes.repeating import (
    LinkedTransactionsResource,
    RepeatingInvoicesResource,
)
from fauxero.accounting.quotes.resource import QuotesResource
from fauxero.accounting.resource import Resource

# By lower-case path segment, as in `resources`.
SIDE_RESOURCES: dict[str, Resource] = {
    "contactgroups": ContactGroupsResource(),
    "currencies": CurrenciesResource(),
    "brandingthemes": BrandingThemesResource(),
    "paymentservices": PaymentServicesResource(),
    "users": UsersResource(),
    "quotes": QuotesResource(),
    "repeatinginvoices": RepeatingInvoicesResource(),
    "linkedtransactions": LinkedTransactionsResource(),
}

REMINDER_SETTINGS = ReminderSettings()
