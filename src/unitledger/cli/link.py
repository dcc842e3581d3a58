"""`unitledger link`: what Xero holds already is this record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._deciding import (
    KINDS,
    by_command_line,
    fail,
    one_operator,
    record_ids,
    show,
)
from unitledger.cli._operators import operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.link_candidates import Candidate, Ours


@click.command()
@click.argument("kind", type=click.Choice(tuple(KINDS)))
@click.argument("number")
@click.option("--to", "xero_id", metavar="XERO-ID", help="Link to this one.")
@click.option("--search", default="", metavar="TEXT", help="In what Xero holds.")
@click.option("--accept-differences", is_flag=True, help="Date, number or tenant may differ.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(
    kind: str,
    number: str,
    xero_id: str | None,
    search: str,
    accept_differences: bool,
    as_json: bool,
    operator: str | None,
) -> None:
    """Show what of Xero's may be a record, and link one of them to it.

    Amount and currency must agree, and of a payment the invoice. Nothing is written to Xero.

    \b
    Exit status: 0 shown or linked, 1 not linked, and why, 2 wrong use.
    """
    with installation.opened():
        from unitledger.engine.handling.deciding import NotDone
        from unitledger.engine.link_candidates import candidates
        from unitledger.store.journal import Document

        one = one_operator(operator)
        record = record_ids(one.pk, KINDS[kind], [number])[0]
        document = _free_document(Document, record, KINDS[kind])
        about = _ours(one.pk, document)
        if about is None:
            fail("It belongs to no organisation yet: sync first.", as_json=as_json)
        if xero_id is None:
            _show(candidates(one.pk, about, search=search), as_json=as_json)
            return
        try:
            handling = _linked(one.pk, document, xero_id, accept_differences)
        except NotDone as not_done:
            fail(str(not_done), as_json=as_json)
    show(handling, as_json=as_json)


def _free_document(documents: Any, record_id: int, kind: Any) -> int:
    """Of a payment in parts the first that is not in Xero."""
    found = documents.objects.filter(record_id=record_id, kind=kind).order_by("id")
    free = found.filter(xero_id=None).first() or found.first()
    return free.pk


def _ours(operator_id: int, document_id: int) -> Ours | None:
    from unitledger.engine.link_candidates import ours

    return ours(operator_id, document_id)


def _linked(operator_id: int, document_id: int, xero_id: str, accepts: bool) -> Any:
    from unitledger import wiring
    from unitledger.engine.linking import link

    tools = wiring.shared_tools()
    return link(
        operator_id,
        document_id,
        xero_id,
        accepts_differences=accepts,
        by=by_command_line(),
        key=tools.ids.state_token(),
        now=tools.clock.now(),
    )


def _show(found: Any, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"candidates": [_content(each) for each in found]}))
        return
    if not found:
        click.echo("Xero holds nothing that looks like it and is free to be linked.")
    for each in found:
        amount = "" if each.total is None else f"  {each.total:,.2f} {each.currency or ''}"
        said = each.number or each.reference or each.name or ""
        differs = ", ".join(check.name for check in each.differing)
        click.echo(
            f"{each.xero_id}  {said}{amount}  {f'differs: {differs}' if differs else 'agrees'}"
        )


def _content(each: Candidate) -> dict[str, Any]:
    return {
        "xero_id": each.xero_id,
        "status": each.status,
        "number": each.number,
        "name": each.name,
        "reference": each.reference,
        "dated_on": each.dated_on.isoformat() if each.dated_on else None,
        "total": None if each.total is None else str(each.total),
        "may_be_linked": each.may_be_linked,
        "checks": [
            {
                "name": check.name,
                "ours": None if check.ours is None else str(check.ours),
                "theirs": None if check.theirs is None else str(check.theirs),
                "agrees": check.agrees,
                "must_agree": check.is_binding,
            }
            for check in each.checks
        ],
    }
