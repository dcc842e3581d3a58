"""Moving the start date: what comes into scope, what leaves it, what stays because it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import DocumentKind
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.connections import Connection

_SCOPE = """
    d.operator_id = %(operator)s AND d.organisation_id = %(organisation)s
    AND d.dated_on IS NOT NULL AND d.is_wanted
"""
_COMES_IN = f"{_SCOPE} AND d.state = 'out_of_scope' AND d.dated_on >= %(start)s"
_GOES_OUT = f"""{_SCOPE} AND d.applied_version = 0 AND d.dated_on < %(start)s
    AND d.state NOT IN ('out_of_scope', 'skipped')
    AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.document_id = d.id
                     AND e.state IN ('in_flight', 'unknown'))"""
_STAYS = f"{_SCOPE} AND d.applied_version > 0 AND d.dated_on < %(start)s"
_LEFT_OUT = f"{_SCOPE} AND d.state = 'out_of_scope'"


@dataclass(frozen=True, slots=True)
class Sum:
    kind: DocumentKind
    count: int
    money: Decimal


@dataclass(frozen=True, slots=True)
class Move:
    """What another start date would do to the documents there are."""

    comes_in: Sequence[Sum]
    goes_out: Sequence[Sum]
    stays: Sequence[Sum]  # in the books and dated before: they stay there

    @property
    def is_nothing(self) -> bool:
        return not self.comes_in and not self.goes_out


def left_out(operator_id: int, organisation_id: int) -> Sequence[Sum]:
    """What is dated before the start date now, by kind."""
    return _sums(_LEFT_OUT, operator_id, organisation_id, None)


def move_of(operator_id: int, organisation_id: int, start_on: date) -> Move:
    return Move(
        comes_in=_sums(_COMES_IN, operator_id, organisation_id, start_on),
        goes_out=_sums(_GOES_OUT, operator_id, organisation_id, start_on),
        stays=_sums(_STAYS, operator_id, organisation_id, start_on),
    )


def move_start(connection_id: int, start_on: date, *, by: Actor, now: datetime) -> bool:
    """Begin on another day; whether that was another one. What is in the books stays there."""
    with transaction.atomic():
        connection = (
            Connection.objects.select_related("organisation")
            .select_for_update(of=("self",))
            .get(id=connection_id)
        )
        before = connection.start_on
        if before == start_on:
            return False
        Connection.objects.filter(id=connection_id).update(start_on=start_on)
        with database.cursor() as cursor:
            cursor.execute(
                f"UPDATE document d SET planned_version = 0, state = 'new' "
                f"WHERE ({_COMES_IN}) OR ({_GOES_OUT})",
                _arguments(connection.operator_id, connection.organisation_id, start_on),
            )
            cursor.execute(
                "UPDATE connection SET due_at = LEAST(due_at, %s) "
                "WHERE id = %s AND state IN ('active', 'held')",
                [now, connection_id],
            )
        organisation = connection.organisation
        note(
            connection.operator_id,
            by,
            "start_date_moved",
            Subject("organisation", str(organisation.public_id), organisation.name),
            before={"start_on": before.isoformat()},
            after={"start_on": start_on.isoformat()},
        )
    return True


def _sums(
    where: str, operator_id: int, organisation_id: int, start_on: date | None
) -> Sequence[Sum]:
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT d.kind, count(*), COALESCE(sum(d.amount), 0) FROM document d "
            f"WHERE {where} GROUP BY 1 ORDER BY 1",
            _arguments(operator_id, organisation_id, start_on),
        )
        return [Sum(DocumentKind(kind), count, money) for kind, count, money in cursor.fetchall()]


def _arguments(operator_id: int, organisation_id: int, start_on: date | None) -> dict[str, Any]:
    return {"operator": operator_id, "organisation": organisation_id, "start": start_on}
