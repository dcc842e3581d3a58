"""`unitledger dry-run`: what a sync would write, before anything is."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from unitledger import installation
from unitledger.cli._books import organisation_option, some_connections
from unitledger.cli._operators import operator_option
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable

ACTS = {"create": "create", "update": "change", "void": "take back"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@organisation_option
@operator_option
def command(as_json: bool, organisation: str | None, operator: str | None) -> None:
    """Work out what a sync would write, by kind, location and account; write nothing.

    Xero is read only where its chart was never read.

    \b
    Exit status: 0 worked out, 1 Xero could not be read, 2 wrong use.
    """
    with installation.opened():
        from unitledger import wiring
        from unitledger.engine.budget import DayUsedUp
        from unitledger.engine.dry_run import dry_run, to_content

        found = some_connections(operator, organisation)
        tools = wiring.shared_tools()
        try:
            contents = [to_content(dry_run(each.organisation_id, tools=tools)) for each in found]
        except (BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(contents[0] if len(contents) == 1 else {"organisations": contents}))
        return
    for content in contents:
        _print(content)


def _print(content: dict[str, Any]) -> None:
    currency = content["currency"]
    click.echo(f"{content['organisation']}: {content['documents']:,} records would be sent.")
    for each in content["kinds"]:
        money = "" if each["amount"] is None else f"  {Decimal(each['amount']):,.2f} {currency}"
        kind = f"{each['kind']}s"
        click.echo(
            f"  {ACTS[each['act']]} {each['count']:,} {kind}{money}, {each['calls']:,} calls"
        )
    for each in content["locations"]:
        invoiced = each.get("invoices", {}).get("amount", "0")
        received = each.get("payments", {}).get("amount", "0")
        click.echo(
            f"  {each['location']}: invoiced {Decimal(invoiced):,.2f}, "
            f"received {Decimal(received):,.2f}"
        )
    for each in content["accounts"]:
        received = Decimal(each["received"])
        sums = f"{Decimal(each['net']):,.2f} net, {Decimal(each['tax']):,.2f} tax"
        click.echo(f"  {each['account']}: {f'{received:,.2f} received' if received else sums}")
    for each in content["held_back"]:
        click.echo(f"  held back: {each['count']:,} {each['kind']}s. {each['sentence']}")
        click.echo(f"    {each['remedy']}")
    for each in content["brakes"]:
        click.echo(f"  waits for a person: {each}")
    if not content["calls"]["total"]:
        return
    ends = datetime.fromisoformat(content["ends_at"])
    left = content["calls_left_today"]
    today = "" if left is None else f" {left:,} calls are left today."
    click.echo(f"  {content['calls']['total']:,} calls, until about {ends:%H:%M} UTC.{today}")
    if content["exceeds_day"]:
        click.echo("  It takes more calls than the day has left: it goes on the next day.")
