"""Identifiers that follow from a seed, so that two runs of a test give the same ids."""

from __future__ import annotations

import hashlib
import uuid


class Ids:
    """Makes uuids. `drawn` is how many were made, enough to go on after a restart."""

    def __init__(self, seed: str = "fauxero", drawn: int = 0) -> None:
        self.seed = seed
        self.drawn = drawn

    def uuid(self) -> str:
        self.drawn += 1
        drawn = f"{self.seed}/{self.drawn}".encode()
        digest = hashlib.blake2b(drawn, digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))
