"""What a link for one person opens: joining an operator, or choosing a new password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from unitledger.engine.people import members
from unitledger.engine.people.members import LinkSpent, PeopleError
from unitledger.engine.people.passwords import PasswordRefused
from unitledger.store.people import LinkPurpose, PersonLink, User
from unitledger.web.frame import now
from unitledger.web.members import SESSION_KEY, address_of
from unitledger.web.signing import begin_session


@never_cache
@require_http_methods(["GET", "POST"])
def person_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        link = members.open_link(token, now=now())
        if request.method == "GET":
            return _shown(request, link, token)
        take = _take_reset if link.purpose == LinkPurpose.RESET else _take_invitation
        return take(request, link, token)
    except LinkSpent:
        return render(request, "web/people/link_spent.html", status=410)


def _shown(
    request: HttpRequest,
    link: PersonLink,
    token: str,
    *,
    errors: dict[str, str] | None = None,
) -> HttpResponse:
    """The form for it; for somebody who has a login, the way to sign in first."""
    has_login = User.objects.filter(username=link.email).exists()
    is_signed_in = request.user.is_authenticated
    context = {
        "link": link,
        "token": token,
        "is_reset": link.purpose == LinkPurpose.RESET,
        "has_login": has_login,
        "is_theirs": is_signed_in and request.user.get_username() == link.email,
        "is_anothers": is_signed_in and request.user.get_username() != link.email,
        "errors": errors or {},
        "typed_name": request.POST.get("name", ""),
    }
    return render(request, "web/people/link.html", context, status=422 if errors else 200)


def _take_invitation(request: HttpRequest, link: PersonLink, token: str) -> HttpResponse:
    signed_in = request.user if isinstance(request.user, User) else None
    if signed_in is None and (differ := _passwords_differ(request)):
        return _shown(request, link, token, errors=differ)
    try:
        user = members.accept_invitation(
            token,
            now=now(),
            user=signed_in,
            name=request.POST.get("name", "").replace("\x00", ""),
            password=request.POST.get("password", ""),
            address=address_of(request),
        )
    except PasswordRefused as refused:
        return _shown(request, link, token, errors={"password": str(refused)})
    except PeopleError as refused:
        return _shown(request, link, token, errors={refused.field or "name": str(refused)})
    if signed_in is None:
        begin_session(request, user, now=now())
    request.session[SESSION_KEY] = link.operator_id
    messages.info(request, f"You work for {link.operator.name} now.")
    return redirect("overview")


def _take_reset(request: HttpRequest, link: PersonLink, token: str) -> HttpResponse:
    if differ := _passwords_differ(request):
        return _shown(request, link, token, errors=differ)
    try:
        members.reset_password(
            token,
            request.POST.get("password", ""),
            now=now(),
            address=address_of(request),
        )
    except PasswordRefused as refused:
        return _shown(request, link, token, errors={"password": str(refused)})
    messages.info(request, "Your new password holds. Sign in with it.")
    return redirect("sign-in")


def _passwords_differ(request: HttpRequest) -> dict[str, str]:
    if request.POST.get("password", "") == request.POST.get("again", ""):
        return {}
    return {"again": "The two passwords differ. Type the same one twice."}
