"""What the API says about itself: the OpenAPI document."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from unitledger import wiring

DESCRIPTION = """
Send locations, tenants, invoices and payments; read where each stands in Xero.

**Identity.** An item is known by `source`, its kind, `id_type` and `id`: the same one is never
taken in twice, whatever way it comes. **Revision.** Each item carries a number that grows with
every change at its source. A newer one is a change, the same one with the same content is
unchanged, with other content a conflict, an older one stale.

**Money is text**: `"120.00"`. **Days** are `2026-11-01`. Every item has a result of its own; one
bad item never hinders its neighbours. `?dry_run=true` decides everything and keeps nothing, and so
does everything that a test key sends.
"""


class DescribedAPI(NinjaAPI):
    """Knows the schemas of the items, which are read one by one and not by the framework."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**how)
        components = schema["components"]["schemas"]
        components.update(wiring.wire_schemas())
        for methods in schema["paths"].values():
            for operation in methods.values():
                _as_problems(operation)
        return schema


def _as_problems(operation: dict[str, Any]) -> None:
    """Errors come as problem+json."""
    for status, answer in operation.get("responses", {}).items():
        content = answer.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
