"""What differs between two versions of a record, field by field, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from unitledger.core.arrivals import Change

_NAMES_ONLY = frozenset({"kind", "key", "other_keys"})


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every field that says something else. Identifiers are not among them."""
    fields = [name for name in new if name not in _NAMES_ONLY]
    return tuple(
        change for name in fields for change in _between(name, old.get(name), new.get(name))
    )


def _between(name: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if _is_key(old) or _is_key(new):
        yield Change(name, _words(old), _words(new))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for part in new:
            yield from _between(f"{name}.{part}", old.get(part), new.get(part))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _between_lists(name, old, new)
    else:
        yield Change(name, _words(old), _words(new))


def _between_lists(name: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    for position in range(max(len(old), len(new))):
        was = old[position] if position < len(old) else None
        becomes = new[position] if position < len(new) else None
        yield from _between(f"{name}[{position + 1}]", was, becomes)


def _is_key(value: Any) -> bool:
    return isinstance(value, Mapping) and "identifier_type" in value


def _words(value: Any) -> str | None:
    """A value as a person would say it; a line or an allocation by what it is worth."""
    match value:
        case None:
            return None
        case True:
            return "yes"
        case False:
            return "no"
        case {"identifier_type": _, "value": name}:
            return str(name)
        case {"invoice": invoice, "amount": amount}:
            return f"{amount} of {_words(invoice)}"
        case {"description": description, "amount": amount}:
            return f"{description} {amount}"
        case _:
            return str(value)
