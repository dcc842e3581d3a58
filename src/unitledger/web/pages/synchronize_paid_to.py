"""Synchronize > Paid to Account: where each kind of payment lands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.chart import Account, Chart
from unitledger.core.mapping import Mapping, MethodRule
from unitledger.core.mapping_check import Part, named, why_not_paid_to
from unitledger.core.mapping_edit import method_set, with_method
from unitledger.core.suggest import COMMON_METHODS, suggest_paid_to
from unitledger.engine.mapping.catalogue import paid_by_method
from unitledger.engine.mapping.survey import Survey
from unitledger.web.frame import now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages import synchronize
from unitledger.web.pages.synchronize import Choice, Form, Unfit
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

TEMPLATE = "web/mapping/paid_to.html"
NOT_POSTED, THE_DEFAULT = "not-posted", "default"
# What a receivables clerk calls them; shown also before the first payment of that kind.
USUAL = ("Credit card", "Debit card", "Online banking", "Direct debit", "Cash", "Cheque")
NOT_LISTED_MAX = 6
_MONEY_WORDS = ("cash", "clearing", "bank", "deposit", "till", "gateway", "card", "undeposited")


@dataclass(frozen=True, slots=True)
class Row:
    method: str
    account: str | None
    gone: str | None  # why its account cannot be used
    differs_for: str
    this_month: Decimal
    look: Look
    waiting: int
    edit: str


@require_GET
@never_cache
@for_members
def paid_to(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, Form())


@require_POST
@for_bookkeepers
def change_paid_to(request: HttpRequest, member: Member) -> HttpResponse:
    """Choose where a method's payments land, or that they are not posted."""
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
    back = reverse("mapping-paid-to")
    if found is None or found.chart is None:
        return HttpResponseRedirect(back)
    chart = found.chart
    return synchronize.look_or_save(
        request,
        member,
        found,
        lambda mapping: _changed(mapping, request, chart, found),
        back=back,
        render=lambda form: _page(request, member, form, status=422 if form.errors else 200),
    )


def _changed(mapping: Mapping, request: HttpRequest, chart: Chart, found: Survey) -> Mapping:
    typed = request.POST
    method = typed.get("method") or None
    location = typed.get("at") or None
    if location is not None and location not in found.catalogue.locations.values():
        raise Unfit("at", "Choose one of your locations, or all of them.")
    chosen = typed.get("account", "")
    if chosen == NOT_POSTED and method is not None:
        return with_method(
            mapping, method=method, location=location, account_id=None, is_posted=False
        )
    if chosen == THE_DEFAULT and (method is not None or location is not None):
        return with_method(mapping, method=method, location=location, account_id=None)
    account = chart.account(chosen)
    if account is None:
        raise Unfit("account", "Choose an account.")
    why = why_not_paid_to(account)
    if why is not None:
        raise Unfit("account", f"{named(account)} cannot be used: {why}.")
    return with_method(mapping, method=method, location=location, account_id=account.account_id)


def _page(request: HttpRequest, member: Member, form: Form, *, status: int = 200) -> HttpResponse:
    with operator_scope(member.operator_id):
        found = synchronize.surveyed(member)
        paid = paid_by_method(member.operator_id, since_on=now().date().replace(day=1))
    context: dict[str, Any] = {}
    if found is not None and found.chart is not None:
        context = _context(request, found, found.chart, form, paid)
    return synchronize.part_page(request, member, found, TEMPLATE, context, status=status)


def _context(
    request: HttpRequest, found: Survey, chart: Chart, form: Form, paid: Any
) -> dict[str, Any]:
    mapping = found.mapping or Mapping(contact_prefix="")
    asked = request.POST if request.method == "POST" else request.GET
    default = method_set(mapping, method=None, location=None)
    account = chart.account(default.account_id) if default else None
    rows = [_row(each, mapping, found, chart, paid) for each in _methods(mapping, found)]
    by_default = [each.name for each in found.new_methods]
    context: dict[str, Any] = {
        "part": "paid-to",
        "form": form,
        "rows": rows,
        "default": named(account) if account else None,
        "default_why": why_not_paid_to(account) if account else None,
        "by_default": by_default if default else [],
        "faults": found.faults_in(Part.PAID_TO),
        "waiting": sum(each.count for each in found.waits_in(Part.PAID_TO)),
        "unseen": _unseen(mapping, found),
        "usable": [each for each in chart.accounts if why_not_paid_to(each) is None],
    }
    if "method" in asked:
        context |= _edited(asked, mapping, found, chart)
    return context


def _methods(mapping: Mapping, found: Survey) -> Sequence[str]:
    """Those seen, those mapped, and the usual ones; each once, whatever its case."""
    seen = [each.name for each in found.catalogue.methods]
    mapped = [rule.method for rule in mapping.methods if rule.method]
    kept: dict[str, str] = {}
    for name in (*seen, *USUAL, *mapped):
        kept.setdefault(name.casefold(), name)
    needed = {each.casefold() for each in kept} - {
        each.casefold() for each in _unseen(mapping, found)
    }
    return [name[:1].upper() + name[1:] for key, name in kept.items() if key in needed]


def _unseen(mapping: Mapping, found: Survey) -> Sequence[str]:
    """What the first suggestion set for methods that never came: told in a line, not in rows."""
    known = {each.name.casefold() for each in found.catalogue.methods}
    known |= {each.casefold() for each in USUAL}
    suggested = {each.casefold() for each in COMMON_METHODS}
    return [
        rule.method
        for rule in mapping.methods
        if rule.method
        and rule.location is None
        and rule.is_posted
        and rule.method.casefold() in suggested - known
    ]


def _row(method: str, mapping: Mapping, found: Survey, chart: Chart, paid: Any) -> Row:
    own = method_set(mapping, method=method, location=None)
    rule = mapping.method_rule(method=method, location="")
    account = chart.account(rule.account_id) if rule and rule.is_posted else None
    gone = None
    if rule is not None and rule.is_posted:
        gone = "it is no longer in Xero" if account is None else why_not_paid_to(account)
    ids = [each.id for each in found.catalogue.methods if each.name.casefold() == method.casefold()]
    places = [
        each.location
        for each in mapping.methods
        if each.location and each.method and each.method.casefold() == method.casefold()
    ]
    return Row(
        method=method,
        account=_words(rule, account),
        gone=gone,
        differs_for=", ".join(places),
        this_month=sum((paid.get(each, Decimal(0)) for each in ids), Decimal(0)),
        look=_look(rule, own, gone),
        waiting=sum(
            each.count
            for each in found.waits_in(Part.PAID_TO)
            if any(value.casefold() == method.casefold() for _, value in each.problem.facts)
        ),
        edit=f"?{urlencode({'method': method})}#edit",
    )


def _words(rule: MethodRule | None, account: Account | None) -> str | None:
    if rule is None:
        return None
    if not rule.is_posted:
        return "Entered in Xero by hand"
    return named(account) if account else rule.account_id


def _look(rule: MethodRule | None, own: MethodRule | None, gone: str | None) -> Look:
    if rule is None:
        return synchronize.NO_ACCOUNT
    if not rule.is_posted:
        return synchronize.NOT_POSTED
    if gone is not None:
        return synchronize.ACCOUNT_GONE
    return synchronize.MAPPED if own is not None else synchronize.BY_DEFAULT


def _edited(asked: Any, mapping: Mapping, found: Survey, chart: Chart) -> dict[str, Any]:
    method, location = asked["method"], asked.get("at", "")
    own = method_set(mapping, method=method or None, location=location or None)
    now_chosen = ""
    if own is not None:
        now_chosen = own.account_id if own.is_posted else NOT_POSTED
    elif method or location:
        now_chosen = THE_DEFAULT
    usable = [each for each in chart.accounts if why_not_paid_to(each) is None]
    hint = suggest_paid_to(method, chart) if method else None
    waits = [
        each
        for each in found.waits_in(Part.PAID_TO)
        if any(value.casefold() == method.casefold() for _, value in each.problem.facts)
    ]
    return {
        "editing": True,
        "edited_method": method,
        "edited_at": location,
        "account_now": asked.get("account", now_chosen),
        "choices": [_choice(each, hint) for each in sorted(usable, key=_bank_first)],
        "not_listed": _not_listed(chart),
        "locations": sorted(found.catalogue.locations.values()),
        "edited_waiting": sum(each.count for each in waits),
        "edited_money": sum((each.money for each in waits), Decimal(0)),
    }


def _bank_first(account: Account) -> tuple[bool, str]:
    return (account.type != "BANK", account.code or account.name)


def _choice(account: Account, hint: Account | None) -> Choice:
    words = "bank account" if account.type == "BANK" else "takes payments"
    if hint is not None and hint.account_id == account.account_id:
        words = f"{words} · suggested, the name is close"
    return Choice(account.account_id, named(account), words)


def _not_listed(chart: Chart) -> Sequence[tuple[str, str]]:
    """Accounts that sound like money and cannot be offered, each with the reason."""
    found = [
        (named(each), why)
        for each in chart.accounts
        if (why := why_not_paid_to(each)) is not None
        and not each.system
        and each.account_class in ("ASSET", "LIABILITY")
        and any(word in each.name.casefold() for word in _MONEY_WORDS)
    ]
    return found[:NOT_LISTED_MAX]
