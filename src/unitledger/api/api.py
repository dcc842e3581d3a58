"""The API put together: its addresses, what every answer carries, how errors look."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from unitledger.api.access import Key, allowance_of
from unitledger.api.description import DESCRIPTION, DescribedAPI
from unitledger.api.problems import answer_problems, request_id
from unitledger.api.routes import router

log = structlog.get_logger(__name__)


class UnitledgerAPI(DescribedAPI):
    def create_response(self, request: HttpRequest, data: Any, **how: Any) -> HttpResponse:
        """Every answer carries the request's id and what is left of the key's minute."""
        response = super().create_response(request, data, **how)
        response["X-Request-Id"] = request_id(request)
        response["Cache-Control"] = "no-store"
        allowance = allowance_of(request)
        if allowance is not None:
            response["RateLimit-Limit"] = str(allowance.limit)
            response["RateLimit-Remaining"] = str(allowance.remaining)
        log.info(
            "api call",
            request_id=request_id(request),
            method=request.method,
            path=request.path,
            status=response.status_code,
        )
        return response


api = UnitledgerAPI(
    title="unitledger",
    version="1",
    description=DESCRIPTION,
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
    auth=Key(),
)
answer_problems(api)
# Each module adds its addresses to the router as it is imported.
for name in ("sending", "reading", "jobs"):
    import_module(f"unitledger.api.{name}")
api.add_router("", router)
