"""The Quotes resource.

Evidence: fields, filters, lengths and statuses are documented (Quotes; OpenAPI); that only a
draft's content can be changed is how Xero's own MCP server describes it. Which statuses may
follow which is documented without being at hand here: unsure, as are the wordings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, tax
from fauxero.accounting.base import INVOICES_READ, INVOICES_WRITE, BaseResource, Findings, attempt
from fauxero.accounting.branding import is_theme
from fauxero.accounting.document_contact import contact_of
from fauxero.accounting.invoices import lines as invoice_lines
from fauxero.accounting.invoices.draft import check_currency, check_totals_sent, totals
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.quotes.wire import quote_element
from fauxero.accounting.resource import (
    BadQuery,
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Contact, Line
from fauxero.accounting.side_rows import Quote
from fauxero.accounting.where import DAY, GUID, INSTANT, NUMBER, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

STATUSES = ("DRAFT", "SENT", "ACCEPTED", "DECLINED", "INVOICED", "DELETED")
_MOVES = {
    "DRAFT": frozenset({"DRAFT", "SENT", "DELETED"}),
    "SENT": frozenset({"SENT", "DRAFT", "ACCEPTED", "DECLINED", "DELETED"}),
    "ACCEPTED": frozenset({"ACCEPTED", "INVOICED", "DECLINED", "DELETED"}),
    "DECLINED": frozenset({"DECLINED", "DRAFT", "DELETED"}),
    "INVOICED": frozenset({"INVOICED", "DELETED"}),
    "DELETED": frozenset(),
}
_TEXTS = {
    "Reference": ("reference", 4000),
    "Terms": ("terms", 4000),
    "Title": ("title", 100),
    "Summary": ("summary", 3000),
}
NOT_UNIQUE = "Quote # must be unique."
NOT_A_DRAFT = "Only DRAFT quotes can be edited."

_FIELDS = {
    "quoteid": Field(GUID, lambda row: row.id),
    "quotenumber": Field(TEXT, lambda row: row.number),
    "status": Field(TEXT, lambda row: row.status),
    "date": Field(DAY, lambda row: row.on),
    "expirydate": Field(DAY, lambda row: row.expires_on),
    "total": Field(NUMBER, lambda row: row.total),
    "reference": Field(TEXT, lambda row: row.reference),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}


class QuotesResource(BaseResource):
    name = "Quotes"
    element_name = "Quote"
    id_field = "QuoteID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = INVOICES_READ
    write_scopes = INVOICES_WRITE
    date_companions: tuple[str, ...] = ("Date", "ExpiryDate")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        """A hundred a page, with lines (OpenAPI): the first page when none is asked for."""
        selection = Selection(books.side.quotes, books.side.quotes_in_order, _FIELDS, {})
        selection.apply(query)
        _filter(selection, query)

        def show(row: Quote) -> Element:
            return quote_element(books, row)

        return answer(selection, query, paged=True, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        quote = books.side.quotes.get(key.lower())
        return quote_element(books, quote) if quote else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "QuoteID"):
            raise NotModelled("PUT of a quote with a QuoteID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _save(books, element, None, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        quote_id = key.lower() if key else fields.guid(element, "QuoteID")
        if quote_id is None:
            return self.create(books, element, options)
        quote = books.side.quotes.get(quote_id)
        if quote is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _save(books, element, quote, options, found),
            id_field=self.id_field,
            key=quote.id,
        )


# ---- listing


def _filter(selection: Selection[Quote], query: ListQuery) -> None:
    asked = query.other
    tests: dict[str, Callable[[Quote], Any]] = {
        "contactid": lambda row: row.contact_id == asked["contactid"].lower(),
        "status": lambda row: row.status == asked["status"].upper(),
        "quotenumber": lambda row: row.number == asked["quotenumber"],
    }
    for name, test in tests.items():
        if asked.get(name):
            selection.only(test)
    for name, read in (("date", _on), ("expirydate", _expiry)):
        first, last = _day(asked.get(f"{name}from")), _day(asked.get(f"{name}to"))
        if first is not None or last is not None:
            selection.only(_between(read, first or date.min, last or date.max))


def _between(read: Callable[[Quote], date | None], first: date, last: date) -> Callable[..., bool]:
    def test(row: Quote) -> bool:
        on = read(row)
        return on is not None and first <= on <= last

    return test


def _on(row: Quote) -> date | None:
    return row.on


def _expiry(row: Quote) -> date | None:
    return row.expires_on


def _day(text: str | None) -> date | None:
    if not text:
        return None
    found = fields.parse_day(text)
    if found is None:
        raise BadQuery(f"'{text}' is not a date")
    return found


# ---- writing


def _save(
    books: Books,
    element: Element,
    before: Quote | None,
    options: WriteOptions,
    findings: Findings,
) -> Element:
    status = fields.choice(element, "Status", STATUSES) or (before.status if before else "DRAFT")
    _check_move(before, status, findings)
    findings.refuse_if_any()
    contact = contact_of(books, element, before, findings)
    types = _types(element, before)
    lines = _lines(books, element, before, options, contact, findings)
    check_currency(books, element, before.currency if before else None, findings)
    values: dict[str, Any] = totals(lines, types)
    values |= {"status": status, "line_amount_types": types, "lines": lines}
    values |= _header(books, element, findings)
    if contact is not None:
        values["contact_id"] = contact.id
    findings.refuse_if_any()
    quote = _with(books, before, values | {"updated_at": books.now()}, options)
    check_totals_sent(element, quote, findings)
    if before is not None and before.status != "DRAFT" and _content(quote) != _content(before):
        findings.errors.append(NOT_A_DRAFT)
    _check_number(books, quote, findings)
    findings.refuse_if_any()
    return quote_element(books, books.side.quotes.put(quote))


def _check_move(before: Quote | None, status: str, findings: Findings) -> None:
    if before is None and status not in ("DRAFT", "SENT"):
        findings.errors.append("Quote not of valid status for creation")
    if before is not None and status not in _MOVES[before.status]:
        findings.errors.append("Quote not of valid status for modification")


def _content(quote: Quote) -> Quote:
    return replace(quote, status="", updated_at=quote.updated_at.min)


def _types(element: Element, before: Quote | None) -> str:
    given = fields.choice(element, "LineAmountTypes", tax.LINE_AMOUNT_TYPES)
    return given or (before.line_amount_types if before else tax.EXCLUSIVE)


def _lines(
    books: Books,
    element: Element,
    before: Quote | None,
    options: WriteOptions,
    contact: Contact | None,
    findings: Findings,
) -> tuple[Line, ...]:
    setting = invoice_lines.LineSetting(
        books=books,
        is_sale=True,
        is_draft=True,  # a quote's lines need no account
        line_amount_types=_types(element, before),
        unit_decimals=4,  # Xero: documented (Quotes): four decimals by default
        contact=contact,
        findings=findings,
    )
    old = before.lines if before else ()
    given = fields.many(element, "LineItems")
    if given:
        return invoice_lines.merge(setting, given, old)
    if before is None:
        findings.errors.append("One or more line items must be specified")
    elif before.line_amount_types != setting.line_amount_types:
        return invoice_lines.recomputed(setting, old)
    return old


def _header(books: Books, element: Element, findings: Findings) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, attribute in (("Date", "on"), ("ExpiryDate", "expires_on")):
        day = fields.day(element, name)
        if day is not None:
            values[attribute] = day
    for name, (attribute, length_max) in _TEXTS.items():
        text = fields.text(element, name)
        if text is not None:
            findings.too_long(name, text, length_max)
            values[attribute] = text or None
    if number := fields.text(element, "QuoteNumber"):
        values["number"] = number
    theme = fields.guid(element, "BrandingThemeID")
    if theme is not None:
        if not is_theme(books, theme):
            findings.errors.append("The BrandingThemeID could not be found.")
        values["branding_theme_id"] = theme
    return values


def _with(
    books: Books, before: Quote | None, values: dict[str, Any], options: WriteOptions
) -> Quote:
    if before is not None:
        return replace(before, **values)
    defaults = {
        "on": books.today(),
        "currency": books.organisation.base_currency,
        "branding_theme_id": books.organisation.branding_theme_id,
        "created_by_app": options.app_id,
    }
    if "number" not in values:
        defaults["number"] = _next_number(books)
    return Quote(id=books.ids.uuid(), **(defaults | values))


def _next_number(books: Books) -> str:
    count = len(books.side.quotes) + 1
    while books.side.quotes_by_number.has(f"QU-{count:04d}"):
        count += 1
    return f"QU-{count:04d}"


def _check_number(books: Books, quote: Quote, findings: Findings) -> None:
    findings.too_long("QuoteNumber", quote.number, 255)
    if any(key != quote.id for key in books.side.quotes_by_number.ids(quote.number)):
        findings.errors.append(NOT_UNIQUE)
