"""`unitledger migrate`: bring the database up to this release."""

from __future__ import annotations

import json

import click

from unitledger import installation


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(as_json: bool) -> None:
    """Bring the database that DATABASE_URL names up to this release.

    The embedded database needs no such step: every command does it.

    \b
    Exit status: 0 up to date, 1 an error.
    """
    with installation.connected():
        pending = installation.pending_migrations()
        installation.migrate()
    if as_json:
        click.echo(json.dumps({"applied": pending}))
    else:
        click.echo(f"{pending} migrations applied." if pending else "Nothing to do.")
