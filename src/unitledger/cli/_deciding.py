"""What the commands share that decide about records by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import UUID

import click

from unitledger import installation
from unitledger.cli._operators import chosen, operator_option
from unitledger.core.documents import DocumentKind

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.handlings import Handling
    from unitledger.store.people import Operator

KINDS = {
    "tenant": DocumentKind.CONTACT,
    "invoice": DocumentKind.INVOICE,
    "payment": DocumentKind.PAYMENT,
}
SHOWN = 5
F = TypeVar("F", bound=Callable[..., Any])


def deciding_options(command: F) -> F:
    """KIND NUMBER…, --undo, --json and --operator."""
    for decorate in (
        operator_option,
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--undo", metavar="ID", help="Take the decision of this id back."),
        click.argument("numbers", nargs=-1, metavar="NUMBER..."),
        click.argument("kind", type=click.Choice(tuple(KINDS)), required=False),
    ):
        command = decorate(command)
    return command


def run(
    act: str,
    *,
    kind: str | None,
    numbers: Sequence[str],
    note: str,
    undo: str | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Decide, or take back, and say what came of it. Exit status 1 where nothing was done."""
    if undo is None and not (kind and numbers):
        raise click.UsageError("Say which records: a kind, and one number or more.")
    with installation.opened():
        from unitledger.engine.handling.deciding import NotDone

        try:
            handling = (
                _undone(undo, operator)
                if undo is not None
                else _decided(act, KINDS[kind or ""], numbers, note, operator)
            )
        except NotDone as not_done:
            fail(str(not_done), as_json=as_json)
    show(handling, as_json=as_json)


def fail(says: str, *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": says}))
    else:
        click.echo(says, err=True)
    sys.exit(1)


def show(handling: Handling, *, as_json: bool) -> None:
    content = {
        "id": str(handling.public_id),
        "act": handling.act,
        "records": len(handling.record_ids),
        "note": handling.note,
        "left_out": handling.left_out,
        "undone": handling.undone_at is not None,
    }
    if as_json:
        click.echo(json.dumps(content))
        return
    count = len(handling.record_ids)
    records = "1 record" if count == 1 else f"{count:,} records"
    done = "taken back" if handling.undone_at else "done"
    click.echo(f"{handling.act.replace('_', ' ')}: {records}, {done}.")
    for why, numbers in handling.left_out.items():
        more = f" and {len(numbers) - SHOWN:,} more" if len(numbers) > SHOWN else ""
        click.echo(f"Left as before: {', '.join(numbers[:SHOWN])}{more}: {why}.")
    if handling.undone_at is None:
        click.echo(f"To take it back: --undo {handling.public_id}")


def one_operator(name: str | None) -> Operator:
    operators = chosen(name)
    if len(operators) != 1:
        known = ", ".join(each.name for each in operators) or "none"
        raise click.UsageError(f"Say which operator with --operator. There are: {known}.")
    return operators[0]


def record_ids(operator_id: int, kind: DocumentKind, numbers: Sequence[str]) -> list[int]:
    """The records of these numbers. A number that no record has, or several, is said."""
    from unitledger.store.journal import Document

    found: dict[str, set[int]] = {}
    documents = Document.objects.filter(operator_id=operator_id, kind=kind, number__in=numbers)
    for number, record in documents.values_list("number", "record_id"):
        found.setdefault(number, set()).add(record)
    for number in numbers:
        if len(found.get(number, ())) != 1:
            there = "There is no" if number not in found else "There are several of"
            raise click.UsageError(f"{there} {kind} {number}.")
    return [record for records in found.values() for record in records]


def by_command_line() -> Any:
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.handling.deciding import Person

    return Person(COMMAND_LINE)


def _decided(
    act: str, kind: DocumentKind, numbers: Sequence[str], note: str, operator: str | None
) -> Handling:
    from unitledger import wiring
    from unitledger.engine.handling.deciding import decide
    from unitledger.store.handlings import HandlingAct

    tools = wiring.shared_tools()
    one = one_operator(operator)
    return decide(
        one.pk,
        HandlingAct(act),
        kind,
        record_ids(one.pk, kind, numbers),
        note=note,
        by=by_command_line(),
        key=tools.ids.state_token(),
        now=tools.clock.now(),
    )


def _undone(public_id: str, operator: str | None) -> Handling:
    from unitledger import wiring
    from unitledger.engine.handling.undoing import undo
    from unitledger.store.handlings import Handling

    one = one_operator(operator)
    try:
        wanted = UUID(public_id)
    except ValueError as trouble:
        raise click.UsageError(f"{public_id} is no id of a decision.") from trouble
    handling = Handling.objects.filter(operator_id=one.pk, public_id=wanted).first()
    if handling is None:
        raise click.UsageError(f"There is no decision {public_id}.")
    undo(handling, by=by_command_line(), now=wiring.shared_tools().clock.now())
    return handling
