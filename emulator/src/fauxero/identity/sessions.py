"""Who is signed in at fauxero's pages: a cookie that names a user, signed by this process."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from fauxero.http.exchange import Request

if TYPE_CHECKING:
    from fauxero.identity.records import User
    from fauxero.world import World

COOKIE = "fauxero_user"
# New in every process, unlike ids: what keeps other sites' forms out must not be guessable.
_KEY = secrets.token_bytes(32)


def signed(text: str) -> str:
    return hmac.new(_KEY, text.encode(), hashlib.sha256).hexdigest()[:40]


def is_signed(text: str, mark: str) -> bool:
    return hmac.compare_digest(mark.encode(), signed(text).encode())


def signed_in(world: World, request: Request) -> User | None:
    """Whom the cookie names, if it is ours."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(request.header("cookie") or "")
    except CookieError:
        return None
    value = cookies[COOKIE].value if COOKIE in cookies else ""
    user_id, _, mark = value.partition(".")
    return world.identity.users.get(user_id) if is_signed(user_id, mark) else None


def sign_in_cookie(user_id: str) -> tuple[str, str]:
    value = f"{user_id}.{signed(user_id)}"
    return ("Set-Cookie", f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax")


def sign_out_cookie() -> tuple[str, str]:
    return ("Set-Cookie", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
