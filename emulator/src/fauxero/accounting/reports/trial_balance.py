"""Reports/TrialBalance.

Xero: documented (Reports, Trial balance) for rows, cells and the account id in Attributes.
What the first pair of columns covers is unsure: here it is the movement of the month up to
the day, and the YTD pair the balance: since the start of the financial year for income and
expenses, since the beginning for the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.figures import by_account
from fauxero.accounting.money import ZERO, shown
from fauxero.accounting.reports.shape import (
    Parameters,
    cell,
    financial_year_start,
    first_of_month,
    header,
    in_words,
    report,
    section,
)
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Account

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_SECTIONS = (
    ("Revenue", "REVENUE"),
    ("Expenses", "EXPENSE"),
    ("Assets", "ASSET"),
    ("Liabilities", "LIABILITY"),
    ("Equity", "EQUITY"),
)
_COLUMNS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")


def trial_balance(books: Books, parameters: Mapping[str, str]) -> Element:
    """Parameters: `date` (default today), `paymentsOnly` (cash basis). Raises BadQuery."""
    asked = Parameters(parameters, "date", "paymentsOnly")
    on = asked.day("date", books.today())
    figures = trial_balance_figures(books, on, cash=asked.flag("paymentsOnly"))
    rows: list[Element] = [header(*_COLUMNS)]
    for title, class_ in _SECTIONS:
        shown_rows = [
            _row(account, *figures[account.id])
            for account in sorted(books.accounts, key=lambda row: (row.name, row.id))
            if CLASS_OF_TYPE[account.type] == class_ and any(figures[account.id])
        ]
        if shown_rows:
            rows.append(section(title, *shown_rows))
    rows.append(section("", _total(figures)))
    written = in_words(on)
    titles = ("Trial Balance", books.organisation.name, f"As at {written}")
    made = report(books, "TrialBalance", "Trial Balance", titles=titles, rows=rows)
    return made | {"ReportDate": written}


def trial_balance_figures(
    books: Books, on: date, *, cash: bool = False
) -> dict[str, tuple[Decimal, Decimal]]:
    """(movement of the month, year-to-date balance) by account id, debit positive.

    Profit of earlier years is in the retained earnings account, as Xero shows it.
    """
    year_start = financial_year_start(books, on)
    month = by_account(books, first_of_month(on), on, cash=cash)
    ever = by_account(books, None, on, cash=cash)
    earlier = by_account(books, None, year_start - timedelta(days=1), cash=cash)
    figures: dict[str, tuple[Decimal, Decimal]] = {}
    earlier_profit = ZERO
    for account in books.accounts:
        key = account.id
        balance = ever.get(key, ZERO)
        if CLASS_OF_TYPE[account.type] in ("REVENUE", "EXPENSE"):
            balance -= earlier.get(key, ZERO)
            earlier_profit += earlier.get(key, ZERO)
        figures[key] = (month.get(key, ZERO), balance)
    retained = books.system_account_id("RETAINEDEARNINGS")
    moved, balance = figures[retained]
    figures[retained] = (moved, balance + earlier_profit)
    return figures


def _row(account: Account, month: Decimal, balance: Decimal) -> Element:
    name = f"{account.name} ({account.code})" if account.code else account.name
    values = (name, *_debit_credit(month), *_debit_credit(balance))
    return {"RowType": "Row", "Cells": [cell(value, ("account", account.id)) for value in values]}


def _debit_credit(amount: Decimal) -> tuple[str, str]:
    if amount > 0:
        return shown(amount), ""
    return "", shown(-amount) if amount else ""


def _total(figures: dict[str, tuple[Decimal, Decimal]]) -> Element:
    values = ["Total"]
    for at in (0, 1):
        amounts = [pair[at] for pair in figures.values()]
        values.append(shown(sum((amount for amount in amounts if amount > 0), ZERO)))
        values.append(shown(-sum((amount for amount in amounts if amount < 0), ZERO)))
    return {"RowType": "SummaryRow", "Cells": [cell(value) for value in values]}
