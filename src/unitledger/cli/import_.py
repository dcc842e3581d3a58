"""`unitledger import`: take a file of billing records in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._importing import ImportBar, as_content, in_words
from unitledger.cli._operators import chosen, operator_option
from unitledger.cli._progress import Stopping
from unitledger.core.refusals import SourceRefused

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.intake import ImportReport
    from unitledger.store.people import Operator
    from unitledger.wiring import ProfiledFile

ALL_IN = 0
AN_ERROR = 1
ROWS_REFUSED = 3
INTERRUPTED = 4

Existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="import")
@click.argument("file", type=Existing)
@click.option(
    "--profile",
    required=True,
    metavar="PROFILE",
    help="How to read it: a TOML file, or the name of a saved profile.",
)
@click.option(
    "--refused",
    "refused_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write refused rows here, with the reason beside each, to be corrected and imported.",
)
@click.option("--dry-run", is_flag=True, help="Check every row and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(
    file: Path,
    profile: str,
    refused_path: Path | None,
    dry_run: bool,
    as_json: bool,
    operator: str | None,
) -> None:
    """Take the records of FILE in: a CSV file or an Excel workbook.

    A row goes in whole or not at all; a refused row does not hinder the others. Rows that are
    here already are recognised, so any file can be imported again. An import that was
    interrupted goes on when the same command is given again.

    \b
    Exit status: 0 every row is in, 1 an error and nothing written, 2 wrong use,
    3 rows were refused, 4 interrupted.
    """
    if refused_path and refused_path.resolve() in (file.resolve(), Path(profile).resolve()):
        raise click.UsageError("--refused must be a file of its own.")
    try:
        with installation.opened():
            mine = _operator(operator)
            source = _opened(file, profile, mine)
            report = _import(mine, source, refused_path, is_dry_run=dry_run, is_shown=not as_json)
    except SourceRefused as error:
        _say_refused(error, as_json=as_json)
        sys.exit(AN_ERROR)
    if as_json:
        content = as_content(report, source=source, is_dry_run=dry_run)
        click.echo(json.dumps({**content, "refused_file": _name(refused_path)}))
    else:
        click.echo(in_words(report, source=source, is_dry_run=dry_run, refused_path=refused_path))
    sys.exit(_status(report))


def _opened(file: Path, profile: str, operator: Operator) -> ProfiledFile:
    """With the profile in a file of that path, or the one saved by that name."""
    from unitledger import wiring
    from unitledger.engine.uploading.profiles import find_profile

    path = Path(profile)
    if path.is_file():
        return wiring.open_import(file, path)
    saved = find_profile(operator.pk, profile)
    if saved is None:
        raise click.UsageError(
            f"There is no file {profile} and no saved profile of that name. "
            "`unitledger profiles list` shows what is saved."
        )
    return wiring.open_with_text(file, saved.text)


def _import(
    operator: Operator,
    source: ProfiledFile,
    refused_path: Path | None,
    *,
    is_dry_run: bool,
    is_shown: bool,
) -> ImportReport:
    from unitledger.engine.intake import currencies_of_books, import_source
    from unitledger.system import DatabaseClock

    def write_refused(refused: Any) -> int:
        assert refused_path is not None
        return _write_whole(refused_path, source, refused)

    with Stopping().listening() as stopping, ImportBar(source, is_shown=is_shown) as bar:
        return import_source(
            operator_id=operator.pk,
            source=source,
            clock=DatabaseClock(),
            currencies=currencies_of_books(operator.pk),
            is_dry_run=is_dry_run,
            should_stop=stopping,
            progress=bar.show,
            write_refused=write_refused if refused_path else None,
        )


def _write_whole(path: Path, source: ProfiledFile, refused: Any) -> int:
    """Written beside and then put in place: a file that is there is complete."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with draft.open("wb") as stream:
        count = source.write_refused(stream, refused)
    draft.replace(path)
    return count


def _operator(name: str | None) -> Operator:
    found = chosen(name)
    if not found:
        raise click.ClickException(
            "There is no operator yet. `unitledger demo --empty` sets one up with an emulator."
        )
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise click.UsageError(f"Say which operator, with --operator: {names}.")
    return found[0]


def _say_refused(error: SourceRefused, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.message, "remedy": error.remedy}))
    else:
        click.echo(f"Error: {error}", err=True)


def _status(report: ImportReport) -> int:
    if not report.is_finished:
        return INTERRUPTED
    return ROWS_REFUSED if report.tally.rows_refused else ALL_IN


def _name(path: Path | None) -> str | None:
    return str(path) if path else None
