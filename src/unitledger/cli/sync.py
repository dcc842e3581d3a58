"""`unitledger sync`: write to the books what is not in them yet."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._operators import chosen, operator_option
from unitledger.cli._progress import Stopping, shown
from unitledger.cli._syncing import FOR_A_PERSON, SYNCED, Synced, bring_up_to_date

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.standing import Standing
    from unitledger.store.connections import Connection

NOT_CONNECTED = "No organisation is connected: sign in to unitledger and connect to Xero."


@click.command()
@click.option("--wait", is_flag=True, help="Do the work now, or watch the worker do it.")
@click.option(
    "--approve",
    is_flag=True,
    help="Let go what was held because it changes or voids more than is done without a person.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(wait: bool, approve: bool, as_json: bool, operator: str | None) -> None:
    """Bring the books up to date.

    Without --wait the worker is asked, and the command returns at once.

    \b
    Exit status: 0 everything in scope is synced or skipped on purpose, 1 an error,
    3 something waits for a person, 4 interrupted or out of quota.
    """
    with installation.opened():
        from unitledger import wiring

        wiring.check_place()
        operators = chosen(operator)
        connections = _connections([each.pk for each in operators])
        if approve:
            _approve(connections, is_shown=not as_json)
        results = [_bring(each, wait=wait, is_shown=not as_json) for each in connections]
        status = _report(
            results, [each.pk for each in operators], is_finished=wait, as_json=as_json
        )
    sys.exit(status)


def _approve(connections: Sequence[Connection], *, is_shown: bool) -> None:
    from unitledger.engine import braking

    for each in connections:
        count = braking.approve(each.organisation_id)
        if is_shown:
            click.echo(f"{each.organisation.name}: {count:,} held writes approved.")


def _connections(operator_ids: Sequence[int]) -> list[Connection]:
    """The newest connection of each organisation that is not disconnected on purpose."""
    from unitledger.store.connections import Connection, ConnectionState

    return list(
        Connection.objects.filter(operator_id__in=operator_ids)
        .exclude(state=ConnectionState.DISCONNECTED)
        .select_related("organisation")
        .order_by("organisation_id")
    )


def _bring(connection: Connection, *, wait: bool, is_shown: bool) -> Synced:
    from unitledger import wiring

    organisation_id, name = connection.organisation_id, connection.organisation.name
    if not wait:
        from unitledger.jobs.waking import wake

        wake(organisation_id)
        return Synced(organisation=name, state="asked")
    tools = wiring.shared_tools()
    with (
        Stopping().listening() as stopping,
        shown(organisation_id, name=name, clock=tools.clock, is_wanted=is_shown),
    ):
        began = time.monotonic()
        result = bring_up_to_date(organisation_id, tools=tools, stopping=stopping)
    if is_shown:
        click.echo(_sentence(result, seconds=time.monotonic() - began))
    return result


def _sentence(result: Synced, *, seconds: float) -> str:
    if result.state == "open":
        return f"{result.organisation}: {result.message}"
    if not result.run_ids and result.state == "finished":
        return f"{result.organisation}: nothing to send; no call was made."
    end = f" {result.message}" if result.message else ""
    return (
        f"{result.organisation}: {result.state.replace('_', ' ')} with {result.calls_used} calls "
        f"in {seconds:.0f} s.{end}"
    )


def _report(
    results: Sequence[Synced], operator_ids: Sequence[int], *, is_finished: bool, as_json: bool
) -> int:
    from unitledger.engine.standing import standings

    standing = standings(operator_ids)
    status = _status(results, standing) if is_finished else SYNCED
    if not results:
        status = FOR_A_PERSON
    if as_json:
        click.echo(json.dumps(_content(results, standing, status=status)))
        return status
    if not results:
        click.echo(NOT_CONNECTED, err=True)
    elif not is_finished:
        click.echo("The worker was asked. `unitledger sync --wait` waits for it.")
    for line in _lines(standing):
        click.echo(line)
    return status


def _status(results: Sequence[Synced], standing: Sequence[Standing]) -> int:
    worst = max((result.exit_status for result in results), default=SYNCED)
    if worst:
        return min(result.exit_status for result in results if result.exit_status)
    return SYNCED if all(each.is_done for each in standing) else FOR_A_PERSON


def _lines(standing: Sequence[Standing]) -> list[str]:
    if not standing:
        return ["There are no records yet: import a file."]
    lines = [
        f"  {each.count:>7,} {each.kind}{'' if each.count == 1 else 's'} {_words(each.state)}"
        for each in standing
    ]
    if any(not each.is_done for each in standing):
        lines.append("`unitledger report --kind invoices --status non-synced` says why.")
    return lines


def _words(state: str) -> str:
    return state.replace("_", " ")


def _content(
    results: Sequence[Synced], standing: Sequence[Standing], *, status: int
) -> dict[str, Any]:
    return {
        "exit": status,
        "organisations": [
            {
                "name": each.organisation,
                "state": each.state,
                "message": each.message,
                "calls_used": each.calls_used,
            }
            for each in results
        ],
        "records": [
            {
                "kind": each.kind,
                "state": each.state,
                "count": each.count,
                "amount": None if each.amount is None else str(each.amount),
                "currency": each.currency,
            }
            for each in standing
        ],
    }
