"""`unitledger undo`: take back what a run made in Xero."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from unitledger import installation
from unitledger.cli._deciding import fail
from unitledger.cli._operators import chosen, operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.journal import Run
    from unitledger.store.undoing import Undo


@click.command()
@click.argument("run")
@click.option("--approve", is_flag=True, help="Do it: void and delete what the plan names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(run: str, approve: bool, as_json: bool, operator: str | None) -> None:
    """Show what of RUN, its number or id, can be taken back out of Xero, and what stays and why.

    Without --approve this is a plan and nothing is done. What was paid, edited, reconciled or
    locked since is left and named; Xero deletes no contacts. Where it is under way or done
    already, it is shown.

    \b
    Exit status: 0 shown, or approved (the worker does it; `sync --wait` does it here),
    1 it cannot be undone, and why, 2 wrong use.
    """
    with installation.opened():
        from unitledger import wiring
        from unitledger.engine import undoing
        from unitledger.engine.auditing import COMMAND_LINE

        found, now = _run(run, operator), wiring.shared_tools().clock.now()
        try:
            undo = _ended(found) or undoing.plan_undo(found.pk, by=COMMAND_LINE, now=now)
            if approve and undoing.approve(undo.pk, by=COMMAND_LINE, now=now):
                from unitledger.jobs.waking import wake

                wake(undo.organisation_id)
        except undoing.UndoError as error:
            fail(str(error), as_json=as_json)
        undo.refresh_from_db()
        content = _content(undo)
    if as_json:
        click.echo(json.dumps(content))
        return
    _print(content)


def _run(named: str, operator: str | None) -> Run:
    from unitledger.store.journal import Run

    runs = Run.objects.filter(operator_id__in=[each.pk for each in chosen(operator)])
    if named.isascii() and named.isdigit() and len(named) < 19:
        found = runs.filter(id=int(named)).first()
    else:
        try:
            found = runs.filter(public_id=UUID(named)).first()
        except ValueError:
            found = None
    if found is None:
        raise click.UsageError(f"There is no run {named}: unitledger runs lists them.")
    return found


def _ended(run: Run) -> Undo | None:
    from unitledger.store.undoing import Undo, UndoState

    return Undo.objects.filter(run=run, state=UndoState.ENDED).order_by("-id").first()


def _content(undo: Undo) -> dict[str, Any]:
    from unitledger.engine.undoing import summary
    from unitledger.store.undoing import UndoItem, UndoOutcome

    told = summary(undo)
    left = UndoItem.objects.filter(undo=undo, outcome__in=(UndoOutcome.LEFT, UndoOutcome.FAILED))
    chart = undo.organisation.chart
    return {
        "undo": str(undo.public_id),
        "run": undo.run_id,
        "organisation": undo.organisation.name,
        "state": undo.state,
        "calls": told.calls,
        "brakes": list(told.brakes(currency=chart["facts"]["currency"] if chart else "GBP")),
        "items": [
            {
                "kind": str(each.kind),
                "outcome": str(each.outcome),
                "reason": each.reason,
                "count": each.count,
                "amount": str(each.amount),
            }
            for each in told.lines
        ],
        "left": [
            {"kind": each.kind, "number": each.document.number, "reason": each.reason}
            for each in left.select_related("document").order_by("id")
        ],
    }


def _print(content: dict[str, Any]) -> None:
    state = {
        "planned": "a plan; nothing is done yet",
        "approved": "approved and going on",
        "ended": "done",
        "declined": "declined",
    }[content["state"]]
    click.echo(f"Undo of run {content['run']} in {content['organisation']}: {state}.")
    for each in content["items"]:
        what = each["outcome"].replace("_", " ")
        why = f" {each['reason']}" if each["reason"] else ""
        money = "" if each["kind"] == "contact" else f", {Decimal(each['amount']):,.2f}"
        click.echo(f"  {what}: {each['count']:,} {each['kind']}s{money}.{why}")
    for each in content["brakes"]:
        click.echo(f"  {each}")
    if content["state"] == "planned":
        click.echo(f"To do it: unitledger undo {content['run']} --approve")
