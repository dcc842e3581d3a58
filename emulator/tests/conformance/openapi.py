"""Xero's own OpenAPI description of the accounting API, where a copy of it is at hand.

It is not part of fauxero. FAUXERO_XERO_OPENAPI names a copy of `xero_accounting.yaml` from
github.com/XeroAPI/Xero-OpenAPI (16.1.0 is what these tests were written with).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

METHODS = ("get", "put", "post", "delete")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    schema: str | None  # of its 200 answer

    @property
    def words(self) -> str:
        return f"{self.method} {self.path}"


def description() -> dict[str, Any]:
    named = os.environ.get("FAUXERO_XERO_OPENAPI")
    if not named or not Path(named).is_file():
        pytest.skip("FAUXERO_XERO_OPENAPI names no copy of Xero's xero_accounting.yaml")
    return loaded(named)


@cache
def loaded(path: str) -> dict[str, Any]:
    with Path(path).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def operations(spec: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in spec["paths"].items():
        for method in METHODS:
            if method in methods:
                answer = methods[method]["responses"].get("200", {}).get("content", {})
                ref = answer.get("application/json", {}).get("schema", {}).get("$ref")
                yield Operation(method.upper(), path, ref)


def problems(spec: dict[str, Any], schema: str, answer: Any) -> list[str]:
    """What in an answer is not as the description says, each with its place, numbers left out."""
    validator = _validator(id(spec), schema)
    found: dict[str, None] = {}
    for error in validator.iter_errors(answer):
        place = "/".join(
            "*" if isinstance(part, int) else str(part) for part in error.instance_path
        )
        found[f"{place}: {re.sub(r'[0-9a-f-]{36}', '<id>', error.message)[:200]}"] = None
    return list(found)


@cache
def _validator(_: int, schema: str) -> Any:
    components = json.loads(json.dumps(description()["components"], default=str))
    whole = {"$ref": schema, "components": components}
    return jsonschema_rs.Draft4Validator(whole)
