"""`unitledger write-again`: ours takes the place of what was changed in Xero."""

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
    """Write ours again over what was changed in Xero. What is paid, reconciled or locked there
    stays, and says so.

    \b
    Exit status: 0 done, 1 it fits none of the records and says why, 2 wrong use.
    """
    run(
        "write",
        kind=kind,
        numbers=numbers,
        note=note,
        undo=undo,
        as_json=as_json,
        operator=operator,
    )
