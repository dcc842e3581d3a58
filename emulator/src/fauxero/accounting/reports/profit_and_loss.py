"""Reports/ProfitAndLoss: by period, or by the options of one or two tracking categories.

Xero: documented (Reports, Profit and loss) for parameters, defaults and the order of sections;
rows and cells as in the other reports' OpenAPI examples. Periods together with tracking are not
modelled. There are no custom layouts, so `standardLayout` changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

from fauxero.accounting.figures import Chosen, by_account
from fauxero.accounting.money import ZERO
from fauxero.accounting.reports.shape import (
    Parameters,
    account_row,
    added,
    first_of_month,
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
from fauxero.accounting.resource import BadQuery, Element, NotModelled

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

INCOME, COST, OTHER_INCOME, EXPENSES = "income", "cost", "other_income", "expenses"
KIND_OF_TYPE = {
    "REVENUE": INCOME,
    "SALES": INCOME,
    "DIRECTCOSTS": COST,
    "OTHERINCOME": OTHER_INCOME,
    "EXPENSE": EXPENSES,
    "OVERHEADS": EXPENSES,
    "DEPRECIATN": EXPENSES,
}
_EARNS = frozenset({INCOME, OTHER_INCOME})
_TITLES = {
    INCOME: ("Income", "Total Income"),
    COST: ("Less Cost of Sales", "Total Cost of Sales"),
    OTHER_INCOME: ("Plus Other Income", "Total Other Income"),
    EXPENSES: ("Less Operating Expenses", "Total Operating Expenses"),
}
_UNASSIGNED = "Unassigned"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a span of days, and which tracking it takes in (None: all)."""

    name: str
    first: date
    last: date
    chosen: Chosen | None = None


def profit_and_loss(books: Books, parameters: Mapping[str, str]) -> Element:
    """Raises BadQuery and NotModelled."""
    asked = Parameters(
        parameters,
        *("fromDate", "toDate", "periods", "timeframe", "paymentsOnly", "date"),
        *("trackingCategoryID", "trackingCategoryID2", "trackingOptionID", "trackingOptionID2"),
    )
    today = books.today()
    last = asked.day("toDate", last_of_month(today))
    first = asked.day("fromDate", first_of_month(last))
    if first > last:
        raise BadQuery("The fromDate must not be after the toDate")
    columns = _columns(books, asked, first, last)
    rows = _rows(books, columns, cash=asked.flag("paymentsOnly"))
    titles = (
        "Profit & Loss",
        books.organisation.name,
        f"{in_words(first)} to {in_words(last)}",
    )
    return report(books, "ProfitAndLoss", "Profit and Loss", titles=titles, rows=rows)


# ---- columns


def _columns(books: Books, asked: Parameters, first: date, last: date) -> list[Column]:
    count, months = asked.periods()
    category = asked.guid("trackingCategoryID")
    if category is None:
        for name in ("trackingCategoryID2", "trackingOptionID", "trackingOptionID2"):
            if asked.guid(name) is not None:
                raise BadQuery(f"The {name} needs a trackingCategoryID")
        return [
            Column(in_short(end), months_before(first, at * months), end)
            for at in range(count + 1)
            for end in (months_before(last, at * months),)
        ]
    if count:
        raise NotModelled("Periods together with tracking are not modelled")
    second = asked.guid("trackingCategoryID2")
    pairs = product(
        _options(books, category, asked.guid("trackingOptionID")),
        _options(books, second, asked.guid("trackingOptionID2")) if second else [("", None)],
    )
    columns = [
        Column(" / ".join(filter(None, (one, two))), first, last, _both(choice, other))
        for (one, choice), (two, other) in pairs
    ]
    return columns if len(columns) == 1 else [*columns, Column("Total", first, last)]


def _options(
    books: Books, category_id: str, option_id: str | None
) -> list[tuple[str, Chosen | None]]:
    """Each option of a category by name, and what has none; or the one that is asked for."""
    if category_id not in books.tracking_categories:
        raise BadQuery(f"The tracking category '{category_id}' could not be found")
    options = books.options_of(category_id)
    found: list[tuple[str, Chosen | None]] = [
        (option.name, _with((category_id, option.id)))
        for option in options
        if option_id in (None, option.id)
    ]
    if option_id is None:
        return [*found, (_UNASSIGNED, _without(category_id))]
    if not found:
        raise BadQuery(f"The tracking option '{option_id}' could not be found")
    return found


def _with(pair: tuple[str, str]) -> Chosen:
    return lambda tracking: pair in tracking


def _without(category_id: str) -> Chosen:
    return lambda tracking: all(category != category_id for category, _ in tracking)


def _both(one: Chosen | None, two: Chosen | None) -> Chosen | None:
    if one is None or two is None:
        return one or two
    return lambda tracking: one(tracking) and two(tracking)


# ---- rows


def _rows(books: Books, columns: Sequence[Column], *, cash: bool) -> list[Element]:
    figures = [
        by_account(books, column.first, column.last, cash=cash, chosen=column.chosen)
        for column in columns
    ]
    shown: list[Element] = [header("", *(column.name for column in columns))]
    totals: dict[str, list[Decimal]] = {}
    for kind, (title, total) in _TITLES.items():
        lines, totals[kind] = _lines(books, figures, kind)
        if lines or kind == INCOME:
            shown.append(section(title, *lines, summary(total, totals[kind])))
        if kind == COST:
            shown.append(section("", row("Gross Profit", _minus(totals[INCOME], totals[COST]))))
    earned = added((totals[INCOME], totals[OTHER_INCOME]), len(columns))
    spent = added((totals[COST], totals[EXPENSES]), len(columns))
    shown.append(section("", row("Net Profit", _minus(earned, spent))))
    return shown


def _lines(
    books: Books, figures: Sequence[Mapping[str, Decimal]], kind: str
) -> tuple[list[Element], list[Decimal]]:
    sign = -1 if kind in _EARNS else 1
    lines: list[Element] = []
    all_amounts: list[list[Decimal]] = []
    for account in sorted(books.accounts, key=lambda found: (found.name, found.id)):
        if KIND_OF_TYPE.get(account.type) != kind:
            continue
        amounts = [sign * column.get(account.id, ZERO) for column in figures]
        if any(amounts):
            lines.append(account_row(account, amounts))
            all_amounts.append(amounts)
    return lines, added(all_amounts, len(figures))


def _minus(left: Sequence[Decimal], right: Sequence[Decimal]) -> list[Decimal]:
    return [one - other for one, other in zip(left, right, strict=True)]


def totals_of(books: Books, first: date, last: date, *, cash: bool = False) -> dict[str, Decimal]:
    """Income, cost, other income and expenses of a span, each as a positive figure."""
    figures = by_account(books, first, last, cash=cash)
    return {kind: _lines(books, [figures], kind)[1][0] for kind in _TITLES}
