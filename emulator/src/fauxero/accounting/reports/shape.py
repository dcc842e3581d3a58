"""Rows, cells and parameters, as every report of Xero's has them (OpenAPI examples)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.money import shown
from fauxero.accounting.resource import BadQuery, Element, NotModelled
from fauxero.accounting.rows import Account

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Report = Callable[["Books", Mapping[str, str]], Element]

YEARS = range(1900, 2200)  # ample, and far from where the calendar ends
PERIODS_MAX = 11  # beside the first (Xero: documented, 1 to 11)
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


class Parameters:
    """A report's query parameters, in any case. Raises BadQuery for what cannot be read."""

    def __init__(self, given: Mapping[str, str], *known: str) -> None:
        self._given = {name.lower(): value for name, value in given.items() if value}
        lower = {name.lower() for name in known}
        for name in self._given:
            if name in _EVERYWHERE and name not in lower:
                raise NotModelled(f"The parameter {name} of this report is not modelled")

    def text(self, name: str) -> str | None:
        return self._given.get(name.lower())

    def flag(self, name: str) -> bool:
        return self._given.get(name.lower(), "").lower() == "true"

    def day(self, name: str, default: date) -> date:
        given = self._given.get(name.lower())
        if given is None:
            return default
        found = fields.parse_day(given)
        if found is None or found.year not in YEARS:
            raise BadQuery(f"The {name} '{given}' is not a date of a report")
        return found

    def guid(self, name: str) -> str | None:
        given = self._given.get(name.lower())
        if given is None:
            return None
        found = fields.parse_guid(given)
        if found is None:
            raise BadQuery(f"The {name} '{given}' is not an id")
        return found

    def periods(self) -> tuple[int, int]:
        """(how many earlier periods, how many months one has). Xero: documented."""
        given = self._given.get("periods", "0")
        if not given.isdecimal() or int(given) > PERIODS_MAX:
            raise BadQuery(f"The periods must be a number from 1 to {PERIODS_MAX}")
        timeframe = self._given.get("timeframe", "MONTH").upper()
        if timeframe not in _MONTHS:
            raise BadQuery("The timeframe must be MONTH, QUARTER or YEAR")
        return int(given), _MONTHS[timeframe]


# Parameters some report of Xero's has: given to one that cannot honour them, they are refused.
_EVERYWHERE = frozenset(
    {"periods", "timeframe", "paymentsonly", "fromdate", "todate", "date", "contactid"}
    | {"trackingcategoryid", "trackingcategoryid2", "trackingoptionid", "trackingoptionid2"}
    | {"trackingoptionid1"}
)


def first_of_month(on: date) -> date:
    return on.replace(day=1)


def last_of_month(on: date) -> date:
    return on.replace(day=monthrange(on.year, on.month)[1])


def months_before(on: date, months: int) -> date:
    """The same day that many months ago; the end of a month stays one."""
    at = on.year * 12 + on.month - 1 - months
    year, month = divmod(at, 12)
    length = monthrange(year, month + 1)[1]
    is_end = on == last_of_month(on)
    return date(year, month + 1, length if is_end else min(on.day, length))


def in_words(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def in_short(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def financial_year_start(books: Books, on: date) -> date:
    organisation = books.organisation
    month = organisation.financial_year_end_month
    this_year = _day_in(on.year, month, organisation.financial_year_end_day)
    if on > this_year:
        return this_year + timedelta(days=1)
    return _day_in(on.year - 1, month, organisation.financial_year_end_day) + timedelta(days=1)


def _day_in(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


# ---- rows


def cell(value: str, *attributes: tuple[str, str]) -> Element:
    shown_cell: Element = {"Value": value}
    if attributes:
        shown_cell["Attributes"] = [{"Value": what, "Id": id_} for id_, what in attributes]
    return shown_cell


def row(name: str, amounts: Iterable[Decimal], *attributes: tuple[str, str]) -> Element:
    """One line; every cell carries the attributes, as in Xero's own examples."""
    values = [name, *(shown(amount) for amount in amounts)]
    return {"RowType": "Row", "Cells": [cell(value, *attributes) for value in values]}


def account_row(account: Account, amounts: Iterable[Decimal]) -> Element:
    return row(account.name, amounts, ("account", account.id))


def summary(name: str, amounts: Iterable[Decimal]) -> Element:
    cells = [cell(name), *(cell(shown(amount)) for amount in amounts)]
    return {"RowType": "SummaryRow", "Cells": cells}


def header(*names: str) -> Element:
    return {"RowType": "Header", "Cells": [cell(name) for name in names]}


def section(title: str, *rows: Element) -> Element:
    return {"RowType": "Section", "Title": title, "Rows": list(rows)}


def added(columns: Iterable[Sequence[Decimal]], width: int) -> list[Decimal]:
    """Sums of rows of amounts, column by column."""
    sums = [Decimal("0.00")] * width
    for amounts in columns:
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
    return sums


def report(
    books: Books, kind: str, name: str, *, titles: Sequence[str], rows: list[Element]
) -> Element:
    """`ReportDate` is the day it is made (OpenAPI examples)."""
    return {
        "ReportID": kind,
        "ReportName": name,
        "ReportType": kind,
        "ReportTitles": list(titles),
        "ReportDate": in_words(books.today()),
        "UpdatedDateUTC": books.now(),
        "Fields": [],
        "Rows": rows,
    }
