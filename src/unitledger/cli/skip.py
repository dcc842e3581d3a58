"""`unitledger skip`: a record is not to be sent."""

from __future__ import annotations

from collections.abc import Sequence

import click

from unitledger.cli._deciding import deciding_options, run


@click.command()
@click.option("--note", default="", metavar="TEXT", help="Why; needed.")
@deciding_options
def command(
    kind: str | None,
    numbers: Sequence[str],
    note: str,
    undo: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Leave records out, with a reason: nothing of them is sent, and they are no longer waited for.

    \b
    Exit status: 0 done, 1 it fits none of the records and says why, 2 wrong use.
    """
    run(
        "skip",
        kind=kind,
        numbers=numbers,
        note=note,
        undo=undo,
        as_json=as_json,
        operator=operator,
    )
