"""First run: the operator and its first administrator, made by whoever started the installation."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from unitledger import wiring
from unitledger.engine.people import first_run
from unitledger.engine.people.first_run import FirstAdministrator, NotFirst
from unitledger.engine.people.members import PeopleError
from unitledger.engine.people.passwords import PasswordRefused
from unitledger.web.frame import now
from unitledger.web.members import address_of
from unitledger.web.signing import begin_session

FIELDS = ("token", "operator", "name", "email")


@never_cache
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Only while there is no operator, and only with the token that this machine printed."""
    if not first_run.is_first_run():
        raise Http404("This installation has an operator already. Sign in.")
    if request.method == "GET":
        typed = {"token": request.GET.get("token", "")}
        return render(request, "web/first_run.html", {"typed": typed, "errors": {}})
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in FIELDS}
    password = request.POST.get("password", "")
    errors: dict[str, str] = {}
    if password != request.POST.get("again", ""):
        errors["again"] = "The two passwords differ. Type the same one twice."
    else:
        try:
            return _create(request, typed, password)
        except NotFirst as late:
            raise Http404("This installation has an operator already. Sign in.") from late
        except PeopleError as refused:
            errors[refused.field or "email"] = str(refused)
        except PasswordRefused as refused:
            errors["password"] = str(refused)
    context = {"typed": typed, "errors": errors}
    return render(request, "web/first_run.html", context, status=422)


def _create(request: HttpRequest, typed: dict[str, str], password: str) -> HttpResponse:
    user = first_run.create_first_operator(
        typed["operator"],
        FirstAdministrator(name=typed["name"], email=typed["email"], password=password),
        typed_token=typed["token"],
        token=wiring.set_up_token(),
        link_base=request.build_absolute_uri("/").rstrip("/"),
        ids=wiring.shared_tools().ids,
        address=address_of(request),
    )
    begin_session(request, user, now=now())
    return redirect("overview")
