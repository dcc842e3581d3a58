"""Signing in and out."""

from __future__ import annotations

import hashlib

from django.contrib.auth import authenticate, login, logout
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

TRIES_MAX = 5
PAUSE_SECONDS = 300
WRONG = "E-mail and password do not go together. {tries} more tries, then a pause of five minutes."
LAST = "E-mail and password do not go together. One more try, then a pause of five minutes."
PAUSED = "Too many tries. Wait five minutes, then sign in."


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    way = _way(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(way)
    if request.method == "GET":
        return render(request, "web/sign_in.html", {"way": way})
    name = request.POST.get("email", "").strip()
    # Counted by name and address together, so that nobody can lock another person out.
    who = f"{request.META.get('REMOTE_ADDR')} {name.casefold()}"
    tries = f"sign-in-{hashlib.sha256(who.encode()).hexdigest()}"
    used = cache.get(tries, 0)
    if used >= TRIES_MAX:
        return _again(request, way, name, PAUSED, status=429)
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        cache.set(tries, used + 1, PAUSE_SECONDS)
        left = TRIES_MAX - used - 1
        words = PAUSED if left == 0 else LAST if left == 1 else WRONG.format(tries=left)
        return _again(request, way, name, words, status=422)
    cache.delete(tries)
    login(request, user)
    return HttpResponseRedirect(way)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


def _again(request: HttpRequest, way: str, name: str, error: str, *, status: int) -> HttpResponse:
    context = {"way": way, "name": name, "error": error}
    return render(request, "web/sign_in.html", context, status=status)


def _way(request: HttpRequest) -> str:
    """Where the person wanted to go; never away from here."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else "/"
