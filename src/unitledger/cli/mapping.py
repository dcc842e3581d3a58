"""`unitledger mapping`: see, suggest, check and change where charges and payments go."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli import _mapping
from unitledger.cli._books import organisation_option
from unitledger.cli._mapping import MappingRefused, one_survey
from unitledger.cli._operators import operator_option
from unitledger.core.billing import ChargeType
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.core.mapping import Mapping
    from unitledger.engine.mapping.survey import Survey

ERROR, WAITS = 1, 3
KINDS = click.Choice([each.value.replace("_", "-") for each in ChargeType])

Words = Callable[..., Any]


def _usual(function: Words) -> Words:
    """The options that each of the commands has."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    return as_json(organisation_option(operator_option(function)))


def _changing(function: Words) -> Words:
    """The options of what changes a mapping."""
    look = click.option("--look", is_flag=True, help="Say what it would touch; save nothing.")
    return look(_usual(function))


at_option = click.option("--at", metavar="LOCATION", help="Only for this location.")


@click.group()
def command() -> None:
    """See, suggest, check and change where charges and payments go in the books.

    \b
    Exit status: 0 done or nothing to do, 1 refused or an error, 2 wrong use, 3 something is to
    be done.
    """


@command.command()
@_usual
def show(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """List every choice of the mapping in force, in the organisation's own names."""
    with installation.opened():
        content = _mapping.shown(one_survey(operator, organisation))
    if as_json:
        click.echo(json.dumps(content))
        return
    click.echo(f"{content['organisation']}: version {content['version']}")
    for subject, choice in content["choices"].items():
        click.echo(f"  {subject}: {choice}")


@command.command()
@_usual
def check(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Say what of the mapping the books no longer bear out, what is missing, and what waits.

    By the chart as it was last read. Exit status: 0 nothing, 3 something is to be done.
    """
    with installation.opened():
        content = _mapping.checked(one_survey(operator, organisation))
    if as_json:
        click.echo(json.dumps(content))
    else:
        for sentence in _mapping.check_sentences(content):
            click.echo(sentence)
    sys.exit(0 if content["is_fine"] else WAITS)


@command.command()
@click.option("--save", is_flag=True, help="Save it as the mapping; only where there is none yet.")
@_usual
def suggest(save: bool, as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Read the chart and say what its names suggest. Four calls; nothing changes in Xero."""
    with installation.opened():
        found = one_survey(operator, organisation)
        content = _errors_told(lambda: _mapping.suggested(found, is_saved=save))
    if as_json:
        click.echo(json.dumps(content))
        return
    for subject, choice in content["choices"].items():
        click.echo(f"  {subject}: {choice}")
    for note in content["notes"]:
        click.echo(f"Look at this: {note}")
    click.echo(
        f"Saved as version {content['version']}." if save else "Nothing is saved; --save does."
    )


@command.group("set")
def set_() -> None:
    """Change one choice. Refused where the books would not take it."""


@set_.command()
@click.argument("kind", type=KINDS)
@click.option("--account", metavar="CODE", help="The account's code; left out: as inherited.")
@click.option("--tax", "taxes", multiple=True, metavar="PERCENT=TYPE", help="As 20=OUTPUT2.")
@click.option("--item", metavar="CODE", help="An item of Xero's.")
@click.option("--code", metavar="CODE", help="Only for this product or service of the source.")
@click.option("--unit-type", metavar="NAME", help="Only for units of this type.")
@at_option
@_changing
def charge(
    kind: str,
    account: str | None,
    taxes: tuple[str, ...],
    item: str | None,
    code: str | None,
    unit_type: str | None,
    at: str | None,
    **how: Any,
) -> None:
    """Where a kind of charge goes: `set charge rent --account 200`."""
    selector = (ChargeType(kind.replace("-", "_")), code, at, unit_type)
    stated = [_pair(each) for each in taxes]
    _change(
        lambda found: _mapping.charge(selector, account=account, taxes=stated, item=item), **how
    )


@set_.command()
@click.argument("name")
@click.option("--account", metavar="CODE", help="The paid-to account; left out: the default's.")
@click.option("--not-posted", is_flag=True, help="Post no payments of this kind.")
@at_option
@_changing
def method(name: str, account: str | None, not_posted: bool, at: str | None, **how: Any) -> None:
    """Where a kind of payment lands: `set method Cash --account 640`; `default` for the rest."""
    named = None if name == "default" else name
    _change(
        lambda found: _mapping.method(
            found, named, account=account, location=at, is_posted=not not_posted
        ),
        **how,
    )


@set_.command()
@click.argument("category")
@click.argument("value")
@click.argument("name", metavar="OPTION")
@_changing
def option(category: str, value: str, name: str, **how: Any) -> None:
    """Which option a value goes to: `set option Location Riverside North`."""
    _change(lambda found: _mapping.option(category, value, name), **how)


@set_.command()
@click.argument("stated", metavar="PERCENT=TYPE")
@_changing
def tax(stated: str, **how: Any) -> None:
    """Which tax rate a percentage goes to where nothing finer says: `set tax 20=OUTPUT2`."""
    percent, tax_type = _pair(stated)
    _change(lambda found: _mapping.tax(percent, tax_type), **how)


def _change(
    change: Callable[[Survey], Callable[[Mapping], Mapping]],
    *,
    look: bool,
    as_json: bool,
    organisation: str | None,
    operator: str | None,
) -> None:
    with installation.opened():
        found = one_survey(operator, organisation)
        try:
            made = _mapping.changed(found, change(found), is_saved=not look)
        except MappingRefused as refused:
            click.echo(f"Error: {refused}", err=True)
            sys.exit(ERROR)
    content = {**asdict(made), "touches": _mapping.touch_content(made.touches)}
    click.echo(json.dumps(content) if as_json else _mapping.change_sentence(made))


def _errors_told(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    from unitledger.engine.budget import DayUsedUp

    try:
        return act()
    except (
        BooksUnavailable,
        ConsentLost,
        DayUsedUp,
        IdentityUnavailable,
        MappingRefused,
    ) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(ERROR)


def _pair(stated: str) -> tuple[str, str]:
    percent, equals, tax_type = stated.partition("=")
    if not equals or not percent.strip() or not tax_type.strip():
        raise click.BadParameter(f"{stated!r} is not as 20=OUTPUT2.")
    return percent.strip(), tax_type.strip()
