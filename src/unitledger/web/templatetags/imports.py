"""Words of the pages of imports."""

from __future__ import annotations

import re
from typing import Any

from django import template

register = template.Library()
STEPS = ("File", "Columns", "Check", "Import")
_LINE = re.compile(r"lines\[(\d+)\]\.(\w+)")
_KINDS = {"tenant": "Tenants", "invoice": "Invoices", "payment": "Payments"}
_RESULTS = {"refused": "refused", "created": "new", "changed": "changed", "unchanged": "unchanged"}


@register.inclusion_tag("web/imports/_steps.html")
def import_steps(step: int) -> dict[str, Any]:
    """The steps of an import, those before `step` done."""
    return {"steps": STEPS, "step": step}


@register.filter
def kinds(kind: str) -> str:
    return _KINDS.get(kind, kind)


@register.filter
def field_words(field: str) -> str:
    """`lines[2].unit_price` as people say it: `Line 2, unit price`."""
    line = _LINE.fullmatch(field)
    said = f"line {line[1]}, {line[2]}" if line else field
    return said.replace("_", " ").capitalize()


@register.filter
def result_words(shown: str) -> str:
    return _RESULTS.get(shown, shown)
