"""Beginning a session, and what it remembers of the browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from unitledger.store.base import new_public_id
from unitledger.store.people import User
from unitledger.store.session_store import ADDRESS, BEGAN_AT, BROWSER, PUBLIC_ID, SEEN_AT
from unitledger.web.members import address_of

BROWSER_MAX = 200
SEEN_GRAIN = timedelta(minutes=5)  # written at most this often


def begin_session(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Sign the person in with a new session key; what the old session held stays."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[PUBLIC_ID] = str(new_public_id())
    request.session[ADDRESS] = address_of(request)
    request.session[BROWSER] = request.headers.get("User-Agent", "")[:BROWSER_MAX] or None
    request.session[BEGAN_AT] = now.isoformat()
    request.session[SEEN_AT] = now.isoformat()


def remember_seen(request: HttpRequest, *, now: datetime) -> None:
    """When the session was last used, to a few minutes."""
    seen = request.session.get(SEEN_AT)
    if seen is not None and now - datetime.fromisoformat(seen) > SEEN_GRAIN:
        request.session[SEEN_AT] = now.isoformat()


def session_id(request: HttpRequest) -> UUID | None:
    kept = request.session.get(PUBLIC_ID)
    return UUID(kept) if kept else None


def way_to(request: HttpRequest, asked: str | None) -> str:
    """Where the person wanted to go; never away from here."""
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if asked and is_ours else "/"


# What a browser calls itself, and what people call it; the first that fits.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_in_words(agent: str | None) -> str:
    """`Firefox on Windows`, as far as its name tells."""
    browser = next((word for part, word in _BROWSERS if part in (agent or "")), "A browser")
    system = next((word for part, word in _SYSTEMS if part in (agent or "")), "")
    return f"{browser} on {system}" if system else browser
