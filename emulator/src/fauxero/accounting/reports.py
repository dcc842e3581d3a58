"""Reports computed from the ledger, in Xero's rows.

Xero: documented (Reports, Trial balance) for rows, cells and the account id in Attributes.
What the first pair of columns covers is unsure: here it is the movement of the month up to
the day, and the YTD pair the balance: since the start of the financial year for income and
expenses, since the beginning for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.money import ZERO, shown
from fauxero.accounting.resource import BadQuery, Element, NotModelled
from fauxero.accounting.rows import Account

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Report = Callable[["Books", Mapping[str, str]], Element]

_SECTIONS = (
    ("Revenue", "REVENUE"),
    ("Expenses", "EXPENSE"),
    ("Assets", "ASSET"),
    ("Liabilities", "LIABILITY"),
    ("Equity", "EQUITY"),
)
_COLUMNS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")


def trial_balance(books: Books, parameters: Mapping[str, str]) -> Element:
    """Reports/TrialBalance. Parameters: `date` (default today). Raises BadQuery, NotModelled."""
    if parameters.get("paymentsOnly", "").lower() == "true":
        raise NotModelled("Cash basis (paymentsOnly=true) is not modelled")
    on = _date(parameters.get("date"), books.today())
    figures = trial_balance_figures(books, on)
    rows: list[Element] = [{"RowType": "Header", "Cells": [{"Value": name} for name in _COLUMNS]}]
    for title, class_ in _SECTIONS:
        section = [
            _row(account, *figures[account.id])
            for account in sorted(books.accounts, key=lambda row: (row.name, row.id))
            if CLASS_OF_TYPE[account.type] == class_ and any(figures[account.id])
        ]
        if section:
            rows.append({"RowType": "Section", "Title": title, "Rows": section})
    rows.append({"RowType": "Section", "Title": "", "Rows": [_total(figures)]})
    written = f"{on.day} {on:%B %Y}"
    return {
        "ReportID": "TrialBalance",
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", books.organisation.name, f"As at {written}"],
        "ReportDate": written,
        "UpdatedDateUTC": books.now(),
        "Fields": [],
        "Rows": rows,
    }


def trial_balance_figures(books: Books, on: date) -> dict[str, tuple[Decimal, Decimal]]:
    """(movement of the month, year-to-date balance) by account id, debit positive.

    Profit of earlier years is in the retained earnings account, as Xero shows it.
    """
    year_start = financial_year_start(books, on)
    month_start = on.replace(day=1)
    before_year = year_start - timedelta(days=1)
    figures: dict[str, tuple[Decimal, Decimal]] = {}
    earlier_profit = ZERO
    for account in books.accounts:
        is_profit_and_loss = CLASS_OF_TYPE[account.type] in ("REVENUE", "EXPENSE")
        month = books.balances.between(account.id, month_start, on)
        since = year_start if is_profit_and_loss else None
        figures[account.id] = (month, books.balances.between(account.id, since, on))
        if is_profit_and_loss:
            earlier_profit += books.balances.between(account.id, None, before_year)
    retained = books.system_account_id("RETAINEDEARNINGS")
    month, balance = figures[retained]
    figures[retained] = (month, balance + earlier_profit)
    return figures


def financial_year_start(books: Books, on: date) -> date:
    organisation = books.organisation
    day, month = organisation.financial_year_end_day, organisation.financial_year_end_month
    this_year = date(on.year, month, day)
    if on > this_year:
        return this_year + timedelta(days=1)
    return date(on.year - 1, month, day) + timedelta(days=1)


def _date(given: str | None, default: date) -> date:
    if not given:
        return default
    found = fields.parse_day(given)
    if found is None:
        raise BadQuery(f"The date '{given}' is not a date")
    return found


def _row(account: Account, month: Decimal, balance: Decimal) -> Element:
    name = f"{account.name} ({account.code})" if account.code else account.name
    values = (name, *_debit_credit(month), *_debit_credit(balance))
    attributes = [{"Value": account.id, "Id": "account"}]
    return {
        "RowType": "Row",
        "Cells": [{"Value": value, "Attributes": attributes} for value in values],
    }


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
    return {"RowType": "SummaryRow", "Cells": [{"Value": value} for value in values]}


# By lower-case path segment after Reports/, with the granular scope of each.
REPORTS: dict[str, Report] = {"trialbalance": trial_balance}
REPORT_SCOPES: dict[str, frozenset[str]] = {
    "trialbalance": frozenset({"accounting.reports.trialbalance.read", "accounting.reports.read"})
}
