"""What the parts of Synchronize share: the frame, the check list, look-then-save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.chart import Account, Chart
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.core.mapping import Mapping as BooksMapping
from unitledger.core.mapping_check import Part, named
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.mapping.creating import CannotCreate
from unitledger.engine.mapping.refreshing import refresh
from unitledger.engine.mapping.saving import Change, save_change
from unitledger.engine.mapping.survey import Survey, current_connection, survey
from unitledger.engine.mapping.touching import Touch, touched
from unitledger.store.connections import Connection
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

EVERY_LOCATION_ONLY = (
    "The mapping is one for all locations. Somebody who sees every location can change it."
)
AWAY = "Xero could not be reached. Nothing changed. Try again in a minute."
NEWS_SHOWN = 8

MAPPED = Look("Mapped", "synced", "ok")
SUGGESTED = Look("Suggested", "queued", "mute")
NEW = Look("New", "queued", "mute")
BY_DEFAULT = Look("Default", "queued", "mute")
NO_ACCOUNT = Look("No account", "attention", "warn")
ACCOUNT_GONE = Look("Account gone", "attention", "warn")
NO_OPTION = Look("No option", "attention", "warn")
OPTION_GONE = Look("Option gone", "attention", "warn")
NO_RATE = Look("No rate", "attention", "warn")
RATE_CHANGED = Look("Rate changed", "attention", "warn")
UNTRACKED = Look("Untracked", "skipped", "mute")
NOT_POSTED = Look("Not posted", "skipped", "mute")
_DONE = Look("done", "synced", "ok")
_TO_FIX = Look("to fix", "attention", "warn")
_NEW = Look("new", "queued", "mute")
_LATER = Look("not set", "out", "mute")


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the check list."""

    name: str
    url: str
    look: Look
    fact: str

    @property
    def part(self) -> str:
        return self.url.rsplit("/", 1)[1]


@dataclass(slots=True)
class Form:
    """What was typed, what is wrong with it, and what saving it would touch."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    touch: Touch | None = None


class Unfit(ValueError):
    """A choice that cannot be saved: which field, and what to do instead."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field_name = field_name
        super().__init__(message)


Render = Callable[[Form], HttpResponse]


def surveyed(member: Member) -> Survey | None:
    """Within an operator's scope: the mapping and all around it; None without a connection."""
    connection = current_connection(member.operator_id, member.organisation_id)
    return None if connection is None else survey(connection)


def part_page(
    request: HttpRequest,
    member: Member,
    found: Survey | None,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """A part of Synchronize inside its frame, or why it cannot be used yet."""
    if found is None:
        return framed(request, member, "web/mapping/not_connected.html", {})
    if found.chart is None:
        return framed(request, member, "web/mapping/no_chart.html", {"may_map": may_map(member)})
    whole: dict[str, Any] = {
        "survey": found,
        "chart": found.chart,
        "steps": steps(found),
        "may_map": may_map(member),
        "currency": found.chart.facts.currency,
        **context,
    }
    # htmx takes no answer but a 200; it swaps in what is wrong as it does what would change.
    is_part = bool(getattr(request, "htmx", False))
    return framed(request, member, template, whole, status=200 if is_part else status)


def may_map(member: Member) -> bool:
    return member.may_resync and member.sees_every_location


def must_map(member: Member) -> None:
    if not member.sees_every_location:
        raise PermissionDenied(EVERY_LOCATION_ONLY)


def look_or_save(
    request: HttpRequest,
    member: Member,
    found: Survey,
    change: Change,
    *,
    back: str,
    render: Render,
) -> HttpResponse:
    """Answer a form: show what saving would touch, or save. What was typed stays."""
    must_map(member)
    form = Form(values={name: str(value) for name, value in request.POST.items()})
    try:
        after = change(found.mapping or BooksMapping(contact_prefix=""))
    except Unfit as unfit:
        form.errors[unfit.field_name] = str(unfit)
        return render(form)
    if request.POST.get("act") != "save":
        with operator_scope(member.operator_id):
            form.touch = touched(
                member.operator_id, found.connection.organisation_id, found.mapping, after
            )
        return render(form)
    saved = save_change(
        found.connection.organisation_id,
        change,
        by=member.actor,
        user_id=member.user.pk,
        now=now(),
    )
    if saved.is_new:
        messages.info(request, _said(saved.version, saved.planned_again))
    else:
        messages.info(request, "Nothing changed: it was set so already.")
    return HttpResponseRedirect(back)


def _said(version: int, planned: int) -> str:
    words = {0: "What is sent from now on goes by it.", 1: "1 unsent document goes by it."}
    many = f"{planned:,} unsent documents go by it."
    return f"Saved as version {version}. {words.get(planned, many)}"


def steps(found: Survey) -> Sequence[Step]:
    """The check list, each with its state and a short fact."""
    mapping = found.mapping
    return (
        _categories_step(found),
        _products_step(found),
        _paid_to_step(found),
        _taxes_step(found),
        Step(
            "Defaults",
            reverse("mapping-defaults"),
            _TO_FIX if found.faults_in(Part.DEFAULTS) else _DONE if mapping else _LATER,
            _defaults_fact(found),
        ),
        Step(
            "Start date",
            reverse("mapping-start"),
            _DONE,
            f"{found.start_on.day} {found.start_on:%B %Y}",
        ),
    )


def _defaults_fact(found: Survey) -> str:
    if found.faults_in(Part.DEFAULTS):
        return "rounding to fix"
    return "5 of 5 set" if found.mapping else "not set"


def _categories_step(found: Survey) -> Step:
    mapping = found.mapping
    url = reverse("mapping-categories")
    if mapping is None or not mapping.tracking:
        return Step("Categories", url, _LATER, "nothing is tracked")
    to_fix = len(found.faults_in(Part.CATEGORIES))
    if to_fix:
        return Step("Categories", url, _TO_FIX, f"{to_fix} to fix")
    return Step("Categories", url, _DONE, f"{len(mapping.tracking)} of 2 in use")


def _products_step(found: Survey) -> Step:
    url = reverse("mapping-products")
    to_fix = len(found.faults_in(Part.PRODUCTS)) + len(found.charges_without_account)
    if to_fix:
        return Step("Products", url, _TO_FIX, f"{to_fix} to fix")
    new = len(found.new_charges)
    if new:
        return Step("Products", url, _NEW, f"{new} new {'item' if new == 1 else 'items'}")
    return Step("Products", url, _DONE, "all mapped")


def _paid_to_step(found: Survey) -> Step:
    url = reverse("mapping-paid-to")
    to_fix = len(found.faults_in(Part.PAID_TO))
    if to_fix:
        return Step("Paid to Account", url, _TO_FIX, f"{to_fix} to fix")
    if found.mapping is None or not found.mapping.methods:
        return Step("Paid to Account", url, _LATER, "not set")
    by_default = len(found.new_methods)
    if by_default:
        return Step("Paid to Account", url, _NEW, f"{by_default} by the default")
    return Step("Paid to Account", url, _DONE, "all mapped")


def _taxes_step(found: Survey) -> Step:
    url = reverse("mapping-taxes")
    waiting = sum(each.count for each in found.waits_in(Part.TAXES))
    to_fix = len(found.faults_in(Part.TAXES))
    if waiting or to_fix:
        return Step("Taxes", url, _TO_FIX, f"{waiting} wait" if waiting else f"{to_fix} to fix")
    if found.mapping is None:
        return Step("Taxes", url, _LATER, "not set")
    rates = {tax for rule in found.mapping.charges for _, tax in rule.tax_types}
    rates |= {rule.tax_type for rule in found.mapping.taxes}
    return Step("Taxes", url, _DONE, f"{len(rates)} {'rate' if len(rates) == 1 else 'rates'}")


@require_GET
@for_members
def synchronize(request: HttpRequest, member: Member) -> HttpResponse:
    """The tab opens on its first part."""
    return redirect("mapping-categories")


@require_POST
@never_cache
@for_bookkeepers
def refresh_chart(request: HttpRequest, member: Member) -> HttpResponse:
    """Read accounts, rates, tracking and items afresh; say what is new."""
    must_map(member)
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
    back = own_part(request.POST.get("back", ""))
    if connection is None:
        messages.error(request, "Connect to Xero first.")
        return redirect("xero")

    def read() -> HttpResponse:
        news = refresh(connection.pk, tools=wiring.shared_tools()).news
        messages.info(request, " ".join(("Read from Xero just now.", *_short(news))))
        return HttpResponseRedirect(back)

    return reached(request, read, back=back)


def _short(news: Sequence[str]) -> Sequence[str]:
    if not news:
        return ("Nothing has changed there.",)
    rest = len(news) - NEWS_SHOWN
    return (*news[:NEWS_SHOWN], f"And {rest} more.") if rest > 0 else news


def own_part(path: str) -> str:
    """One of our parts, and nothing else: it comes back from a form."""
    if path == "xero":
        return reverse("xero")
    known = ["categories", "products", "paid-to", "taxes", "defaults", "start"]
    return reverse(f"mapping-{path if path in known else known[0]}")


def reached(request: HttpRequest, act: Callable[[], HttpResponse], *, back: str) -> HttpResponse:
    """What keeps Xero from answering is said on the page the person came from."""
    try:
        return act()
    except CannotCreate as cannot:
        messages.error(request, str(cannot))
    except ConsentLost as lost:
        messages.error(request, str(lost))
    except (IdentityUnavailable, BooksUnavailable):
        messages.error(request, AWAY)
    except DayUsedUp as used_up:
        messages.error(request, str(used_up))
    return HttpResponseRedirect(back)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    hint: str = ""


def account_choices(accounts: Sequence[Account]) -> Sequence[Choice]:
    return [Choice(each.code or "", named(each)) for each in accounts]


def rate_choices(chart: Chart, percent: str | None = None) -> Sequence[Choice]:
    """Active rates that a sale may carry, of one percentage where one is asked for."""
    from unitledger.core.mapping import percent_key

    return [
        Choice(each.tax_type, f"{each.name} ({percent_key(each.percent)} %)")
        for each in chart.tax_rates
        if each.is_active
        and (percent is None or percent_key(each.percent) == percent)
        and (each.applies_to_revenue or each.applies_to_liabilities)
    ]


def connection_of(member: Member) -> Connection | None:
    with operator_scope(member.operator_id):
        return current_connection(member.operator_id, member.organisation_id)
