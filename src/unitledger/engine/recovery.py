"""Settle effects by looking: those whose outcome is unknown, and those that wait but may be
in the books already (an earlier life of this database, or somebody else's document).

Looking is one sweep of the kind and then SQL over what it brought.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from unitledger.core.compare import GONE
from unitledger.core.documents import DocumentKind, wanted_from_content
from unitledger.core.effects import EffectKind, EffectState, Sight
from unitledger.core.wording import name_key
from unitledger.engine import holdings, recording, sql
from unitledger.engine.holdings import Known
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.recording import OpenEffect, Outcome
from unitledger.engine.tools import Tools

LOOK_AT_ONCE = 1_000
_HANDLE_COLUMN = {
    DocumentKind.CONTACT: "number",
    DocumentKind.INVOICE: "number",
    DocumentKind.PAYMENT: "token",
}
_GONE_CONTACT = frozenset({"ARCHIVED", "GDPRREQUEST"})


@dataclass(frozen=True, slots=True)
class _Sighting:
    sight: Sight
    known: Known | None = None


def look(held: Lease, *, tools: Tools, reader: Reader) -> list[Outcome]:
    """Look for the unknown effects whose time to be looked for has come."""
    outcomes: list[Outcome] = []
    for kind in DocumentKind:
        due = _due(held, kind, now=tools.clock.now())
        if not due:
            continue
        began_at = tools.clock.now()
        reader.sweep(kind)
        seen = [
            recording.looked(
                effect,
                sighting.sight,
                at=began_at,
                xero_id=sighting.known.xero_id if sighting.known else None,
                total=sighting.known.total if sighting.known else None,
            )
            for effect, sighting in _sightings(held.organisation_id, kind, due)
        ]
        recording.record_looks(held, seen, tools=tools)
        outcomes.extend(seen)
    return outcomes


def adopt_waiting(held: Lease, *, tools: Tools) -> list[Outcome]:
    """Match waiting creates against what the books are known to hold, before they are sent.

    Ours by handle: an earlier life of this database wrote it. Not ours: a person decides.
    """
    outcomes: list[Outcome] = []
    for kind in DocumentKind:
        waiting = _waiting_and_known(held, kind)
        found = [
            (effect, sighting)
            for effect, sighting in _sightings(held.organisation_id, kind, waiting)
            if sighting.sight is not Sight.ABSENT
        ]
        outcomes.extend(_matched(effect, sighting) for effect, sighting in found)
    if outcomes:
        recording.record_looks(held, outcomes, tools=tools)
    return outcomes


def next_look_at(held: Lease) -> datetime | None:
    """When the earliest look at an unknown effect is due."""
    return sql.value(
        "SELECT min(look_at) FROM effect WHERE organisation_id = %s AND state = 'unknown'",
        [held.organisation_id],
    )


def _due(held: Lease, kind: DocumentKind, *, now: datetime) -> list[OpenEffect]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM effect WHERE organisation_id = %s AND state = 'unknown' "
            "AND kind = ANY(%s) AND look_at <= %s ORDER BY id LIMIT %s",
            [held.organisation_id, _effect_kinds(kind), now, LOOK_AT_ONCE],
        )
        return recording.open_effects([row[0] for row in cursor.fetchall()])


def _waiting_and_known(held: Lease, kind: DocumentKind) -> list[OpenEffect]:
    """Waiting creates whose handle (or, for a contact, whose name) the books already show."""
    column = _HANDLE_COLUMN[kind]
    by_name = (
        "OR EXISTS (SELECT 1 FROM xero_object n WHERE n.organisation_id = e.organisation_id "
        "AND n.kind = 'contact' AND lower(n.name) = lower(e.content->>'name') "
        "AND n.status = 'ACTIVE')"
        if kind is DocumentKind.CONTACT
        else ""
    )
    with database.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id FROM effect e
             WHERE e.organisation_id = %s AND e.kind = %s AND e.state = 'waiting'
               AND (EXISTS (SELECT 1 FROM xero_object x
                             WHERE x.organisation_id = e.organisation_id AND x.kind = %s
                               AND x.{column} = e.handle AND x.is_receivable) {by_name})
             ORDER BY e.id
            """,
            [held.organisation_id, f"create_{kind}", kind],
        )
        return recording.open_effects([row[0] for row in cursor.fetchall()])


def _matched(effect: OpenEffect, sighting: _Sighting) -> Outcome:
    if sighting.sight is Sight.OURS and sighting.known is not None:
        return recording.adopted(effect, xero_id=sighting.known.xero_id, total=sighting.known.total)
    return recording.attended(effect, sighting.sight)


def _effect_kinds(kind: DocumentKind) -> list[str]:
    return [str(each) for each in EffectKind if each.document_kind is kind]


def _sightings(
    organisation_id: int, kind: DocumentKind, effects: Sequence[OpenEffect]
) -> Iterable[tuple[OpenEffect, _Sighting]]:
    """What the swept rows show of each effect."""
    if not effects:
        return []
    by_handle = _grouped(
        holdings.known(
            organisation_id,
            kind,
            column=_HANDLE_COLUMN[kind],
            values=[each.handle for each in effects if each.standing.kind.is_create],
        ),
        _HANDLE_COLUMN[kind],
    )
    by_id = {
        each.xero_id: each
        for each in holdings.known(
            organisation_id,
            kind,
            column="xero_id",
            values=[each.target_id for each in effects if each.target_id],
        )
    }
    by_name = _contacts_by_name(organisation_id, kind, effects)
    return [
        (
            effect,
            _created(effect, by_handle.get(effect.handle, ()), by_name)
            if effect.standing.kind.is_create
            else _changed(effect, by_id.get(effect.target_id or "")),
        )
        for effect in effects
    ]


def _grouped(rows: Iterable[Known], column: str) -> dict[str, list[Known]]:
    groups: dict[str, list[Known]] = {}
    for row in rows:
        groups.setdefault(getattr(row, column), []).append(row)
    return groups


def _contacts_by_name(
    organisation_id: int, kind: DocumentKind, effects: Sequence[OpenEffect]
) -> dict[str, Known]:
    if kind is not DocumentKind.CONTACT:
        return {}
    names = [str(each.content["name"]).lower() for each in effects if each.content]
    return {
        name_key(row.name): row
        for row in holdings.known(organisation_id, kind, column="name", values=names)
        if row.name and row.status not in _GONE_CONTACT
    }


def _created(
    effect: OpenEffect, rows: Sequence[Known], contacts_by_name: dict[str, Known]
) -> _Sighting:
    """Whether a create is in the books, by its handle."""
    match effect.standing.kind:
        case EffectKind.CREATE_CONTACT:
            if rows:
                return _Sighting(Sight.OURS, rows[0])
            namesake = contacts_by_name.get(name_key(str((effect.content or {}).get("name", ""))))
            return _Sighting(Sight.NOT_OURS, namesake) if namesake else _Sighting(Sight.ABSENT)
        case EffectKind.CREATE_INVOICE:
            if not rows:
                return _Sighting(Sight.ABSENT)
            ours = next((row for row in rows if _is_our_invoice(effect, row)), None)
            return _Sighting(Sight.OURS, ours) if ours else _Sighting(Sight.NOT_OURS, rows[0])
        case _:
            # The token is derived from the source's key: who has it is ours.
            return _Sighting(Sight.OURS, rows[0]) if rows else _Sighting(Sight.ABSENT)


def _is_our_invoice(effect: OpenEffect, row: Known) -> bool:
    """Our link on it proves it. Where an installation has no address to link to, the same
    reference and total under our number must do, and only for one we surely tried to send."""
    content = effect.content or {}
    url = content.get("url")
    if url:
        return row.url == url
    was_sent = effect.standing.state is EffectState.UNKNOWN
    wanted = wanted_from_content(content)
    same = (row.reference, row.total) == (getattr(wanted, "reference", None), effect.total)
    return was_sent and same


def _changed(effect: OpenEffect, row: Known | None) -> _Sighting:
    """Whether an update, a void or a deletion took effect, by the object's id."""
    if row is None:
        return _Sighting(Sight.ABSENT)
    match effect.standing.kind:
        case EffectKind.VOID_INVOICE | EffectKind.DELETE_PAYMENT:
            return _Sighting(Sight.OURS if row.status in GONE else Sight.ABSENT, row)
        case _:
            return _Sighting(_update_sight(effect, row), row)


def _update_sight(effect: OpenEffect, row: Known) -> Sight:
    if row.status in GONE:
        return Sight.NEITHER
    content = effect.content or {}
    if effect.standing.kind is EffectKind.UPDATE_CONTACT:
        return Sight.OURS if row.name == content.get("name") else Sight.ABSENT
    same = (row.number, row.reference, row.total) == (
        content.get("number"),
        content.get("reference"),
        effect.total,
    )
    # Sent again it is read first, and compared with what we last wrote.
    return Sight.OURS if same else Sight.ABSENT
