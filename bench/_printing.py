"""How a bench shows what it found: a short table, and one JSON object as the last line."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any


def table(title: str, rows: Sequence[tuple[str, object]]) -> None:
    print(title)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"  {name:<{width}}  {_shown(value)}")
    print(flush=True)


def machine() -> Mapping[str, Any]:
    """What the figures were measured on; a busy machine shows in its load."""
    load = os.getloadavg()
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in load],
    }


def last_line(result: Mapping[str, Any]) -> None:
    print(json.dumps(result), flush=True)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
