"""A tie-out as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from unitledger.core.dates import plain

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.reconcile.figures import AccountLine, Figure, Line
    from unitledger.engine.reconcile.tie_out import TieOut
    from unitledger.engine.reconcile.values import Difference

SHOWN_MAX = 40
PIPED_WIDTH = 140  # a table in a file or a pipe is not folded to a terminal's width


def print_tie_out(result: TieOut) -> None:
    """Headline, sums by kind, location and account, and every difference up to `SHOWN_MAX`."""
    console = _console()
    console.print(_headline(result))
    console.print(
        f"{result.operator} against {result.organisation} in Xero, {result.currency}, "
        f"{plain(result.start_on)} to {plain(result.on)}; "
        f"read {result.read_at:%H:%M} UTC with {result.calls} calls."
    )
    console.print(_by_kind(result))
    if result.locations:
        console.print(_by_location(result))
    console.print(_by_account(result.accounts))
    console.print(_receivables(result))
    if result.differences:
        console.print(_differences(result.differences[:SHOWN_MAX]))
    hidden = len(result.differences) - SHOWN_MAX
    if hidden > 0:
        console.print(f"… and {hidden:,} more; --json shows them all.")


def _headline(result: TieOut) -> str:
    count = len(result.open_differences)
    if result.ties:
        return "The ledgers tie out."
    if not count:
        return "The ledgers differ, and no rule knows why: please report this."
    return f"The ledgers do not tie out: {count:,} difference{'s' if count > 1 else ''}."


def _by_kind(result: TieOut) -> Table:
    table = _table("By kind", "Source", "", "Left out", "", "In Xero", "", "Difference", "Others'")
    for kind, line in result.kinds.items():
        table.add_row(f"{str(kind).capitalize()}s", *_cells(line), _money(line.others.amount))
    return table


def _cells(line: Line) -> Sequence[str]:
    left_out = [line.skipped, line.out_of_scope]
    count = sum(each.count for each in left_out)
    amount = sum((each.amount for each in left_out), Decimal(0))
    return (
        f"{line.source.count:,}",
        _money(line.source.amount),
        f"{count:,}" if count else "–",
        _money(amount),
        f"{line.books.count:,}",
        _money(line.books.amount),
        _difference_of(line.difference),
    )


def _by_location(result: TieOut) -> Table:
    table = _table(
        "By location", "Invoiced", "In Xero", "Difference", "Received", "In Xero", "Difference"
    )
    for name in result.locations:
        cells: list[str] = []
        for lines in (result.invoiced, result.received):
            line = lines.get(name)
            cells += _three(line) if line else ["–", "–", "–"]
        table.add_row(name, *cells)
    return table


def _three(line: Line) -> list[str]:
    return [
        _money(line.wanted.amount),
        _money(line.books.amount),
        _difference_of(line.difference),
    ]


def _by_account(lines: Iterable[AccountLine]) -> Table:
    table = _table(
        "By account", "Source", "In Xero", "Difference", "Others'", "Trial balance", "Unexplained"
    )
    for line in lines:
        table.add_row(
            f"{line.code or ''} {line.name}".strip(),
            _money(line.wanted),
            _money(line.books),
            _money(line.difference),
            _money(line.others),
            "not read" if line.trial_balance is None else f"{line.trial_balance:,.2f}",
            _money(line.unexplained),
        )
    return table


def _receivables(result: TieOut) -> str:
    control = result.control
    if control.trial_balance is None:
        return "The chart has no receivables account to compare with."
    verdict = "agrees" if not control.difference else f"differs by {control.difference:,.2f}"
    return (
        f"Receivables: the invoices still ask for {control.amounts_due:,.2f}; the trial balance "
        f"says {control.trial_balance:,.2f}: {verdict}."
    )


def _differences(differences: Iterable[Difference]) -> Table:
    table = Table(title="Differences", title_justify="left", box=None, pad_edge=False)
    table.add_column("Document", overflow="fold")
    table.add_column("Source", justify="right", no_wrap=True)
    table.add_column("Xero", justify="right", no_wrap=True)
    table.add_column("What differs, and what to do", overflow="fold", ratio=1)
    for each in differences:
        accepted = " Accepted." if each.is_accepted else ""
        table.add_row(
            each.document,
            _money(each.source_amount),
            _money(each.books_amount),
            f"{each.says} {each.remedy}{accepted}",
        )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _difference_of(figure: Figure) -> str:
    if figure.amount or not figure.count:
        return _money(figure.amount)
    return f"{figure.count:+,}"


def _money(amount: Decimal | None) -> str:
    return "–" if not amount else f"{amount:,.2f}"


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH)
