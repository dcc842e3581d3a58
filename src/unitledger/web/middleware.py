"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict

from unitledger import wiring
from unitledger.web.scope import locations_of_asker

Answering = Callable[[HttpRequest], HttpResponse]


def content_security(answering: Answering) -> Answering:
    """Nothing but our own files is loaded, and nothing inline is run or styled.

    A form may lead to Xero: "Connect to Xero" is a form whose answer redirects there.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = answering(request)
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {wiring.addresses().login}",
        )
        return response

    return answer


def private(answering: Answering) -> Answering:
    """No proxy and no browser keeps an answer, unless its page says otherwise.

    Also not for the button that goes back: behind a sign-out it would show the page again.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = answering(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return answer


class NoNullBytes:
    """What holds a zero byte is typed by nobody, and the database takes none: refused (400)."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answering(request)

    def process_view(self, request: HttpRequest, view: Callable[..., object], *_: object) -> None:
        """A form was read already, for its token; what a program sends is not read here."""
        is_form = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        typed = [request.GET, request.POST] if is_form else [request.GET]
        if "\x00" in request.path or any(_has_null(each) for each in typed):
            raise SuspiciousOperation("A zero byte was sent.")


def _has_null(typed: QueryDict) -> bool:
    return any("\x00" in value for _, values in typed.lists() for value in values)


def one_asker_at_a_time(answering: Answering) -> Answering:
    """A thread answers one person after the other: what one may see ends with their answer.

    A streamed answer is still being made when this is left; it keeps its person's locations
    until the thread takes the next request.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        locations_of_asker.set(())
        response = answering(request)
        if not response.streaming:
            locations_of_asker.set(())
        return response

    return answer
