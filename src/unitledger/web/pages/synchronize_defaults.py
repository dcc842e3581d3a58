"""Synchronize > Defaults: due date, rounding, number, reference, and what of a tenant is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.billing import (
    ChargeType,
    Invoice,
    InvoiceLine,
    Place,
    RecordKey,
    RecordKind,
)
from unitledger.core.chart import Account, Chart
from unitledger.core.mapping import ContactField, Mapping, ReferenceStyle, RoundingRule
from unitledger.core.mapping_check import Part, named
from unitledger.core.suggest import OUTSIDE_THE_RETURN
from unitledger.core.wording import invoice_reference, is_invoice_number
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Choice, Form, Unfit
from unitledger.web.scope import operator_scope

TEMPLATE = "web/mapping/defaults.html"
DUE_DAYS_MAX = 365
ROUNDING_MAX = Decimal("1.00")
PREFIX_MAX = 20
STYLES = {
    ReferenceStyle.UNIT_PERIOD: "Unit, period and the source's own reference",
    ReferenceStyle.UNIT: "Unit only",
    ReferenceStyle.SOURCE: "Only what the storage software calls it",
}
STATUSES = {
    "AUTHORISED": ("Approved", "it is in the books at once, and payments go on it"),
    "SUBMITTED": ("Awaiting approval", "somebody approves each in Xero; payments wait for that"),
    "DRAFT": ("Draft", "somebody finishes each in Xero; payments wait for that"),
}
CONTACT_FIELDS = {
    ContactField.EMAIL: (
        "E-mail address",
        "Xero could then mail this tenant if somebody there turns reminders on. We never do.",
    ),
    ContactField.PHONE: ("Phone number", "Shown on the contact in Xero, for whoever may see it."),
}


@require_GET
@never_cache
@for_members
def defaults(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form())


@require_POST
@for_bookkeepers
def change_defaults(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-defaults")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    chart = found.chart
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _changed(mapping, request, chart),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


def _changed(mapping: Mapping, request: HttpRequest, chart: Chart) -> Mapping:
    typed = request.POST
    prefix = typed.get("prefix", "").strip()
    if len(prefix) > PREFIX_MAX or not is_invoice_number(f"{prefix}1"):
        raise Unfit(
            "prefix", f"Use at most {PREFIX_MAX} plain letters, digits and signs, or nothing."
        )
    try:
        style = ReferenceStyle(typed.get("reference", ""))
    except ValueError:
        raise Unfit("reference", "Choose one of the three.") from None
    status = typed.get("status", mapping.invoice_status)
    if status not in STATUSES:
        raise Unfit("status", "Choose one of the three.")
    return replace(
        mapping,
        invoice_prefix=prefix,
        invoice_status=status,
        reference_style=style,
        due_days=_due_days(typed),
        rounding=_rounding(typed, chart),
        contact_fields=tuple(each for each in ContactField if typed.get(f"send-{each}")),
    )


def _due_days(typed: Any) -> int | None:
    if typed.get("due") != "days":
        return None
    said = typed.get("due_days", "").strip()
    if not said.isascii() or not said.isdigit() or int(said) > DUE_DAYS_MAX:
        raise Unfit("due_days", f"Give a number of days from 0 to {DUE_DAYS_MAX}, as in 14.")
    return int(said)


def _rounding(typed: Any, chart: Chart) -> RoundingRule | None:
    if typed.get("rounding") != "line":
        return None
    account = chart.account_by_code(typed.get("rounding_account", ""))
    if account is None or account not in _rounding_accounts(chart):
        raise Unfit("rounding_account", "Choose an ordinary active account for rounding lines.")
    tax_type = _outside_rate(account, chart)
    if tax_type is None:
        raise Unfit(
            "rounding_account",
            f"Xero has no rate of 0 % that goes with {named(account)}. Choose another account.",
        )
    return RoundingRule(account_code=account.code or "", tax_type=tax_type, limit=_limit(typed))


def _limit(typed: Any) -> str:
    said = typed.get("rounding_limit", "").strip().replace(",", ".")
    try:
        limit = Decimal(said)
    except InvalidOperation:
        limit = Decimal(-1)
    if not limit.is_finite() or not Decimal("0.01") <= limit <= ROUNDING_MAX:
        raise Unfit("rounding_limit", f"Give an amount from 0.01 to {ROUNDING_MAX}, as in 0.05.")
    if limit != limit.quantize(Decimal("0.01")):
        raise Unfit("rounding_limit", "Give whole cents, as in 0.05.")
    return format(limit.quantize(Decimal("0.01")), "f")


def _rounding_accounts(chart: Chart) -> list[Account]:
    """Xero's own rounding account takes no lines, so an ordinary one it must be."""
    fitting = [
        each
        for each in chart.accounts
        if each.is_active and each.takes_lines and each.account_class in ("REVENUE", "EXPENSE")
    ]
    return sorted(
        fitting, key=lambda each: ("rounding" not in each.name.casefold(), each.code or "")
    )


def _outside_rate(account: Account, chart: Chart) -> str | None:
    rates = [
        each
        for each in chart.tax_rates
        if each.is_active and not each.percent and each.fits(account)
    ]
    outside = [each for each in rates if each.tax_type in OUTSIDE_THE_RETURN]
    return next((each.tax_type for each in (*outside, *rates)), None)


def _page(request: HttpRequest, member: Member, form: Form, *, status: int = 200) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    context: dict[str, Any] = {}
    if found is not None and found.chart is not None:
        mapping = found.mapping or Mapping(contact_prefix="")
        context = {
            "part": "defaults",
            "form": form,
            "faults": found.faults_in(Part.DEFAULTS),
            "due_days_max": DUE_DAYS_MAX,
            "styles": [
                (str(style), words, invoice_reference(_EXAMPLE, style=style) or "empty")
                for style, words in STYLES.items()
            ],
            "statuses": [(value, *words) for value, words in STATUSES.items()],
            "accounts": [
                Choice(each.code or "", named(each)) for each in _rounding_accounts(found.chart)
            ],
            **_values(mapping, form),
        }
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)


def _values(mapping: Mapping, form: Form) -> dict[str, Any]:
    """What is set, or what was typed and not saved."""
    if form.values:
        typed = form.values
        chosen = {str(each) for each in ContactField if typed.get(f"send-{each}")}
        return {
            "prefix": typed.get("prefix", ""),
            "due": typed.get("due", "source"),
            "due_days": typed.get("due_days", ""),
            "reference": typed.get("reference", ""),
            "status": typed.get("status", ""),
            "rounding": typed.get("rounding", "stop"),
            "rounding_account": typed.get("rounding_account", ""),
            "rounding_limit": typed.get("rounding_limit", ""),
            "contact_fields": _contact_choices(chosen),
        }
    rounding = mapping.rounding
    return {
        "prefix": mapping.invoice_prefix,
        "due": "source" if mapping.due_days is None else "days",
        "due_days": "" if mapping.due_days is None else str(mapping.due_days),
        "reference": str(mapping.reference_style),
        "status": mapping.invoice_status,
        "rounding": "line" if rounding else "stop",
        "rounding_account": rounding.account_code if rounding else "",
        "rounding_limit": rounding.limit if rounding else "0.05",
        "contact_fields": _contact_choices({str(each) for each in mapping.contact_fields}),
    }


def _contact_choices(chosen: set[str]) -> list[tuple[str, str, str, bool]]:
    return [
        (str(each), name, hint, str(each) in chosen)
        for each, (name, hint) in CONTACT_FIELDS.items()
    ]


_KEY = RecordKey(
    source="example", kind=RecordKind.INVOICE, identifier_type="number", value="INV-1042"
)
# To show what a reference would look like; never stored and never sent.
_EXAMPLE = Invoice(
    key=_KEY,
    number="INV-1042",
    tenant=RecordKey(
        source="example", kind=RecordKind.TENANT, identifier_type="number", value="T-77"
    ),
    place=Place(location="Example", unit="B114"),
    issued_on=date(2026, 3, 1),
    due_on=date(2026, 3, 15),
    currency="GBP",
    prices_include_tax=True,
    lines=(
        InvoiceLine(
            charge_type=ChargeType.RENT,
            description="Rent",
            quantity=Decimal(1),
            unit_price=Decimal(120),
            amount=Decimal(120),
            unit="B114",
            period_start_on=date(2026, 3, 1),
            period_end_on=date(2026, 3, 31),
        ),
    ),
    total=Decimal(120),
    reference="LEASE-77",
)
