"""Small tables of frozen values that remember what changed, for everything outside the books."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Generic, TypeVar

V = TypeVar("V")


class Shelf(Generic[V]):
    """Values of one flat, frozen dataclass by key, in the order they were first put."""

    def __init__(self, name: str, kind: type[V]) -> None:
        self.name = name
        self._kind = kind
        self._values: dict[str, V] = {}
        self._dirty: dict[str, None] = {}

    def get(self, key: str) -> V | None:
        return self._values.get(key)

    def __getitem__(self, key: str) -> V:
        return self._values[key]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[V]:
        return iter(self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def oldest_key(self) -> str | None:
        return next(iter(self._values), None)

    def put(self, key: str, value: V) -> V:
        self._values[key] = value
        self._dirty[key] = None
        return value

    def drop(self, key: str) -> None:
        if self._values.pop(key, None) is not None:
            self._dirty[key] = None

    def snapshot(self) -> Mapping[str, V]:
        return dict(self._values)

    def restore(self, snapshot: Mapping[str, V]) -> None:
        for key in [key for key in self._values if key not in snapshot]:
            self.drop(key)
        for key, value in snapshot.items():
            if self._values.get(key) is not value:
                self.put(key, value)

    def drain(self) -> list[tuple[str, dict[str, Any] | None]]:
        """Return (key, JSON-able value or None when gone) for what changed since the last call."""
        changed = [(key, self._encoded(key)) for key in self._dirty]
        self._dirty.clear()
        return changed

    def load(self, key: str, data: Mapping[str, Any]) -> None:
        """Put a value read from a file back, without marking it as changed."""
        known = {field.name for field in fields(self._kind)}  # type: ignore[arg-type]
        self._values[key] = self._kind(
            **{name: _decoded(part) for name, part in data.items() if name in known}
        )

    def _encoded(self, key: str) -> dict[str, Any] | None:
        value = self._values.get(key)
        if value is None:
            return None
        names = [field.name for field in fields(value)]  # type: ignore[arg-type]
        return {name: _encode(getattr(value, name)) for name in names}


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple | list):
        return [_encode(part) for part in value]
    return value


def _decoded(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_decoded(part) for part in data)
    if isinstance(data, dict) and "$at" in data:
        return datetime.fromisoformat(data["$at"])
    if isinstance(data, dict) and "$bytes" in data:
        return base64.b64decode(data["$bytes"])
    return data
