"""RS256: the key that a world signs its tokens with, and what of it is published."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fauxero.shelf import Shelf

KEY_BITS = 2048
_CURRENT = "current"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key in PEM. It protects nothing but an emulator's tokens."""

    pem: str


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@cache
def _made() -> str:
    """One key a process: making one takes a fifth of a second, and a test makes many worlds."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@cache
def _loaded(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


class Keys:
    """The key of one world: made when first needed, kept with the world's state."""

    def __init__(self) -> None:
        self.kept: Shelf[SigningKey] = Shelf("signing_keys", SigningKey)

    def _key(self) -> rsa.RSAPrivateKey:
        kept = self.kept.get(_CURRENT) or self.kept.put(_CURRENT, SigningKey(_made()))
        return _loaded(kept.pem)

    @property
    def id(self) -> str:
        modulus = self._key().public_key().public_numbers().n
        return hashlib.sha256(f"{modulus:x}".encode()).hexdigest()[:40].upper()

    def sign(self, data: bytes) -> bytes:
        return self._key().sign(data, padding.PKCS1v15(), hashes.SHA256())

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        try:
            self._key().public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def published(self) -> dict[str, Any]:
        """The JSON Web Key Set that clients check tokens with."""
        numbers = self._key().public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }
        return {"keys": [key]}
