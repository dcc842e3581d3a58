"""The API holds what its own description says, whatever a stranger sends it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.programs import program

pytestmark = pytest.mark.usefixtures("database")
EXAMPLES = 15  # an operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
HOST = {"Host": "localhost"}


def _description() -> dict[str, Any]:
    return json.loads(Client().get("/api/v1/openapi.json", headers=HOST).content)


def _operations() -> list[str]:
    from unitledger.api.api import api

    return [
        f"{method.upper()} {path}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    ]


@pytest.mark.parametrize("name", _operations())
def test_every_answer_is_as_described(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNITLEDGER_API_CALLS", "100000")
    sender = program()
    headers = {**HOST, "Authorization": f"Bearer {sender.key}"}
    schema = schemathesis.openapi.from_dict(_description())
    schema.app = get_wsgi_application()
    method, path = name.split(" ", 1)
    operation = schema[path][method]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case: Any) -> None:
        response = case.call(headers=headers)
        # What is not kept says 501, which is no fault of ours.
        checks = CHECKS[1:] if response.status_code == 501 else CHECKS
        case.validate_response(response, checks=checks)

    hold()


def test_the_description_names_every_item_and_every_problem() -> None:
    document = _description()

    schemas = document["components"]["schemas"]
    for name in ("LocationItem", "TenantItem", "InvoiceItem", "PaymentItem", "Problem", "Result"):
        assert name in schemas
    total = schemas["InvoiceItem"]["properties"]["total"]
    assert (total["type"], "pattern" in total) == ("string", True)
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert "401" in operation["responses"]
