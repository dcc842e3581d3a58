"""Reports/ExecutiveSummary: one month beside the one before it.

Rows and their order are the OpenAPI example. How Xero works out the ratios is not documented:
each formula here is the plain one of its name, and unsure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.figures import by_account
from fauxero.accounting.money import HUNDRED, ZERO, per, places, shown, times
from fauxero.accounting.reports.balance_sheet import profit
from fauxero.accounting.reports.bank_summary import received_and_spent
from fauxero.accounting.reports.profit_and_loss import (
    COST,
    EXPENSES,
    INCOME,
    OTHER_INCOME,
    totals_of,
)
from fauxero.accounting.reports.shape import (
    Parameters,
    cell,
    first_of_month,
    header,
    last_of_month,
    report,
    section,
)
from fauxero.accounting.resource import Element

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Figures = Mapping[str, Decimal | None]
_MONEY, _PERCENT, _COUNT = "money", "percent", "count"
_SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Cash",
        (
            ("Cash received", _MONEY),
            ("Cash spent", _MONEY),
            ("Cash surplus (deficit)", _MONEY),
            ("Closing bank balance", _MONEY),
        ),
    ),
    (
        "Profitability",
        (
            ("Income", _MONEY),
            ("Direct costs", _MONEY),
            ("Gross profit (loss)", _MONEY),
            ("Other Income", _MONEY),
            ("Expenses", _MONEY),
            ("Profit (loss)", _MONEY),
        ),
    ),
    ("Balance Sheet", (("Debtors", _MONEY), ("Creditors", _MONEY), ("Net assets", _MONEY))),
    ("Income", (("Number of invoices issued", _COUNT), ("Average value of invoices", _MONEY))),
    (
        "Performance",
        (
            ("Gross profit margin", _PERCENT),
            ("Net profit margin", _PERCENT),
            ("Return on investment (p.a.)", _PERCENT),
        ),
    ),
    (
        "Position",
        (
            ("Average debtors days", _MONEY),
            ("Average creditors days", _MONEY),
            ("Short term cash forecast", _MONEY),
            ("Current assets to liabilities", _MONEY),
            ("Term assets to liabilities", _MONEY),
        ),
    ),
)


def executive_summary(books: Books, parameters: Mapping[str, str]) -> Element:
    """Raises BadQuery."""
    asked = Parameters(parameters, "date")
    on = asked.day("date", books.today())
    this, before = first_of_month(on), first_of_month(first_of_month(on) - timedelta(days=1))
    now, then = _month(books, this), _month(books, before)
    rows: list[Element] = [header("", f"{this:%b %Y}", f"{before:%b %Y}", "Variance")]
    for title, lines in _SECTIONS:
        rows.append(section(title, *(_row(name, kind, now, then) for name, kind in lines)))
    titles = ("Executive Summary", books.organisation.name, f"For the month of {this:%B %Y}")
    return report(books, "ExecutiveSummary", "Executive Summary", titles=titles, rows=rows)


def _row(name: str, kind: str, now: Figures, then: Figures) -> Element:
    values = (name, _shown(now[name], kind), _shown(then[name], kind))
    cells = [cell(value) for value in values] + [cell(_variance(now[name], then[name]))]
    return {"RowType": "Row", "Cells": cells}


def _shown(value: Decimal | None, kind: str) -> str:
    if value is None:
        return ""
    if kind == _COUNT:
        return str(int(value))
    return f"{places(value, 1)}%" if kind == _PERCENT else shown(value)


def _variance(now: Decimal | None, then: Decimal | None) -> str:
    if not then or now is None:
        return "0.0%"
    return f"{places(per(times(now - then, HUNDRED), abs(then)), 1)}%"


def _month(books: Books, first: date) -> dict[str, Decimal | None]:
    last = last_of_month(first)
    return _cash(books, first, last) | _earned(books, first, last)


def _cash(books: Books, first: date, last: date) -> dict[str, Decimal | None]:
    moved = received_and_spent(books, first, last)
    banks = [account.id for account in books.accounts if account.type == "BANK"]
    received = sum((moved[key][0] for key in banks), ZERO)
    spent = sum((moved[key][1] for key in banks), ZERO)
    return {
        "Cash received": received,
        "Cash spent": spent,
        "Cash surplus (deficit)": received - spent,
        "Closing bank balance": sum(
            (books.balances.between(key, None, last) for key in banks), ZERO
        ),
    }


def _earned(books: Books, first: date, last: date) -> dict[str, Decimal | None]:
    totals = totals_of(books, first, last)
    gross = totals[INCOME] - totals[COST]
    net = gross + totals[OTHER_INCOME] - totals[EXPENSES]
    sheet = by_account(books, None, last)
    debtors = sheet[books.system_account_id("DEBTORS")]
    creditors = -sheet[books.system_account_id("CREDITORS")]
    sums = _by_type(books, sheet)
    net_assets = _equity(books, sheet)
    days = Decimal((last - first).days + 1)
    issued = [
        row.sub_total
        for row in books.invoices
        if row.is_sale and row.in_ledger and first <= row.on <= last
    ]
    current = sums["BANK"] + sums["CURRENT"] + sums["PREPAYMENT"] + sums["INVENTORY"]
    owed_soon = -(sums["CURRLIAB"] + sums["LIABILITY"])
    return {
        "Income": totals[INCOME],
        "Direct costs": totals[COST],
        "Gross profit (loss)": gross,
        "Other Income": totals[OTHER_INCOME],
        "Expenses": totals[EXPENSES],
        "Profit (loss)": net,
        "Debtors": debtors,
        "Creditors": creditors,
        "Net assets": net_assets,
        "Number of invoices issued": Decimal(len(issued)),
        "Average value of invoices": per(sum(issued, ZERO), Decimal(len(issued) or 1)),
        "Gross profit margin": _share(gross, totals[INCOME], HUNDRED),
        "Net profit margin": _share(net, totals[INCOME], HUNDRED),
        "Return on investment (p.a.)": _share(net, net_assets, HUNDRED * 12),
        "Average debtors days": _share(debtors, totals[INCOME], days) or ZERO,
        "Average creditors days": _share(creditors, totals[COST] + totals[EXPENSES], days) or ZERO,
        "Short term cash forecast": debtors - creditors,
        "Current assets to liabilities": _share(current, owed_soon, Decimal(1)),
        "Term assets to liabilities": _share(
            sums["FIXED"] + sums["NONCURRENT"], -sums["TERMLIAB"], Decimal(1)
        ),
    }


def _share(part: Decimal, whole: Decimal, factor: Decimal) -> Decimal | None:
    return per(times(part, factor), whole) if whole else None


def _by_type(books: Books, sheet: Mapping[str, Decimal]) -> dict[str, Decimal]:
    sums = dict.fromkeys((account.type for account in books.accounts), ZERO)
    for name in ("PREPAYMENT", "INVENTORY", "LIABILITY", "NONCURRENT", "TERMLIAB", "FIXED"):
        sums.setdefault(name, ZERO)
    for account in books.accounts:
        sums[account.type] += sheet[account.id]
    return sums


def _equity(books: Books, sheet: Mapping[str, Decimal]) -> Decimal:
    owned = sum((sheet[row.id] for row in books.accounts if row.type == "EQUITY"), ZERO)
    return profit(books, sheet) - owned
