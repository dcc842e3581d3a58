"""`unitledger resync`: send again what did not go through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import click

from unitledger import installation
from unitledger.cli._operators import chosen, operator_option

STOPPED = ("failed", "needs_attention")
COUNTED = ("again", "sooner", "checked", "needed_too")


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["tenants", "invoices", "payments"]),
    help="Only records of this kind.",
)
@click.option("--number", "numbers", multiple=True, help="Only this number; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(kind: str | None, numbers: Sequence[str], as_json: bool, operator: str | None) -> None:
    """Ask for records again: by number, or all that failed or wait for a person.

    What is in the books already is compared with them again and never written twice. The
    records go with the running work, before its backlog, or with the next `sync`.

    \b
    Exit status: 0 asked for, also where nothing fits; 1 an error, 2 wrong use.
    """
    with installation.opened():
        from unitledger import wiring

        now = wiring.shared_tools().clock.now()
        counts = [_resync(each.pk, kind, numbers, now) for each in chosen(operator)]
    total = {name: sum(each[name] for each in counts) for name in COUNTED}
    if as_json:
        click.echo(json.dumps(total))
        return
    click.echo(
        f"{total['again']:,} go again, {total['sooner']:,} go sooner, "
        f"{total['checked']:,} are compared with the books again: unitledger sync --wait"
    )
    if total["needed_too"]:
        click.echo(f"{total['needed_too']:,} more go with them, because these hang on them.")


def _resync(
    operator_id: int, kind: str | None, numbers: Sequence[str], now: datetime
) -> dict[str, int]:
    from unitledger.engine.resync import resync
    from unitledger.store.journal import Document

    documents = Document.objects.filter(operator_id=operator_id)
    documents = (
        documents.filter(number__in=numbers) if numbers else documents.filter(state__in=STOPPED)
    )
    if kind is not None:
        documents = documents.filter(
            kind={"tenants": "contact", "invoices": "invoice", "payments": "payment"}[kind]
        )
    done = resync(operator_id, list(documents.values_list("id", flat=True)), now=now)
    return {
        "again": done.again,
        "sooner": done.sooner,
        "checked": done.verified_again,
        "needed_too": done.needed_too,
    }
