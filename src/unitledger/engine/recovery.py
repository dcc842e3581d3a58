"""Settle effects by looking: those whose outcome is unknown, and those that wait but may be
in the books already (an earlier life of this database, or somebody else's document).

Looking is one sweep of the kind and then SQL over what it brought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.db import connection as database

from unitledger.core.compare import GONE, copy_of
from unitledger.core.documents import DocumentKind, WantedContact, wanted_from_content
from unitledger.core.effects import EffectKind, EffectState, Sight, Verdict
from unitledger.core.exchange import Held
from unitledger.core.wording import name_key
from unitledger.engine import effect_rows, holdings, recording, sql
from unitledger.engine.effect_rows import OpenEffect, Outcome
from unitledger.engine.holdings import Known
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.tools import Tools

LOOK_AT_ONCE = 1_000
IDS_AT_ONCE = 40  # Xero advises about forty ids in one address
NOTHING_SHOWN: Mapping[str, Held] = {}
_UPDATES = frozenset({EffectKind.UPDATE_CONTACT, EffectKind.UPDATE_INVOICE})
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
        shown = _shown_now(reader, kind, due)
        seen = [
            recording.looked(
                effect,
                sighting.sight,
                at=began_at,
                xero_id=sighting.known.xero_id if sighting.known else None,
                total=sighting.known.total if sighting.known else None,
            )
            for effect, sighting in _sightings(held.organisation_id, kind, due, shown)
        ]
        recording.record_looks(held, seen, tools=tools)
        outcomes.extend(seen)
    return outcomes


def adopt_waiting(
    held: Lease, *, tools: Tools, reader: Reader, swept: Set[DocumentKind]
) -> list[Outcome]:
    """Match waiting creates against what the books are known to hold, before they are sent.

    Ours by handle: an earlier life of this database wrote it. Not ours: a person decides.
    What is known may be old: of a kind that is not among the `swept` ones it is asked again
    before anything is made of it.
    """
    outcomes: list[Outcome] = []
    for kind in DocumentKind:
        found = _found_waiting(held, kind)
        if found and kind not in swept:
            reader.sweep(kind)
            found = _found_waiting(held, kind)
        outcomes.extend(_matched(effect, sighting) for effect, sighting in found)
    if outcomes:
        recording.record_looks(held, outcomes, tools=tools)
    return outcomes


def _found_waiting(held: Lease, kind: DocumentKind) -> list[tuple[OpenEffect, _Sighting]]:
    waiting = _waiting_and_known(held, kind)
    return [
        (effect, sighting)
        for effect, sighting in _sightings(held.organisation_id, kind, waiting)
        if sighting.sight is not Sight.ABSENT
    ]


def next_look_at(held: Lease) -> datetime | None:
    """When the earliest look at an unknown effect is due."""
    return sql.value(
        "SELECT min(look_at) FROM effect WHERE organisation_id = %s AND state = 'unknown'",
        [held.organisation_id],
    )


def _shown_now(
    reader: Reader, kind: DocumentKind, effects: Sequence[OpenEffect]
) -> dict[str, Held]:
    """The targets of updates in full, which a sweep's rows are not."""
    targets = [
        each.target_id for each in effects if each.target_id and each.standing.kind in _UPDATES
    ]
    return {
        each.xero_id: each
        for start in range(0, len(targets), IDS_AT_ONCE)
        for each in reader.read_now(kind, targets[start : start + IDS_AT_ONCE])
    }


def _due(held: Lease, kind: DocumentKind, *, now: datetime) -> list[OpenEffect]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM effect WHERE organisation_id = %s AND state = 'unknown' "
            "AND kind = ANY(%s) AND look_at <= %s ORDER BY id LIMIT %s",
            [held.organisation_id, _effect_kinds(kind), now, LOOK_AT_ONCE],
        )
        return effect_rows.open_effects([row[0] for row in cursor.fetchall()])


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
        return effect_rows.open_effects([row[0] for row in cursor.fetchall()])


def _matched(effect: OpenEffect, sighting: _Sighting) -> Outcome:
    if sighting.sight is Sight.OURS and sighting.known is not None:
        return recording.adopted(effect, xero_id=sighting.known.xero_id, total=sighting.known.total)
    return recording.attended(effect, sighting.sight)


def _effect_kinds(kind: DocumentKind) -> list[str]:
    return [str(each) for each in EffectKind if each.document_kind is kind]


def _sightings(
    organisation_id: int,
    kind: DocumentKind,
    effects: Sequence[OpenEffect],
    shown: Mapping[str, Held] = NOTHING_SHOWN,
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
            else _changed(
                effect,
                by_id.get(effect.target_id or ""),
                shown=shown.get(effect.target_id or ""),
                contacts_by_name=by_name,
            ),
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


def _changed(
    effect: OpenEffect,
    row: Known | None,
    *,
    shown: Held | None,
    contacts_by_name: Mapping[str, Known],
) -> _Sighting:
    """Whether an update, a void or a deletion took effect, by the object's id."""
    if row is None:
        return _Sighting(Sight.ABSENT)
    match effect.standing.kind:
        case EffectKind.VOID_INVOICE | EffectKind.DELETE_PAYMENT:
            return _Sighting(Sight.OURS if row.status in GONE else Sight.ABSENT, row)
        case _:
            return _Sighting(_update_sight(effect, row, shown, contacts_by_name), row)


def _update_sight(
    effect: OpenEffect,
    row: Known,
    shown: Held | None,
    contacts_by_name: Mapping[str, Known],
) -> Sight:
    """Field by field: a changed date or line shows in neither the number nor the total."""
    if row.status in GONE:
        return Sight.NEITHER
    if shown is None or effect.content is None:
        return Sight.ABSENT
    wanted = wanted_from_content(effect.content)
    copy = copy_of(shown, applied=wanted, wanted=wanted, contact_id=effect.contact_id)
    if copy.is_as_wanted:
        return Sight.OURS
    if isinstance(wanted, WantedContact) and effect.standing.last_verdict is Verdict.TAKEN:
        namesake = contacts_by_name.get(name_key(wanted.name))
        if namesake is not None and namesake.xero_id != row.xero_id:
            return Sight.NOT_OURS
    # Sent again it is read first, and compared with what we last wrote.
    return Sight.ABSENT
