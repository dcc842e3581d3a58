"""Synchronize > Taxes: the percentages the source states, and how each location prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.billing import ChargeType
from unitledger.core.chart import Chart, TaxRate
from unitledger.core.mapping import UNSTATED_PERCENT, ChargeRule, Mapping, percent_key
from unitledger.core.mapping_check import Part
from unitledger.core.mapping_edit import with_prices, with_tax
from unitledger.core.wording import charge_type_words
from unitledger.engine.mapping.catalogue import StatedTax, stated_prices, stated_taxes
from unitledger.engine.mapping.survey import Survey
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Form, Unfit
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

TEMPLATE = "web/mapping/taxes.html"
BASES = {
    "ACCRUALS": "accruals: tax counts when it is invoiced",
    "ACCRUAL": "accruals: tax counts when it is invoiced",
    "CASH": "cash: tax counts when it is paid",
    "PAYMENTS": "cash: tax counts when it is paid",
    "INVOICE": "invoice: tax counts when it is invoiced",
    "FLATRATECASH": "flat rate, cash",
    "FLATRATEACCRUAL": "flat rate, accruals",
}
PRICES = {"": "as each record says", "with": "with tax included", "without": "without tax"}


@dataclass(frozen=True, slots=True)
class Row:
    """One percentage of the source and the rate it goes to."""

    percent: str
    label: str
    lines: int
    kinds: str
    rate: str | None
    differs: str
    look: Look
    edit: str


@require_GET
@never_cache
@for_members
def taxes(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form())


@require_POST
@for_bookkeepers
def change_tax(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose the rate of a percentage, for every charge that is not set apart."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-taxes")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    chart = found.chart
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _tax_changed(mapping, request, chart),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


@require_POST
@for_bookkeepers
def change_prices(request: HttpRequest, member: Member) -> HttpResponse:
    """Say whether a location's prices include tax."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-taxes")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _prices_changed(mapping, request, found),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


def _tax_changed(mapping: Mapping, request: HttpRequest, chart: Chart) -> Mapping:
    percent, chosen = request.POST.get("percent", ""), request.POST.get("rate", "")
    rate = chart.tax_rate(chosen)
    if rate is None or not rate.is_active:
        raise Unfit("rate", "Choose a tax rate that is active in Xero.")
    if percent != UNSTATED_PERCENT and percent_key(rate.percent) != percent:
        raise Unfit(
            "rate",
            f"Your storage software charges {percent} %; {rate.name} takes "
            f"{percent_key(rate.percent)} %. Choose a rate of {percent} %.",
        )
    usual = _usual(mapping, percent)
    charges = tuple(_moved(each, percent, usual, rate, chart) for each in mapping.charges)
    return with_tax(replace(mapping, charges=charges), percent=percent, tax_type=rate.tax_type)


def _moved(
    rule: ChargeRule, percent: str, usual: str | None, rate: TaxRate, chart: Chart
) -> ChargeRule:
    """A charge's own rate follows where it was the usual one and the new one fits its account."""
    said = dict(rule.tax_types)
    account = chart.account_by_code(rule.account_code or "")
    follows = usual is not None and said.get(percent) == usual
    if not follows or (account is not None and not rate.fits(account)):
        return rule
    said[percent] = rate.tax_type
    return replace(rule, tax_types=tuple(said.items()))


def _usual(mapping: Mapping, percent: str) -> str | None:
    """The rate that a percentage goes to unless a charge is set apart."""
    own = next(
        (
            each.tax_type
            for each in mapping.taxes
            if (each.percent, each.location) == (percent, None)
        ),
        None,
    )
    if own is not None:
        return own
    said = Counter(
        tax_type
        for rule in mapping.charges
        for each, tax_type in rule.tax_types
        if each == percent and rule.charge_type is not ChargeType.DEPOSIT
    )
    return said.most_common(1)[0][0] if said else None


def _prices_changed(mapping: Mapping, request: HttpRequest, found: Survey) -> Mapping:
    location, said = request.POST.get("location", ""), request.POST.get("prices", "")
    if location not in found.catalogue.locations.values() or said not in PRICES:
        raise Unfit("prices", "Choose how the location prices.")
    return with_prices(mapping, location, {"": None, "with": True, "without": False}[said])


def _page(request: HttpRequest, member: Member, form: Form, *, status: int = 200) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        stated = stated_taxes(member.operator_id)
        prices = stated_prices(member.operator_id)
    context: dict[str, Any] = {}
    if found is not None and found.chart is not None:
        mapping = found.mapping or Mapping(contact_prefix="")
        context = {
            "part": "taxes",
            "form": form,
            "rows": _rows(mapping, found.chart, found, stated),
            "basis": BASES.get(found.chart.facts.tax_basis or "", found.chart.facts.tax_basis),
            "faults": found.faults_in(Part.TAXES),
            "waits": found.waits_in(Part.TAXES),
            "waiting": sum(each.count for each in found.waits_in(Part.TAXES)),
            "prices": [
                (each, _prices_key(mapping.prices_include_tax(each.location))) for each in prices
            ],
            "price_choices": list(PRICES.items()),
            **_edited(request, mapping, found.chart),
        }
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)


def _prices_key(includes_tax: bool | None) -> str:
    return {None: "", True: "with", False: "without"}[includes_tax]


def _rows(
    mapping: Mapping, chart: Chart, found: Survey, stated: Sequence[StatedTax]
) -> Sequence[Row]:
    types = {each.id: each.charge_type for each in found.catalogue.charges}
    lines: Counter[str] = Counter()
    kinds: dict[str, set[ChargeType]] = {}
    for each in stated:
        key = UNSTATED_PERCENT if each.percent is None else percent_key(each.percent)
        lines[key] += each.lines
        kinds.setdefault(key, set()).add(types.get(each.charge_id, ChargeType.OTHER))
    mapped = {percent for rule in mapping.charges for percent, _ in rule.tax_types}
    mapped |= {rule.percent for rule in mapping.taxes}
    ordered = sorted({*lines, *mapped}, key=lambda each: (each not in lines, _order(each)))
    return [_row(each, lines[each], kinds.get(each, set()), mapping, chart) for each in ordered]


def _row(percent: str, lines: int, kinds: set[ChargeType], mapping: Mapping, chart: Chart) -> Row:
    usual = _usual(mapping, percent)
    rate = chart.tax_rate(usual) if usual else None
    differs = [
        f"{charge_type_words(rule.charge_type)}: {_name(chart, tax_type)}"
        for rule in mapping.charges
        if rule.charge_type is not None
        for each, tax_type in rule.tax_types
        if each == percent and tax_type != usual
    ]
    fits = rate is not None and rate.is_active
    if fits and rate is not None and percent != UNSTATED_PERCENT:
        fits = percent_key(rate.percent) == percent
    look = synchronize.MAPPED if fits else synchronize.NO_RATE
    if rate is not None and rate.is_active and not fits:
        look = synchronize.RATE_CHANGED
    return Row(
        percent=percent,
        label="Not stated" if percent == UNSTATED_PERCENT else f"{percent} %",
        lines=lines,
        kinds=", ".join(sorted(charge_type_words(each) for each in kinds)),
        rate=_name(chart, usual) if usual else None,
        differs="; ".join(differs),
        look=look,
        edit=f"?{urlencode({'percent': percent})}#edit",
    )


def _name(chart: Chart, tax_type: str) -> str:
    rate = chart.tax_rate(tax_type)
    return rate.name if rate else tax_type


def _order(percent: str) -> float:
    return 1.0 if percent == UNSTATED_PERCENT else -float(percent)


def _edited(request: HttpRequest, mapping: Mapping, chart: Chart) -> dict[str, Any]:
    asked = request.POST if request.method == "POST" else request.GET
    percent = asked.get("percent", "")
    if percent != UNSTATED_PERCENT and not percent.replace(".", "", 1).isdigit():
        return {}
    among = None if percent == UNSTATED_PERCENT else percent
    return {
        "editing": True,
        "edited_percent": percent,
        "edited_label": "Tax not stated" if among is None else f"{percent} %",
        "rate_now": asked.get("rate", _usual(mapping, percent) or ""),
        "rate_choices": synchronize.rate_choices(chart, among),
    }
