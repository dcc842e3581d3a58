"""What comes in and what goes out, as plain values: the rest of fauxero knows no socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One request, its body read whole. Header names are lower case."""

    method: str
    path: str
    query_string: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"
    elsewhere: str | None = None  # another machine, that a client meant fauxero to be a proxy for

    @cached_property
    def query(self) -> Mapping[str, str]:
        """Query parameters by lower-case name; the first of a repeated one counts."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            found.setdefault(name.lower(), value)
        return found

    @cached_property
    def form(self) -> Mapping[str, str]:
        """Form fields; the last of a repeated one counts."""
        return dict(self.form_fields)

    @cached_property
    def form_fields(self) -> tuple[tuple[str, str], ...]:
        """Form fields in order, repeated ones too, as ticked boxes send them."""
        text = self.body.decode("utf-8", "replace")
        return tuple(parse_qsl(text, keep_blank_values=True))

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(part for part in self.path.split("/") if part)

    def header(self, name: str) -> str | None:
        return self.headers.get(name)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. No content type means that the header is left out, as in Xero's 429."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, *more: tuple[str, str]) -> Answer:
        return Answer(self.status, self.body, self.content_type, self.headers + more)


@dataclass(slots=True)
class Trace:
    """What became known about a request while it was answered, for the request log."""

    app_id: str | None = None
    user_id: str | None = None
    organisation_id: str | None = None
    counted: bool = False
    replayed: bool = False
    reason: str | None = None
    faults: tuple[str, ...] = ()
    elements: int | None = None


def json_answer(data: Any, *, status: int = 200, compact: bool = False) -> Answer:
    separators = (",", ":") if compact else None
    return Answer(status, json.dumps(data, separators=separators).encode(), JSON)


def html_answer(page: str, *, status: int = 200) -> Answer:
    return Answer(status, page.encode(), HTML)


def text_answer(text: str, *, status: int) -> Answer:
    return Answer(status, text.encode(), TEXT)
