"""The rows of an import by what became of them, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from unitledger.store.records import Arrival, RecordVersion
from unitledger.web.import_forms import DATE_FORMS

ROWS = 50
ROW = "row"  # the field of a refusal that is about the whole row
TEXT_MAX = 160
RESULTS = {
    "refused": "Refused",
    "created": "Created",
    "changed": "Changed",
    "unchanged": "Already here",
}


@dataclass(frozen=True)
class ResultRow:
    number: int
    text: str
    records: list[dict[str, Any]]
    reasons: list[str]


@dataclass(frozen=True)
class ResultRows:
    rows: list[ResultRow]
    next_after: int | None


def rows_of(
    import_run_id: int | None, shown: str, *, header: Sequence[str], after: int
) -> ResultRows:
    """Within an operator's scope. `header` is the order in which a row's cells are read out."""
    if import_run_id is None:
        return ResultRows([], None)
    found = Arrival.objects.filter(import_run_id=import_run_id, row_number__gt=after)
    versions = RecordVersion.objects.filter(arrival_id=OuterRef("pk"))
    match shown:
        case "refused":
            found = found.filter(refusals__isnull=False)
        case "created":
            found = found.filter(Exists(versions.filter(version=1)))
        case "changed":
            found = found.filter(Exists(versions.filter(version__gt=1)))
        case _:
            found = found.filter(~Exists(versions), refusals__isnull=True)
    arrivals = list(found.order_by("row_number")[: ROWS + 1])
    records = _records([each.pk for each in arrivals[:ROWS]], shown)
    return ResultRows(
        rows=[
            ResultRow(
                number=each.row_number or 0,
                text=_text(each.raw, header),
                records=records.get(each.pk, []),
                reasons=[reason_in_words(reason) for reason in each.refusals or []],
            )
            for each in arrivals[:ROWS]
        ],
        next_after=arrivals[ROWS - 1].row_number if len(arrivals) > ROWS else None,
    )


def _records(arrival_ids: list[int], shown: str) -> dict[int, list[dict[str, Any]]]:
    is_new = Q(version=1) if shown == "created" else Q(version__gt=1)
    versions = (
        RecordVersion.objects.filter(is_new, arrival_id__in=arrival_ids)
        .order_by("id")
        .values(
            "arrival_id",
            kind=F("record__kind"),
            public_id=F("record__public_id"),
            number=F("content__number"),
        )
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for each in versions:
        found.setdefault(each["arrival_id"], []).append(each)
    return found


def reason_in_words(reason: Mapping[str, str]) -> str:
    """Where, what and what to do; forms of dates as a date looks in them."""
    said = f"{reason['message']} {reason['remedy']}"
    for form in sorted(DATE_FORMS, key=len, reverse=True):
        said = said.replace(form, DATE_FORMS[form])
    field = reason["field"]
    return said if field == ROW or field in said else f"{field}: {said}"


def _text(raw: Any, header: Sequence[str]) -> str:
    """A row's cells as a person would read them out."""
    rows = raw.get("rows") if isinstance(raw, dict) else None
    first = rows[0] if isinstance(rows, list) and rows else raw
    cells = first if isinstance(first, dict) else {"": first}
    values = [cells[name] for name in (*header, *(cells.keys() - set(header))) if name in cells]
    text = " · ".join(
        str(each) for each in values if each not in ("", None) and not isinstance(each, list)
    )
    more = f" (+{len(rows) - 1} rows)" if isinstance(rows, list) and len(rows) > 1 else ""
    return (text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}…") + more
