"""The request log as a test reads it: what was called, what was refused, and assertions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from fauxero.request_log import Entry, RequestLog

SHOWN_MAX = 10


class Calls:
    """The requests since the test began. Every assertion says what was called instead."""

    def __init__(self, read: Callable[[Callable[[RequestLog], list[Entry]]], list[Entry]]) -> None:
        self._read = read

    def calls(self, method: str | None = None, path: str | None = None) -> list[Entry]:
        """Requests of a method whose path contains `path`, oldest first."""
        return self._read(lambda log: list(log.entries(method=method, path=path)))

    def writes(self, path: str | None = None) -> list[Entry]:
        """Writes to the accounting API that changed the books, heard of or not."""
        return [entry for entry in self.calls(path=path) if entry.took_effect]

    def refused(self) -> list[Entry]:
        """Requests that were refused; `reason` says why."""
        return self._read(lambda log: list(log.entries(refused_only=True)))

    def assert_called(self, method: str, path: str, *, times: int | None = None) -> None:
        """At least once, or exactly so many times."""
        found = len(self.calls(method, path))
        if found != times if times is not None else not found:
            wanted = "at least one" if times is None else str(times)
            raise AssertionError(
                f"{wanted} {method} {path} wanted, {found} found among:\n{_listed(self.calls())}"
            )

    def assert_not_called(self, method: str, path: str) -> None:
        self.assert_called(method, path, times=0)

    def assert_nothing_refused(self) -> None:
        if refused := self.refused():
            raise AssertionError(f"{len(refused)} requests were refused:\n{_listed(refused)}")

    def assert_no_duplicate_writes(self) -> None:
        """No write took effect twice: same organisation, method, path and body.

        A replay under one idempotency key is no second write, and neither is a retry of one that
        was refused.
        """
        same: defaultdict[tuple[str | None, ...], list[Entry]] = defaultdict(list)
        for entry in self.writes():
            path = entry.path.lower().rstrip("/")
            same[entry.organisation_id, entry.method, path, entry.body_digest].append(entry)
        twice = [entries for entries in same.values() if len(entries) > 1]
        if twice:
            shown = "\n".join(_listed(entries) for entries in twice)
            raise AssertionError(f"{len(twice)} writes took effect more than once:\n{shown}")

    def assert_calls_at_most(self, most: int) -> None:
        """Calls that cost quota."""
        counted = [entry for entry in self.calls() if entry.counted]
        if len(counted) > most:
            raise AssertionError(f"{len(counted)} calls, {most} allowed:\n{_listed(counted)}")

    def assert_paths_known(self) -> None:
        """No call went to what fauxero does not model (501) or what does not exist."""
        unknown = [entry for entry in self.refused() if entry.status == 501]
        if unknown:
            raise AssertionError(f"not modelled by fauxero:\n{_listed(unknown)}")


def _listed(entries: Iterable[Entry]) -> str:
    lines = [_line(entry) for entry in entries]
    left = len(lines) - SHOWN_MAX
    if left > 0:
        lines = [*lines[:SHOWN_MAX], f"  … and {left} more"]
    return "\n".join(lines) or "  (no requests)"


def _line(entry: Entry) -> str:
    status = "cut" if entry.status is None else str(entry.status)
    key = f" key {entry.idempotency_key}" if entry.idempotency_key else ""
    why = f": {entry.reason}" if entry.reason else ""
    return f"  #{entry.number} {entry.method} {entry.path} → {status}{key}{why}"
