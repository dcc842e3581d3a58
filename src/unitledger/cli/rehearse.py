"""`unitledger rehearse`: the whole backfill in an emulator, before anything goes to Xero."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._books import organisation_option, some_connections
from unitledger.cli._operators import operator_option
from unitledger.cli._progress import Stopping

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.rehearsals import Rehearsal

BANNER = "Rehearsal: nothing here is in Xero."


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@organisation_option
@operator_option
def command(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Book the whole business into a copy of the organisation in the emulator, and say what its
    books would show: profit by month, tax by period, the tie-out, and what would not go.

    Takes six calls to Xero, all of them to read, and needs `unitledger[demo]`. Runs here; Ctrl-C
    ends it and leaves nothing behind.

    \b
    Exit status: 0 everything would go and the ledgers would tie out, 1 it could not be rehearsed,
    2 wrong use, 3 something would not go or tie out.
    """
    with installation.opened(), Stopping().listening() as stopping:
        from unitledger import wiring
        from unitledger.engine.auditing import COMMAND_LINE
        from unitledger.engine.rehearsal import asking, running

        found = some_connections(operator, organisation)
        if len(found) > 1:
            known = ", ".join(each.organisation.name for each in found)
            raise click.UsageError(f"Say which with --organisation. There are: {known}.")
        tools = wiring.shared_tools()
        try:
            asked, _ = asking.ask(found[0].organisation_id, by=COMMAND_LINE, now=tools.clock.now())
        except asking.RehearsalError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)
        running.rehearse(
            asked.pk,
            stage=wiring.rehearsal_stage(),
            settings=wiring.settings_reader(),
            tools=tools,
            is_stopping=stopping,
        )
        while asked.ended_at is None:  # a worker had begun with it already
            tools.clock.sleep(running.LOOK_SECONDS)
            asked.refresh_from_db()
        status = _say(asked, as_json=as_json)
    sys.exit(status)


def _say(asked: Rehearsal, *, as_json: bool) -> int:
    told: dict[str, Any] | None = asked.content
    if told is None:
        error = {"error": asked.message}
        click.echo(json.dumps(error) if as_json else f"Error: {asked.message}", err=not as_json)
        return 1
    if as_json:
        click.echo(json.dumps({"rehearsal": True, **told}))
    else:
        _print(told)
    return 0 if told["tie_out"]["ties"] and not told["reasons"] else 3


def _print(told: dict[str, Any]) -> None:
    click.echo(BANNER)
    for each in told["profit"]:
        click.echo(f"  {each['month']}  profit {Decimal(each['profit']):>14,.2f}")
    for each in told["tax"]:
        click.echo(
            f"  {each['month']}  {each['rate']}: net {Decimal(each['net']):,.2f}, "
            f"tax {Decimal(each['tax']):,.2f}"
        )
    for each in told["reasons"]:
        click.echo(f"  would not go: {each['count']:,} {each['kind']}s. {each['sentence']}")
        click.echo(f"    {each['remedy']}")
    ties = "would tie out" if told["tie_out"]["ties"] else "would not tie out"
    click.echo(
        f"The ledgers {ties}. {told['calls']:,} calls, about {told['minutes_in_xero']:,} minutes "
        "in Xero."
    )
