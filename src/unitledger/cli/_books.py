"""Which connections a command is about, and by whom it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from unitledger.cli._operators import chosen

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.connections import Connection

organisation_option = click.option(
    "--organisation", metavar="NAME", help="Which organisation, where there are several."
)


def connections(operator: str | None, organisation: str | None) -> list[Connection]:
    """The newest connection of each organisation; only those of that name, if one is given."""
    from unitledger.store.connections import Connection

    ids = [each.pk for each in chosen(operator)]
    newest: dict[int, Connection] = {}
    for each in Connection.objects.filter(operator_id__in=ids).order_by("id"):
        newest[each.organisation_id] = each
    found = [newest[key] for key in sorted(newest)]
    if organisation is None:
        return found
    wanted = organisation.casefold()
    mine = [
        each
        for each in found
        if wanted in (each.organisation.name.casefold(), str(each.organisation.public_id))
    ]
    if not mine:
        known = ", ".join(each.organisation.name for each in found) or "none"
        raise click.UsageError(f"No organisation {organisation!r}. There are: {known}.")
    return mine


def some_connections(operator: str | None, organisation: str | None) -> list[Connection]:
    """As `connections`, but wrong use where there is none."""
    found = connections(operator, organisation)
    if not found:
        raise click.UsageError("No organisation is connected: sign in and connect to Xero.")
    return found
