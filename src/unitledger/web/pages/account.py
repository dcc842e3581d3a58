"""A person's own page: name, password, second step, sessions, theme."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unitledger import wiring
from unitledger.engine.auditing import person
from unitledger.engine.people import logins, sessions, two_steps
from unitledger.engine.people.logins import NameRefused
from unitledger.engine.people.passwords import PasswordRefused
from unitledger.engine.people.throttle import count_try, forget_tries
from unitledger.store.people import User
from unitledger.web.frame import framed, now
from unitledger.web.members import address_of, for_people, lacks_second_step, member_of
from unitledger.web.signing import browser_in_words, session_id, way_to

CODES_KEY = "recovery_codes"  # shown once, then forgotten
NOT_YOURS = "This is not your password. Nothing changed."


@require_GET
@never_cache
@for_people
def account(request: HttpRequest, user: User) -> HttpResponse:
    return _page(request, user)


@require_POST
@for_people
def rename(request: HttpRequest, user: User) -> HttpResponse:
    typed = request.POST.get("name", "").replace("\x00", "")
    try:
        logins.rename(user, typed, address=address_of(request))
    except NameRefused as refused:
        return _page(request, user, errors={"name": str(refused)}, typed_name=typed)
    messages.info(request, "Name saved.")
    return redirect("account")


@require_POST
@for_people
def change_password(request: HttpRequest, user: User) -> HttpResponse:
    if errors := _wrong_password(request, user, field="old"):
        return _page(request, user, errors=errors)
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        again = "The two passwords differ. Type the same one twice."
        return _page(request, user, errors={"again": again})
    try:
        logins.change_password(
            user, password, session=request.session.session_key, address=address_of(request)
        )
    except PasswordRefused as refused:
        return _page(request, user, errors={"password": str(refused)})
    update_session_auth_hash(request, user)
    messages.info(request, "Password saved. Your other sessions have ended.")
    return redirect("account")


@require_POST
@for_people
def theme(request: HttpRequest, user: User) -> HttpResponse:
    chosen = logins.choose_theme(user, request.POST.get("theme", ""))
    answer = HttpResponseRedirect(way_to(request, request.headers.get("Referer")))
    answer.set_cookie("theme", chosen, samesite="Lax", httponly=True, secure=request.is_secure())
    return answer


@require_POST
@for_people
def end_session(request: HttpRequest, user: User, public_id: UUID) -> HttpResponse:
    if public_id == session_id(request):
        messages.error(request, "This is the browser you are using: choose Sign out instead.")
    elif sessions.end_session(user, public_id):
        logins.note_login(user, person(user, address=address_of(request)), "session_ended")
        messages.info(request, "That session has ended.")
    else:
        raise Http404("There is no such session.")
    return redirect("account")


@require_POST
@for_people
def end_other_sessions(request: HttpRequest, user: User) -> HttpResponse:
    ended = sessions.end_sessions(user, but=request.session.session_key)
    if ended:
        logins.note_login(user, person(user, address=address_of(request)), "sessions_ended")
    messages.info(request, "You are signed in with this browser only.")
    return redirect("account")


@require_http_methods(["GET", "POST"])
@never_cache
@for_people
def second_step(request: HttpRequest, user: User) -> HttpResponse:
    """Where it stands; POST begins: a secret is made, and shown until a code of it was typed."""
    vault = wiring.shared_tools().vault
    if request.method == "POST":
        if not user.has_two_steps:
            two_steps.begin(user, ids=wiring.shared_tools().ids, vault=vault)
        return redirect("two-steps")
    return _second_step_page(request, user)


@require_POST
@for_people
def confirm_second_step(request: HttpRequest, user: User) -> HttpResponse:
    tools = wiring.shared_tools()
    by = person(user, address=address_of(request))
    codes = two_steps.confirm(
        user, request.POST.get("code", ""), by=by, ids=tools.ids, vault=tools.vault, now=now()
    )
    if codes is None:
        error = "This code does not fit. Type the one your app shows now, six digits."
        return _second_step_page(request, user, error=error)
    request.session[CODES_KEY] = list(codes)
    return redirect("two-steps")


@require_POST
@for_people
def turn_off_second_step(request: HttpRequest, user: User) -> HttpResponse:
    if errors := _wrong_password(request, user, field="off_password"):
        return _second_step_page(request, user, error=errors["off_password"])
    two_steps.turn_off(user, by=person(user, address=address_of(request)))
    messages.info(request, "The second step is off. A password alone opens your login.")
    return redirect("two-steps")


@require_POST
@for_people
def renew_codes(request: HttpRequest, user: User) -> HttpResponse:
    if not user.has_two_steps:
        return redirect("two-steps")
    if errors := _wrong_password(request, user, field="codes_password"):
        return _second_step_page(request, user, error=errors["codes_password"])
    by = person(user, address=address_of(request))
    codes = two_steps.renew_recovery_codes(user, by=by, ids=wiring.shared_tools().ids)
    request.session[CODES_KEY] = list(codes)
    return redirect("two-steps")


@require_GET
@never_cache
@for_people
def qr_code(request: HttpRequest, user: User) -> HttpResponse:
    """The pending secret as a picture; a confirmed one is never shown again."""
    secret = two_steps.pending_secret(user, vault=wiring.shared_tools().vault)
    if secret is None:
        raise Http404("There is nothing to show.")
    picture = io.BytesIO()
    code = segno.make(two_steps.address_for_app(user, secret), error="m", micro=False)
    code.save(picture, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def in_frame(
    request: HttpRequest, user: User, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Inside the frame for who works for an operator and may go on; else on its own."""
    try:
        member = member_of(request)
    except PermissionDenied:
        member = None
    if member is None or lacks_second_step(member):
        plain = {**context, "layout": "web/plain.html", "theme": user.theme, "now": now()}
        return render(request, template, plain, status=status)
    return framed(request, member, template, {**context, "layout": "web/base.html"}, status=status)


def _page(
    request: HttpRequest,
    user: User,
    *,
    errors: dict[str, str] | None = None,
    typed_name: str | None = None,
) -> HttpResponse:
    this = session_id(request)
    context = {
        "person": user,
        "errors": errors or {},
        "typed_name": user.get_full_name() if typed_name is None else typed_name,
        "sessions": [
            (each, browser_in_words(each.browser), each.public_id == this)
            for each in sessions.sessions_of(user, now=now())
        ],
    }
    status = 422 if errors else 200
    return in_frame(request, user, "web/people/account.html", context, status=status)


def _second_step_page(request: HttpRequest, user: User, *, error: str = "") -> HttpResponse:
    try:
        operator = member_of(request).operator
    except PermissionDenied:
        operator = None
    secret = two_steps.pending_secret(user, vault=wiring.shared_tools().vault)
    context = {
        "person": user,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        if secret
        else "",
        "error": error,
        "codes": request.session.pop(CODES_KEY, None),
        "codes_left": two_steps.codes_left(user),
        "is_required": operator is not None and operator.requires_two_steps,
        "operator": operator,
    }
    status = 422 if error else 200
    return in_frame(request, user, "web/people/two_steps.html", context, status=status)


def _wrong_password(request: HttpRequest, user: User, *, field: str) -> dict[str, str]:
    """Asked for again before what matters; guessing is slowed down here too."""
    tried = count_try(user.username, address_of(request), now=now())
    if tried.is_blocked:
        return {field: "Too many tries. Wait a few minutes, then try again."}
    if not user.check_password(request.POST.get(field, "")):
        return {field: NOT_YOURS}
    forget_tries(user.username, address_of(request))
    return {}
