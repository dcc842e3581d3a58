"""What the lists and pages of records have in common: today, states in Xero, places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q

from unitledger.core.documents import DocumentState
from unitledger.engine.report import WORST_FIRST
from unitledger.store.journal import Document
from unitledger.web import words
from unitledger.web.frame import now, operator_zone
from unitledger.web.members import Member
from unitledger.web.words import Look

_RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}


def today(zone: str | None = None) -> date:
    """The day it is where the operator is. Within an operator's scope."""
    return now().astimezone(ZoneInfo(zone or operator_zone())).date()


def states_in_xero(record_ids: Iterable[int]) -> Mapping[int, Look]:
    """By record: where the worst of its documents stands."""
    worst: dict[int, DocumentState] = {}
    found = Document.objects.filter(record_id__in=list(record_ids))
    for record_id, state in found.values_list("record_id", "state"):
        state = DocumentState(state)
        if record_id not in worst or _RANK[state] < _RANK[worst[record_id]]:
            worst[record_id] = state
    return {record_id: words.DOCUMENTS[state] for record_id, state in worst.items()}


def at_members_locations(member: Member, path: str = "location_id") -> Q:
    """Nothing of a location that the person may not see."""
    return Q(**{f"{path}__in": member.location_ids}) if member.location_ids else Q()
