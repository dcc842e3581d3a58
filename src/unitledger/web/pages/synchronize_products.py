"""Synchronize > Products: charges, merchandise and services to accounts, tax rates and items."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Account, Chart
from unitledger.core.mapping import (
    UNSTATED_PERCENT,
    Mapping,
    percent_key,
)
from unitledger.core.mapping_check import DEPOSIT_TYPES, named
from unitledger.core.mapping_edit import Selector, rule_for, with_charge
from unitledger.core.suggest import suggest_account, suggest_rates
from unitledger.engine.mapping.catalogue import KnownCharge, StatedTax, stated_taxes
from unitledger.engine.mapping.saving import save_change
from unitledger.engine.mapping.survey import Survey
from unitledger.web.frame import now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import products_shown, synchronize
from unitledger.web.pages.products_shown import selector_of, takes
from unitledger.web.pages.synchronize import Form, Unfit
from unitledger.web.scope import operator_scope

TEMPLATE = "web/mapping/products.html"


@require_GET
@never_cache
@for_members
def products(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form())


@require_POST
@for_bookkeepers
def change_product(request: HttpRequest, member: Member) -> HttpResponse:
    """Set account, tax rates and item of one charge, at one level."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        stated = stated_taxes(member.operator_id)
    back = reverse("mapping-products")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    chart = found.chart
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _changed(mapping, request, chart, found, stated),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


@require_POST
@for_bookkeepers
def accept(request: HttpRequest, member: Member) -> HttpResponse:
    """Give each ticked charge an entry of its own: as suggested, or one account for all."""
    synchronize.must_map(member)
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-products")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    ticked = [each for each in found.catalogue.charges if str(each.id) in _ticks(request)]
    account = found.chart.account_by_code(request.POST.get("account", ""))
    if not ticked:
        messages.error(request, "Nothing is ticked. Tick the items, then accept.")
        return HttpResponseRedirect(back)
    if request.POST.get("account") and (account is None or not takes(account)):
        messages.error(request, "Choose an active account that takes invoice lines.")
        return HttpResponseRedirect(back)
    chart = found.chart
    saved = save_change(
        found.connection.organisation_id,
        lambda mapping: _accepted(mapping, ticked, chart, account),
        by=member.actor,
        user_id=member.user.pk,
        now=now(),
    )
    count = f"{len(ticked)} item{'' if len(ticked) == 1 else 's'}"
    messages.info(request, f"{count} mapped. Saved as version {saved.version}.")
    return HttpResponseRedirect(back)


def _ticks(request: HttpRequest) -> frozenset[str]:
    return frozenset(request.POST.getlist("item"))


def _accepted(
    mapping: Mapping, charges: Sequence[KnownCharge], chart: Chart, account: Account | None
) -> Mapping:
    for charge in charges:
        chosen = account or _suggested(mapping, charge, chart)
        if chosen is None:
            continue
        taxes = dict(suggest_rates(charge.charge_type, chosen, chart)) if account is None else {}
        selector = (charge.charge_type, charge.code, None, None)
        before = rule_for(mapping, selector)
        inherited = _inherited(mapping, charge)
        mapping = with_charge(
            mapping,
            selector,
            account_code=chosen.code,
            # What the kind's own rates say goes on; a suggestion fills what they leave open.
            taxes={percent: tax for percent, tax in taxes.items() if percent not in inherited},
            item_code=before.item_code if before else None,
        )
    return mapping


def _inherited(mapping: Mapping, charge: KnownCharge) -> ReadOnly[str, str]:
    rule = mapping.charge_rule(charge_type=charge.charge_type, charge_code=charge.code, location="")
    return dict(rule.tax_types) if rule else {}


def _suggested(mapping: Mapping, charge: KnownCharge, chart: Chart) -> Account | None:
    """By its name where that says something, else where its kind goes, else by its kind."""
    by_name = suggest_account(charge.charge_type, charge.name, chart)
    rule = mapping.charge_rule(charge_type=charge.charge_type, charge_code=None, location="")
    of_kind = chart.account_by_code(rule.account_code or "") if rule else None
    if charge.code is None or by_name is None:
        return of_kind or by_name
    return by_name


def _changed(
    mapping: Mapping,
    request: HttpRequest,
    chart: Chart,
    found: Survey,
    stated: Sequence[StatedTax],
) -> Mapping:
    typed = request.POST
    selector = selector_of(typed)
    account_code = typed.get("account", "") or None
    account = chart.account_by_code(account_code) if account_code else None
    if account_code and (account is None or not takes(account)):
        raise Unfit("account", "Choose an active account that takes invoice lines.")
    if selector[0] is ChargeType.DEPOSIT and account and account.type not in DEPOSIT_TYPES:
        raise Unfit(
            "account",
            f"{named(account)} is income. A deposit is owed to the tenant until it is kept: "
            "choose a liability account.",
        )
    item = typed.get("item", "") or None
    if item and found.items is not None and item not in {each.code for each in found.items}:
        raise Unfit("item", f"Xero has no item {item} that is sold. Choose one of the list.")
    after = with_charge(
        mapping,
        selector,
        account_code=account_code,
        taxes=_taxes(typed, chart),
        item_code=item,
    )
    _check_rates(after, selector, chart)
    return after


def _taxes(typed: Any, chart: Chart) -> dict[str, str | None]:
    taxes: dict[str, str | None] = {}
    for name in typed:
        if not name.startswith("tax-"):
            continue
        percent, chosen = name.removeprefix("tax-"), typed[name]
        if not chosen:
            taxes[percent] = None
            continue
        rate = chart.tax_rate(chosen)
        if rate is None or not rate.is_active:
            raise Unfit(name, "Choose a tax rate that is active in Xero.")
        if percent not in (UNSTATED_PERCENT, percent_key(rate.percent)):
            raise Unfit(
                name,
                f"Your storage software charges {percent} % here; {rate.name} takes "
                f"{percent_key(rate.percent)} %. Choose a rate of {percent} %, or correct the "
                "charge there.",
            )
        taxes[percent] = chosen
    return taxes


def _check_rates(after: Mapping, selector: Selector, chart: Chart) -> None:
    """Xero refuses a line whose rate does not go with its account: found here, not there."""
    charge_type, code, location, unit_type = selector
    if charge_type is None:
        return
    rule = after.charge_rule(
        charge_type=charge_type, charge_code=code, location=location or "", unit_type=unit_type
    )
    account = chart.account_by_code(rule.account_code or "") if rule else None
    for percent, tax_type in rule.tax_types if rule and account else ():
        rate = chart.tax_rate(tax_type)
        if rate is not None and account is not None and not rate.fits(account):
            raise Unfit(
                f"tax-{percent}",
                f"Xero does not let {rate.name} be used with {named(account)}. Choose another "
                "rate, or another account.",
            )


def _page(request: HttpRequest, member: Member, form: Form, *, status: int = 200) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    is_editing = bool(asked.get("kind") or asked.get("edit"))
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        stated = stated_taxes(member.operator_id) if is_editing else ()
    context: dict[str, Any] = {}
    if found is not None and found.chart is not None:
        context = products_shown.listed(request, found, found.chart, form)
        if is_editing:
            context |= products_shown.edited(asked, found, found.chart, form, stated)
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)
