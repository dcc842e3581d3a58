"""Signing in, in one step or two, and out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from unitledger import wiring
from unitledger.engine.auditing import person
from unitledger.engine.people import two_steps
from unitledger.engine.people.first_run import is_first_run
from unitledger.engine.people.logins import note_login
from unitledger.engine.people.throttle import Tried, count_try, forget_tries
from unitledger.store.people import User
from unitledger.web.frame import now
from unitledger.web.members import address_of
from unitledger.web.signing import begin_session, way_to

PENDING_KEY = "second_step"  # who gave the right password, where to, until when
PENDING_LIFE = timedelta(minutes=5)
TOGETHER = "E-mail and password do not go together."
WRONG_CODE = "This code does not fit. It changes every 30 seconds and opens once."


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    way = way_to(request, request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return HttpResponseRedirect(way)
    if request.method == "GET":
        if is_first_run():
            return redirect("set-up")
        return render(request, "web/sign_in.html", {"way": way})
    name = request.POST.get("email", "").replace("\x00", "").strip().lower()
    tried = count_try(name, address_of(request), now=now())
    if tried.is_blocked:
        return _again(request, way, name, _pause(tried), status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if not isinstance(user, User):
        _note_refusal(request, name)
        return _again(request, way, name, f"{TOGETHER} {_left(tried)}", status=422)
    if user.has_two_steps:
        return _ask_second_step(request, user, way)
    forget_tries(name, address_of(request))
    return _enter(request, user, way)


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the person's app, or a recovery code."""
    pending = _pending(request)
    if pending is None:
        return redirect("sign-in")
    user, way = pending
    if request.method == "GET":
        return render(request, "web/second_step.html")
    tried = count_try(f"second step of {user.public_id}", address_of(request), now=now())
    if tried.is_blocked:
        context = {"error": _pause(tried)}
        return render(request, "web/second_step.html", context, status=429)
    by = person(user, address=address_of(request))
    tools = wiring.shared_tools()
    typed = request.POST.get("code", "")
    if not two_steps.opens(user, typed, by=by, vault=tools.vault, now=now()):
        note_login(user, by, "second_step_refused")
        context = {"error": f"{WRONG_CODE} {_left(tried)}"}
        return render(request, "web/second_step.html", context, status=422)
    forget_tries(f"second step of {user.public_id}", address_of(request))
    forget_tries(user.username, address_of(request))
    del request.session[PENDING_KEY]
    return _enter(request, user, way)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        by = person(request.user, address=address_of(request))
        note_login(request.user, by, "signed_out")
    logout(request)
    return redirect("sign-in")


def _enter(request: HttpRequest, user: User, way: str) -> HttpResponse:
    begin_session(request, user, now=now())
    note_login(user, person(user, address=address_of(request)), "signed_in")
    answer = HttpResponseRedirect(way)
    answer.set_cookie(
        "theme", user.theme, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return answer


def _ask_second_step(request: HttpRequest, user: User, way: str) -> HttpResponse:
    request.session.cycle_key()
    until = (now() + PENDING_LIFE).isoformat()
    request.session[PENDING_KEY] = {
        "user": user.pk,
        "password": user.get_session_auth_hash(),
        "way": way,
        "until": until,
    }
    return redirect("second-step")


def _pending(request: HttpRequest) -> tuple[User, str] | None:
    kept = request.session.get(PENDING_KEY)
    if kept is None or datetime.fromisoformat(kept["until"]) < now():
        return None
    user = User.objects.filter(id=kept["user"], is_active=True).first()
    if user is None or not user.has_two_steps:
        return None
    # A new password since ends a sign-in that the old one began.
    is_same = constant_time_compare(kept["password"], user.get_session_auth_hash())
    return (user, kept["way"]) if is_same else None


def _note_refusal(request: HttpRequest, name: str) -> None:
    """In the log where the login exists; whether it does is told to nobody."""
    known = User.objects.filter(username=name).first()
    if known is not None:
        note_login(known, person(known, address=address_of(request)), "sign_in_refused")


def _again(request: HttpRequest, way: str, name: str, error: str, *, status: int) -> HttpResponse:
    context = {"way": way, "name": name, "error": error}
    return render(request, "web/sign_in.html", context, status=status)


def _left(tried: Tried) -> str:
    if tried.left <= 0:
        return "Wait five minutes, then try again."
    if tried.left == 1:
        return "One more try, then a pause of five minutes."
    return f"{tried.left} more tries, then a pause of five minutes."


def _pause(tried: Tried) -> str:
    assert tried.again_at is not None
    wait = max(1, round((tried.again_at - now()).total_seconds() / 60))
    minutes = "one minute" if wait == 1 else f"{wait} minutes"
    until = timezone.localtime(tried.again_at)
    return f"Too many tries. Wait {minutes}: you can try again at {until:%H:%M} ({until:%Z})."
