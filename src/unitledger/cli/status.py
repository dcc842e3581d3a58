"""`unitledger status`: is it connected, does it sync, and is everything in?"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._books import connections, organisation_option
from unitledger.cli._operators import operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.connections import Connection

WAITS_FOR_A_PERSON = 3
STATES = {
    "active": "connected, and syncs by itself",
    "held": "held: a restored or moved database is matched against Xero first",
    "paused": "paused: `unitledger resume` goes on",
    "lost": "the connection is lost: an administrator connects again in the browser",
    "disconnected": "disconnected",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@organisation_option
@operator_option
def command(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Show each connection: whether it works, its last and next run, and what is not in Xero.

    Calls nothing: it tells what was last known. For a scheduler or a monitor.

    \b
    Exit status: 0 connected, and no record waits for a person; 2 wrong use; 3 somebody has to
    connect, to give the go-ahead, or to look at records.
    """
    with installation.opened():
        from unitledger import wiring

        now = wiring.shared_tools().clock.now()
        found = [_content(each, now) for each in connections(operator, organisation)]
    if as_json:
        click.echo(json.dumps({"connections": found}))
    elif not found:
        click.echo("No organisation is connected: sign in and connect to Xero.")
    for each in [] if as_json else found:
        _print(each)
    sys.exit(0 if found and not any(_needs_somebody(each) for each in found) else 3)


def _needs_somebody(content: dict[str, Any]) -> bool:
    return (
        content["state"] != "active"
        or content["awaits_go_ahead"]
        or content["records"]["needs_a_person"] > 0
    )


def _content(connection: Connection, now: datetime) -> dict[str, Any]:
    from unitledger.store.connections import CallBudget
    from unitledger.store.journal import Run

    run = Run.objects.filter(organisation_id=connection.organisation_id).order_by("-id").first()
    budget = CallBudget.objects.filter(organisation_id=connection.organisation_id).first()
    blocked = budget.blocked_until_at if budget else None
    is_on = connection.state == "active" and not connection.awaits_go_ahead
    return {
        "organisation": connection.organisation.name,
        "state": connection.state,
        "reason": connection.reason,
        "awaits_go_ahead": connection.awaits_go_ahead,
        "start_on": connection.start_on.isoformat(),
        "last_success_at": _iso(connection.last_success_at),
        "last_run": None
        if run is None
        else {
            "run": run.pk,
            "state": run.state,
            "started_at": _iso(run.started_at),
            "message": run.message,
        },
        "next_run_at": _iso(connection.next_run_at) if is_on else None,
        "blocked_until_at": _iso(blocked) if blocked and blocked > now else None,
        "calls_left_today": budget.day_remaining if budget else None,
        "records": _records(connection),
    }


def _records(connection: Connection) -> dict[str, int]:
    """Counts of documents; one that is bound to no organisation yet waits for this one, too."""
    from django.db.models import Count, Q

    from unitledger.engine.standing import DONE, FOR_A_PERSON
    from unitledger.store.journal import Document

    mine = Q(organisation_id=connection.organisation_id) | Q(organisation_id=None)
    rows = (
        Document.objects.filter(mine, operator_id=connection.operator_id)
        .values_list("state")
        .annotate(count=Count("id"))
    )
    counts: dict[str, int] = dict(rows)
    done = sum(count for state, count in counts.items() if state in DONE)
    needed = sum(count for state, count in counts.items() if state in FOR_A_PERSON)
    total = sum(counts.values())
    return {"done": done, "needs_a_person": needed, "on_its_way": total - done - needed}


def _print(content: dict[str, Any]) -> None:
    state = STATES[content["state"]]
    if content["awaits_go_ahead"]:
        state = "connected; the first sync waits for the go-ahead"
    click.echo(f"{content['organisation']}: {state}.")
    if content["reason"]:
        click.echo(f"  {content['reason']}")
    run = content["last_run"]
    if run:
        said = f": {run['message']}" if run["message"] else ""
        click.echo(f"  Run {run['run']} began {_when(run['started_at'])}, {run['state']}{said}.")
    if content["next_run_at"]:
        click.echo(f"  It looks for work again at {_when(content['next_run_at'])}, and on events.")
    if content["blocked_until_at"]:
        click.echo(f"  Xero takes no call before {_when(content['blocked_until_at'])}.")
    counts = content["records"]
    click.echo(
        f"  {counts['done']:,} records are done, {counts['on_its_way']:,} on their way, "
        f"{counts['needs_a_person']:,} wait for a person."
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
