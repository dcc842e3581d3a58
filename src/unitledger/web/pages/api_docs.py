"""The API's description for people, made from the same document that programs read."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from unitledger.api.api import api

METHODS = ("get", "post")
KINDS_FIRST = ("LocationItem", "TenantItem", "InvoiceItem", "PaymentItem")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    description: str
    fields: tuple[Field, ...]


@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    document = _document()
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(document):
        groups.setdefault(tag, []).append(operation)
    context = {
        "groups": groups,
        "shapes": list(_shapes(document["components"]["schemas"])),
        "base": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "web/machines/api_docs.html", context)


@functools.cache
def _document() -> Mapping[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            found = methods.get(method)
            if found is None:
                continue
            yield (
                found.get("tags", ["Other"])[0],
                Operation(
                    anchor=f"{method}-{path.strip('/').replace('/', '-')}".replace("{", "").replace(
                        "}", ""
                    ),
                    method=method.upper(),
                    path=path,
                    summary=found["summary"],
                    description=found.get("description", ""),
                    parameters=tuple(_parameter(each) for each in found.get("parameters", [])),
                    answers=tuple(
                        (str(status), _meaning(answer))
                        for status, answer in found["responses"].items()
                    ),
                ),
            )


def _meaning(answer: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        ref = content.get("schema", {}).get("$ref")
        if ref:
            return ref.rsplit("/", 1)[-1]
    return answer.get("description", "")


def _parameter(found: Mapping[str, Any]) -> Field:
    schema = found["schema"]
    return Field(
        name=found["name"],
        kind=_kind(schema),
        is_required=bool(found.get("required")),
        description=found.get("description") or schema.get("description", ""),
    )


def _shapes(schemas: Mapping[str, Any]) -> Iterator[Shape]:
    rest = sorted(name for name in schemas if name not in KINDS_FIRST)
    for name in (*KINDS_FIRST, *rest):
        schema = schemas[name]
        if "properties" not in schema:
            continue
        required = schema.get("required", [])
        yield Shape(
            name=name,
            description=schema.get("description", ""),
            fields=tuple(
                Field(each, _kind(found), each in required, found.get("description", ""))
                for each, found in schema["properties"].items()
            ),
        )


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "allOf" in schema:
        return " and ".join(_kind(each) for each in schema["allOf"])
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    if "pattern" in schema and "0-9" in schema["pattern"] and "x00" not in schema["pattern"]:
        return "decimal as text"
    names = {"string": "text", "null": "null", "boolean": "true or false"}
    kind = schema.get("format") or schema.get("type", "anything")
    return names.get(str(kind), str(kind))
