"""`unitledger demo`: everything at once, with a fictional storage business and an emulated Xero."""

from __future__ import annotations

import os
import sys
import webbrowser

import click

from unitledger import installation
from unitledger.cli._progress import Stopping
from unitledger.cli._trial import Options, Trial
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.demo.keeping import folder_of
from unitledger.demo.processes import Programs
from unitledger.engine.budget import DayUsedUp
from unitledger.installation import Running

CHECK_SECONDS = 0.5
SEED = 2026


@click.command()
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--port", type=int, help="Port of the pages.  [default: 8000, or a free one]")
@click.option("--fauxero-port", type=int, help="Port of fauxero.  [default: 8765, or a free one]")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, another business.")
@click.option("--exit", "is_exit", is_flag=True, help="Stop after the tie-out; 1 if it differs.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object as the last line.")
@click.option("--fresh", is_flag=True, help="Throw away the demo that is there and begin anew.")
@click.option(
    "--live/--still",
    default=None,
    help="Whether the business goes on while the demo runs.  [default: live, still with --json]",
)
@click.option("--empty", is_flag=True, help="Connected, but without a business: for your own file.")
def command(
    no_browser: bool,
    port: int | None,
    fauxero_port: int | None,
    seed: int,
    is_exit: bool,
    as_json: bool,
    fresh: bool,
    live: bool | None,
    empty: bool,
) -> None:
    """Start a trial: database, emulated Xero, worker and pages, until Ctrl-C.

    A fictional British storage business with three locations bills and is paid for six months;
    everything is written to fauxero under Xero's real limits, and both sides are tied out. Then
    the business goes on: a few times a minute it posts to the API, and the automatic sync
    follows. The next start finds it all again. Nothing leaves this machine.

    \b
    Exit status: 0 stopped, or with --exit: it ties out; 1 an error, or it differs; 2 wrong use.
    """
    options = Options(
        port=port,
        fauxero_port=fauxero_port,
        seed=seed,
        is_fresh=fresh,
        is_empty=empty,
        is_live=not is_exit and (live if live is not None else not as_json),
    )
    # With --json, standard output is for the object alone.
    trial = Trial(options, say=lambda text: click.echo(text, err=as_json), is_shown=not as_json)
    with Stopping().listening() as stopping:
        sys.exit(_run(trial, stopping, is_exit=is_exit, as_json=as_json, is_opened=not no_browser))


def _run(trial: Trial, stopping: Stopping, *, is_exit: bool, as_json: bool, is_opened: bool) -> int:
    installation.write_running(Running(pid=os.getpid()))
    programs = Programs(folder_of(installation.home()))
    try:
        programs.end_leftovers()
        with trial.playing(programs, stopping) as result:
            if as_json:
                click.echo(result.as_json())
            if is_exit or stopping():
                return result.exit_status
            if is_opened and not as_json:
                webbrowser.open(result.url)
            trial.say("Ctrl-C stops everything.")
            while not stopping.wait(CHECK_SECONDS):
                trial.live()
                for name in programs.mend():
                    trial.say(f"The {name} was killed; it runs again.")
                    trial.tell_others(programs, result)
            trial.say("Stopping.")
            return 0
    except (BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable) as trouble:
        raise click.ClickException(f"{trouble} `--fresh` begins anew.") from None
    finally:
        programs.stop()
        installation.forget_running()
