"""`unitledger unlink`: what a record is linked to in Xero is not this record."""

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
    """Let go of what records are linked to in Xero, which stays as it is there. Nothing is sent
    until `resync` asks for it.

    \b
    Exit status: 0 done, 1 it fits none of the records and says why, 2 wrong use.
    """
    run(
        "unlink",
        kind=kind,
        numbers=numbers,
        note=note,
        undo=undo,
        as_json=as_json,
        operator=operator,
    )
