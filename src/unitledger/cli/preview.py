"""`unitledger preview`: one record as the books would hold it."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

import click

from unitledger import installation
from unitledger.cli._deciding import KINDS, one_operator, record_ids
from unitledger.cli._operators import operator_option
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(kind: str, number: str, as_json: bool, operator: str | None) -> None:
    """Show what would be sent for a record, its double entry, and every problem.

    Nothing is written, here or in Xero.

    \b
    Exit status: 0 nothing stands in its way, 1 Xero could not be read, 2 wrong use,
    3 a problem comes first.
    """
    with installation.opened():
        from unitledger import wiring
        from unitledger.engine.budget import DayUsedUp
        from unitledger.engine.preview import NotConnected, preview, to_content

        one = one_operator(operator)
        record = record_ids(one.pk, KINDS[kind], [number])[0]
        try:
            found = preview(one.pk, record, tools=wiring.shared_tools())
        except (
            BooksUnavailable,
            ConsentLost,
            DayUsedUp,
            IdentityUnavailable,
            NotConnected,
        ) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(1)
        contents = [to_content(each) for each in found]
    if as_json:
        click.echo(json.dumps({"record": number, "documents": contents}))
    for content in [] if as_json else contents:
        _print(content, number)
    sys.exit(3 if any(each["problems"] for each in contents) else 0)


def _print(content: dict[str, Any], number: str) -> None:
    says = "; ".join(act["says"].lower() for act in content["acts"])
    if content["in_books_as_wanted"]:
        says = "in Xero as it should be; nothing would be sent"
    click.echo(f"{content['kind']} {number}: {says or 'nothing would be sent'}.")
    for each in content["entries"]:
        is_debit = Decimal(each["debit"]) != 0
        side, amount = ("debit ", each["debit"]) if is_debit else ("credit", each["credit"])
        about = " · ".join(
            part for part in (each["what"], each["tax_rate"], *each["tracking"].values()) if part
        )
        click.echo(f"  {side} {amount:>12} {content['currency']}  {each['account']}  ({about})")
    for each in content["problems"]:
        click.echo(f"  {each['sentence']} {each['remedy']}")
    for each in content["notes"]:
        click.echo(f"  {each}")
