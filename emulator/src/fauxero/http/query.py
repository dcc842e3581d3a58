"""A request's list parameters as a ListQuery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from fauxero.accounting.resource import ListQuery
from fauxero.http.exchange import Request

PAGE_SIZE = 100
PAGE_SIZE_MAX = 1000

_KNOWN = frozenset(
    {
        *("where", "order", "page", "pagesize", "ids", "invoicenumbers", "contactids"),
        *("statuses", "includearchived", "summaryonly", "searchterm", "createdbymyapp"),
        *("unitdp", "summarizeerrors"),
    }
)


class BadPrecondition(Exception):
    """The If-Modified-Since header is not a date: 412 (documented)."""


def list_query(request: Request, *, app_id: str) -> ListQuery:
    query = request.query
    page = _number(query.get("page"))
    size = _number(query.get("pagesize"))
    return ListQuery(
        where=query.get("where") or None,
        order=query.get("order") or None,
        # A page size alone asks for paging too; the first page then.
        page=max(1, page) if page is not None else (1 if size is not None else None),
        page_size=min(max(1, size), PAGE_SIZE_MAX) if size is not None else PAGE_SIZE,
        ids=_listed(query.get("ids")),
        numbers=_listed(query.get("invoicenumbers")),
        contact_ids=_listed(query.get("contactids")),
        statuses=_listed(query.get("statuses")),
        modified_since=modified_since(request.header("if-modified-since")),
        include_archived=_flag(query.get("includearchived")),
        summary_only=_flag(query.get("summaryonly")),
        search_term=query.get("searchterm") or None,
        created_by_app=app_id if _flag(query.get("createdbymyapp")) else None,
        unit_decimals=unit_decimals(request),
        other={name: value for name, value in query.items() if name not in _KNOWN},
    )


def unit_decimals(request: Request) -> int:
    return 4 if request.query.get("unitdp") == "4" else 2


def summarizes_errors(request: Request) -> bool:
    """Left out counts as true: recorded on the wire, whatever the specification's default says."""
    return request.query.get("summarizeerrors", "true").lower() != "false"


def modified_since(text: str | None) -> datetime | None:
    """Read `2026-09-14T09:29:59`, with or without zone, or an HTTP date; accurate to a second."""
    if text is None or not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            raise BadPrecondition(f"If-Modified-Since is not a date: {text:.80}") from None
    try:
        aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # a zone that leads out of the calendar
        raise BadPrecondition(f"If-Modified-Since is not a date: {text:.80}") from None
    return aware.replace(microsecond=0)


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        return None


def _flag(text: str | None) -> bool:
    return (text or "").lower() == "true"


def _listed(text: str | None) -> Sequence[str]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
