"""The front page, signing in and signing out. There are no passwords: nobody here is real."""

from __future__ import annotations

from fauxero.http.exchange import Answer
from fauxero.identity.sessions import sign_in_cookie, sign_out_cookie
from fauxero.pages.visit import Visit, own_path, redirect


def front(visit: Visit) -> Answer:
    hosts = list(visit.world.organisations.values())
    return visit.show("front.html", organisations=hosts, api_url=visit.world.api_url)


def sign_in_page(visit: Visit) -> Answer:
    return _page(visit, next_path=own_path(visit.request.query.get("next", ""), "/portal"))


def _page(visit: Visit, *, next_path: str, status: int = 200, email: str = "") -> Answer:
    visit.world.demo_user  # noqa: B018  # made when first asked for
    users = list(visit.world.identity.users)
    return visit.show("signin.html", status=status, users=users, next=next_path, email=email)


def sign_in(visit: Visit) -> Answer:
    next_path = own_path(visit.form.get("next", ""), "/portal")
    identity = visit.world.identity
    user = identity.users.get(visit.form.get("user", ""))
    email = visit.form.get("email", "").strip()
    if user is None and "@" in email:
        user = identity.add_user(email=email, name=email.partition("@")[0])
    if user is None:
        problems = {"email": "Write an e-mail address; any will do, nothing is sent to it."}
        seen = Visit(visit.world, visit.request, visit.user, visit.words, problems)
        return _page(seen, next_path=next_path, status=422, email=email)
    return redirect(next_path, sign_in_cookie(user.id))


def sign_out(visit: Visit) -> Answer:
    return redirect("/", sign_out_cookie())
