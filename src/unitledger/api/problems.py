"""Errors as problem details (RFC 9457): each names field, rule and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

CONTENT_TYPE = "application/problem+json"
_TITLES = {
    400: "The request cannot be understood",
    401: "A key is needed",
    403: "The key may not do this",
    404: "There is no such thing",
    405: "Not this way",
    409: "It clashes with what is here",
    413: "The request is too large",
    415: "Not in this form",
    422: "A value is wrong",
    429: "Too many calls",
    501: "Not kept yet",
}


class WrongField(Schema):
    """One thing that is wrong."""

    field: str
    rule: str
    message: str
    remedy: str


class Problem(Schema):
    """Why a request was refused as a whole. What is wrong with one item is in its result."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    remedy: str
    rule: str
    request_id: str
    problems: list[WrongField] = Field(default_factory=list)


class Refused(Exception):
    """The request is refused as a whole; nothing was kept."""

    def __init__(
        self,
        status: int,
        rule: str,
        detail: str,
        *,
        remedy: str,
        headers: Mapping[str, str] | None = None,
        problems: Sequence[Mapping[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.rule = rule
        self.detail = detail
        self.remedy = remedy
        self.headers = headers or {}
        self.problems = problems


def answer_problems(api: NinjaAPI) -> None:
    """Let every error of the API be a problem."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return _answer(api, request, error)

    @api.exception_handler(AuthenticationError)
    def without_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return _answer(
            api,
            request,
            Refused(
                401,
                "key_needed",
                "There is no key in the request, or it is none of ours, or it was revoked.",
                remedy="Send `Authorization: Bearer ul_live_…`. An administrator makes keys "
                "under Settings, API keys.",
                headers={"WWW-Authenticate": 'Bearer realm="unitledger"'},
            ),
        )

    @api.exception_handler(ValidationError)
    def wrong_value(request: HttpRequest, error: ValidationError) -> HttpResponse:
        found = [_wrong(each) for each in error.errors]
        names = ", ".join(each["field"] for each in found)
        return _answer(
            api,
            request,
            Refused(
                422,
                "value_wrong",
                f"What is wrong is named by field: {names}.",
                remedy="Correct these values.",
                problems=found,
            ),
        )

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return _answer(
            api,
            request,
            Refused(error.status_code, "refused", str(error), remedy="Correct the request."),
        )


def _wrong(error: Mapping[str, Any]) -> dict[str, str]:
    place = [str(each) for each in error["loc"] if each not in ("query", "path", "body")]
    return {
        "field": ".".join(place),
        "rule": str(error["type"]),
        "message": str(error["msg"]),
        "remedy": "The description of the API says what it takes.",
    }


def _answer(api: NinjaAPI, request: HttpRequest, error: Refused) -> HttpResponse:
    response = api.create_response(
        request,
        {
            "type": f"/api/v1/docs#{error.rule}",
            "title": _TITLES.get(error.status, "Refused"),
            "status": error.status,
            "detail": error.detail,
            "remedy": error.remedy,
            "rule": error.rule,
            "request_id": request_id(request),
            "problems": list(error.problems),
        },
        status=error.status,
    )
    response["Content-Type"] = CONTENT_TYPE
    for name, value in error.headers.items():
        response[name] = value
    return response


def request_id(request: HttpRequest) -> str:
    """The request's own id: in its answer, and in the log."""
    from unitledger import wiring

    kept = getattr(request, "unitledger_request_id", None)
    if kept is None:
        kept = wiring.shared_tools().ids.state_token()
        request.unitledger_request_id = kept  # pyright: ignore[reportAttributeAccessIssue]
    return kept
