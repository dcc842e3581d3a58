"""Identifiers that follow from a seed, so that two runs of a test give the same ids."""

from __future__ import annotations

import hashlib

# The four letters that a version 4 uuid may have where its variant stands (RFC 9562).
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Ids:
    """Makes uuids. `drawn` is how many were made, enough to go on after a restart."""

    def __init__(self, seed: str = "fauxero", drawn: int = 0) -> None:
        self.seed = seed
        self.drawn = drawn

    def uuid(self) -> str:
        self.drawn += 1
        drawn = f"{self.seed}/{self.drawn}".encode()
        text = hashlib.blake2b(drawn, digest_size=16).hexdigest()
        variant = _VARIANTS[text[16]]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"
