"""`unitledger keep`: Xero's copy stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import click

from unitledger.cli._deciding import deciding_options, run


@click.command()
@click.option("--note", default="", metavar="TEXT", help="Why.")
@deciding_options
def command(
    kind: str | None,
    numbers: Sequence[str],
    note: str,
    undo: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Keep Xero's copy of records that were changed there: it is no longer called different.

    \b
    Exit status: 0 done, 1 it fits none of the records and says why, 2 wrong use.
    """
    run(
        "keep",
        kind=kind,
        numbers=numbers,
        note=note,
        undo=undo,
        as_json=as_json,
        operator=operator,
    )
