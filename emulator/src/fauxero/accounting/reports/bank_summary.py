"""Reports/BankSummary. Shape: the OpenAPI example; the current month by default (documented)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.money import ZERO, shown
from fauxero.accounting.reports.shape import (
    Parameters,
    added,
    cell,
    first_of_month,
    header,
    in_words,
    last_of_month,
    report,
    section,
    summary,
)
from fauxero.accounting.resource import BadQuery, Element

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_COLUMNS = ("Bank Accounts", "Opening Balance", "Cash Received", "Cash Spent", "Closing Balance")


def bank_summary(books: Books, parameters: Mapping[str, str]) -> Element:
    """Raises BadQuery."""
    asked = Parameters(parameters, "fromDate", "toDate")
    last = asked.day("toDate", last_of_month(books.today()))
    first = asked.day("fromDate", first_of_month(last))
    if first > last:
        raise BadQuery("The fromDate must not be after the toDate")
    moved = received_and_spent(books, first, last)
    lines: list[Element] = []
    all_amounts: list[tuple[Decimal, ...]] = []
    for account in sorted(books.accounts, key=lambda found: (found.name, found.id)):
        if account.type != "BANK":
            continue
        opening = books.balances.between(account.id, None, first - timedelta(days=1))
        received, spent = moved[account.id]
        amounts = (opening, received, spent, opening + received - spent)
        all_amounts.append(amounts)
        lines.append(_row(account.name, account.id, amounts))
    total = summary("Total", added(all_amounts, 4))
    titles = (
        "Bank Summary",
        books.organisation.name,
        f"From {in_words(first)} to {in_words(last)}",
    )
    rows = [header(*_COLUMNS), section("", *lines, total)]
    return report(books, "BankSummary", "Bank Summary", titles=titles, rows=rows)


def _row(name: str, account_id: str, amounts: tuple[Decimal, ...]) -> Element:
    """The name under `accountID`, the two movements under `account` (OpenAPI example)."""
    opening, received, spent, closing = (shown(amount) for amount in amounts)
    cells = [
        cell(name, ("accountID", account_id)),
        cell(opening),
        cell(received, ("account", account_id)),
        cell(spent, ("account", account_id)),
        cell(closing),
    ]
    return {"RowType": "Row", "Cells": cells}


def received_and_spent(books: Books, first: date, last: date) -> dict[str, tuple[Decimal, Decimal]]:
    """By account id. What was taken back (a deleted payment) is neither."""
    by_source: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for journal in books.journals:
        if first <= journal.on <= last:
            for entry in journal.entries:
                by_source[entry.account_id, journal.source_id] += entry.amount
    sums: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for (account_id, _), amount in by_source.items():
        received, spent = sums[account_id]
        sums[account_id] = (received + max(amount, ZERO), spent + max(-amount, ZERO))
    return sums
