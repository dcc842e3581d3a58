"""`python -m unitledger` and the `unitledger` command."""

from __future__ import annotations

import sys

import click

from unitledger.cli import group
from unitledger.installation import InstallationError
from unitledger.postgres import PostgresError


def main() -> None:
    """Run one command; what an operator can mend is one sentence, not a traceback."""
    try:
        group.main(prog_name="unitledger")
    except (InstallationError, PostgresError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
