"""`unitledger export`: files for other programs."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._deciding import one_operator
from unitledger.cli._operators import operator_option
from unitledger.core.refusals import SourceRefused

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.xero_file import Codes, XeroFile

PRICES = {"inclusive": True, "exclusive": False}
LEFT_OUT = 3
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", type=click.Choice(("xero-csv",)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "start", type=_DAY, metavar="DATE", help="The first day, 2026-03-01.")
@click.option("--to", "end", type=_DAY, metavar="DATE", help="The last day, included.")
@click.option(
    "--codes",
    "codes_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Account codes and tax rates, where no organisation is connected: a TOML file.",
)
@click.option(
    "--prices",
    type=click.Choice(tuple(PRICES)),
    help="Which invoices, where some price with tax and some without: Xero asks once a file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(
    what: str,
    file: Path,
    start: datetime | None,
    end: datetime | None,
    codes_file: Path | None,
    prices: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Write FILE for another program. `xero-csv`: invoices for Xero's own import.

    For books without a connection, or while it is paused: invoices that are not in Xero, with
    account, tax rate and tracking as mapped. Xero takes 500 invoices a file; what is beyond
    goes into FILE-2 and so on. Payments are entered in Xero.

    \b
    Exit status: 0 all of them are in the file, 1 an error and nothing written, 2 wrong use,
    3 some were left out, and why.
    """
    if start and end and end < start:
        raise click.UsageError("--from is later than --to.")
    try:
        with installation.opened():
            from unitledger.engine.xero_file import xero_file

            one = one_operator(operator)
            made = xero_file(
                one.pk,
                _codes(one.pk, codes_file),
                start_on=start.date() if start else None,
                end_on=end.date() if end else None,
            )
    except SourceRefused as refused:
        raise click.ClickException(str(refused)) from None
    include_tax = _prices(made, prices)
    files = _write(made, file, include_tax)
    _say(made, files, include_tax, as_json=as_json)
    sys.exit(LEFT_OUT if made.left_out else 0)


def _codes(operator_id: int, codes_file: Path | None) -> Codes:
    from unitledger import wiring
    from unitledger.engine.xero_file import Codes, NoFile, codes_of_books

    if codes_file is not None:
        mapping, chart = wiring.read_codes(codes_file)
        return Codes(mapping, chart, start_on=None, organisation_id=None)
    try:
        return codes_of_books(operator_id)
    except NoFile as none:
        raise click.ClickException(
            f"{none} `--codes FILE` names accounts and rates without a connection."
        ) from None


def _prices(made: XeroFile, asked: str | None) -> bool:
    if asked is not None:
        return PRICES[asked]
    counts = {word: made.count(prices_include_tax=value) for word, value in PRICES.items()}
    if all(counts.values()):
        raise click.UsageError(
            f"{counts['inclusive']} invoices price with tax and {counts['exclusive']} without: "
            "write a file of each, with --prices."
        )
    return bool(counts["inclusive"]) or not counts["exclusive"]


def _write(made: XeroFile, file: Path, include_tax: bool) -> list[Path]:
    from unitledger.engine.xero_file import COLUMNS

    files: list[Path] = []
    for part in range(1, max(made.parts(prices_include_tax=include_tax), 1) + 1):
        path = file if part == 1 else file.with_name(f"{file.stem}-{part}{file.suffix}")
        _write_whole(path, COLUMNS, made.rows(prices_include_tax=include_tax, part=part))
        files.append(path)
    return files


def _write_whole(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Written beside and then put in place: a file that is there is complete."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with draft.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)
    draft.replace(path)


def _say(made: XeroFile, files: Sequence[Path], include_tax: bool, *, as_json: bool) -> None:
    count = made.count(prices_include_tax=include_tax)
    amount = made.amount(prices_include_tax=include_tax)
    currency = made.codes.chart.facts.currency
    if as_json:
        content: dict[str, Any] = {
            "files": [str(each) for each in files],
            "invoices": count,
            "amount": str(amount),
            "currency": currency,
            "prices_include_tax": include_tax,
            "left_out": [{**asdict(each), "amount": str(each.amount)} for each in made.left_out],
        }
        click.echo(json.dumps(content))
        return
    names = ", ".join(str(each) for each in files)
    click.echo(f"{count:,} invoices, {amount:,.2f} {currency}, in {names}.")
    click.echo(
        "In Xero: Sales > Invoices > Import; when it asks, prices are tax "
        f"{'inclusive' if include_tax else 'exclusive'}. They come in as drafts."
    )
    for each in made.left_out:
        click.echo(f"Left out: {each.number} ({each.amount}). {each.reason}")
