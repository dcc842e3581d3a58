"""Books > Differences: where the two ledgers disagree, in money, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentState
from unitledger.engine.month_end.accepting import NotAcceptable, accept, take_back
from unitledger.store.connections import Organisation
from unitledger.store.holdings import Finding, FindingState
from unitledger.store.journal import Document
from unitledger.store.tie_outs import TieOutResult
from unitledger.web.frame import framed, now
from unitledger.web.listing import Asked, Column, Kind, page_of, read_asked, searched
from unitledger.web.members import Member, for_members
from unitledger.web.scope import operator_scope

COLUMNS = (
    Column("Document"),
    Column("What differs"),
    Column("Difference", classes="num"),
    Column("What to do"),
    Column("Found", "found", "id", Kind.NUMBER),
)
SHOWS = {"open": "Open", "accepted": "Accepted by a person", "healed": "Gone by themselves"}
STATES = {
    "open": FindingState.OPEN,
    "accepted": FindingState.ACCEPTED,
    "healed": FindingState.HEALED,
}
RULES: Mapping[str, str] = {
    "missing_in_books": "Missing in Xero",
    "paid_here_owed_there": "Paid here, owed in Xero",
    "voided_in_books": "Voided in Xero",
    "draft_in_books": "Draft in Xero",
    "still_in_books": "Void here, still in Xero",
    "duplicate_in_books": "Twice in Xero",
    "amount_differs": "Another amount",
    "credited_in_books": "Credited in Xero",
    "account_differs": "Another account",
    "tax_differs": "Another tax",
    "tracking_differs": "Another tracking option",
    "date_differs": "Another date",
    "contact_differs": "Another contact",
    "invoice_differs": "Settles another invoice",
    "link_differs": "Linked to another object",
    "only_in_books": "Only in Xero",
    "contact_split": "Two contacts for one tenant",
    "trial_balance_moved": "An account moved by itself",
    "effect_stuck": "A write without an outcome",
    "dated_in_locked_period": "Dated in a locked period",
    "refused": "Refused",
    "waiting_here": "Not sent yet",
}


@require_GET
@never_cache
@for_members
def differences(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


def _page(request: HttpRequest, member: Member, *, error: str = "") -> HttpResponse:
    with operator_scope(member.operator_id):
        asked = read_asked(request.GET, member, columns=COLUMNS, default="-found", shows=SHOWS)
        found = _found(asked, member)
        page = page_of(found.select_related("organisation", "document__record"), asked)
        context = {
            "asked": asked,
            "page": page,
            "rows": [_row(each) for each in page.rows],
            "rules": _by_rule(found),
            "newest": TieOutResult.objects.defer("content").order_by("-read_at", "-id").first(),
            "drifted": Document.objects.filter(state=DocumentState.DRIFTED).count(),
            "error": error,
        }
    return framed(request, member, "web/differences.html", context, status=422 if error else 200)


def _found(asked: Asked, member: Member) -> QuerySet[Finding]:
    found = Finding.objects.filter(state=STATES[asked.show]).annotate(
        said=KT("evidence__says"), named=KT("evidence__document")
    )
    if asked.location_ids:
        found = found.filter(document__location_id__in=asked.location_ids)
    return searched(found, asked.search, "said", "named")


def _by_rule(found: QuerySet[Finding]) -> list[tuple[str, int]]:
    rows = (
        found.order_by().values_list("rule").annotate(count=Count("id")).order_by("-count", "rule")
    )
    return [(RULES.get(rule, rule), count) for rule, count in rows]


def _row(found: Finding) -> dict[str, Any]:
    evidence = found.evidence
    source, books = evidence.get("source_amount"), evidence.get("books_amount")
    money = None
    if source is not None or books is not None:
        money = Decimal(books or 0) - Decimal(source or 0)
    chart = found.organisation.chart or {}
    return {
        "finding": found,
        "rule": RULES.get(found.rule, found.rule),
        "says": evidence.get("says", ""),
        "remedy": evidence.get("remedy", ""),
        "named": evidence.get("document", ""),
        "money": money,
        "currency": (chart.get("facts") or {}).get("currency"),
        "record": found.document.record.public_id if found.document else None,
        "why": evidence.get("why", ""),
        "accepted_by": evidence.get("accepted_by", ""),
    }


@require_POST
@for_members
def accept_difference(request: HttpRequest, member: Member) -> HttpResponse:
    """Accept one that is of no record, or take the acceptance back."""
    if not member.may_resync or member.location_ids:
        raise PermissionDenied(
            "Only a bookkeeper or an administrator of every location can accept a difference."
        )
    with operator_scope(member.operator_id):
        organisation = next(
            (
                each
                for each in Organisation.objects.all()
                if str(each.public_id) == request.POST.get("organisation")
            ),
            None,
        )
    if organisation is None:
        raise Http404("There is no such organisation.")
    which = {"rule": request.POST.get("rule", ""), "subject": request.POST.get("subject", "")}
    try:
        if request.POST.get("act") == "take-back":
            take_back(organisation.pk, **which, by=member.actor)
            messages.success(request, "It is open again.")
        else:
            why = request.POST.get("why", "")
            accept(organisation.pk, **which, why=why, by=member.actor, now=now())
            messages.success(request, "Accepted. It no longer breaks the tie.")
    except NotAcceptable as unfit:
        return _page(request, member, error=str(unfit))
    return HttpResponseRedirect(reverse("differences"))
