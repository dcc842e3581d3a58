"""One visit to a page: who is signed in, what the form says, and how an answer is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jinja2

from fauxero.http.exchange import Answer, Request, html_answer
from fauxero.identity.sessions import is_signed, signed

if TYPE_CHECKING:
    from fauxero.identity.records import User
    from fauxero.world import World

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("fauxero.pages"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["m"] = _TEMPLATES.get_template("macros.html").module

_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
)


class Gone(LookupError):
    """What the address names is not there: 404."""


@dataclass(frozen=True)
class Visit:
    world: World
    request: Request
    user: User | None
    words: tuple[str, ...] = ()  # the parts of the address that vary
    problems: Mapping[str, str] = field(default_factory=dict)  # by form field; "" is the form's

    @property
    def form(self) -> Mapping[str, str]:
        return self.request.form

    @property
    def csrf(self) -> str:
        return signed(_form_name(self.user))

    def show(self, template: str, *, status: int = 200, **context: Any) -> Answer:
        page = _TEMPLATES.get_template(template).render(
            user=self.user,
            csrf=self.csrf,
            path=self.request.path,
            now=self.world.clock.now(),
            problems=self.problems,
            **context,
        )
        return html_answer(page, status=status).with_headers(*_HEADERS)


def _form_name(user: User | None) -> str:
    return f"{user.id if user else ''}/form"


def is_own_form(visit: Visit) -> bool:
    """Whether a form was sent from one of fauxero's own pages."""
    origin = visit.request.header("origin")
    if origin not in (None, "null") and urlsplit(origin).netloc != visit.request.header("host"):
        return False
    return is_signed(_form_name(visit.user), visit.form.get("csrf", ""))


def redirect(path: str, *headers: tuple[str, str]) -> Answer:
    return Answer(303, headers=(("Location", path), *_HEADERS, *headers))


def own_path(path: str, default: str) -> str:
    """A path of this server to go to next; never another machine's."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_ours and path.isprintable() else default
