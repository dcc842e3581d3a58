"""Every request and what became of it: for tests, for benches, and for finding out why."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

ENTRIES_MAX = 200_000
_WRITES = frozenset({"PUT", "POST", "DELETE"})
_LOST = frozenset({"cut_after_commit", "error_after_commit"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `counted` says whether it cost quota; `reason` why it was refused, if so."""

    number: int
    at: datetime
    method: str
    path: str
    query: str
    status: int | None  # None: the connection was cut before an answer was begun
    app_id: str | None
    organisation_id: str | None
    counted: bool
    replayed: bool
    reason: str | None
    faults: tuple[str, ...]
    idempotency_key: str | None
    elements: int | None
    bytes_in: int
    bytes_out: int
    is_api: bool
    body_digest: str | None = None  # of a write; two equal ones are the same write sent twice

    @property
    def took_effect(self) -> bool:
        """Whether this write changed the books, also where its answer was lost on the way.

        A write answered with an error after it was carried out counts too; of a batch, one
        element that was taken suffices.
        """
        if self.method not in _WRITES or not self.is_api or self.replayed:
            return False
        if _LOST & set(self.faults):
            return self.reason is None or self.reason.startswith("fault: ")
        if self.status is None or not 200 <= self.status < 300:
            return False
        is_refused_whole = f"{self.elements} of {self.elements} elements"
        return not (self.reason or "").startswith(is_refused_whole)

    def shown(self) -> dict[str, Any]:
        return asdict(self) | {"at": self.at.isoformat(), "faults": list(self.faults)}


def body_digest(method: str, body: bytes) -> str | None:
    """A short fingerprint of what a write carries."""
    if method not in _WRITES:
        return None
    return hashlib.blake2b(body, digest_size=8).hexdigest()


class RequestLog:
    """The newest entries, oldest first, and totals over all of them."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_MAX)
        self._number = 0
        self.totals: Counter[str] = Counter()

    def add(self, **facts: Any) -> Entry:
        self._number += 1
        entry = Entry(number=self._number, **facts)
        self._entries.append(entry)
        self.totals["all"] += 1
        self.totals["api"] += entry.is_api
        self.totals["counted"] += entry.counted
        self.totals["refused"] += entry.reason is not None
        self.totals["bytes_out"] += entry.bytes_out
        return entry

    def clear(self) -> None:
        self._entries.clear()
        self.totals.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def entries(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        organisation_id: str | None = None,
        status: int | None = None,
        since: int = 0,
        api_only: bool = False,
        refused_only: bool = False,
    ) -> Iterator[Entry]:
        """Entries after number `since` for which every given condition holds."""
        for entry in self._entries:
            if entry.number <= since or (api_only and not entry.is_api):
                continue
            if method is not None and entry.method != method.upper():
                continue
            if path is not None and path.lower() not in entry.path.lower():
                continue
            if organisation_id is not None and entry.organisation_id != organisation_id:
                continue
            if status is not None and entry.status != status:
                continue
            if refused_only and entry.reason is None:
                continue
            yield entry

    def counts(self, **conditions: Any) -> Mapping[str, Any]:
        """How many, how many cost quota, and how many of each status and each method + path."""
        found = list(self.entries(**conditions))
        return {
            "requests": len(found),
            "counted": sum(entry.counted for entry in found),
            "refused": sum(entry.reason is not None for entry in found),
            "bytes_in": sum(entry.bytes_in for entry in found),
            "bytes_out": sum(entry.bytes_out for entry in found),
            "by_status": dict(Counter(str(entry.status) for entry in found)),
            "by_call": dict(Counter(f"{entry.method} {_family(entry.path)}" for entry in found)),
        }


def _family(path: str) -> str:
    """The collection a path belongs to: `/api.xro/2.0/Invoices/123` counts as Invoices."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 2 and parts[0].lower() == "api.xro":
        return parts[2]
    return path
