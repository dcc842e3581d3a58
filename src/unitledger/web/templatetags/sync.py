"""What only the pages about syncing write."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template

register = template.Library()


@register.filter
def took(time: timedelta | None) -> str:
    """`2.4 s`, `8 min`, `3 h 5 min`; a dash where it is not known."""
    if time is None:
        return "–"
    seconds = time.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


@register.filter
def item(found: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key that is no word."""
    return found.get(key, key)
