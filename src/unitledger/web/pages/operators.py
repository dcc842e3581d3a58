"""Every operator a person works for, at one glance; and changing from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.engine.standing import DONE, Standing, standings
from unitledger.store.people import Membership
from unitledger.web.frame import Books, current_books, framed
from unitledger.web.members import SESSION_KEY, Member, for_members, locations_in, memberships_of
from unitledger.web.scope import locations_of_asker, operator_scope
from unitledger.web.signing import way_to


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money of one kind that is not in the books yet, in one currency."""

    kind: str
    count: int
    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class OperatorRow:
    public_id: UUID
    name: str
    role: str
    is_current: bool
    books: Books
    waiting: Sequence[Waiting]
    for_a_person: int
    lock_on: date | None
    year_end_lock_on: date | None


@require_GET
@never_cache
@for_members
def operators(request: HttpRequest, member: Member) -> HttpResponse:
    rows = [_row(each, member) for each in memberships_of(member.user)]
    locations_of_asker.set(member.location_ids)
    return framed(request, member, "web/people/operators.html", {"rows": rows})


@require_POST
@for_members
def switch(request: HttpRequest, member: Member) -> HttpResponse:
    """Go on as a member of another operator; only of those the person works for."""
    typed = request.POST.get("operator", "")
    memberships = memberships_of(member.user)
    chosen = next((each for each in memberships if str(each.operator.public_id) == typed), None)
    if chosen is None:
        raise Http404("There is no such operator.")
    request.session[SESSION_KEY] = chosen.operator_id
    return redirect(way_to(request, request.POST.get("next")))


def _row(membership: Membership, member: Member) -> OperatorRow:
    """Read as that operator, with the locations the person has there."""
    locations_of_asker.set(locations_in(membership))
    with operator_scope(membership.operator_id):
        books = current_books()
        standing = standings()
    facts = _facts(books)
    return OperatorRow(
        public_id=membership.operator.public_id,
        name=membership.operator.name,
        role=membership.role,
        is_current=membership.operator_id == member.operator_id,
        books=books,
        waiting=_waiting(standing),
        for_a_person=sum(each.count for each in standing if each.needs_a_person),
        lock_on=_day(facts.get("period_lock_on")),
        year_end_lock_on=_day(facts.get("year_end_lock_on")),
    )


def _waiting(standing: Sequence[Standing]) -> Sequence[Waiting]:
    """An invoice and its payment are the same money, so each kind is summed on its own."""
    names = {DocumentKind.INVOICE: "invoice", DocumentKind.PAYMENT: "payment"}
    sums: dict[tuple[str, str | None], tuple[int, Decimal]] = {}
    for each in standing:
        is_in_the_books = each.state in DONE or each.state is DocumentState.DRIFTED
        if each.kind not in names or is_in_the_books:
            continue
        key = (names[each.kind], each.currency)
        count, amount = sums.get(key, (0, Decimal(0)))
        sums[key] = (count + each.count, amount + (each.amount or Decimal(0)))
    return [
        Waiting(kind, count, amount, currency) for (kind, currency), (count, amount) in sums.items()
    ]


def _facts(books: Books) -> Mapping[str, Any]:
    chart = books.connection.organisation.chart if books.connection else None
    return chart["facts"] if chart else {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
