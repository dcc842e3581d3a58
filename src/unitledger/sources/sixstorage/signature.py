"""6Storage's signature: `X-6Storage-webhook-signature: sha256=…`, HMAC-SHA256 of the raw body.

Its published sample writes the digest as upper-case pairs joined by hyphens (6Storage: webhook
receiver sample); others write plain lower case. Both are taken, and compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac

HEADER = "X-6Storage-webhook-signature"
_PREFIX = "sha256="
_DIGEST_LETTERS = 64
_HEADER_MAX = 200


def sign(body: bytes, *, secret: str) -> str:
    """The header's value as 6Storage's sample forms it."""
    digest = _digest(body, secret).upper()
    pairs = [digest[place : place + 2] for place in range(0, _DIGEST_LETTERS, 2)]
    return _PREFIX + "-".join(pairs)


def is_signed(body: bytes, header: str, *, secret: str) -> bool:
    if len(header) > _HEADER_MAX or not header.lower().startswith(_PREFIX):
        return False
    said = header[len(_PREFIX) :].strip().replace("-", "").lower()
    if len(said) != _DIGEST_LETTERS or not said.isascii():
        return False
    return hmac.compare_digest(said, _digest(body, secret))


def _digest(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
