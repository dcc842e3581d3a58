"""Filters of the integration report that people keep under a name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from unitledger.engine.filters import KEPT_MAX, NotKept, keep_filter, remove_filter
from unitledger.store.handlings import SavedFilter
from unitledger.web.members import Member, for_members
from unitledger.web.pages.report import asked_by
from unitledger.web.scope import operator_scope

__all__ = ["KEPT_MAX", "remove", "save"]


@require_POST
@for_members
def save(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep the report that is shown under a name; the same name again is changed."""
    with operator_scope(member.operator_id):
        _, query = asked_by(QueryDict(request.POST.get("address", "")), member)
    # Read and written again: nothing but a report's address is kept.
    address = query.address()
    is_shared = request.POST.get("shared") == "yes" and member.may_resync
    try:
        keep_filter(
            member.operator_id,
            user_id=member.user.pk,
            name=request.POST.get("name", ""),
            address=address,
            is_shared=is_shared,
            by=member.actor,
        )
        messages.success(request, "The filter is kept.")
    except NotKept as not_kept:
        messages.error(request, str(not_kept))
    return HttpResponseRedirect(f"{reverse('integration-report')}?{address}")


@require_POST
@for_members
def remove(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """A person's own; a shared one also by an administrator."""
    found = SavedFilter.objects.filter(operator_id=member.operator_id, public_id=public_id).first()
    may = found is not None and (
        found.user_id == member.user.pk or (found.is_shared and member.may_connect)
    )
    if found is None or not may:
        raise Http404("There is no such filter of yours.")
    remove_filter(found, by=member.actor)
    messages.success(request, f"The filter “{found.name}” is gone.")
    return HttpResponseRedirect(f"{reverse('integration-report')}?{found.address}")
