"""Access and id tokens: JWTs with the claims of Xero's, signed with a key of fauxero's own."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fauxero.identity.records import ACCESS_LIFE, ID_TOKEN_LIFE, Access, User
from fauxero.identity.scopes import granted, live
from fauxero.identity.signing import Keys, b64

ISSUER = "https://identity.xero.com"
CACHE_MAX = 1000


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def subject(user_id: str) -> str:
    return hashlib.md5(user_id.encode(), usedforsecurity=False).hexdigest()


def claims_of(user: User) -> dict[str, str]:
    """What OpenID tells an app about a person."""
    first, _, last = user.name.partition(" ")
    return {
        "xero_userid": user.id,
        "preferred_username": user.email,
        "email": user.email,
        "given_name": first,
        "family_name": last,
        "name": user.name,
    }


class Signer:
    """Makes and reads tokens. Reading is remembered: a client sends one token many times."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
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
                "sub": subject(user_id),
                "auth_time": _seconds(now),
                "xero_userid": user_id,
                "global_session_id": auth_event_id.replace("-", ""),
                "jti": jti.replace("-", ""),
                "authentication_event_id": auth_event_id,
                "scope": list(scopes),
            }
        )

    def id_token(self, *, app_id: str, user: User, nonce: str | None, now: datetime) -> str:
        claims: dict[str, Any] = {
            "nbf": _seconds(now),
            "exp": _seconds(now + ID_TOKEN_LIFE),
            "iss": ISSUER,
            "aud": app_id,
            "iat": _seconds(now),
            "sub": subject(user.id),
            "auth_time": _seconds(now),
            **claims_of(user),
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
        issued_at = datetime.fromtimestamp(claims["nbf"], UTC)
        access = Access(
            app_id=claims["client_id"],
            user_id=claims.get("xero_userid", ""),
            scopes=granted(live(claims["scope"], issued_at)),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
            auth_event_id=claims["authentication_event_id"],
        )
        self._read[token] = access
        return access

    def _signed(self, claims: Mapping[str, Any]) -> str:
        head = {"alg": "RS256", "kid": self._keys.id, "typ": "JWT"}
        text = f"{_json(head)}.{_json(claims)}"
        return f"{text}.{b64(self._keys.sign(text.encode()))}"

    def _verified(self, token: str) -> dict[str, Any] | None:
        signed, _, signature = token.rpartition(".")
        try:
            if not self._keys.has_signed(signed.encode(), _unb64(signature)):
                return None
        except (binascii.Error, ValueError):  # not base64, or not ASCII
            return None
        return json.loads(_unb64(signed.partition(".")[2]))


def _json(part: Mapping[str, Any]) -> str:
    return b64(json.dumps(part, separators=(",", ":")).encode())
