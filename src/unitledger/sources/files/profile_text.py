"""A profile written as TOML, in the order in which a person reads one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def profile_text(content: Mapping[str, Any]) -> str:
    """`content` as `core.file_mapping.profile_content` makes it: tables of plain values."""
    return "\n".join([*_settings(content), *_tables(content, ())]).strip() + "\n"


def _settings(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if not _is_table(name, value):
            yield f"{_name(name)} = {_value(value)}"


def _tables(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    for name, value in table.items():
        if not _is_table(name, value):
            continue
        place = ".".join(_name(each) for each in (*above, name))
        for each in value if isinstance(value, list) else [value]:
            yield f"\n[[{place}]]" if isinstance(value, list) else f"\n[{place}]"
            yield from _settings(each)
            yield from _tables(each, (*above, name))


def _is_table(name: str, value: Any) -> bool:
    """The sections of a profile; a cell such as {column = "No"} stands on its line."""
    if name in ("lines", "allocations"):
        return True
    return name in ("file", "place", "tenant", "invoice", "payment") and "type" not in value


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_name(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _text(str(value))


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, but for what JSON leaves open."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
