"""What the integration report is asked for, and how that is said to the database."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from unitledger.core.documents import DocumentKind, DocumentState


class Status(StrEnum):
    """The three words by which records are asked for."""

    SYNCED = "synced"
    NON_SYNCED = "non-synced"
    ALL = "all"


# From the worst: what a person must do something about, then what goes by itself.
WORST_FIRST = (
    DocumentState.FAILED,
    DocumentState.NEEDS_ATTENTION,
    DocumentState.DRIFTED,
    DocumentState.WAITING,
    DocumentState.CHANGED,
    DocumentState.QUEUED,
    DocumentState.NEW,
    DocumentState.SKIPPED,
    DocumentState.OUT_OF_SCOPE,
    DocumentState.SYNCED,
)
RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}


@dataclass(frozen=True, slots=True)
class Filter:
    """What to report on. Dates are the records' own, both included; tenants have none."""

    operator_id: int
    kind: DocumentKind
    status: Status = Status.ALL
    states: Sequence[DocumentState] = ()  # finer than `status`, beside it
    location_ids: Sequence[int] = ()
    building_ids: Sequence[int] = ()
    start_on: date | None = None
    end_on: date | None = None
    search: str = ""  # in number, tenant's name or number, unit
    record_ids: Sequence[int] | None = None  # none: whichever records the rest finds


@dataclass(slots=True)
class Where:
    """Conditions and their arguments, as they come together."""

    conditions: list[str] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)

    def add(self, condition: str, **arguments: Any) -> None:
        self.conditions.append(condition)
        self.arguments.update(arguments)

    def __str__(self) -> str:
        return " AND ".join(self.conditions)


def of_filter(asked: Filter) -> Where:
    where = Where()
    where.add(
        "d.operator_id = %(operator)s AND d.kind = %(kind)s",
        operator=asked.operator_id,
        kind=str(asked.kind),
    )
    _add_states(where, asked)
    if asked.record_ids is not None:
        where.add("d.record_id = ANY(%(records)s)", records=list(asked.record_ids))
    if asked.location_ids:
        _add_place(where, asked, "location_id", asked.location_ids)
    if asked.building_ids:
        _add_place(where, asked, "building_id", asked.building_ids)
    if asked.start_on:
        where.add("d.dated_on >= %(start_on)s", start_on=asked.start_on)
    if asked.end_on:
        where.add("d.dated_on <= %(end_on)s", end_on=asked.end_on)
    if asked.search.strip():
        _add_search(where, asked.search.strip())
    return where


def _add_place(where: Where, asked: Filter, column: str, ids: Sequence[int]) -> None:
    """A tenant has no place of their own: they are where their invoices and payments are."""
    at = f"{column} = ANY(%({column}s)s)"
    if asked.kind is DocumentKind.CONTACT:
        at = (
            "EXISTS (SELECT 1 FROM document o WHERE o.tenant_record_id = d.record_id "
            f"AND o.kind <> 'contact' AND o.{at})"
        )
    else:
        at = f"d.{at}"
    where.add(at, **{f"{column}s": list(ids)})


def _add_states(where: Where, asked: Filter) -> None:
    """A payment is synced when every part is; any other kind has one document."""
    states = {*DocumentState} if not asked.states else {*asked.states}
    if asked.status is Status.SYNCED:
        states &= {DocumentState.SYNCED}
    elif asked.status is Status.NON_SYNCED:
        states -= {DocumentState.SYNCED}
    if states == {*DocumentState}:
        return
    if asked.kind is not DocumentKind.PAYMENT:
        where.add("d.state = ANY(%(states)s)", states=sorted(str(each) for each in states))
        return
    _add_worst_parts(where, states)


# Of the same payment in the same books as document `d`; equalities, so that they can be hashed.
_SAME = (
    "p.record_id = d.record_id AND COALESCE(p.organisation_id, 0) = COALESCE(d.organisation_id, 0)"
)
_PARTS_IN = (
    "SELECT 1 FROM document p WHERE p.operator_id = %(operator)s AND p.kind = %(kind)s "
    f"AND p.state = ANY(%(states)s) AND {_SAME}"
)


def _add_worst_parts(where: Where, states: Set[DocumentState]) -> None:
    """The worst part is in one of the states: some part is, and none is in a worse one.

    States that do not follow one another in rank are looked at run by run.
    """
    runs = _runs(states)
    conditions: list[str] = []
    for number, run in enumerate(runs):
        wanted, worse = f"run_{number}", f"worse_{number}"
        where.arguments[wanted] = [str(each) for each in run]
        where.arguments[worse] = [str(each) for each in WORST_FIRST[: RANK[run[0]]]]
        parts: list[str] = []
        if run[-1] is not WORST_FIRST[-1]:  # else whatever is not worse is in the run
            parts.append(f"EXISTS ({_PARTS_IN})".replace("%(states)s", f"%({wanted})s"))
        if where.arguments[worse]:
            parts.append(f"NOT EXISTS ({_PARTS_IN})".replace("%(states)s", f"%({worse})s"))
        conditions.append(" AND ".join(parts) or "true")
    if len(conditions) == 1:  # without brackets of OR it stays a join
        where.add(conditions[0])
    else:
        where.add(f"({' OR '.join(f'({each})' for each in conditions)})" if conditions else "false")


def _runs(states: Set[DocumentState]) -> Sequence[Sequence[DocumentState]]:
    """The states from the worst, cut where one in between is missing."""
    runs: list[list[DocumentState]] = []
    for each in (state for state in WORST_FIRST if state in states):
        if runs and RANK[each] == RANK[runs[-1][-1]] + 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _add_search(where: Where, text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    where.add(
        "(d.number ILIKE %(search)s OR d.unit_number ILIKE %(search)s OR d.tenant_record_id IN ("
        "SELECT t.record_id FROM tenant t WHERE t.operator_id = %(operator)s "
        "AND (t.name ILIKE %(search)s OR t.number ILIKE %(search)s)))",
        search=f"%{escaped}%",
    )
