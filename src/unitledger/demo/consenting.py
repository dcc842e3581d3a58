"""Walking through fauxero's consent page as a person's browser would: page, form, way back."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

TIMEOUT_SECONDS = 30.0


class ConsentPageUnexpected(Exception):
    """The page is not the consent page we know; nothing was decided."""


@dataclass(frozen=True)
class WayBack:
    """What the consent page sends back to the app's redirect address."""

    state: str
    code: str | None
    error: str | None


def give_consent(authorize_url: str, *, organisation: str | None = None) -> WayBack:
    """Open the address, allow the organisation of that name (or the only one), come back."""
    with httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as browser:
        page = browser.get(authorize_url)
        if page.status_code != 200:
            raise ConsentPageUnexpected(f"The consent page answered {page.status_code}.")
        form = _Form.of(page.text)
        answer = browser.post(
            urljoin(authorize_url, form.action or urlsplit(authorize_url).path),
            data={
                **form.hidden,
                "organisation": form.organisation(organisation),
                "decision": "allow",
            },
        )
    if answer.status_code not in (302, 303):
        raise ConsentPageUnexpected(f"The consent form answered {answer.status_code}.")
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    return WayBack(
        state=back.get("state", [""])[0],
        code=back.get("code", [None])[0],
        error=back.get("error", [None])[0],
    )


class _Form(HTMLParser):
    """The page's one form: its hidden fields, and the organisations with their names."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.offered: dict[str, str] = {}  # organisation's id → name
        self._open: str | None = None

    @classmethod
    def of(cls, page: str) -> _Form:
        form = cls()
        form.feed(page)
        return form

    def organisation(self, name: str | None) -> str:
        fitting = [key for key, label in self.offered.items() if name in (None, label)]
        if len(fitting) != 1:
            raise ConsentPageUnexpected(
                f"{name or 'One organisation'} was wanted; offered: "
                f"{', '.join(self.offered.values()) or 'none'}."
            )
        return fitting[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action")
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given.get("value", "")
        elif tag == "input" and given.get("name") == "organisation":
            self._open = given["value"]
            self.offered[self._open] = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and data.strip():
            self.offered[self._open] = data.strip()
            self._open = None
