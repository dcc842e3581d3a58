"""What `pause` and `resume` share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from unitledger import installation
from unitledger.cli._books import some_connections

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.connections import Connection


def steer(
    act: Callable[[Connection], bool],
    *,
    done: str,
    already: str,
    operator: str | None,
    organisation: str | None,
    as_json: bool,
) -> None:
    """Do it to each connection and say so. Exit status 1 where one cannot be steered."""
    results: list[dict[str, object]] = []
    with installation.opened():
        from unitledger.engine.steering import SteeringError

        for each in some_connections(operator, organisation):
            result: dict[str, object] = {"organisation": each.organisation.name}
            try:
                result["changed"] = act(each)
            except SteeringError as error:
                result |= {"changed": False, "error": str(error)}
            results.append(result)
    if as_json:
        click.echo(json.dumps({"organisations": results}))
    for result in [] if as_json else results:
        says = result.get("error") or (done if result["changed"] else already)
        click.echo(f"{result['organisation']}: {says}", err="error" in result)
    sys.exit(1 if any("error" in each for each in results) else 0)
