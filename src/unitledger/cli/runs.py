"""`unitledger runs`: what was written when, and with how many calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from unitledger import installation
from unitledger.cli._operators import chosen, operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.journal import Run

PIPED_WIDTH = 140


@click.command()
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(limit: int, as_json: bool, operator: str | None) -> None:
    """List the sync runs, the newest first, and what of them waits for a person's approval.

    \b
    Exit status: 0 shown, 2 wrong use.
    """
    with installation.opened():
        from unitledger.store.journal import Run

        ids = [each.pk for each in chosen(operator)]
        runs = Run.objects.filter(operator_id__in=ids).select_related("organisation")
        content = {
            "runs": [_content(each) for each in runs.order_by("-id")[:limit]],
            "held": _held(ids),
        }
    if as_json:
        click.echo(json.dumps(content))
        return
    _print(content)


def _content(run: Run) -> dict[str, Any]:
    ended = run.finished_at
    return {
        "run": run.pk,
        "id": str(run.public_id),
        "organisation": run.organisation.name,
        "state": run.state,
        "message": run.message,
        "started_by": run.started_by_name or run.trigger,
        "started_at": run.started_at.isoformat(),
        "finished_at": ended.isoformat() if ended else None,
        "seconds": round((ended - run.started_at).total_seconds(), 1) if ended else None,
        "written": run.effects_applied,
        "refused": run.effects_refused,
        "calls": run.calls_used,
    }


def _held(operator_ids: list[int]) -> list[dict[str, Any]]:
    from unitledger.engine import braking
    from unitledger.store.connections import Organisation

    held = [
        (each, braking.held_back(each.pk))
        for each in Organisation.objects.filter(operator_id__in=operator_ids).order_by("id")
    ]
    return [
        {
            "organisation": organisation.name,
            "writes": found.count,
            "reasons": list(found.reasons),
            "kinds": [
                {
                    "effect": str(line.kind),
                    "count": line.count,
                    "before": str(line.before),
                    "after": str(line.after),
                }
                for line in found.lines
            ],
        }
        for organisation, found in held
        if found.count
    ]


def _print(content: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=PIPED_WIDTH)
    table = Table(box=None, pad_edge=False)
    for column in ("Run", "Organisation", "State", "Began", "By"):
        table.add_column(column)
    for column in ("Written", "Refused", "Calls", "Seconds"):
        table.add_column(column, justify="right")
    for each in content["runs"]:
        table.add_row(
            str(each["run"]),
            each["organisation"],
            each["state"].replace("_", " "),
            f"{each['started_at'][:16].replace('T', ' ')} UTC",
            each["started_by"],
            f"{each['written']:,}",
            f"{each['refused']:,}",
            f"{each['calls']:,}",
            "" if each["seconds"] is None else f"{each['seconds']:,.0f}",
        )
    if content["runs"]:
        console.print(table)
    else:
        click.echo("No run yet.")
    for each in content["held"]:
        click.echo(
            f"{each['organisation']}: {each['writes']:,} writes wait for your approval: "
            "unitledger sync --approve"
        )
