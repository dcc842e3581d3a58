"""`unitledger resume`: go on where a pause stopped."""

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
    """Go on where a pause stopped. The worker does it; `sync --wait` does it here.

    \b
    Exit status: 0 it goes on, 2 wrong use.
    """
    steer(
        _resume,
        done="goes on.",
        already="was not paused.",
        operator=operator,
        organisation=organisation,
        as_json=as_json,
    )


def _resume(connection: Connection) -> bool:
    from unitledger import wiring
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.steering import resume
    from unitledger.jobs.waking import wake

    changed = resume(
        connection.organisation_id, by=COMMAND_LINE, now=wiring.shared_tools().clock.now()
    )
    if changed:
        wake(connection.organisation_id)
    return changed
