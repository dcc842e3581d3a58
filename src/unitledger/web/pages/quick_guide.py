"""Settings > Integration > Accounting Software, and its Quick guide for Xero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger import wiring
from unitledger.core.chart import Chart
from unitledger.core.mapping_check import DEPOSIT_TYPES, why_not_paid_to
from unitledger.engine.mapping.survey import current_connection
from unitledger.engine.reading import stored_chart
from unitledger.store.connections import ConnectionState
from unitledger.web import words
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_members
from unitledger.web.pages.xero import redirect_uri
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

XERO_PORTAL = "https://developer.xero.com/"
APP_NAME = "{operator} unitledger"
DONE = Look("done", "synced", "ok")
OPEN = Look("not yet", "queued", "mute")
MISSING = Look("missing", "attention", "warn")
_NOT_CONNECTED = Look("not known", "out", "mute")


@dataclass(frozen=True, slots=True)
class Goes:
    """One thing of the storage software, what it becomes in Xero, and when."""

    name: str
    becomes: str
    when: str


# What goes, in the order of the seed's words. What is not listed does not go.
WHAT_GOES = (
    Goes("Tenant", "Contact, by number and name", "Before the tenant's first invoice"),
    Goes("Invoice", "Sales invoice, one line for each charge", "As it arrives"),
    Goes("Payment (receipt)", "Payment on its invoice", "After its invoice"),
    Goes("Deposit", "Line on a liability account, never income", "With its invoice"),
    Goes("Discount", "Line that lowers the invoice", "With its invoice"),
    Goes("Voided invoice", "The invoice voided", "As it arrives, unless it is paid in Xero"),
    Goes("Voided payment", "The payment deleted", "As it arrives, unless it is reconciled"),
)


@dataclass(frozen=True, slots=True)
class Need:
    name: str
    fact: str
    look: Look
    url: str


@require_GET
@never_cache
@for_members
def accounting_software(request: HttpRequest, member: Member) -> HttpResponse:
    """The providers there are: one, with its state."""
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
    look = words.NOT_CONNECTED
    if connection is not None:
        look = words.CONNECTIONS[ConnectionState(connection.state)]
    return framed(
        request,
        member,
        "web/accounting_software.html",
        {"connection": connection, "look": look, "is_emulated": wiring.is_emulated()},
    )


@require_GET
@never_cache
@for_members
def quick_guide(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
        chart = stored_chart(connection.organisation_id) if connection else None
    # Xero: documented, Create an app: this URL begins with https. It is shown, never called.
    home = f"https://{request.get_host()}{reverse('overview')}"
    context: dict[str, Any] = {
        "portal": portal_address(),
        "is_emulated": wiring.is_emulated(),
        "app_name": APP_NAME.format(operator=_without_xero(member.operator_name)),
        "home": home,
        "is_secure": request.is_secure(),
        "redirect_uri": redirect_uri(request),
        "scopes": _scopes(),
        "goes": WHAT_GOES,
        "needs": _needs(chart),
        "start_on": connection.start_on if connection else None,
    }
    return framed(request, member, "web/quick_guide.html", context)


def portal_address() -> str:
    """Where apps are made: at Xero, or at the emulator that stands in for it."""
    addresses = wiring.addresses()
    return f"{addresses.login}/portal" if addresses.is_emulator else XERO_PORTAL


def _without_xero(name: str) -> str:
    # Xero: documented, app naming: an app's name may not contain "Xero".
    return " ".join(each for each in name.split() if "xero" not in each.casefold())


def _scopes() -> Mapping[str, str]:
    return wiring.SCOPE_REASONS


def _needs(chart: Chart | None) -> Sequence[Need]:
    """What Xero has to offer before anything can go, as far as it was read."""
    products, paid_to = reverse("mapping-products"), reverse("mapping-paid-to")
    taxes, authenticate = reverse("mapping-taxes"), reverse("xero")
    plan = Need(
        "A Xero plan with invoicing",
        "Cashbook and Ledger plans take no invoices",
        OPEN if chart is None else DONE,
        authenticate,
    )
    role = Need("Your role in Xero", "Standard or Adviser", OPEN, authenticate)
    if chart is None:
        names = ("Accounts for rent, goods, fees", "A liability account for deposits")
        rest = ("Tax rates", "Accounts that can take payments")
        return (
            plan,
            role,
            *(Need(each, "read once you are connected", OPEN, products) for each in names),
            *(Need(each, "read once you are connected", OPEN, paid_to) for each in rest),
        )
    active = [each for each in chart.accounts if each.is_active]
    income = [each for each in active if each.account_class == "REVENUE" and each.takes_lines]
    liabilities = [each for each in active if each.type in DEPOSIT_TYPES and each.takes_lines]
    payable = [each for each in active if why_not_paid_to(each) is None]
    rates = [each for each in chart.tax_rates if each.is_active]
    return (
        plan,
        Need(role.name, role.fact, DONE, authenticate),
        _need("Accounts for rent, goods, fees", income, products),
        _need("A liability account for deposits", liabilities, products),
        _need("Tax rates", rates, taxes),
        _need("Accounts that can take payments", payable, paid_to),
    )


def _need(name: str, found: Sequence[object], url: str) -> Need:
    fact = f"{len(found)} found" if found else "not found: add one in Xero"
    return Need(name, fact, DONE if found else MISSING, url)
