"""A person in front of fauxero's pages: follows links, fills in forms, without any script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx2 as httpx
import pytest

from tests.conftest import Xero


@dataclass
class Form:
    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # label, name, value


class _Reader(HTMLParser):
    """Finds forms and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._button: dict[str, str] | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("method", "get"), given.get("action", "")))
        elif tag == "input" and "name" in given and self.forms:
            is_box = given.get("type") in ("radio", "checkbox")
            if not is_box or "checked" in given:
                self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select and self.forms:
            if "selected" in given or self._select not in dict(self.forms[-1].fields):
                kept = [pair for pair in self.forms[-1].fields if pair[0] != self._select]
                self.forms[-1].fields = [*kept, (self._select, given.get("value", ""))]
        elif tag == "button":
            self._button = given

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._button is not None and self.forms:
            label = self._button.get("aria-label", data.strip())
            named = (label, self._button.get("name", ""), self._button.get("value", ""))
            self.forms[-1].buttons.append(named)


@dataclass
class Person:
    http: httpx.Client
    page: httpx.Response | None = None

    def opens(self, path: str) -> Person:
        self.page = self.http.get(path)
        assert self.page.status_code == 200, f"{path}: {self.page.status_code} {self.text}"
        return self

    @property
    def text(self) -> str:
        assert self.page is not None
        return " ".join(" ".join(self._read().text).split())

    def _read(self) -> _Reader:
        assert self.page is not None
        reader = _Reader()
        reader.feed(self.page.text)
        return reader

    def presses(self, label: str, **values: Any) -> Person:
        """Fill in the form of a button and press it, as a browser does."""
        assert self.page is not None
        found = [
            (form, button)
            for form in self._read().forms
            for button in form.buttons
            if button[0].startswith(label)
        ]
        assert found, f"no button {label!r} on {self.page.url}: {self.text}"
        form, (_, name, value) = found[0]
        fields = [pair for pair in form.fields if pair[0] not in values]
        for field_name, given in values.items():
            several = given if isinstance(given, list) else [given]
            fields += [(field_name, str(one)) for one in several if one is not None]
        if name:
            fields.append((name, value))
        body = urlencode(fields)
        self.page = self.http.post(
            form.action or self.page.url.path,
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        return self

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.url.path


@pytest.fixture
def visitor(xero: Xero) -> Iterator[Person]:
    """Somebody who has not signed in."""
    with httpx.Client(base_url=xero.server.url, follow_redirects=True, timeout=60) as client:
        yield Person(client)


@pytest.fixture
def person(visitor: Person) -> Person:
    """The demo user, signed in."""
    return visitor.opens("/signin").presses("Demo User")
