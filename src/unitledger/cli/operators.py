"""`unitledger operators`: the storage businesses of this installation."""

from __future__ import annotations

import json

import click

from unitledger import installation


@click.command()
@click.option(
    "--create", "name", metavar="NAME", help="Make a further one; then invite its people."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object an operator.")
def command(name: str | None, as_json: bool) -> None:
    """List the operators, or create one. They never see each other.

    \b
    Exit status: 0 done, 1 it could not be created.
    """
    with installation.connected():
        if name is not None:
            _create(name)
        for each in _told():
            click.echo(json.dumps(each) if as_json else _line(each))


def _create(name: str) -> None:
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.people.first_run import create_operator
    from unitledger.engine.people.members import PeopleError
    from unitledger.wiring import shared_tools

    try:
        create_operator(name, ids=shared_tools().ids, by=COMMAND_LINE)
    except PeopleError as refused:
        raise click.ClickException(str(refused)) from refused


def _told() -> list[dict[str, object]]:
    from unitledger.store.people import Membership, Operator

    return [
        {
            "id": str(each.public_id),
            "name": each.name,
            "people": Membership.objects.filter(operator=each, deactivated_at=None).count(),
            "requires_two_steps": each.requires_two_steps,
        }
        for each in Operator.objects.order_by("id")
    ]


def _line(told: dict[str, object]) -> str:
    steps = "; two steps asked of everybody" if told["requires_two_steps"] else ""
    return f"{told['name']}: {told['people']} people{steps}"
