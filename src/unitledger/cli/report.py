"""`unitledger report`: every record, whether it is in Xero, and why not."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from unitledger import installation
from unitledger.cli._operators import chosen, operator_option
from unitledger.core.dates import plain
from unitledger.core.documents import DocumentKind

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.report import Filter, ReportRow, Total

KINDS = {
    "tenants": DocumentKind.CONTACT,
    "invoices": DocumentKind.INVOICE,
    "payments": DocumentKind.PAYMENT,
}
STATUSES = ("synced", "non-synced", "all")
SHOWN_MAX = 50
PIPED_WIDTH = 160
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--kind", type=click.Choice(tuple(KINDS)), default="invoices", show_default=True)
@click.option("--status", type=click.Choice(STATUSES), default="non-synced", show_default=True)
@click.option("--location", "locations", multiple=True, metavar="NAME", help="May be repeated.")
@click.option("--building", "buildings", multiple=True, metavar="NAME", help="May be repeated.")
@click.option("--from", "start", type=_DAY, metavar="DATE", help="The first day, 2026-03-01.")
@click.option("--to", "end", type=_DAY, metavar="DATE", help="The last day, included.")
@click.option("--search", default="", metavar="TEXT", help="In number, tenant and unit.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on one line, every record in it."
)
@click.option("--csv", "csv_file", metavar="FILE", help="Write every record to a file; - is here.")
@operator_option
def command(
    kind: str,
    status: str,
    locations: Sequence[str],
    buildings: Sequence[str],
    start: datetime | None,
    end: datetime | None,
    search: str,
    as_json: bool,
    csv_file: str | None,
    operator: str | None,
) -> None:
    """Show each record's state, the reason, and who acts next. One row is one record.

    The dates are those of the invoices or payments; tenants have none. Exit status: 0, also
    where records wait for a person; 1 an error.
    """
    with installation.opened():
        asked = _filters(
            operator,
            kind=KINDS[kind],
            status=status,
            places=(locations, buildings),
            start=start,
            end=end,
            search=search,
        )
        if as_json:
            _write_json(asked)
        if csv_file is not None:
            _write_csv(asked, csv_file)
        if not as_json and csv_file is None:
            _print(asked, kind=kind, status=status)


def _filters(
    operator: str | None,
    *,
    kind: DocumentKind,
    status: str,
    places: tuple[Sequence[str], Sequence[str]],
    start: datetime | None,
    end: datetime | None,
    search: str,
) -> list[Filter]:
    """The question, for every operator it is asked of."""
    from unitledger.engine.report import Filter, Status

    if start and end and end < start:
        raise click.UsageError("--from is later than --to.")
    operators = chosen(operator)
    location_ids, building_ids = _places([each.pk for each in operators], *places)
    asked = Filter(
        operator_id=0,
        kind=kind,
        status=Status(status),
        location_ids=location_ids,
        building_ids=building_ids,
        start_on=start.date() if start else None,
        end_on=end.date() if end else None,
        search=search,
    )
    return [replace(asked, operator_id=each.pk) for each in operators]


def _places(
    operator_ids: Sequence[int], locations: Sequence[str], buildings: Sequence[str]
) -> tuple[list[int], list[int]]:
    from unitledger.store.places import Building, Location

    return (
        _ids(Location, operator_ids, locations, noun="location"),
        _ids(Building, operator_ids, buildings, noun="building"),
    )


def _ids(model: Any, operator_ids: Sequence[int], names: Iterable[str], *, noun: str) -> list[int]:
    known: dict[str, list[int]] = {}
    found = model.objects.filter(operator_id__in=operator_ids).order_by("name")
    for name, pk in found.values_list("name", "id"):
        known.setdefault(name, []).append(pk)
    for name in names:
        if name not in known:
            there = ", ".join(known) or "none"
            raise click.UsageError(f"There is no {noun} {name!r}. There are: {there}.")
    return [pk for name in names for pk in known[name]]


def _rows(asked: Iterable[Filter]) -> Iterator[ReportRow]:
    from unitledger.engine.report import pages

    for each in asked:
        for page in pages(each):
            yield from page.rows


def _totals(asked: Iterable[Filter]) -> list[Total]:
    from unitledger.engine.report import totals

    return [total for each in asked for total in totals(each)]


def _write_json(asked: Sequence[Filter]) -> None:
    """One object on one line, as every command's `--json`; written row by row, so that a
    million records do not stand in memory."""
    from unitledger.engine.exporting import row_content

    out = sys.stdout
    totals = [_total_content(each) for each in _totals(asked)]
    out.write(f'{{"totals": {json.dumps(totals)}, "records": [')
    separator = ""
    for row in _rows(asked):
        out.write(separator + json.dumps(row_content(row)))
        separator = ", "
    out.write("]}\n")


def _total_content(total: Total) -> dict[str, Any]:
    return {
        "state": str(total.state),
        "currency": total.currency,
        "count": total.count,
        "amount": None if total.amount is None else str(total.amount),
    }


def _write_csv(asked: Sequence[Filter], file: str) -> None:
    from unitledger.engine.exporting import COLUMNS, cells

    with ExitStack() as stack:
        if file == "-":
            out = sys.stdout
        else:
            # With its mark, so that Excel reads names as they are written.
            out = stack.enter_context(open(file, "w", encoding="utf-8-sig", newline=""))
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(cells(row) for row in _rows(asked))


def _print(asked: Sequence[Filter], *, kind: str, status: str) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PIPED_WIDTH)
    totals = _totals(asked)
    if not totals:
        console.print(f"No {kind} are found with this filter (status {status}).")
        return
    for total in totals:
        money = "" if total.amount is None else f"  {total.amount:,.2f} {total.currency}"
        noun = kind if total.count != 1 else kind.removesuffix("s")
        console.print(f"{total.count:>7,} {noun} {str(total.state).replace('_', ' ')}{money}")
    table = Table(box=None, pad_edge=False)
    for column in ("Date", "Number", "Tenant", "Unit", "Location"):
        table.add_column(column, overflow="fold")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    table.add_column("Reason and what to do", overflow="fold", ratio=1)
    for row, _ in zip(_rows(asked), range(SHOWN_MAX), strict=False):
        table.add_row(*_shown(row))
    console.print(table)
    hidden = sum(each.count for each in totals) - SHOWN_MAX
    if hidden > 0:
        console.print(f"… and {hidden:,} more; --json or --csv gives them all.")
    sys.stdout.flush()


def _shown(row: ReportRow) -> Sequence[str]:
    state = "sending" if row.is_sending else str(row.state).replace("_", " ")
    return (
        plain(row.dated_on) if row.dated_on else "",
        row.number,
        row.tenant or "",
        row.unit or "",
        row.location or "",
        "" if row.amount is None else f"{row.amount:,.2f}",
        f"{state}, void" if row.is_void else state,
        " ".join([*(f"{each.sentence} {each.remedy}" for each in row.reasons), *row.notes]),
    )
