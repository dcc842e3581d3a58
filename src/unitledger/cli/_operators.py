"""Which operator a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.people import Operator

operator_option = click.option(
    "--operator", "operator", metavar="NAME", help="Which operator, where there are several."
)


def chosen(name: str | None) -> list[Operator]:
    """The operator of that name, key or public id; without one, every operator there is."""
    from unitledger.store.people import Operator

    operators = list(Operator.objects.order_by("id"))
    if name is None:
        return operators
    wanted = name.casefold()
    found = [
        each
        for each in operators
        if wanted in (each.name.casefold(), each.handle_key.casefold(), str(each.public_id))
    ]
    if len(found) != 1:
        known = ", ".join(each.name for each in operators) or "none"
        raise click.UsageError(f"There is no one operator {name!r}. There are: {known}.")
    return found
