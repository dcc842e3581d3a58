"""`unitledger going-live`: what the organisation held already, and what you say of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from unitledger import installation
from unitledger.cli._deciding import by_command_line, fail, one_operator
from unitledger.cli._operators import operator_option
from unitledger.cli._progress import Stopping
from unitledger.cli._syncing import FOR_A_PERSON, bring_up_to_date
from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import Likeness

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.store.connections import Connection
    from unitledger.store.going_live import GoingLiveMatch

SHOWN = 20
ACTS = ("link", "leave", "book")


@click.command()
@click.option("--look", is_flag=True, help="Read the organisation (again) and compare.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="WHAT=ANSWER",
    help="A question by its topic: reminders='switched off'. Matches: exact=link, likely=link, "
    "invoice:1001=link, invoice:1001='leave: booked by hand', contact:T-7='book: another Ada'. "
    "May be repeated.",
)
@click.option("--go", is_flag=True, help="Give the go-ahead: everything is sent from now on.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@operator_option
def command(
    look: bool, answers: tuple[str, ...], go: bool, as_json: bool, operator: str | None
) -> None:
    """Before the first write: what Xero holds that may be yours already, and what to know first.

    Nothing is created in Xero until each is answered and you have given your go-ahead.

    \b
    Exit status: 0 live, or everything answered, 1 an error, 3 something is open.
    """
    with installation.opened():
        from unitledger import wiring

        wiring.check_place()
        connection = _connection(operator)
        if look:
            _look(connection, is_shown=not as_json)
        for each in answers:
            said = _answer(connection, each, as_json=as_json)
            if not as_json:
                click.echo(said)
        if go:
            _go(connection, as_json=as_json)
        status = _show(connection, as_json=as_json)
    sys.exit(status)


def _connection(operator: str | None) -> Connection:
    from unitledger.engine.mapping.survey import current_connection

    found = current_connection(one_operator(operator).pk)
    if found is None:
        raise click.UsageError("No organisation is connected: sign in and connect to Xero.")
    return found


def _look(connection: Connection, *, is_shown: bool) -> None:
    from unitledger import wiring
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.engine.going_live import looking

    tools = wiring.shared_tools()
    asked = looking.ask(connection.organisation_id, by=COMMAND_LINE, now=tools.clock.now())
    if not asked:
        return
    with Stopping().listening() as stopping:
        result = bring_up_to_date(connection.organisation_id, tools=tools, stopping=stopping)
    if is_shown:
        click.echo(f"Read {connection.organisation.name} with {result.calls_used} calls.")


def _answer(connection: Connection, given: str, *, as_json: bool) -> str:
    from unitledger import wiring
    from unitledger.engine.going_live import answering
    from unitledger.engine.handling.deciding import NotDone
    from unitledger.store.going_live import Topic

    what, is_said, said = given.partition("=")
    what, said = what.strip(), said.strip().strip("'\"")
    if not is_said:
        raise click.UsageError(f"{given}: write it as WHAT=ANSWER.")
    tools = wiring.shared_tools()
    try:
        if what in list(Topic):
            answering.answer_question(
                connection.organisation_id,
                Topic(what),
                note=said,
                by=by_command_line(),
                now=tools.clock.now(),
            )
            return f"{what}: noted."
        return _answer_matches(connection, what, said)
    except NotDone as not_done:
        fail(f"{what}: {not_done}", as_json=as_json)


def _answer_matches(connection: Connection, what: str, said: str) -> str:
    from unitledger import wiring
    from unitledger.engine.going_live import answering
    from unitledger.store.going_live import MatchAnswer

    act, _, note = said.partition(":")
    if act.strip() not in ACTS:
        raise click.UsageError(f"{what}={said}: answer link, 'leave: why' or 'book: why'.")
    tools = wiring.shared_tools()
    answered = answering.answer_matches(
        connection.organisation_id,
        _chosen(connection, what),
        {
            "link": MatchAnswer.LINKED,
            "leave": MatchAnswer.LEFT,
            "book": MatchAnswer.BOOKED,
        }[act.strip()],
        note=note,
        by=by_command_line(),
        key=tools.ids.state_token(),
        now=tools.clock.now(),
    )
    return f"{what}: {answered.sentence}"


def _chosen(connection: Connection, what: str) -> Sequence[int]:
    """`exact`, `likely`, `clash`; or a kind and a number."""
    from unitledger.engine.going_live import answering
    from unitledger.store.going_live import GoingLiveMatch

    if what in list(Likeness):
        return answering.open_matches(
            connection.organisation_id, likeness=Likeness(what), most=None
        )
    kind, _, number = what.partition(":")
    names = {"tenant": DocumentKind.CONTACT, **{str(each): each for each in DocumentKind}}
    if kind not in names or not number:
        known = "a topic, exact, likely, clash, or as in invoice:1001"
        raise click.UsageError(f"{what} is nothing that is asked; say {known}.")
    found = GoingLiveMatch.objects.filter(
        organisation_id=connection.organisation_id, kind=names[kind], document__number=number
    )
    return list(found.values_list("id", flat=True))


def _go(connection: Connection, *, as_json: bool) -> None:
    from unitledger import wiring
    from unitledger.engine import steering
    from unitledger.engine.auditing import COMMAND_LINE
    from unitledger.jobs.waking import wake

    now = wiring.shared_tools().clock.now()
    try:
        steering.go_ahead(connection.organisation_id, by=COMMAND_LINE, now=now)
    except steering.SteeringError as error:
        fail(str(error), as_json=as_json)
    wake(connection.organisation_id)


def _show(connection: Connection, *, as_json: bool) -> int:
    from unitledger.engine.going_live import standing

    connection.refresh_from_db()
    found = standing.under_way(connection.organisation_id)
    matches = _open_matches(connection)
    content = {
        "organisation": connection.organisation.name,
        "is_live": found is None,
        "state": None if found is None else found.row.state,
        "sentence": "" if found is None else found.sentence,
        "awaits_go_ahead": connection.awaits_go_ahead,
        "matches": [_match(each) for each in matches],
        "questions": [] if found is None else _questions(connection),
    }
    if as_json:
        click.echo(json.dumps(content))
    else:
        _tell(content)
    return 0 if found is None or found.is_answered else FOR_A_PERSON


def _open_matches(connection: Connection) -> Sequence[GoingLiveMatch]:
    from unitledger.store.going_live import GoingLiveMatch, MatchAnswer

    found = GoingLiveMatch.objects.filter(
        organisation_id=connection.organisation_id, answer=MatchAnswer.OPEN
    )
    return list(found.select_related("document").order_by("kind", "id"))


def _match(match: GoingLiveMatch) -> dict[str, Any]:
    document = match.document
    return {
        "kind": match.kind,
        "number": document.number,
        "dated_on": None if document.dated_on is None else document.dated_on.isoformat(),
        "amount": None if document.amount is None else str(document.amount),
        "likeness": match.likeness,
        "by": match.by,
        "xero_id": match.xero_id,
        "in_xero": match.shown,
    }


def _questions(connection: Connection) -> list[dict[str, Any]]:
    from unitledger.engine.going_live import wording
    from unitledger.store.going_live import GoingLiveQuestion, Topic

    rows = GoingLiveQuestion.objects.filter(organisation_id=connection.organisation_id)
    by_topic = {Topic(each.topic): each for each in rows}
    return [
        {
            "topic": str(topic),
            "says": wording.says(topic, by_topic[topic].evidence),
            "why": wording.asked(topic).why,
            "columns": list(wording.asked(topic).columns),
            "rows": [
                [wording.cell(one) for one in row] for row in by_topic[topic].evidence["rows"]
            ],
            "is_answered": by_topic[topic].answered_at is not None,
            "note": by_topic[topic].note,
        }
        for topic in Topic
        if topic in by_topic
    ]


def _tell(content: dict[str, Any]) -> None:
    name = content["organisation"]
    if content["is_live"]:
        waits = " It waits for your go-ahead: --go." if content["awaits_go_ahead"] else ""
        click.echo(f"{name} is live: nothing is asked any more.{waits}")
        return
    click.echo(f"{name}: {content['sentence']}")
    for each in content["matches"][:SHOWN]:
        theirs = each["in_xero"].get("number") or each["in_xero"].get("name") or each["xero_id"]
        click.echo(
            f"  {each['likeness']:<6} {each['kind']} {each['number']} {each['amount'] or ''} "
            f"= {theirs} in Xero, by {each['by']}"
        )
    if len(content["matches"]) > SHOWN:
        click.echo(f"  and {len(content['matches']) - SHOWN:,} more: --json shows all.")
    for each in content["questions"]:
        mark = "answered" if each["is_answered"] else "open"
        click.echo(f"  {mark:<8} {each['topic']}: {each['says']}")
        for row in each["rows"][:3] if not each["is_answered"] else ():
            click.echo(f"             {', '.join(cell for cell in row if cell)}")
