"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
