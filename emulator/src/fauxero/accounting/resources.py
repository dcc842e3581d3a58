"""The registry: which path is which resource."""

from __future__ import annotations

from fauxero.accounting.accounts import AccountsResource
from fauxero.accounting.banking.batches import BatchPaymentsResource
from fauxero.accounting.banking.resource import BankTransactionsResource
from fauxero.accounting.banking.transfers import BankTransfersResource
from fauxero.accounting.contacts.resource import ContactsResource
from fauxero.accounting.credits.allocations import AllocationsResource
from fauxero.accounting.credits.held import OverpaymentsResource, PrepaymentsResource
from fauxero.accounting.credits.resource import CreditNotesResource
from fauxero.accounting.general_ledger.journals import JournalsResource
from fauxero.accounting.general_ledger.manual import ManualJournalsResource
from fauxero.accounting.invoices.resource import InvoicesResource
from fauxero.accounting.items import ItemsResource
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, PREPAYMENT
from fauxero.accounting.organisation import Actions, OrganisationResource
from fauxero.accounting.payments import PaymentsResource
from fauxero.accounting.reports import REPORT_SCOPES, REPORTS
from fauxero.accounting.resource import Resource
from fauxero.accounting.side_resources import REMINDER_SETTINGS, SIDE_RESOURCES
from fauxero.accounting.tax_rates import TaxRatesResource
from fauxero.accounting.tracking import TrackingCategoriesResource, TrackingOptions

_ORGANISATION = OrganisationResource()

# By lower-case path segment. `name` is the envelope key.
RESOURCES: dict[str, Resource] = SIDE_RESOURCES | {
    "organisation": _ORGANISATION,
    "organisations": _ORGANISATION,
    "accounts": AccountsResource(),
    "taxrates": TaxRatesResource(),
    "trackingcategories": TrackingCategoriesResource(),
    "items": ItemsResource(),
    "contacts": ContactsResource(),
    "invoices": InvoicesResource(),
    "payments": PaymentsResource(),
    "creditnotes": CreditNotesResource(),
    "overpayments": OverpaymentsResource(),
    "prepayments": PrepaymentsResource(),
    "banktransactions": BankTransactionsResource(),
    "banktransfers": BankTransfersResource(),
    "batchpayments": BatchPaymentsResource(),
    "manualjournals": ManualJournalsResource(),
    "journals": JournalsResource(),
}

# By (parent, own) lower-case path segments. Actions hang on the collection itself
# (Organisation/Actions), options on one category (TrackingCategories/{id}/Options[/{id}]).
TRACKING_OPTIONS = TrackingOptions()
ORGANISATION_ACTIONS = Actions()
SUB_RESOURCES: dict[tuple[str, str], TrackingOptions | Actions | AllocationsResource] = {
    ("trackingcategories", "options"): TRACKING_OPTIONS,
    ("organisation", "actions"): ORGANISATION_ACTIONS,
    ("creditnotes", "allocations"): AllocationsResource(CREDIT_NOTE),
    ("overpayments", "allocations"): AllocationsResource(OVERPAYMENT),
    ("prepayments", "allocations"): AllocationsResource(PREPAYMENT),
}

__all__ = ["REMINDER_SETTINGS", "REPORTS", "REPORT_SCOPES", "RESOURCES", "SUB_RESOURCES"]
