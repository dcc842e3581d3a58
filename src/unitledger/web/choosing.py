"""Which records a person has chosen in the report, and never one they may not see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unitledger.engine.asking import RECORDS_MAX
from unitledger.engine.report import Filter, record_ids, totals
from unitledger.store.records import SourceRecord
from unitledger.web.frame import framed
from unitledger.web.members import Member
from unitledger.web.money import money_of
from unitledger.web.report_query import Query
from unitledger.web.scope import operator_scope

ASKED_ONCE_OVER = 50
NOTHING_TICKED = "Nothing is ticked. Tick the records, then choose Apply."
TOO_MANY = "These are more than {most:,} records. Narrow the filter and ask in parts."


class Unfit(ValueError):
    """What was posted cannot be done; says why in words."""


def chosen(request: HttpRequest, member: Member, query: Query) -> Sequence[int]:
    """The record ids of what is ticked, or of all that match: those that this person may see."""
    with operator_scope(member.operator_id):
        if request.POST.get("scope") == "all":
            found = record_ids(query.filter(member), limit=RECORDS_MAX + 1)
        else:
            ticked = SourceRecord.objects.filter(public_id__in=_uuids(request)).values_list("id")
            among = [record for (record,) in ticked[: RECORDS_MAX + 1]]
            asked = Filter(
                operator_id=member.operator_id,
                kind=query.kind,
                location_ids=member.location_ids,
                record_ids=among,
            )
            found = record_ids(asked, limit=RECORDS_MAX + 1)
    if len(found) > RECORDS_MAX:
        raise Unfit(TOO_MANY.format(most=RECORDS_MAX))
    if not found:
        raise Unfit(NOTHING_TICKED)
    return found


def needs_asking(request: HttpRequest, records: Sequence[int]) -> bool:
    """Many records are asked about once, with their count and money."""
    return len(records) > ASKED_ONCE_OVER and request.POST.get("confirmed") != "yes"


def ask_once(
    request: HttpRequest,
    member: Member,
    query: Query,
    records: Sequence[int],
    *,
    verb: str,
    says: str,
    calls: int | None = None,
) -> HttpResponse:
    """The question before something is done to many records; its answer is the same form."""
    asked = Filter(operator_id=member.operator_id, kind=query.kind, record_ids=records)
    with operator_scope(member.operator_id):
        amount, currency = money_of(totals(asked))
    context = {
        "verb": verb,
        "explained": says,
        "calls": calls,
        "count": len(records),
        "amount": amount,
        "currency": currency,
        "noun": query.by,
        "address": query.address(),
        "posted": {name: request.POST.get(name, "") for name in ("option", "key", "scope", "note")},
        "records": request.POST.getlist("record"),
    }
    return framed(request, member, "web/resync_confirm.html", context)


def unfit_answer(request: HttpRequest, member: Member, says: str, *, address: str) -> HttpResponse:
    """Nothing was done, and why; to be corrected where it was asked."""
    status = 200 if getattr(request, "htmx", False) else 422
    context = {"says": says, "address": address}
    return framed(request, member, "web/resync_unfit.html", context, status=status)


def _uuids(request: HttpRequest) -> list[UUID]:
    found: list[UUID] = []
    for typed in request.POST.getlist("record"):
        try:
            found.append(UUID(typed))
        except ValueError:
            continue  # no page of ours offers it
    return found
