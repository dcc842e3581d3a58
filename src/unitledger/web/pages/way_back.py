"""The link that stands in Xero beside each invoice: back to our record."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.store.journal import Document
from unitledger.web.members import Member, for_members, locations_in, memberships_of
from unitledger.web.scope import locations_of_asker, operator_scope


@require_GET
@never_cache
@for_members
def way_back(request: HttpRequest, member: Member, token: str) -> HttpResponse:
    """To the record; to the choice of operators where it is one of the person's others."""
    found = _record(member.operator_id, token, member.location_ids)
    if found is not None:
        return redirect("record", found)
    for each in memberships_of(member.user):
        if each.operator_id != member.operator_id and _record(
            each.operator_id, token, locations_in(each)
        ):
            messages.info(
                request,
                f"This link leads to a record of {each.operator.name}. "
                "Change to it, then open the link again.",
            )
            return redirect("operators")
    raise Http404("There is no such record.")


def _record(operator_id: int, token: str, location_ids: Sequence[int]) -> UUID | None:
    """What the person may see of it, and nothing else."""
    locations_of_asker.set(tuple(location_ids))
    with operator_scope(operator_id):
        document = (
            Document.objects.filter(operator_id=operator_id, link_token=token)
            .select_related("record")
            .first()
        )
        return document.record.public_id if document is not None else None
