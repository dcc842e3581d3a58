"""XeroBooks: `engine.ports.Books` over Xero's accounting API, or over an emulator of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import httpx2

from unitledger.books.xero import parse, parse_chart, parse_standing, query, render
from unitledger.books.xero.classify import (
    classify_read,
    classify_settings_write,
    classify_write,
)
from unitledger.books.xero.client import (
    DEFAULT_TIMEOUTS,
    Call,
    HttpClient,
    NoReply,
    Reply,
    Timeouts,
)
from unitledger.books.xero.limits import read_limits
from unitledger.books.xero.wire import UnexpectedAnswer, is_guid, load, rows
from unitledger.core.chart import Chart, Item, TrackingCategory
from unitledger.core.documents import DocumentKind, Wanted
from unitledger.core.effects import EffectKind, Verdict
from unitledger.core.exchange import (
    Access,
    Answer,
    BooksUnavailable,
    CreditPage,
    Element,
    Held,
    HeldPage,
    Limits,
    RepeatingInvoice,
    Theme,
    TrialBalanceRow,
    WriteRequest,
)

XERO_API_ROOT = "https://api.xero.com/"
XERO_API_URL = f"{XERO_API_ROOT}api.xro/2.0"
NO_SCOPE = b"AuthorizationUnsuccessful"  # documented: the token lacks the scope


class XeroBooks:
    """One installation's way to Xero. Each method makes one exchange and never repeats it."""

    def __init__(
        self,
        api_url: str,
        *,
        app_name: str = "unitledger",
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._http = HttpClient(api_url, app_name=app_name, timeouts=timeouts, transport=transport)

    def close(self) -> None:
        self._http.close()

    def render(self, wanted: Wanted) -> str:
        return render.render(wanted)

    def compose(
        self, kind: EffectKind, elements: Sequence[Element], *, idempotency_key: str
    ) -> WriteRequest:
        return render.compose(kind, elements, idempotency_key=idempotency_key)

    def send(self, request: WriteRequest, access: Access) -> Answer:
        """Send once and classify. Never raises for what the network or Xero does."""
        exchange = self._http.exchange(
            Call(
                method=request.method,
                url=f"{self._api_url}/{request.path}",
                headers={
                    **_headers(access),
                    "Content-Type": "application/json; charset=utf-8",
                    "Idempotency-Key": request.idempotency_key,
                },
                body=request.body,
            )
        )
        return classify_write(request, exchange)

    def read_chart(self, access: Access, *, read_at: datetime) -> tuple[Chart, Limits, int]:
        """Four calls, one after the other. Raises BooksUnavailable at the first that fails."""
        organisation = self._read("Organisation", access)
        accounts = self._read("Accounts", access)
        tax_rates = self._read("TaxRates", access)
        tracking = self._read("TrackingCategories?includeArchived=true", access)
        answers = (organisation, accounts, tax_rates, tracking)
        with _Understood(tracking):
            chart = parse_chart.read_chart(
                organisation=load(organisation.body),
                accounts=load(accounts.body),
                tax_rates=load(tax_rates.body),
                tracking=load(tracking.body),
                read_at=read_at,
            )
        # Anything else that answers like Xero has no pages a link could lead to.
        is_emulated = not self._api_url.startswith(XERO_API_ROOT)
        chart = replace(chart, facts=replace(chart.facts, is_emulated=is_emulated))
        return chart, read_limits(tracking.headers), sum(len(each.body) for each in answers)

    def read_held(
        self,
        kind: DocumentKind,
        access: Access,
        *,
        page: int,
        modified_since: datetime | None = None,
        ids: Iterable[str] = (),
        numbers: Iterable[str] = (),
    ) -> HeldPage:
        """One page of up to 1,000, in the order of ids, in every status.

        `numbers` are contact numbers, invoice numbers or payment references, at most 50, as
        are ids; a single payment id is read at its own address. Raises BooksUnavailable, and
        `query.CannotBeAsked` for a look-up Xero's filters cannot express.
        """
        wanted_ids, wanted_numbers = list(ids), list(numbers)
        if kind is DocumentKind.PAYMENT and len(wanted_ids) == 1 and not wanted_numbers:
            path = query.one_path(kind, wanted_ids[0])
        else:
            path = query.list_path(kind, page=page, ids=wanted_ids, numbers=wanted_numbers)
        since = (
            {}
            if modified_since is None
            else {"If-Modified-Since": query.modified_since(modified_since)}
        )
        reply = self._get(path, access, since)
        # A server may answer an If-Modified-Since with 304; Xero gives an empty page.
        if reply.status == 304 or (reply.status == 404 and "?" not in path):
            return HeldPage((), page, page, None, read_limits(reply.headers), len(reply.body))
        return _held_page(kind, _accepted(reply), page)

    def read_one(self, kind: DocumentKind, access: Access, xero_id: str) -> Held | None:
        """One object by its id in whatever status; None where Xero never issued the id."""
        reply = self._get(query.one_path(kind, xero_id), access)
        if reply.status == 404:
            return None
        held = _held_page(kind, _accepted(reply), 1).held
        if len(held) != 1:
            raise _unreadable(reply, f"{len(held)} objects for one id")
        return held[0]

    def read_trial_balance(
        self, access: Access, *, on: date
    ) -> tuple[Sequence[TrialBalanceRow], Limits]:
        reply = self._read(f"Reports/TrialBalance?date={on.isoformat()}", access)
        with _Understood(reply):
            return parse_chart.read_trial_balance(load(reply.body)), read_limits(reply.headers)

    def read_tracking(self, access: Access) -> tuple[Sequence[TrackingCategory], Limits, int]:
        """Tracking categories, archived ones too, with their options: one call."""
        reply = self._read("TrackingCategories?includeArchived=true", access)
        with _Understood(reply):
            found = parse_chart.read_tracking(load(reply.body))
        return found, read_limits(reply.headers), len(reply.body)

    def read_items(self, access: Access) -> tuple[Sequence[Item], Limits, int]:
        """The items that may stand on an invoice line: one call."""
        reply = self._read("Items", access)
        with _Understood(reply):
            found = parse_chart.read_items(load(reply.body))
        return found, read_limits(reply.headers), len(reply.body)

    def read_repeating(self, access: Access) -> tuple[Sequence[RepeatingInvoice], Limits, int]:
        reply = self._read("RepeatingInvoices", access)
        with _Understood(reply):
            found = parse_standing.read_repeating(load(reply.body))
        return found, read_limits(reply.headers), len(reply.body)

    def read_credits(
        self, access: Access, *, since: date, page: int
    ) -> tuple[CreditPage, Limits, int]:
        reply = self._read(query.credits_path(since=since, page=page), access)
        with _Understood(reply):
            data = load(reply.body)
            found, count = parse_standing.read_credits(data)
            pages = parse.read_page_count(
                data, page=page, rows_read=count, page_size=query.PAGE_SIZE
            )
        return CreditPage(found, pages), read_limits(reply.headers), len(reply.body)

    def read_reminders(self, access: Access) -> tuple[bool, Limits, int]:
        reply = self._read("InvoiceReminders/Settings", access)
        with _Understood(reply):
            is_on = parse_standing.read_reminders(load(reply.body))
        return is_on, read_limits(reply.headers), len(reply.body)

    def read_themes(self, access: Access) -> tuple[Sequence[Theme], Limits, int]:
        reply = self._read("BrandingThemes", access)
        with _Understood(reply):
            found = parse_standing.read_themes(load(reply.body))
        return found, read_limits(reply.headers), len(reply.body)

    def read_payment_links(
        self, access: Access, theme: Theme
    ) -> tuple[Sequence[str] | None, Limits, int]:
        """The names of the payment services on a theme; None where our permission does not cover
        the question (documented: it belongs to a permission that also makes such services)."""
        reply = self._get(query.payment_services_path(theme.theme_id), access)
        if reply.status == 403 or (reply.status == 401 and NO_SCOPE in reply.body):
            return None, read_limits(reply.headers), len(reply.body)
        reply = _accepted(reply)
        with _Understood(reply):
            found = parse_standing.read_payment_services(load(reply.body))
        return found, read_limits(reply.headers), len(reply.body)

    def create_tracking_category(
        self, access: Access, *, name: str, idempotency_key: str
    ) -> Answer:
        """Send once and classify as a whole. Xero refuses a second of the same name."""
        return self._create_named("TrackingCategories", name, access, idempotency_key)

    def create_tracking_option(
        self, access: Access, *, category_id: str, name: str, idempotency_key: str
    ) -> Answer:
        """The same, for an option of a category."""
        if not is_guid(category_id):
            raise ValueError(f"{category_id!r} is no Xero id")
        path = f"TrackingCategories/{category_id}/Options"
        return self._create_named(path, name, access, idempotency_key)

    def _create_named(self, path: str, name: str, access: Access, key: str) -> Answer:
        # A create by PUT: a POST with a name in use would rename or restore what has it.
        exchange = self._http.exchange(
            Call(
                method="PUT",
                url=f"{self._api_url}/{path}",
                headers={
                    **_headers(access),
                    "Content-Type": "application/json; charset=utf-8",
                    "Idempotency-Key": key,
                },
                body=json.dumps({"Name": name}, ensure_ascii=False).encode(),
            )
        )
        return classify_settings_write(exchange)

    def _read(self, path: str, access: Access) -> Reply:
        return _accepted(self._get(path, access))

    def _get(self, path: str, access: Access, more: dict[str, str] | None = None) -> Reply:
        exchange = self._http.exchange(
            Call("GET", f"{self._api_url}/{path}", {**_headers(access), **(more or {})})
        )
        if isinstance(exchange, NoReply):
            raise _unavailable(exchange)
        return exchange


class _Understood:
    """Turns an answer that lacks what we rely on into BooksUnavailable, which names the field."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, UnexpectedAnswer):
            raise _unreadable(self._reply, str(error)) from error


def _headers(access: Access) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {access.token}",
        "xero-tenant-id": access.organisation_id,
    }


def _accepted(reply: Reply) -> Reply:
    if not 200 <= reply.status < 300:
        raise _unavailable(reply)
    return reply


def _held_page(kind: DocumentKind, reply: Reply, page: int) -> HeldPage:
    with _Understood(reply):
        data = load(reply.body)
        found = rows(data, parse.COLLECTIONS[kind])
        held = tuple(parse.read_held(kind, row) for row in found)
    count = parse.read_page_count(data, page=page, rows_read=len(found), page_size=query.PAGE_SIZE)
    return HeldPage(
        held=held,
        page=page,
        page_count=count,
        books_at=parse.read_books_at(data),
        limits=read_limits(reply.headers),
        bytes_read=len(reply.body),
    )


def _unavailable(exchange: Reply | NoReply) -> BooksUnavailable:
    answer = classify_read(exchange)
    return BooksUnavailable(
        answer.whole or Verdict.UNKNOWN,
        limits=answer.limits,
        message=" ".join(answer.messages),
    )


def _unreadable(reply: Reply, reason: str) -> BooksUnavailable:
    return BooksUnavailable(
        Verdict.UNKNOWN,
        limits=read_limits(reply.headers),
        message=f"Xero's answer cannot be read: {reason}.",
    )
