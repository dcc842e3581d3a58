"""Reports/BalanceSheet.

Xero: documented (Reports, Balance sheet) and the OpenAPI example: sections, totals, the ids in
Attributes, the end of the current month as default date. Which types make up the non-current
sections is unsure. Tracking options are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.figures import by_account
from fauxero.accounting.money import ZERO, shown
from fauxero.accounting.reports.shape import (
    Parameters,
    account_row,
    added,
    cell,
    financial_year_start,
    header,
    in_short,
    in_words,
    last_of_month,
    months_before,
    report,
    row,
    section,
    summary,
)
from fauxero.accounting.resource import Element

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Reported: Xero gives the year's earnings, which are no account, this id.
CURRENT_EARNINGS_ID = "abababab-abab-abab-abab-abababababab"
_ASSETS = (
    ("Bank", ("BANK",)),
    ("Current Assets", ("CURRENT", "PREPAYMENT", "INVENTORY")),
    ("Fixed Assets", ("FIXED",)),
    ("Non-current Assets", ("NONCURRENT",)),
)
_LIABILITIES = (
    ("Current Liabilities", ("CURRLIAB", "LIABILITY")),
    ("Non-Current Liabilities", ("TERMLIAB",)),
)
Sheet = Mapping[str, Decimal]


def balance_sheet(books: Books, parameters: Mapping[str, str]) -> Element:
    """Raises BadQuery and NotModelled."""
    asked = Parameters(parameters, "date", "periods", "timeframe", "paymentsOnly")
    on = asked.day("date", last_of_month(books.today()))
    count, months = asked.periods()
    days = [months_before(on, at * months) for at in range(count + 1)]
    cash = asked.flag("paymentsOnly")
    sheets = [by_account(books, None, day, cash=cash) for day in days]
    rows: list[Element] = [header("", *(in_short(day) for day in days))]
    assets = _side(books, sheets, rows, "Assets", _ASSETS, 1)
    owed = _side(books, sheets, rows, "Liabilities", _LIABILITIES, -1)
    net = [have - owe for have, owe in zip(assets, owed, strict=True)]
    rows.append(section("", row("Net Assets", net)))
    rows.append(_equity(books, days, sheets, cash=cash))
    titles = ("Balance Sheet", books.organisation.name, f"As at {in_words(on)}")
    return report(books, "BalanceSheet", "Balance Sheet", titles=titles, rows=rows)


def _side(
    books: Books,
    sheets: Sequence[Sheet],
    rows: list[Element],
    title: str,
    parts: Sequence[tuple[str, tuple[str, ...]]],
    sign: int,
) -> list[Decimal]:
    rows.append(section(title))
    totals: list[list[Decimal]] = []
    for name, types in parts:
        lines, amounts = _lines(books, sheets, types, sign)
        if lines:
            rows.append(section(name, *lines, summary(f"Total {name}", amounts)))
        totals.append(amounts)
    whole = added(totals, len(sheets))
    rows.append(section("", summary(f"Total {title}", whole)))
    return whole


def _lines(
    books: Books, sheets: Sequence[Sheet], types: tuple[str, ...], sign: int
) -> tuple[list[Element], list[Decimal]]:
    lines: list[Element] = []
    all_amounts: list[list[Decimal]] = []
    for account in sorted(books.accounts, key=lambda found: (found.name, found.id)):
        is_earnings = account.system_account == "RETAINEDEARNINGS"
        amounts = [sign * sheet.get(account.id, ZERO) for sheet in sheets]
        if account.type in types and any(amounts) and not is_earnings:
            lines.append(account_row(account, amounts))
            all_amounts.append(amounts)
    return lines, added(all_amounts, len(sheets))


def _equity(books: Books, days: Sequence[date], sheets: Sequence[Sheet], *, cash: bool) -> Element:
    lines, amounts = _lines(books, sheets, ("EQUITY",), -1)
    this_year, earlier = [], []
    for day, sheet in zip(days, sheets, strict=True):
        start = financial_year_start(books, day)
        before = by_account(books, None, start - timedelta(days=1), cash=cash)
        ever = profit(books, sheet)
        past = profit(books, before)
        this_year.append(ever - past)
        retained = -sheet.get(books.system_account_id("RETAINEDEARNINGS"), ZERO)
        earlier.append(past + retained)
    return section(
        "Equity",
        _earnings(books, "Current Year Earnings", CURRENT_EARNINGS_ID, this_year, days),
        *lines,
        _earnings(
            books,
            "Retained Earnings",
            books.system_account_id("RETAINEDEARNINGS"),
            earlier,
            days,
        ),
        summary("Total Equity", added((amounts, this_year, earlier), len(days))),
    )


def profit(books: Books, sheet: Sheet) -> Decimal:
    """Income less expenses in a set of balances."""
    return -sum(
        (
            sheet.get(account.id, ZERO)
            for account in books.accounts
            if CLASS_OF_TYPE[account.type] in ("REVENUE", "EXPENSE")
        ),
        ZERO,
    )


def _earnings(
    books: Books, name: str, account_id: str, amounts: Sequence[Decimal], days: Sequence[date]
) -> Element:
    """With the span of days that each figure covers among its attributes (OpenAPI example)."""
    account = ("account", account_id)
    cells = [cell(name, account)]
    for amount, day in zip(amounts, days, strict=True):
        start = financial_year_start(books, day)
        span = (("fromDate", _american(start)), ("toDate", _american(day)))
        cells.append(cell(shown(amount), account, *span))
    return {"RowType": "Row", "Cells": cells}


def _american(on: date) -> str:
    """As the OpenAPI example writes the attributes' dates."""
    return f"{on.month}/{on.day}/{on.year}"
