"""`unitledger profiles`: how files to import are read, saved by name."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from unitledger import installation
from unitledger.cli._deciding import one_operator
from unitledger.cli._operators import operator_option
from unitledger.core.refusals import SourceRefused

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.uploads import ImportProfile

AN_ERROR = 1
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
Existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """List, show, save and remove import profiles: the same ones that the pages use."""


@command.command(name="list")
@json_option
@operator_option
def list_(as_json: bool, operator: str | None) -> None:
    """List the saved profiles.

    \b
    Exit status: 0 shown, 2 wrong use.
    """
    with installation.opened():
        from unitledger.engine.uploading.profiles import saved_profiles

        found = [_content(each) for each in saved_profiles(one_operator(operator).pk)]
    if as_json:
        click.echo(json.dumps({"profiles": found}))
        return
    for each in found:
        click.echo(f"{each['name']}  (saved {each['saved_at'][:10]} by {each['saved_by']})")
    if not found:
        click.echo("No profile is saved yet.")


@command.command()
@click.argument("name")
@json_option
@operator_option
def show(name: str, as_json: bool, operator: str | None) -> None:
    """Print a profile's TOML, as `import --profile FILE` takes it.

    \b
    Exit status: 0 shown, 1 there is none of that name, 2 wrong use.
    """
    with installation.opened():
        found = _found(one_operator(operator).pk, name, as_json=as_json)
        content = {**_content(found), "text": found.text}
    click.echo(json.dumps(content) if as_json else content["text"], nl=as_json)


@command.command()
@click.argument("file", type=Existing)
@click.option("--name", metavar="NAME", help="Another name than the profile gives itself.")
@json_option
@operator_option
def save(file: Path, name: str | None, as_json: bool, operator: str | None) -> None:
    """Save the TOML profile in FILE, in place of one of that name.

    \b
    Exit status: 0 saved, 1 it is no profile and says why, 2 wrong use.
    """
    with installation.opened():
        from unitledger import wiring
        from unitledger.engine.auditing import COMMAND_LINE
        from unitledger.engine.uploading.profiles import save_profile

        one = one_operator(operator)
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
            own = wiring.check_import_profile(text, name=str(file))
            now = wiring.shared_tools().clock.now()
            saved = save_profile(one.pk, name=name or own, text=text, by=COMMAND_LINE, now=now)
        except SourceRefused as refused:
            _fail(refused.message, refused.remedy, as_json=as_json)
        content = _content(saved)
    click.echo(json.dumps(content) if as_json else f"Saved as {content['name']}.")


@command.command()
@click.argument("name")
@json_option
@operator_option
def remove(name: str, as_json: bool, operator: str | None) -> None:
    """Remove a saved profile. Files that were read with it keep their copy.

    \b
    Exit status: 0 removed, 1 there is none of that name, 2 wrong use.
    """
    with installation.opened():
        from unitledger.engine.auditing import COMMAND_LINE
        from unitledger.engine.uploading.profiles import remove_profile

        found = _found(one_operator(operator).pk, name, as_json=as_json)
        content = _content(found)
        remove_profile(found, by=COMMAND_LINE)
    click.echo(json.dumps(content) if as_json else f"Removed {content['name']}.")


def _found(operator_id: int, name: str, *, as_json: bool) -> ImportProfile:
    from unitledger.engine.uploading.profiles import find_profile

    found = find_profile(operator_id, name)
    if found is None:
        remedy = "`unitledger profiles list` shows them."
        _fail(f"There is no saved profile “{name}”.", remedy, as_json=as_json)
    return found


def _content(profile: ImportProfile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "id": str(profile.public_id),
        "saved_by": profile.saved_by_name,
        "saved_at": profile.saved_at.isoformat(),
    }


def _fail(message: str, remedy: str, *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": message, "remedy": remedy}))
    else:
        click.echo(f"Error: {message} {remedy}", err=True)
    sys.exit(AN_ERROR)
