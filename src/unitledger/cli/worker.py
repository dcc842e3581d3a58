"""`unitledger worker`: carry out what waits, until stopped."""

from __future__ import annotations

import json
import os

import click

from unitledger import installation

ORGANISATIONS = 4
STOP_SECONDS = 20.0


@click.command()
@click.option(
    "--organisations",
    default=ORGANISATIONS,
    show_default=True,
    type=click.IntRange(min=1),
    help="How many organisations to work on at the same time.",
)
@click.option(
    "--stop-seconds",
    default=STOP_SECONDS,
    show_default=True,
    type=click.FloatRange(min=0),
    help="How long to let work end after SIGTERM.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object when it works.")
def command(organisations: int, stop_seconds: float, as_json: bool) -> None:
    """Work on every organisation that is due. Run as many workers as you like.

    SIGTERM and Ctrl-C stop it behind what is on its way. What a killed worker left open is
    found by another one within seconds, which looks in Xero before it sends anything again.

    \b
    Exit status: 0 stopped, 1 an error, 2 wrong use.
    """
    with installation.opened():
        from unitledger import wiring
        from unitledger.engine.people.first_run import is_first_run
        from unitledger.jobs.worker import run_worker

        wiring.check_place()
        if is_first_run():
            # On standard error: the one line on standard output is for programs.
            token = wiring.set_up_token()
            click.echo(f"There is no operator yet. The set-up token is {token}", err=True)
        click.echo(json.dumps({"pid": os.getpid()}) if as_json else "Working. Ctrl-C stops it.")
        run_worker(organisations=organisations, stop_seconds=stop_seconds)
