"""`unitledger pause`: send nothing until somebody resumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from unitledger.cli._books import organisation_option
from unitledger.cli._operators import operator_option
from unitledger.cli._steering import steer

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.connections import Connection


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@organisation_option
@operator_option
def command(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Send nothing more until somebody resumes. The batch on its way is finished first.

    \b
    Exit status: 0 paused, 1 an organisation is not connected, 2 wrong use.
    """
    steer(
        _pause,
        done="paused. Nothing is sent until somebody resumes.",
        already="was paused already.",
        operator=operator,
        organisation=organisation,
        as_json=as_json,
    )


def _pause(connection: Connection) -> bool:
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.steering import pause

    return pause(connection.organisation_id, by=COMMAND_LINE)
