"""Making a tracking category or option in Xero because a person asks, at most one of a name.

The name is the handle. Xero refuses a second of the same name (documented, TrackingCategories
page), so a late arrival or a second click can make no second one. The order is: look, and take
over what has the name; send once; look again, whatever the answer said. Nothing is sent twice
by one request, and what the last look does not show is told as not made, or not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction

from unitledger.core.chart import TrackingCategory
from unitledger.core.effects import Verdict
from unitledger.core.exchange import Access, Answer, Limits
from unitledger.core.mapping import TRACKING_MAX
from unitledger.engine import budget
from unitledger.engine.access import access
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.mapping.refreshing import keep_chart
from unitledger.engine.reading import stored_chart
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, ConnectionState

NAME_MAX = 100
MOST_AT_ONCE = 50
_WRITING = (ConnectionState.ACTIVE, ConnectionState.PAUSED)


class Outcome(StrEnum):
    MADE = "made"
    WAS_THERE = "was there already"
    ARCHIVED = "archived"  # the name is taken by an archived one
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one name; `option` None: it was a category."""

    category: str
    option: str | None
    outcome: Outcome
    message: str = ""

    @property
    def name(self) -> str:
        return self.option or self.category

    @property
    def is_there(self) -> bool:
        return self.outcome in (Outcome.MADE, Outcome.WAS_THERE)


class CannotCreate(Exception):
    """Nothing was sent. The message is for the person who asked."""


def create_options(
    connection_id: int, category: str, options: Sequence[str], *, by: Actor, tools: Tools
) -> Sequence[Made]:
    """Make the options that the category has not got. Raises `CannotCreate`, and what reading
    the books raises."""
    wanted = list(dict.fromkeys(each.strip() for each in options))
    for name in wanted:
        _check_name(name)
    if len(wanted) > MOST_AT_ONCE:
        raise CannotCreate(f"At most {MOST_AT_ONCE} options are made at once.")
    maker = _Maker.of(connection_id, tools)
    shown = maker.look()
    found = _active(shown, category)
    if found is None:
        raise CannotCreate(f"Xero has no active tracking category {category}. Create it first.")
    made: list[Made] = []
    for name in wanted:
        before = _option_stands(found, name)
        if before is not None:
            made.append(before)
            continue
        answer = maker.send(
            lambda permission, key, name=name: tools.books.create_tracking_option(
                permission, category_id=found.category_id, name=name, idempotency_key=key
            )
        )
        made.append(_by_answer(Made(found.name, name, Outcome.UNKNOWN), answer))
        if answer.whole is Verdict.DISCONNECTED:
            break
    return maker.settle(made, by=by)


def create_category(connection_id: int, name: str, *, by: Actor, tools: Tools) -> Made:
    """Make a tracking category, or take over the one of that name. Raises as `create_options`."""
    name = name.strip()
    _check_name(name)
    maker = _Maker.of(connection_id, tools)
    shown = maker.look()
    found = _active(shown, name)
    if found is not None:
        return maker.settle([Made(found.name, None, Outcome.WAS_THERE)], by=by)[0]
    if any(each.name.casefold() == name.casefold() for each in shown):
        return Made(name, None, Outcome.ARCHIVED, "Restore it in Xero, or choose another name.")
    if sum(each.is_active for each in shown) >= TRACKING_MAX:
        raise CannotCreate(
            f"Xero has {TRACKING_MAX} active tracking categories, as many as it allows. Archive "
            "one of them there, or use one of the two."
        )
    answer = maker.send(
        lambda permission, key: tools.books.create_tracking_category(
            permission, name=name, idempotency_key=key
        )
    )
    return maker.settle([_by_answer(Made(name, None, Outcome.UNKNOWN), answer)], by=by)[0]


@dataclass(slots=True)
class _Maker:
    connection: Connection
    tools: Tools

    @classmethod
    def of(cls, connection_id: int, tools: Tools) -> _Maker:
        connection = Connection.objects.select_related("organisation").get(id=connection_id)
        if connection.state not in _WRITING:
            raise CannotCreate(
                "The connection does not write now. Reconnect first; nothing was sent."
            )
        return cls(connection, tools)

    def look(self) -> Sequence[TrackingCategory]:
        """What is there now, kept as the chart's newest."""

        def read(permission: Access) -> tuple[Sequence[TrackingCategory], Limits, int]:
            return self.tools.books.read_tracking(permission)

        reader = BooksReader(self.connection.pk, self.connection.organisation_id, self.tools)
        shown = reader.once(read)
        chart = stored_chart(self.connection.organisation_id)
        if chart is not None:
            keep_chart(self.connection.organisation_id, replace(chart, tracking=tuple(shown)))
        return shown

    def send(self, write: Callable[[Access, str], Answer]) -> Answer:
        organisation_id = self.connection.organisation_id
        budget.wait_and_spend(organisation_id, tools=self.tools, for_person=True)
        permission = access(self.connection.pk, tools=self.tools)
        answer = write(permission, self.tools.ids.idempotency_key())
        budget.learn(
            organisation_id,
            answer.limits,
            now=self.tools.clock.now(),
            bytes_read=answer.bytes_read,
        )
        return answer

    def settle(self, made: Sequence[Made], *, by: Actor) -> Sequence[Made]:
        """What a last look shows decides; what it does not show stays as the answer said."""
        shown = self.look() if any(each.outcome is not Outcome.WAS_THERE for each in made) else ()
        settled = [_by_look(each, shown) for each in made]
        organisation = self.connection.organisation
        with transaction.atomic():
            for each in settled:
                if each.outcome is Outcome.MADE:
                    note(
                        self.connection.operator_id,
                        by,
                        "tracking_option_created" if each.option else "tracking_category_created",
                        Subject("organisation", str(organisation.public_id), organisation.name),
                        after={"category": each.category, "option": each.option},
                    )
        return settled


def _by_answer(made: Made, answer: Answer) -> Made:
    message = " ".join(answer.messages)
    match answer.whole:
        case Verdict.APPLIED:
            return replace(made, outcome=Outcome.MADE)
        case Verdict.REFUSED | Verdict.TAKEN | Verdict.REQUEST_REFUSED | Verdict.DISCONNECTED:
            return replace(made, outcome=Outcome.REFUSED, message=message)
        case Verdict.NOT_SENT:
            return replace(made, outcome=Outcome.REFUSED, message=message or "It was not sent.")
        case _:
            return replace(made, outcome=Outcome.UNKNOWN, message=message)


def _by_look(made: Made, shown: Sequence[TrackingCategory]) -> Made:
    if made.outcome in (Outcome.WAS_THERE, Outcome.ARCHIVED):
        return made
    category = _active(shown, made.category)
    is_there = category is not None and (
        made.option is None or category.option_name(made.option) is not None
    )
    if is_there:
        was_ours = made.outcome is not Outcome.REFUSED
        return replace(made, outcome=Outcome.MADE if was_ours else Outcome.WAS_THERE, message="")
    if made.outcome is Outcome.REFUSED:
        return made
    return replace(
        made,
        outcome=Outcome.UNKNOWN,
        message="Xero does not show it yet. Look again in a minute before asking once more; "
        "Xero refuses a second of the same name.",
    )


def _option_stands(category: TrackingCategory, name: str) -> Made | None:
    """What needs no sending: the option is there, or its name is taken by an archived one."""
    spelled = category.option_name(name)
    if spelled is not None:
        return Made(category.name, spelled, Outcome.WAS_THERE)
    if any(each.casefold() == name.casefold() for each in category.archived_options):
        return Made(
            category.name,
            name,
            Outcome.ARCHIVED,
            "Restore it in Xero, or choose another option.",
        )
    return None


def _active(shown: Sequence[TrackingCategory], name: str) -> TrackingCategory | None:
    wanted = name.casefold()
    return next((each for each in shown if each.is_active and each.name.casefold() == wanted), None)


def _check_name(name: str) -> None:
    if not name:
        raise CannotCreate("Give it a name.")
    if len(name) > NAME_MAX:
        raise CannotCreate(f"{name[:20]}… is longer than the {NAME_MAX} characters Xero takes.")
