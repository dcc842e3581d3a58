"""`unitledger tie-out`: the source's ledger against the books, read afresh."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console

from unitledger import installation, postgres
from unitledger.cli._operators import chosen, operator_option
from unitledger.cli._tables import print_tie_out
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine.budget import DayUsedUp

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.reconcile.tie_out import Progress, TieOut
    from unitledger.engine.tools import Tools
    from unitledger.store.connections import Connection

TIES, DIFFERS, ERROR = 0, 1, 2
LOOK_SECONDS = 0.5
NOT_CONNECTED = "No organisation can be read: sign in to unitledger and connect to Xero."


@click.command()
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Compare as of this day, 2026-03-31; else as of the last day either ledger has.",
)
@click.option("--wait", is_flag=True, help="Wait first for a sync run that is going on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(on: datetime | None, wait: bool, as_json: bool, operator: str | None) -> None:
    """Compare your ledger with the books, to the cent and down to the document.

    Reads Xero afresh: its documents and its trial balance. Changes nothing in Xero. While a sync
    run writes there is nothing to compare: it says so and ends with 2.

    \b
    Exit status: 0 the ledgers tie out, 1 there are differences, 2 an error.
    """
    with _errors_as_two(), installation.opened():
        results = _tie_out_all(operator, on=on, is_waiting=wait, is_shown=not as_json)
        if as_json:
            click.echo(json.dumps(_content(results)))
        else:
            for result in results:
                print_tie_out(result)
    sys.exit(TIES if all(each.ties for each in results) else DIFFERS)


@contextmanager
def _errors_as_two() -> Iterator[None]:
    """Status 1 says that the ledgers differ; that nothing could be said must not look like it."""
    try:
        yield
    except (
        BooksUnavailable,
        ConsentLost,
        DayUsedUp,
        IdentityUnavailable,
        installation.InstallationError,
        postgres.PostgresError,
    ) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(ERROR)
    except click.ClickException:
        raise
    except Exception as error:  # Python ends with 1 for a bug: here it would read as a difference
        if _is_run_under_way(error):
            click.echo(f"Error: {error}", err=True)
            sys.exit(ERROR)
        traceback.print_exc()
        sys.exit(ERROR)


def _is_run_under_way(error: Exception) -> bool:
    # It reads rows, so it is imported only when the installation is open.
    from unitledger.engine.reconcile.under_way import RunUnderWay

    return isinstance(error, RunUnderWay)


def _tie_out_all(
    name: str | None, *, on: datetime | None, is_waiting: bool, is_shown: bool
) -> Sequence[TieOut]:
    from unitledger import wiring
    from unitledger.engine.reconcile.recording import tie_out_and_keep
    from unitledger.engine.reconcile.tie_out import usable_connections

    connections = usable_connections([each.pk for each in chosen(name)])
    if not connections:
        raise installation.InstallationError(NOT_CONNECTED)
    tools = wiring.shared_tools()
    if is_waiting:
        for each in connections:
            _wait_for_runs(each, tools)
    with _progress(is_shown) as progress:
        return [
            tie_out_and_keep(
                each.organisation_id,
                tools=tools,
                on=on.date() if on else None,
                progress=progress,
            )
            for each in connections
        ]


def _wait_for_runs(connection: Connection, tools: Tools) -> None:
    from unitledger.engine.reconcile.under_way import running

    while running(connection, now=tools.clock.now()) is not None:
        tools.clock.sleep(LOOK_SECONDS)


@contextmanager
def _progress(is_shown: bool) -> Iterator[Progress]:
    """One line on standard error that counts; nothing off a terminal."""
    if not is_shown or not sys.stderr.isatty():
        yield lambda what, count: None
        return
    with Console(stderr=True).status("Reading Xero…") as status:
        yield lambda what, count: status.update(f"{count:,} documents {what}")


def _content(results: Sequence[TieOut]) -> object:
    """One organisation's tie-out as it is; those of several under `organisations`."""
    from unitledger.engine.reconcile.content import to_content

    contents = [to_content(each) for each in results]
    if len(contents) == 1:
        return contents[0]
    return {"ties": all(each.ties for each in results), "organisations": contents}
