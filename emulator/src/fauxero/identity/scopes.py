"""The scopes an app may ask for. Xero: documented, Scopes page, as changed in March 2026."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

OPENID = ("openid", "profile", "email", "offline_access")

GRANULAR = (
    "accounting.invoices",
    "accounting.invoices.read",
    "accounting.payments",
    "accounting.payments.read",
    "accounting.banktransactions",
    "accounting.banktransactions.read",
    "accounting.manualjournals",
    "accounting.manualjournals.read",
    "accounting.reports.aged.read",
    "accounting.reports.balancesheet.read",
    "accounting.reports.banksummary.read",
    "accounting.reports.budgetsummary.read",
    "accounting.reports.executivesummary.read",
    "accounting.reports.profitandloss.read",
    "accounting.reports.trialbalance.read",
    "accounting.reports.taxreports.read",
)

UNCHANGED = (
    "accounting.settings",
    "accounting.settings.read",
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.attachments",
    "accounting.attachments.read",
    "accounting.budgets.read",
    "accounting.journals.read",
    "accounting.reports.tenninetynine.read",
    "paymentservices",
)

# Of Xero's other APIs: granted, so that an app that asks for them too can sign in, and no use.
OTHER_APIS = tuple(
    f"{area}{end}"
    for area in (
        *("payroll.employees", "payroll.payruns", "payroll.payslip", "payroll.settings"),
        *("payroll.timesheets", "files", "assets", "projects"),
    )
    for end in ("", ".read")
)

# Only apps registered before 2 March 2026 have these; they end on 13 September 2027.
BROAD_END_AT = datetime(2027, 9, 13, tzinfo=UTC)
BROAD = (
    "accounting.transactions",
    "accounting.transactions.read",
    "accounting.reports.read",
)

# For an app's own token (client credentials), which manages its connections (reported).
APP_CONNECTIONS = "app.connections"

NEW_APP = OPENID + GRANULAR + UNCHANGED + OTHER_APIS
OLD_APP = NEW_APP + BROAD

# What a tester gets who names none: all that an ordinary app may have. The general ledger
# (accounting.journals.read) is premium and must be asked for.
USUAL = tuple(
    scope for scope in OPENID + GRANULAR + UNCHANGED if scope != "accounting.journals.read"
)

IN_WORDS = {
    "openid": "Sign you in",
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Keep access while you are away",
    "accounting.invoices": "View and manage invoices, credit notes and items",
    "accounting.payments": "View and manage payments",
    "accounting.banktransactions": "View and manage bank transactions",
    "accounting.manualjournals": "View and manage manual journals",
    "accounting.settings": "View and manage organisation settings",
    "accounting.contacts": "View and manage contacts",
    "accounting.attachments": "View and manage attachments",
    "accounting.transactions": "View and manage business transactions",
}


def in_words(scope: str) -> str:
    if scope in IN_WORDS:
        return IN_WORDS[scope]
    if scope.removesuffix(".read") in IN_WORDS:
        return IN_WORDS[scope.removesuffix(".read")].replace("View and manage", "View")
    return scope


def live(scopes: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Return those of `scopes` that still exist: the broad ones end on 13 September 2027."""
    return tuple(scope for scope in scopes if now < BROAD_END_AT or scope not in BROAD)


def granted(scopes: Iterable[str]) -> frozenset[str]:
    """Return `scopes` with what the broad ones include, for checking a request."""
    given = set(scopes)
    areas = ("invoices", "payments", "banktransactions", "manualjournals")
    if "accounting.transactions" in given:
        given |= {f"accounting.{area}" for area in areas}
    if given & {"accounting.transactions", "accounting.transactions.read"}:
        given |= {f"accounting.{area}.read" for area in areas}
    if "accounting.reports.read" in given:
        given |= {scope for scope in GRANULAR if scope.startswith("accounting.reports.")}
    return frozenset(given)
