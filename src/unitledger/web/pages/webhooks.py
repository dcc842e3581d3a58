"""Settings > API and webhooks: what programs send, and who is told of changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentState
from unitledger.engine.delivering import delivering, targets, telling
from unitledger.engine.delivering.schedule import TRIES_MAX
from unitledger.store.source_items import BulkJob
from unitledger.store.webhooks import (
    DeliveryState,
    TargetState,
    WebhookDelivery,
    WebhookTarget,
    WebhookTry,
)
from unitledger.web import words
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 30
JOBS = 10
SECRET_KEY = "webhook_secret_shown_once"  # noqa: S105 - a name within the session
TARGETS = {
    TargetState.ACTIVE: Look("On", "on", "ok"),
    TargetState.OFF: Look("Off", "out", "mute"),
    TargetState.DISABLED: Look("Disabled", "failed", "bad"),
}
DELIVERIES = {
    DeliveryState.WAITING: Look("Waiting", "waiting", "wait"),
    DeliveryState.DELIVERED: Look("Delivered", "synced", "ok"),
    DeliveryState.GIVEN_UP: Look("Given up", "failed", "bad"),
}


@require_GET
@never_cache
@for_administrators
def api_and_webhooks(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def add(request: HttpRequest, member: Member) -> HttpResponse:
    typed = {
        "name": _clean(request.POST.get("name", "")),
        "url": _clean(request.POST.get("url", "")),
        "states": request.POST.getlist("state"),
    }
    tools = wiring.shared_tools()
    try:
        made = targets.add_target(
            member.operator_id,
            **typed,
            check_url=wiring.webhook_poster().check,
            vault=tools.vault,
            ids=tools.ids,
            by=member.actor,
        )
    except (targets.TargetRefused, wiring.AddressRefused) as refused:
        return _page(request, member, error=str(refused), typed=typed)
    request.session[SECRET_KEY] = made.secret
    return redirect("webhook", made.target.public_id)


@require_GET
@never_cache
@for_administrators
def one_target(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    target = _target(member, public_id)
    before = request.GET.get("before", "")
    with operator_scope(member.operator_id):
        found = WebhookDelivery.objects.filter(target_id=target.pk).order_by("-id")
        if before.isascii() and before.isdigit():
            found = found.filter(id__lt=int(before[:18]))
        rows = list(found[: ROWS + 1])
        tries = list(
            WebhookTry.objects.filter(delivery_id__in=[each.pk for each in rows[:ROWS]]).order_by(
                "id"
            )
        )
    context = {
        "target": target,
        "look": TARGETS[TargetState(target.state)],
        "states": _state_words(target.states),
        "rows": [
            {
                "delivery": each,
                "look": DELIVERIES[DeliveryState(each.state)],
                "tries": [one for one in tries if one.delivery_id == each.pk],
            }
            for each in rows[:ROWS]
        ],
        "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
        "secret": request.session.pop(SECRET_KEY, None),
        "tries_max": TRIES_MAX,
    }
    return framed(request, member, "web/machines/webhook.html", context)


@require_POST
@for_administrators
def test(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """Send a test message at once, and say what came back."""
    target, tools = _target(member, public_id), wiring.shared_tools()
    message = telling.test_message(target, now=now(), ids=tools.ids)
    posted = delivering.deliver(
        message.pk, clock=tools.clock, poster=wiring.webhook_poster(), vault=tools.vault
    )
    if posted is not None and posted.is_taken:
        said = f"The test arrived: {posted.status} after {posted.milliseconds} ms."
        messages.info(request, said)
    elif posted is not None:
        said = posted.error or f"It answered {posted.status}."
        messages.error(request, f"The test was not taken. {said} It is tried again by itself.")
    return redirect("webhook", public_id)


@require_POST
@for_administrators
def switch(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    target = _target(member, public_id)
    is_on = request.POST.get("to") == "on"
    targets.switch(target, is_on=is_on, by=member.actor)
    messages.info(
        request,
        f"{target.name} is told of changes from now on."
        if is_on
        else f"{target.name} is told nothing more. What waits stays until it is on again.",
    )
    return redirect("webhook", public_id)


@require_POST
@for_administrators
def renew(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    tools = wiring.shared_tools()
    secret = targets.renew_secret(
        _target(member, public_id), vault=tools.vault, ids=tools.ids, by=member.actor
    )
    request.session[SECRET_KEY] = secret
    return redirect("webhook", public_id)


@require_POST
@for_administrators
def remove(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    target = _target(member, public_id)
    targets.remove(target, by=member.actor)
    messages.info(request, f"{target.name} is removed, with its deliveries.")
    return redirect("api-and-webhooks")


@require_POST
@for_administrators
def send_again(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    delivery = (
        WebhookDelivery.objects.filter(operator_id=member.operator_id, public_id=public_id)
        .select_related("target")
        .first()
    )
    if delivery is None:
        raise Http404("There is no such delivery.")
    delivering.send_again(delivery, now=now(), by=member.actor)
    messages.info(request, "It goes again within seconds, from the first try on.")
    return redirect("webhook", delivery.target.public_id)


def _page(
    request: HttpRequest,
    member: Member,
    *,
    error: str = "",
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    with operator_scope(member.operator_id):
        rows = list(WebhookTarget.objects.order_by("id"))
        newest = dict(
            WebhookDelivery.objects.filter(delivered_at__isnull=False)
            .values_list("target_id")
            .annotate(at=Max("delivered_at"))
        )
        jobs = list(BulkJob.objects.order_by("-id")[:JOBS])
    context = {
        "rows": [
            {
                "target": each,
                "look": TARGETS[TargetState(each.state)],
                "states": _state_words(each.states),
                "delivered_at": newest.get(each.pk),
            }
            for each in rows
        ],
        "jobs": jobs,
        "api": request.build_absolute_uri("/api/v1/"),
        "states": [(str(state), look.word) for state, look in words.DOCUMENTS.items()],
        "error": error,
        "may_be_private": wiring.webhook_poster().may_be_private,
        "typed": typed or {"name": "", "url": "", "states": []},
    }
    status = 422 if error else 200
    return framed(request, member, "web/machines/api_and_webhooks.html", context, status=status)


def _target(member: Member, public_id: UUID) -> WebhookTarget:
    found = WebhookTarget.objects.filter(
        operator_id=member.operator_id, public_id=public_id
    ).first()
    if found is None:
        raise Http404("There is no such address.")
    return found


def _state_words(states: list[str]) -> str:
    named = [words.DOCUMENTS[DocumentState(each)].word for each in states]
    return ", ".join(named) if named else "every state"


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
