"""`unitledger handled`: a person did in Xero what was to be done."""

from __future__ import annotations

from collections.abc import Sequence

import click

from unitledger.cli._deciding import deciding_options, run


@click.command()
@click.option("--note", default="", metavar="TEXT", help="What was done in Xero; needed.")
@deciding_options
def command(
    kind: str | None,
    numbers: Sequence[str],
    note: str,
    undo: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Mark records as handled in Xero by hand, with a reason: nothing of them is sent.

    \b
    Exit status: 0 done, 1 it fits none of the records and says why, 2 wrong use.
    """
    run(
        "handled",
        kind=kind,
        numbers=numbers,
        note=note,
        undo=undo,
        as_json=as_json,
        operator=operator,
    )
