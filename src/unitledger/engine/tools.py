"""What a use case is handed besides its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from unitledger.engine.ports import Books, Clock, Identity, Ids


class Vault(Protocol):
    """Keeps secrets: sealed at rest, with a key held apart from the database."""

    def seal(self, secret: str) -> bytes: ...

    def open(self, sealed: bytes) -> str: ...


def _walk_on(place: str) -> None:
    """Nothing happens at a named place, outside of a crash test."""


@dataclass(frozen=True, slots=True)
class Tools:
    """The adapters of one installation, put together by `wiring` (or by a test)."""

    books: Books
    identity: Identity
    vault: Vault
    clock: Clock
    ids: Ids
    # Called with the name of each place where a crash test may cut the power
    # (`crashpoints.POINTS`).
    reached: Callable[[str], None] = _walk_on
