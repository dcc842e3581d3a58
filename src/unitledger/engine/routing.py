"""Which books a location posts to, from which day on: looked at first, then changed.

What was written stays where it is. What was not follows the new route, unless an answer to it is
still to come. On any day one route holds, so that no record can go to two organisations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.arithmetic import ZERO
from unitledger.core.dates import plain
from unitledger.engine import lease
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.connecting import BEGINNING, WRITING
from unitledger.engine.waking import is_free
from unitledger.store.connections import Connection, LocationRoute, Organisation
from unitledger.store.places import Location

_CONCERNED = """
    d.operator_id = %(operator)s AND d.organisation_id IS DISTINCT FROM %(organisation)s
"""
_THERE = """
    d.location_id = %(location)s AND d.dated_on >= %(from_on)s
    AND (%(until)s::date IS NULL OR d.dated_on < %(until)s::date)
"""
# Nothing of it is in the books, and nothing is on its way there.
_UNSENT = """
    d.xero_id IS NULL AND d.applied_version = 0
    AND NOT EXISTS (SELECT 1 FROM effect o WHERE o.document_id = d.id
                     AND o.state IN ('in_flight', 'unknown'))
"""
# A payment on an invoice goes where its invoice goes; others by their own location and day.
_MOVES = f"""
    WITH invoices AS (
        SELECT d.id, d.record_id, d.organisation_id, d.amount FROM document d
         WHERE {_CONCERNED} AND d.kind = 'invoice' AND {_THERE} AND {_UNSENT}
    ), payments AS (
        SELECT d.id, d.organisation_id, d.amount FROM document d
         WHERE {_CONCERNED} AND d.kind = 'payment' AND {_UNSENT}
           AND (d.part = '' AND {_THERE} OR EXISTS (
                SELECT 1 FROM invoices i WHERE i.record_id = NULLIF(d.part, '')::bigint
                   AND i.organisation_id IS NOT DISTINCT FROM d.organisation_id))
    ), moves AS (
        SELECT id, amount FROM invoices UNION ALL SELECT id, amount FROM payments)
"""
_STAYS = f"""
    SELECT count(*), COALESCE(sum(d.amount), 0) FROM document d
     WHERE {_CONCERNED} AND d.kind = 'invoice' AND {_THERE} AND NOT ({_UNSENT})
"""


class RoutingError(Exception):
    """The route cannot be changed as things stand; the message says why and what can be done."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a changed route would do to the documents there are."""

    before: str | None  # the organisation's name, where there was one
    from_on: date
    moves: int  # invoices and payments that are not in the books yet
    moves_money: Decimal
    stays: int  # invoices that are, and stay
    stays_money: Decimal


def current_route(location_id: int, *, on: date) -> LocationRoute | None:
    """The route that holds on a day: the newest begun, else the first there is."""
    routes = LocationRoute.objects.filter(location_id=location_id).select_related("organisation")
    begun = routes.filter(valid_from_on__lte=on).order_by("-valid_from_on").first()
    return begun or routes.order_by("valid_from_on").first()


def look(location: Location, organisation: Organisation, from_on: date) -> Look:
    """Changes nothing. Raises `RoutingError`."""
    from_on = _checked(location, organisation, from_on)
    before = current_route(location.pk, on=from_on)
    arguments = _arguments(location, organisation, from_on)
    with database.cursor() as cursor:
        cursor.execute(f"{_MOVES} SELECT count(*), COALESCE(sum(amount), 0) FROM moves", arguments)
        moves = cursor.fetchone() or (0, ZERO)
        cursor.execute(_STAYS, arguments)
        stays = cursor.fetchone() or (0, ZERO)
    return Look(
        before=before.organisation.name if before else None,
        from_on=from_on,
        moves=moves[0],
        moves_money=moves[1],
        stays=stays[0],
        stays_money=stays[1],
    )


def change_route(
    location: Location, organisation: Organisation, from_on: date, *, by: Actor, now: datetime
) -> Look:
    """Let the location post to the organisation from that day on. Raises `RoutingError`.

    Nobody may be writing meanwhile: what a plan has just read would go to the old books.
    """
    with transaction.atomic():
        _hold_still(location.operator_id, now=now)
        seen = look(location, organisation, from_on)
        LocationRoute.objects.update_or_create(
            operator_id=location.operator_id,
            location=location,
            valid_from_on=seen.from_on,
            defaults={"organisation": organisation},
        )
        _let_go(_arguments(location, organisation, seen.from_on))
        note(
            location.operator_id,
            by,
            "location_route_changed",
            Subject("location", str(location.public_id), location.name),
            before={"organisation": seen.before},
            after={
                "organisation": organisation.name,
                "from": seen.from_on.isoformat(),
                "documents_moved": seen.moves,
                "documents_staying": seen.stays,
            },
        )
        lease.wake(organisation.pk, now=now)
    return seen


def _checked(location: Location, organisation: Organisation, from_on: date) -> date:
    """The day from which the route would hold."""
    connection = Connection.objects.filter(organisation=organisation, state__in=WRITING).first()
    if connection is None:
        raise RoutingError(f"{organisation.name} is not connected. Connect it first.")
    if not LocationRoute.objects.filter(location=location).exists():
        return BEGINNING  # nothing of it was ever sent anywhere
    if from_on < connection.start_on:
        raise RoutingError(
            f"{organisation.name} starts on {plain(connection.start_on)}: documents dated before "
            "are left alone there. Choose that day or a later one."
        )
    holds = current_route(location.pk, on=from_on)
    if holds is not None and holds.organisation_id == organisation.pk:
        raise RoutingError(
            f"{location.name} posts to {organisation.name} on {plain(from_on)} already."
        )
    return from_on


def _hold_still(operator_id: int, *, now: datetime) -> None:
    """Until the commit nobody begins to write for this operator, and nobody is at it now."""
    held = Connection.objects.select_for_update(of=("self",)).filter(operator_id=operator_id)
    for each in held.select_related("organisation").order_by("id"):
        if not is_free(each.lease_owner, each.lease_until, now=now):
            raise RoutingError(
                f"A sync to {each.organisation.name} is going on. Pause it or wait for its end, "
                "then change the route."
            )


def _arguments(location: Location, organisation: Organisation, from_on: date) -> dict[str, Any]:
    later = LocationRoute.objects.filter(location=location, valid_from_on__gt=from_on)
    return {
        "operator": location.operator_id,
        "location": location.pk,
        "organisation": organisation.pk,
        "from_on": from_on,
        "until": later.order_by("valid_from_on").values_list("valid_from_on", flat=True).first(),
    }


def _let_go(arguments: dict[str, Any]) -> None:
    """Unbind what moves. What a person left out stays left out, also for the new books."""
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            {_MOVES}, taken AS (
                UPDATE effect e SET state = 'superseded'
                 WHERE e.state = 'waiting' AND e.document_id IN (SELECT id FROM moves))
            UPDATE document d
               SET organisation_id = NULL, parent_id = NULL,
                   planned_version = CASE WHEN d.state = 'skipped' THEN d.planned_version
                                          ELSE 0 END,
                   problems = CASE WHEN d.state = 'skipped' THEN d.problems ELSE '[]'::jsonb END,
                   state = CASE WHEN d.state = 'skipped' THEN d.state ELSE 'new' END
             WHERE d.id IN (SELECT id FROM moves)
            """,
            arguments,
        )
