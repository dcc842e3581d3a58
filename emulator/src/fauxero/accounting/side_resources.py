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
from fauxero.accounting.resource import Resource

# By lower-case path segment, as in `resources`.
SIDE_RESOURCES: dict[str, Resource] = {
    "contactgroups": ContactGroupsResource(),
    "currencies": CurrenciesResource(),
    "brandingthemes": BrandingThemesResource(),
    "paymentservices": PaymentServicesResource(),
    "users": UsersResource(),
}

REMINDER_SETTINGS = ReminderSettings()
