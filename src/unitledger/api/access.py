"""Who calls: an API key, what it may do, how often."""

from __future__ import annotations

import os

from django.http import HttpRequest
from ninja.security import HttpBearer

from unitledger import wiring
from unitledger.api.problems import Refused
from unitledger.engine.arriving.limits import Allowance, count_call
from unitledger.engine.people.api_keys import VerifiedKey, verify
from unitledger.store.api_keys import ApiScope

CALLS_A_MINUTE = 600
LIMIT_SETTING = "UNITLEDGER_API_CALLS"


class Key(HttpBearer):
    """`Authorization: Bearer ul_live_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> VerifiedKey | None:
        now = wiring.shared_tools().clock.now()
        key = verify(token, now=now) if token.isascii() and token.isprintable() else None
        if key is None:
            return None
        allowance = count_call(key.operator_id, key.id, now=now, limit=calls_a_minute())
        request.unitledger_allowance = allowance  # pyright: ignore[reportAttributeAccessIssue]
        if allowance.is_exceeded:
            seconds = allowance.seconds_left(now)
            raise Refused(
                429,
                "too_many_calls",
                f"This key may call {allowance.limit} times a minute.",
                remedy=f"Go on in {seconds} seconds, or send more items in a call.",
                headers={"Retry-After": str(seconds)},
            )
        return key


def key_of(request: HttpRequest, scope: ApiScope) -> VerifiedKey:
    """The calling key. Raises `Refused` where it may not do this."""
    key = request.auth  # pyright: ignore[reportAttributeAccessIssue]
    assert isinstance(key, VerifiedKey)
    if not key.may(scope):
        raise Refused(
            403,
            "scope_missing",
            f"The key “{key.name}” has no scope “{scope}”.",
            remedy="Use another key, or have an administrator make one with this scope.",
        )
    return key


def allowance_of(request: HttpRequest) -> Allowance | None:
    return getattr(request, "unitledger_allowance", None)


def calls_a_minute() -> int:
    return int(os.environ.get(LIMIT_SETTING, CALLS_A_MINUTE))


def why_dry(key: VerifiedKey) -> str | None:
    """Why nothing is kept of what this key sends; None where it is."""
    if key.is_test and not wiring.is_emulated():
        return "This is a test key, and the installation posts to Xero itself."
    return None
