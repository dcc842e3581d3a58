"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from unitledger import wiring

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
