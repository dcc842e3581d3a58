"""Access and id tokens: shaped like Xero's JWTs, signed with a key of this world alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fauxero.identity.records import ACCESS_LIFE, ID_TOKEN_LIFE, Access
from fauxero.identity.scopes import granted

ISSUER = "https://identity.xero.com"
CACHE_MAX = 1000


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


class Signer:
    """Makes and reads tokens. Reading is remembered: a client sends one token many times."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()
        self._read: dict[str, Access] = {}

    def access_token(
        self,
        *,
        app_id: str,
        user_id: str,
        scopes: Sequence[str],
        auth_event_id: str,
        jti: str,
        now: datetime,
    ) -> str:
        """Claims as Xero's tokens carry them (documented; read in the official SDKs)."""
        return self._signed(
            {
                "nbf": _seconds(now),
                "exp": _seconds(now + ACCESS_LIFE),
                "iss": ISSUER,
                "aud": f"{ISSUER}/resources",
                "client_id": app_id,
                "sub": hashlib.md5(user_id.encode(), usedforsecurity=False).hexdigest(),
                "auth_time": _seconds(now),
                "xero_userid": user_id,
                "global_session_id": auth_event_id.replace("-", ""),
                "jti": jti.replace("-", ""),
                "authentication_event_id": auth_event_id,
                "scope": list(scopes),
            }
        )

    def id_token(
        self, *, app_id: str, user_id: str, email: str, name: str, nonce: str | None, now: datetime
    ) -> str:
        first, _, last = name.partition(" ")
        claims: dict[str, Any] = {
            "nbf": _seconds(now),
            "exp": _seconds(now + ID_TOKEN_LIFE),
            "iss": ISSUER,
            "aud": app_id,
            "iat": _seconds(now),
            "sub": hashlib.md5(user_id.encode(), usedforsecurity=False).hexdigest(),
            "auth_time": _seconds(now),
            "xero_userid": user_id,
            "preferred_username": email,
            "email": email,
            "given_name": first,
            "family_name": last,
            "name": name,
        }
        return self._signed(claims | ({"nonce": nonce} if nonce else {}))

    def read(self, token: str) -> Access | None:
        """Return what an access token of this world says, expired or not; None for any other."""
        known = self._read.get(token)
        if known is not None:
            return known
        claims = self._verified(token)
        if claims is None or "scope" not in claims:
            return None
        if len(self._read) >= CACHE_MAX:
            self._read.clear()
        access = Access(
            app_id=claims["client_id"],
            user_id=claims["xero_userid"],
            scopes=granted(claims["scope"]),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            auth_event_id=claims["authentication_event_id"],
        )
        self._read[token] = access
        return access

    def _signed(self, claims: Mapping[str, Any]) -> str:
        head = _b64(b'{"alg":"HS256","kid":"fauxero","typ":"JWT"}')
        body = _b64(json.dumps(claims, separators=(",", ":")).encode())
        return f"{head}.{body}.{self._signature(f'{head}.{body}')}"

    def _signature(self, text: str) -> str:
        return _b64(hmac.new(self._key, text.encode(), hashlib.sha256).digest())

    def _verified(self, token: str) -> dict[str, Any] | None:
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        return json.loads(_unb64(signed.partition(".")[2]))
