"""Settings > API keys: what programs sign in with."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.engine.people import api_keys as keys
from unitledger.engine.people.api_keys import KeyRefused, NoSuchKey
from unitledger.store.api_keys import ApiKey, ApiScope
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators
from unitledger.web.scope import operator_scope

KEY_KEY = "api_key_shown_once"
FORM_KEY = "api_key_forms"  # forms that were answered, so that a second click makes no second key
FORMS_KEPT = 20
SCOPES = {
    ApiScope.READ: "read records, their states and the report",
    ApiScope.WRITE: "send locations, tenants, invoices and payments",
    ApiScope.WEBHOOKS: "set up where changes are told",
}


@require_GET
@never_cache
@for_administrators
def api_keys(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def make(request: HttpRequest, member: Member) -> HttpResponse:
    form = request.POST.get("key", "")
    answered = request.session.get(FORM_KEY, [])
    if form in answered:
        return redirect("api-keys")
    typed = {
        "name": request.POST.get("name", "").replace("\x00", ""),
        "scopes": request.POST.getlist("scope"),
        "is_test": request.POST.get("mode") == "test",
    }
    try:
        made = keys.make(
            member.operator_id,
            **typed,
            by=member.actor,
            ids=wiring.shared_tools().ids,
            user_id=member.user.pk,
        )
    except KeyRefused as refused:
        return _page(request, member, error=str(refused), typed=typed)
    request.session[FORM_KEY] = [*answered, form][-FORMS_KEPT:]
    request.session[KEY_KEY] = {"name": made.row.name, "text": made.text}
    return redirect("api-keys")


@require_POST
@for_administrators
def revoke(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    try:
        row = keys.revoke(member.operator_id, public_id, by=member.actor, now=now())
    except NoSuchKey as none:
        raise Http404("There is no such key.") from none
    messages.info(request, f"{row.name}: revoked. Programs that use it are turned away.")
    return redirect("api-keys")


def _page(
    request: HttpRequest,
    member: Member,
    *,
    error: str = "",
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    with operator_scope(member.operator_id):
        rows = list(ApiKey.objects.order_by("revoked_at", "-id").defer("secret_hash"))
    context = {
        "rows": sorted(rows, key=lambda each: each.revoked_at is not None),
        "scopes": SCOPES,
        "error": error,
        "typed": typed or {"name": "", "scopes": [str(ApiScope.READ)], "is_test": True},
        "shown_once": request.session.pop(KEY_KEY, None),
        "key": wiring.shared_tools().ids.state_token(),
    }
    status = 422 if error else 200
    return framed(request, member, "web/people/api_keys.html", context, status=status)
