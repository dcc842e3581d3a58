"""Settings > Billing source: what the storage software sends, and how it is read."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unitledger import wiring
from unitledger.core.refusals import SourceRefused
from unitledger.engine.arriving import hooks
from unitledger.store.webhooks import HookArrival, HookArrivalState, SourceHook
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_administrators
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

ROWS = 50
BODY_SHOWN_MAX = 20_000
PROFILE_MAX = 100_000
ARRIVALS = {
    HookArrivalState.NEW: Look("Not read yet", "queued", "mute"),
    HookArrivalState.TAKEN: Look("Taken in", "synced", "ok"),
    HookArrivalState.IGNORED: Look("Left out by the profile", "skipped", "mute"),
    HookArrivalState.REFUSED: Look("Refused", "failed", "bad"),
    HookArrivalState.UNKNOWN: Look("Event not known", "attention", "warn"),
}


@require_GET
@never_cache
@for_administrators
def billing_source(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member)


@require_POST
@for_administrators
def open_hook(request: HttpRequest, member: Member) -> HttpResponse:
    typed = {"name": request.POST.get("name", "").replace("\x00", "")}
    try:
        hook = hooks.open_hook(
            member.operator_id,
            name=typed["name"],
            secret=request.POST.get("secret", "").replace("\x00", ""),
            profile=wiring.example_hook_profile(),
            vault=wiring.shared_tools().vault,
            by=member.actor,
        )
    except hooks.HookRefused as refused:
        return _page(request, member, error=str(refused), typed=typed)
    messages.info(request, f"{hook.name} is open. Enter its address in 6Storage, with the secret.")
    return redirect("billing-source")


@require_POST
@for_administrators
def switch(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    hook = _hook(member, public_id)
    is_open = request.POST.get("to") == "open"
    hooks.close_hook(hook, is_open=is_open, by=member.actor)
    messages.info(request, f"{hook.name} is {'open' if is_open else 'closed'}.")
    return redirect("billing-source")


@require_GET
@never_cache
@for_administrators
def message(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    arrival = _arrival(member, public_id)
    context = {
        "arrival": arrival,
        "look": ARRIVALS[HookArrivalState(arrival.state)],
        "body": _shown(bytes(arrival.body)),
        "is_cut": len(arrival.body) > BODY_SHOWN_MAX,
    }
    return framed(request, member, "web/machines/message.html", context)


@require_POST
@for_administrators
def read_again(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    arrival = _arrival(member, public_id)
    done = hooks.replay(arrival, now=now(), read=wiring.read_hook_message, by=member.actor)
    look = ARRIVALS[HookArrivalState(done.state)]
    messages.info(request, f"Read again: {look.word.lower()}. Nothing is taken in twice.")
    return redirect("source-message", public_id)


@require_http_methods(["GET", "POST"])
@never_cache
@for_administrators
def profile(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    """Edit how messages are read; preview on a message before it is saved."""
    hook = _hook(member, public_id)
    text = hook.profile
    context: dict[str, Any] = {"hook": hook}
    if request.method == "POST":
        text = request.POST.get("profile", "").replace("\r\n", "\n")[:PROFILE_MAX]
        error = _error(text)
        if error is None and request.POST.get("act") == "save":
            hooks.save_profile(hook, text, by=member.actor)
            messages.info(
                request,
                "Saved. It holds for messages from now on, and for those you read again.",
            )
            return redirect("billing-source")
        context["error"] = error
        if error is None:
            context["preview"] = _preview(request, member, hook, text)
    with operator_scope(member.operator_id):
        recent = list(
            HookArrival.objects.filter(hook_id=hook.pk)
            .order_by("-id")
            .only("public_id", "event", "received_at", "state")[:20]
        )
    context |= {
        "text": text,
        "recent": [(each, ARRIVALS[HookArrivalState(each.state)].word) for each in recent],
        "chosen": request.POST.get("message") or request.GET.get("message", ""),
        "pasted": request.POST.get("pasted", ""),
    }
    status = 422 if context.get("error") else 200
    return framed(request, member, "web/machines/profile.html", context, status=status)


def _error(text: str) -> str | None:
    try:
        wiring.check_hook_profile(text)
    except SourceRefused as refused:
        return str(refused)
    return None


def _preview(
    request: HttpRequest, member: Member, hook: SourceHook, text: str
) -> dict[str, Any] | None:
    """What the chosen or the pasted message comes to. Keeps nothing."""
    pasted = request.POST.get("pasted", "").strip()
    chosen = HookArrival.objects.filter(
        operator_id=member.operator_id, hook=hook, public_id=_uuid(request.POST.get("message"))
    ).first()
    if not pasted and chosen is None:
        return {"nothing": True}
    body = pasted.encode("utf-8", "replace") if pasted or chosen is None else bytes(chosen.body)
    shown = hooks.preview(
        member.operator_id,
        text,
        body[: hooks.BODY_MAX],
        now=now(),
        read=wiring.read_hook_message,
    )
    return {"shown": shown, "look": ARRIVALS[shown.state]}


def _page(
    request: HttpRequest,
    member: Member,
    *,
    error: str = "",
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    if state not in set(HookArrivalState):
        state = ""
    with operator_scope(member.operator_id):
        hook_rows = list(SourceHook.objects.order_by("id"))
        counts = dict(
            HookArrival.objects.values_list("state").annotate(count=Count("id")).order_by()
        )
        found = HookArrival.objects.order_by("-id").defer("body", "results")
        if state:
            found = found.filter(state=state)
        if before.isascii() and before.isdigit():
            found = found.filter(id__lt=int(before[:18]))
        rows = list(found.select_related("hook")[: ROWS + 1])
    context = {
        "hooks": [
            {
                "hook": each,
                "address": request.build_absolute_uri(
                    reverse("source-hook-receive", args=[each.public_id])
                ),
            }
            for each in hook_rows
        ],
        "states": [(str(each), look, counts.get(str(each), 0)) for each, look in ARRIVALS.items()],
        "chosen_state": state,
        "rows": [(each, ARRIVALS[HookArrivalState(each.state)]) for each in rows[:ROWS]],
        "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
        "error": error,
        "typed": typed or {"name": "" if hook_rows else "6Storage"},
    }
    status = 422 if error else 200
    return framed(request, member, "web/machines/billing_source.html", context, status=status)


def _hook(member: Member, public_id: UUID) -> SourceHook:
    found = SourceHook.objects.filter(operator_id=member.operator_id, public_id=public_id).first()
    if found is None:
        raise Http404("There is no such address.")
    return found


def _arrival(member: Member, public_id: UUID) -> HookArrival:
    found = (
        HookArrival.objects.filter(operator_id=member.operator_id, public_id=public_id)
        .select_related("hook")
        .first()
    )
    if found is None:
        raise Http404("There is no such message.")
    return found


def _shown(body: bytes) -> str:
    """For people: JSON in lines, anything else as it came."""
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace")
    return text[:BODY_SHOWN_MAX].replace("\x00", "\ufffd")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
