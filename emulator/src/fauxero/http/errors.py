"""The bodies Xero answers errors with, each in the shape its documentation or the wire shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fauxero.http.exchange import HTML, Answer, json_answer, text_answer

VALIDATION = 10
BAD_POST_DATA = 14
BAD_QUERY = 16

MAINTENANCE = "The Xero API is currently offline for maintenance"
UNAVAILABLE = "The Xero API is temporarily unavailable"
ORGANISATION_OFFLINE = "The Organisation is offline"

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    413: "RequestEntityTooLarge",
    500: "An error occurred",
}
_INTERNAL = (
    "An error occurred in Xero. Check the API Status page http://status.developer.xero.com "
    "for current service status."
)


def _problem(status: int, detail: str, instance: str) -> Answer:
    return json_answer(
        {
            "Type": None,
            "Title": _TITLES[status],
            "Status": status,
            "Detail": detail,
            "Instance": instance,
            "Extensions": {},
        },
        status=status,
        compact=True,
    )


def token_missing(instance: str) -> Answer:
    """No bearer token, or one that Xero never issued."""
    return _problem(401, "AuthenticationUnsuccessful", instance)


def token_expired(at: datetime, instance: str) -> Answer:
    """Reported verbatim by several integrators: month first, seconds, no zone."""
    return _problem(401, f"TokenExpired: token expired at {at:%m/%d/%Y %H:%M:%S}", instance)


def scope_missing(instance: str) -> Answer:
    return _problem(401, "AuthorizationUnsuccessful", instance)


def not_connected(instance: str) -> Answer:
    """The organisation header is missing, unknown, or not connected to this app and user."""
    return _problem(403, "AuthenticationUnsuccessful", instance)


def internal(instance: str) -> Answer:
    return _problem(500, _INTERNAL, instance)


def key_misused(key: str, instance: str) -> Answer:
    """The text is documented, the shape around it unsure."""
    return _problem(400, f"Idempotency Key: {key} is used with a different request.", instance)


def key_too_long(key: str, instance: str) -> Answer:
    """Documented: names the key and its length. The wording is unsure."""
    detail = f"Idempotency Key: {key} has {len(key)} characters; at most 128 are allowed."
    return _problem(400, detail, instance)


def not_found() -> Answer:
    """Recorded on the wire: text/html, no JSON."""
    return Answer(404, b"The resource you're looking for cannot be found", HTML)


def too_many(headers: tuple[tuple[str, str], ...]) -> Answer:
    """Recorded on the wire: an empty body and no Content-Type."""
    return Answer(429, headers=headers)


def unavailable(text: str = UNAVAILABLE) -> Answer:
    return text_answer(text, status=503)


def bad_gateway() -> Answer:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
    return Answer(502, page, HTML)


def precondition_failed(message: str) -> Answer:
    return text_answer(message, status=412)


def too_large(instance: str) -> Answer:
    """Reported verbatim (Xero-Java issue 349)."""
    return _problem(413, "PayloadTooLarge", instance)


@dataclass(frozen=True, slots=True)
class ApiException:
    """An error with a number: its form, JSON or XML, is the request's to choose."""

    number: int
    kind: str
    message: str
    status: int = 400


def bad_post_data(message: str) -> ApiException:
    return ApiException(BAD_POST_DATA, "PostDataInvalidException", message)


def bad_query(message: str) -> ApiException:
    return ApiException(BAD_QUERY, "QueryParseException", message)


def not_modelled(message: str) -> ApiException:
    """501 is Xero's own status for a method an endpoint lacks; the words say whose it is."""
    words = f"Not modelled by fauxero: {message}"
    return ApiException(0, "NotImplementedException", words, status=501)
