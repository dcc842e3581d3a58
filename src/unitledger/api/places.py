"""Where a person finds what a program sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

from unitledger.core.source_items import ItemKind
from unitledger.store.people import Operator


def address_of(request: HttpRequest, operator_id: int) -> Callable[[Mapping[str, Any]], str | None]:
    """The address of a result's record; None where there is no page of it."""
    base = base_address(request, operator_id)

    def address(result: Mapping[str, Any]) -> str | None:
        if result["record"] is None or result["kind"] == ItemKind.LOCATION:
            return None
        return f"{base}/records/{result['record']}"

    return address


def base_address(request: HttpRequest, operator_id: int) -> str:
    """The operator's own address, or the one that was called."""
    kept = Operator.objects.values_list("link_base", flat=True).get(id=operator_id)
    return (kept or request.build_absolute_uri("/")).rstrip("/")
